"""The Jinja2 environment: what every template may use (components, translation, formats, addresses).

Templates get text that is escaped; a missing name is an error. Components are macros in templates/macros/*.html, all
reachable as `ui.<name>(…)`, also inside fragments (a top-level import would not run there).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from functools import cache
from pathlib import Path
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.templatetags.static import static as find_static
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.html import json_script
from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from genjin.kernel.wording import in_sentence
from genjin.ui import formats, texts
from genjin.ui.addresses import fixed_url
from genjin.ui.icons import icon
from genjin.ui.moulds import cast, place
from genjin.ui.rendering import PageCode, PageContext, written
from genjin.ui.scripts import script_words

MACROS = Path(__file__).parent / "templates" / "macros"


class Components:
    """All macros of templates/macros/ under one name: `ui.button`, `ui.field` …"""

    def load(self, environment: Environment) -> None:
        """Take the macros in. Raises RuntimeError when two files define the same name."""
        for path in sorted(MACROS.glob("*.html")):
            module = environment.get_template(f"macros/{path.name}").module
            for name, macro in vars(module).items():
                if not name.startswith("_"):
                    if hasattr(self, name):
                        raise RuntimeError(f"two components are called {name}: rename the one in {path.name}")
                    setattr(self, name, macro)

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)


class PageEnvironment(Environment):
    """Jinja's environment with the short ways of `rendering`."""

    code_generator_class = PageCode
    context_class = PageContext
    written = staticmethod(written)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What every template knows. Jinja lays a map over it, which is read name by name each time one is drawn."""
        return super().make_globals(d) if d else self.globals


def environment(**options: Any) -> Environment:
    """The environment Django's Jinja2 back end uses (settings.TEMPLATES)."""
    options |= {"autoescape": True, "undefined": StrictUndefined}
    env = PageEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"], **options)
    env.install_gettext_callables(  # type: ignore[attr-defined]  # added by the i18n extension
        translation.gettext,
        translation.ngettext,
        newstyle=True,
        npgettext=translation.npgettext,
    )
    env.globals.update(_=texts.gettext, gettext=texts.gettext, pgettext=texts.pgettext)
    env.policies["ext.i18n.trimmed"] = True
    env.globals.update(url=url, maybe_url=maybe_url, static=static, attributes=attributes)
    env.globals.update(icon=icon, _icon=icon)  # `_icon` where a macro's own parameter is called icon
    env.globals.update(avatar_letters=formats.avatar_letters, avatar_colour=formats.avatar_colour)
    env.globals.update(part=part, script_words=script_words, cast=cast, place=place)
    env.filters.update(_plain_filters())
    env.filters.update({name: _dated(name) for name in ("when", "due", "ago", "moment", "day", "clock", "day_heading")})
    components = env.globals["ui"] = Components()  # before loading: macros call each other through it
    components.load(env)
    return env


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named page."""
    if args or kwargs:
        return reverse(name, args=args, kwargs=kwargs)
    return fixed_url(name)


@cache
def static(path: str) -> str:
    """The address of a static file, with its content's hash."""
    return find_static(path)


def maybe_url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named page, '' while no area serves it."""
    try:
        return url(name, *args, **kwargs)
    except NoReverseMatch:
        return ""


@pass_context
def part(context: Context, drawn: Any) -> Markup:
    """A registered card or panel (`.template`, `.context`) within this page's context."""
    template = context.environment.get_template(drawn.template)
    return Markup(template.render({**context.get_all(), **drawn.context}))  # noqa: S704 - a template's own output


def attributes(given: Mapping[str, Any]) -> Markup:
    """` hx-get="/x" disabled` from `{"hx_get": "/x", "disabled": True}`; `__` stands for `:`; None and False vanish."""
    parts = []
    for key, value in given.items():
        if value is None or value is False:
            continue
        name = _attribute(key)
        parts.append(f" {name}" if value is True else f' {name}="{_quoted(value)}"')
    return Markup("".join(parts))  # noqa: S704 - escaped above


def _quoted(value: Any) -> str:
    """What stands between the quotes; JSON of `tojson` counts as safe but its own quotes would end it."""
    return str(escape(value)).replace('"', "&#34;")


@cache
def _attribute(key: str) -> str:
    """A keyword of a macro as the attribute's name; templates know few."""
    return str(escape(key.rstrip("_").replace("__", ":").replace("_", "-")))


def _plain_filters() -> dict[str, Callable[..., Any]]:
    return {
        "number": formats.number,
        "money": formats.money,
        "capped": formats.capped_count,
        "file_size": formats.file_size,
        "ell": formats.ell,
        "listed": formats.listed,
        "in_sentence": in_sentence,
        "json_script": _json_script,
    }


def _json_script(value: Any, element_id: str | None = None) -> str:
    return json_script(value, element_id, encoder=DjangoJSONEncoder)


def _dated(name: str) -> Callable[..., Any]:
    """A filter that writes a date in the reader's zone; needs `fmt` in the page's context (macros: pass the text)."""

    @pass_context
    def date_filter(context: Context, value: Any) -> Any:
        return getattr(context["fmt"], name)(value)

    return date_filter
