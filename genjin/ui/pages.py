"""How an area serves pages: `@page` (address, methods, who may), `render` and `fragment`, answers with toasts.

Every view is closed to people who are not signed in unless it is opened with a reason. Views stay thin: read the input,
call one action or query, choose a template, answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from types import ModuleType
from typing import Any, Concatenate, ParamSpec
from urllib.parse import quote, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template import engines
from django.urls import URLPattern, path
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from jinja2 import Environment
from jinja2_fragments import render_block

from genjin.kernel.actor import Actor
from genjin.kernel.refusal import Forbidden
from genjin.ui.shell import shell_for, surroundings

Parameters = ParamSpec("Parameters")
Text = str | Promise


class PageRequest(HttpRequest):
    """A request as views of closed pages get it: somebody is signed in."""

    actor: Actor
    request_id: str


View = Callable[Concatenate[PageRequest, Parameters], HttpResponse]


@dataclass(frozen=True)
class Page:
    """What `@page` was told about a view: guards and documentation read it."""

    route: str
    name: str
    methods: tuple[str, ...]
    opened: str
    needs: str | None
    view: Callable[..., HttpResponse]


_pages: dict[str, list[Page]] = {}


def page(
    route: str, *, name: str, methods: Sequence[str] = ("GET",), open: str = "", needs: str | None = None
) -> Callable[[View[Parameters]], Callable[..., HttpResponse]]:
    """Serve a view at `route`. `open="reason"` lets everybody in; `needs` names the grant without which it is 403.

    A method that is not listed answers 405 even if the code would take it. Nobody signed in: to /sign-in and back
    (htmx: 401 with HX-Redirect).
    """
    allowed = tuple(methods)

    def register(view: View[Parameters]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in allowed and not (request.method == "HEAD" and "GET" in allowed):
                return HttpResponseNotAllowed(allowed)
            if not open:
                if getattr(request, "actor", None) is None:
                    return to_sign_in(request)
                if needs and not request.actor.may(needs):
                    raise Forbidden
                if "record_type" in kwargs:
                    kwargs["record_type"] = kwargs["record_type"].seen_by(request.actor)
            return view(request, *args, **kwargs)

        _pages.setdefault(view.__module__, []).append(Page(route, name, allowed, open, needs, guarded))
        return guarded

    return register


def urlpatterns_of(*modules: ModuleType) -> list[URLPattern]:
    """The address patterns of all pages declared in these modules (or in modules of these packages)."""
    return [
        path(declared.route, declared.view, name=declared.name)
        for module in modules
        for name, pages in _pages.items()
        if name == module.__name__ or name.startswith(f"{module.__name__}.")
        for declared in pages
    ]


def all_pages() -> list[Page]:
    """Every page that was declared (modules not imported are not known)."""
    return [page for pages in _pages.values() for page in pages]


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asked for a part of the page (not for the whole body, and not to restore history)."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Request-Type") != "full"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def in_dialog(request: HttpRequest) -> bool:
    """Whether htmx sent a form from a dialog over some page (and not from the page that the form has of its own)."""
    return request.headers.get("HX-Request") == "true" and on_page(request) != request.path


def on_page(request: HttpRequest) -> str:
    """The path of the page from which htmx asks; '' without htmx."""
    return urlsplit(request.headers.get("HX-Current-URL", "")).path


def render(
    request: HttpRequest, template: str, /, *, status: int = 200, bare: bool = False, **context: Any
) -> HttpResponse:
    """A full page. The template gets the surroundings, `shell` when somebody is signed in, and `context`.

    `bare` leaves the shell out, so that nothing is read from the database.
    """
    around = surroundings(request)
    around["shell"] = shell_for(around["actor"], request.path) if around["actor"] and not bare else None
    return _answer(jinja().get_template(template).render(around | context), status)


def fragment(request: HttpRequest, template: str, /, *, status: int = 200, **context: Any) -> HttpResponse:
    """One named block (`"customers/list.html#rows"`) or a whole small template, without the shell."""
    file, _hash, block = template.partition("#")
    values = surroundings(request) | context
    html = render_block(jinja(), file, block, values) if block else jinja().get_template(file).render(values)
    return _answer(html, status)


def respond(request: HttpRequest, template: str, /, *, status: int = 200, **context: Any) -> HttpResponse:
    """The block for htmx, the whole page otherwise: one address serves both (`"customers/list.html#list"`)."""
    if wants_fragment(request):
        return fragment(request, template, status=status, **context)
    return render(request, template.partition("#")[0], status=status, **context)


def with_toast(
    response: HttpResponse, text: Text, *, tone: str = "ok", undo: str = "", label: Text = "", link: str = ""
) -> HttpResponse:
    """The same answer to an htmx request, and a toast. `undo`: address to POST; `link`: address to open."""
    toast = {"text": str(text), "tone": tone, "undo": undo, "label": str(label), "link": link}
    events = json.loads(response.headers.get("HX-Trigger", "{}"))
    response.headers["HX-Trigger"] = json.dumps(events | {"toast": toast})
    return response


def with_event(response: HttpResponse, event: str, details: Mapping[str, Any] | None = None) -> HttpResponse:
    """The same answer to an htmx request, and an event for scripts or `hx-trigger="… from:body"`."""
    events = json.loads(response.headers.get("HX-Trigger", "{}"))
    response.headers["HX-Trigger"] = json.dumps(events | {event: dict(details or {})})
    return response


def go(request: HttpRequest, address: str, toast: Text = "", *, tone: str = "ok", undo: str = "") -> HttpResponse:
    """To another page after a write; the toast is shown there."""
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=204, headers={"HX-Redirect": address})
    else:
        response = HttpResponseRedirect(address)
    if toast:
        _keep_for_next_page(response, {"text": str(toast), "tone": tone, "undo": undo})
    return response


def reload(toast: Text = "", *, tone: str = "ok") -> HttpResponse:
    """Answer to htmx: load the page you are on afresh (after a change that touches much of it)."""
    response = HttpResponse(status=204, headers={"HX-Refresh": "true"})
    if toast:
        _keep_for_next_page(response, {"text": str(toast), "tone": tone})
    return response


def closed_dialog(toast: Text = "", *, changed: str = "", tone: str = "ok", undo: str = "") -> HttpResponse:
    """Answer to a dialog's form that was carried out: close it, announce `changed`, show a toast (`undo`: address to
    POST)."""
    response = HttpResponse(status=204)
    with_event(response, "dialog:done", {"changed": changed})
    return with_toast(response, toast, tone=tone, undo=undo) if toast else response


def with_dialog(response: HttpResponse, address: str) -> HttpResponse:
    """The same answer to a script, and the dialog that it is to open."""
    response.headers["X-Dialog"] = address
    return response


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Nobody is signed in: to the sign-in page and back afterwards (htmx: back to the page that asked)."""
    if request.headers.get("HX-Request") == "true":
        shown = urlsplit(request.headers.get("HX-Current-URL", ""))
        back = f"{shown.path}?{shown.query}" if shown.query else shown.path
        return HttpResponse(status=401, headers={"HX-Redirect": _sign_in(back)})
    return HttpResponseRedirect(_sign_in(request.get_full_path()))


def _sign_in(back: str) -> str:
    return "/sign-in" if back in ("", "/") else f"/sign-in?next={quote(back)}"


def jinja() -> Environment:
    """The one Jinja2 environment."""
    engine: Any = engines["jinja2"]
    environment: Environment = engine.env
    return environment


def _keep_for_next_page(response: HttpResponse, toast: dict[str, str]) -> None:
    # a slash would make the cookie a quoted string, which the script does not read
    response.set_cookie("flash", quote(json.dumps(toast), safe=""), max_age=30, samesite="Strict")


def _answer(html: str, status: int) -> HttpResponse:
    response = HttpResponse(html, status=status)
    patch_vary_headers(response, ["HX-Request", "Cookie"])
    return response
