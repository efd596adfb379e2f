"""The list of clashes: open, ruled, withdrawn; all that one may know of, one's own, those one is asked to rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from genjin.clashes.drawing import ruling_words, titles_of_sides, why_of
from genjin.clashes.queries import ALL, CLASHING, MINE, MY_RULING, Seen, clashes_seen, clashing_types
from genjin.clashes.rules import ClashState, Origin
from genjin.kernel.actor import Actor
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import Forbidden
from genjin.ui.navigation import NavItem, register_nav
from genjin.ui.pages import PageRequest, page, respond

TONES = {ClashState.OPEN: "warn", ClashState.RULED: "ok", ClashState.WITHDRAWN: ""}
WHOSE = (
    (ALL, pgettext_lazy("clashes", "全部")),
    (MINE, gettext_lazy("与我有关")),
    (MY_RULING, gettext_lazy("等我裁定")),
)


@dataclass(frozen=True)
class Line:
    """A case as lists and cards show it."""

    id: int
    earlier: str
    later: str
    why: str
    origin: str
    state: str
    tone: str
    ruling: str
    at: datetime


def line(actor: Actor, seen: Seen) -> Line:
    """Of a case that the reader sees."""
    clash, state = seen.clash, ClashState(seen.clash.state)
    earlier, later = titles_of_sides(actor, seen)
    return Line(
        clash.pk, earlier, later, why_of(actor, seen), str(Origin(clash.origin).label), str(state.label), TONES[state],
        ruling_words(clash.ruling), clash.decided_at or clash.created_at,
    )  # fmt: skip


@page("clashes", name="clashes")
def listing(request: PageRequest) -> HttpResponse:
    """`?state=`, `?whose=`, `?type=`; `?before=` goes on."""
    types = clashing_types(request.actor)
    if not types:
        raise Forbidden
    chosen = next((t for t in types if t.plural == request.GET.get("type")), types[0])
    asked = _asked(request, chosen)
    before = request.GET.get("before", "")
    until = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None
    state = asked["state"].removesuffix("all")
    found, following = clashes_seen(request.actor, chosen, state=state, whose=asked["whose"], before=until)
    lines = [line(request.actor, one) for one in found]
    return respond(request, "clashes/list.html#list", lines=lines, before=until, **_links(types, asked, following))


def _asked(request: PageRequest, chosen: RecordType) -> dict[str, str]:
    """What the address asks for."""
    whose, state = request.GET.get("whose", ALL), request.GET.get("state", ClashState.OPEN.value)
    return {
        "type": chosen.plural,
        "state": state if state in ClashState.values else "all",
        "whose": whose if whose in dict(WHOSE) else ALL,
    }


def _links(types: list[RecordType], asked: dict[str, str], following: int | None) -> dict[str, Any]:
    """The ways on: (label, address, whether it is chosen) of each."""

    def ways(pairs: Iterable[tuple[str, Any]], key: str) -> list[tuple[str, str, bool]]:
        return [(str(label), f"?{urlencode({**asked, key: value})}", asked[key] == value) for value, label in pairs]

    states = [*((each.value, each.label) for each in ClashState), ("all", pgettext("clashes", "全部"))]
    return {
        "by_type": ways([(t.plural, t.many) for t in types], "type"),
        "states": ways(states, "state"),
        "whose": ways(WHOSE, "whose"),
        "first": f"?{urlencode(asked)}",
        "next": f"?{urlencode({**asked, 'before': following})}" if following else "",
    }


register_nav(
    NavItem(
        key="clashes",
        label=gettext_lazy("撞单"),
        icon="arrows-diff",
        url_name="clashes",
        section="customers",
        order=55,
        needs=tuple(RECORD_TYPES[key].grant(verb) for key in CLASHING for verb in ("declare_clash", "rule_clash")),
    )
)
