"""The page of viewing: who looked at how much on which day."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.viewing import WORDS
from genjin.org.queries import organisation
from genjin.org.web.frame import Section, register_settings, settings_page
from genjin.oversight.grants import SEE
from genjin.oversight.models import KEPT_DAYS
from genjin.oversight.queries import Line, Place, log
from genjin.oversight.settings import ON
from genjin.ui.pages import PageRequest, fragment, page, wants_fragment

ROUTE = "settings/viewing"

register_settings(
    Section(
        "viewing",
        gettext_lazy("查看统计"),
        icon="eye",
        note=gettext_lazy("谁在哪天看了多少记录，异常时提醒"),
        needs=SEE,
    )
)


@page(ROUTE, name="viewing", needs=SEE)
def viewing(request: PageRequest) -> HttpResponse:
    """`?member=&before=`."""
    member_id = _number(request.GET.get("member", ""))
    before = Place.read(request.GET.get("before", ""))
    lines, place = log(request.actor, member_id=member_id, before=before)
    more = f"/{ROUTE}?{urlencode({'member': member_id or '', 'before': str(place)})}" if place else ""
    person = organisation(request.actor).people.get(member_id or 0)
    shown = {"days": _by_day(request.actor, lines), "next": more, "before": before, "person": person}
    context: dict[str, Any] = shown | {"asked": member_id}
    if wants_fragment(request):
        return fragment(request, "oversight/viewing.html#list", **context)
    return settings_page(
        request, "oversight/viewing.html", "viewing", kept=KEPT_DAYS, on=ON.at(request.actor.stamp), **context
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _by_day(actor: Actor, lines: list[Line]) -> list[tuple[date, list[dict[str, Any]]]]:
    """[(day, what its members looked at in words)]."""
    return [
        (day, [_told(actor, line) for line in of_it]) for day, of_it in groupby(lines, key=lambda line: line.place.day)
    ]


def _told(actor: Actor, line: Line) -> dict[str, Any]:
    person = organisation(actor).people.get(line.place.member_id)
    return {
        "id": line.place.member_id,
        "who": person.name if person else "—",
        "records": line.place.records,
        "types": [(str(RECORD_TYPES[key].label) if key in RECORD_TYPES else key, n) for key, n in line.types.items()],
        "others": [(str(WORDS[kind]), count) for kind, count in line.others.items()],
        "alarms": [(str(WORDS[a.kind]), a) for a in line.alarms],
    }
