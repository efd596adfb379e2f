"""All templates and scripts obey the content security policy; components render; icons exist; catalogues compile."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy
from jinja2 import Environment, UndefinedError
from markupsafe import Markup

import genjin
from genjin.ui.catalogs import compile_catalogs
from genjin.ui.jinja import attributes
from genjin.ui.moulds import Mould, cast, place
from genjin.ui.pages import jinja
from tools import sprite

PACKAGE = Path(genjin.__file__).parent
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
SCRIPTS = sorted((PACKAGE / "ui" / "static").glob("*.js"))


@pytest.fixture(scope="module")
def env() -> Environment:
    return jinja()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_template_keeps_the_strict_policy(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"""\sstyle\s*=""", text), "no style attribute: use a class"
    assert not re.search(r"""\son[a-z]+\s*=\s*["']""", text), "no inline handler: use data-* and a script"
    assert not re.search(r"\bhx-on|js:|hx-live|javascript:", text), "htmx must not evaluate strings"
    assert not re.search(r"""hx-trigger="[^"]*\[""", text), "filters of hx-trigger are evaluated"
    assert not re.search(r"\|\s*safe\b", text), "user text is escaped, always"
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag, "no inline script"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_template_compiles_and_is_short(template: Path, env: Environment) -> None:
    text = template.read_text(encoding="utf-8")
    env.parse(text)
    assert text.count("\n") <= 120


def test_scripts_do_not_evaluate_strings() -> None:
    for script in SCRIPTS:
        text = script.read_text(encoding="utf-8")
        assert not re.search(r"\beval\(|new Function|\.onclick\s*=\s*[\"']|document\.write", text), script.name
        assert text.count("\n") <= 400


def test_every_icon_named_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'id="i-([a-z0-9-]+)"', sprite.SPRITE.read_text()))
    named = sprite.named_icons()
    assert {name: where for name, where in named.items() if name not in drawn} == {}, "run python tools/sprite.py"


def test_fields_wire_label_help_and_error(env: Environment) -> None:
    source = '{{ ui.input("name", "名称", help="提示", error="必填", required=True, placeholder="如 上海") }}'
    html = env.from_string(source).render()
    assert 'for="f-name"' in html
    assert 'aria-describedby="f-name-error f-name-help"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-required="true"' in html
    assert 'placeholder="如 上海"' in html


def test_user_text_is_escaped_everywhere(env: Environment) -> None:
    canary = '"><svg onload=x>'
    source = (
        "{{ ui.button(t, data_x=t) }}{{ ui.badge(t) }}{{ ui.avatar(t) }}{{ ui.input('n', t, t, help=t, error=t) }}"
        "{{ ui.textarea('n', t, t) }}{{ ui.select('n', t, [(t, t)], t) }}{{ ui.combobox('n', t, t, t, t) }}"
        "{{ ui.multi_combobox('n', t, t, [(t, t)]) }}{{ ui.choices('n', t, [(t, t)]) }}{{ ui.chip(t, t, t) }}"
        "{{ ui.banner(t) }}{{ ui.empty(t, t) }}{{ ui.toast(t) }}{{ ui.menu_button(t, shortcut=t, disabled=t) }}"
        "{{ ui.region('n', t, t, t, [(t, [(t, t)])]) }}{{ ui.tabs(t, [{'key': t, 'label': t, 'href': t}], t) }}"
    )
    html = env.from_string(source).render(t=canary)
    assert "<svg onload" not in html
    assert html.count("&lt;svg onload=x&gt;") > 20


def test_attributes_follow_python_names() -> None:
    given = {"hx_get": "/x", "hx_headers__inherited": "a&b", "disabled": True, "hidden": False, "class_": "x"}
    assert str(attributes(given)) == ' hx-get="/x" hx-headers:inherited="a&amp;b" disabled class="x"'


def test_json_stays_within_its_attribute(env: Environment) -> None:
    html = env.from_string("{{ ui.button('x', hx_vals={'view': key}|tojson) }}").render(key='a"><b>')
    assert 'hx-vals="{&#34;view&#34;: ' in html
    assert html.count('"') % 2 == 0
    assert "<b>" not in html


def test_missing_name_in_a_template_is_an_error(env: Environment) -> None:
    with pytest.raises(UndefinedError):
        env.from_string("{{ nothing_here }}").render()


def test_catalogues_are_compiled_when_missing_or_older(tmp_path: Path) -> None:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (folder / "django.po").write_text(head + 'msgid "客户"\nmsgstr "Customers"\n')
    assert compile_catalogs(tmp_path) == [folder / "django.mo"]
    assert compile_catalogs(tmp_path) == []
    assert b"Customers" in (folder / "django.mo").read_bytes()


def test_a_mould_fills_its_places_for_each_row_and_escapes_them() -> None:
    mould = Mould(Markup('<a href="{}?share=5%25">50% {}</a>').format(place("url"), place("name")))
    row = SimpleNamespace(url="/x", name='<b>"50%(name)s"')
    assert mould.pour(row) == '<a href="/x?share=5%25">50% &lt;b&gt;&#34;50%(name)s&#34;</a>'


def test_text_is_escaped_wherever_it_comes_from(env: Environment) -> None:
    hostile = "<b>\"&'"
    template = env.from_string(
        "{% macro says(x) %}{{ x }}{% endmacro %}{% set kept %}{{ x }}{% endset %}"
        "{{ x }}|{{ says(x) }}|{{ kept }}|{{ x ~ x }}|{{ lazy }}|{{ 5 }}|{{ safe }}|"
        "{% for y in [x] %}{{ says(y) }}{% endfor %}"
    )
    escaped = "&lt;b&gt;&#34;&amp;&#39;"
    drawn = template.render(x=hostile, lazy=gettext_lazy("客户"), safe=Markup("<i>"))
    assert drawn == "|".join([escaped, escaped, escaped, escaped * 2, "客户", "5", "<i>", escaped])


def test_a_mould_is_kept_for_its_kind_and_language() -> None:
    with translation.override("zh-hans"):
        assert cast("test", 1) is None
        kept = cast("test", 1, drawn=Markup("<b>好</b>"))
        assert kept is not None
        assert (cast("test", 1), cast("test", 2)) == (kept, None)
        assert kept.pour(SimpleNamespace()) == "<b>好</b>"
    with translation.override("en"):
        assert cast("test", 1) is None
