"""The audit log with its filters."""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.actions import ACTIONS, Action
from genjin.kernel.fields import Date
from genjin.kernel.records import RECORD_TYPES, by_plural
from genjin.org.queries import organisation
from genjin.org.queries.audit import Asked, audit_page, kind_of, kinds, surfaces
from genjin.org.web.frame import settings_page
from genjin.ui.pages import PageRequest, fragment, page, wants_fragment


@page("settings/audit", name="audit", needs="audit.see")
def audit(request: PageRequest) -> HttpResponse:
    """`?member=&action=&type=&surface=&since=&until=&before=`."""
    asked = _asked(request)
    lines, before = audit_page(request.actor, asked)
    context: dict[str, Any] = {
        "lines": lines,
        "next": _next(request, before),
        "asked": asked,
        "surfaces": dict(surfaces()),
    }
    if wants_fragment(request):
        return fragment(request, "org/audit.html#list", **context)
    return settings_page(request, "org/audit.html", "audit", **context, **_filters(request, asked))


def _filters(request: PageRequest, asked: Asked) -> dict[str, Any]:
    return {
        "actions": _actions(),
        "types": [(key, kind_of(key)) for key in (*RECORD_TYPES, *kinds())],
        "person": organisation(request.actor).people.get(asked.member_id or 0),
    }


def _actions() -> list[tuple[str, list[tuple[str, str]]]]:
    """[(what they are done to, [(name, words)])], both by their words."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, action in ACTIONS.items():
        found.setdefault(_group(name, action), []).append((str(action.label), name))
    return [(group, [(name, words) for words, name in sorted(pairs)]) for group, pairs in sorted(found.items())]


def _group(name: str, action: Action[Any, Any]) -> str:
    if action.on is not None:
        return kind_of(action.on.row_type)
    known = by_plural(name.partition(".")[0])
    return str(known.label) if known else _("系统")


def _asked(request: PageRequest) -> Asked:
    given = request.GET.get
    return Asked(
        member_id=_number(given("member", "")),
        action=_among(ACTIONS, given("action", "")),
        row_type=_among((*RECORD_TYPES, *kinds()), given("type", "")),
        surface=_among(dict(surfaces()), given("surface", "")),
        since=_day(request, "since"),
        until=_day(request, "until"),
        before=_number(given("before", "")),
    )


def _among(known: Container[str], text: str) -> str:
    return text if text in known else ""


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 18 else None


def _day(request: PageRequest, name: str) -> date | None:
    try:
        return Date(key=name, label=name).parse(request.GET.get(name, ""), request.actor)  # type: ignore[no-any-return]
    except ValueError:
        return None


def _next(request: PageRequest, before: int | None) -> str:
    if before is None:
        return ""
    kept = {key: value for key, value in request.GET.items() if key != "before" and value}
    return f"/settings/audit?{urlencode(kept | {'before': before})}"
