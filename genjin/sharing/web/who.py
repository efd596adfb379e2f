"""Who can see a record, and why: from its ⋯ menu."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from genjin.kernel.models.rows import Record
from genjin.kernel.records import RecordType
from genjin.org.queries import organisation
from genjin.sharing.grants import EXPLAIN
from genjin.sharing.sight.verdicts import verdict
from genjin.sharing.sight.who import Sighting, may_explain, record_to_explain, who_sees
from genjin.ui.addresses import record_url
from genjin.ui.details.menu import MenuEntry, register_menu_entry
from genjin.ui.pages import PageRequest, page, respond

AT_ONCE = 50

register_menu_entry(
    MenuEntry(
        key="who-sees",
        label=gettext_lazy("谁能看到"),
        icon="eye",
        link="/who",
        needs=EXPLAIN,
        when=may_explain,
        order=80,
    )
)


@dataclass(frozen=True)
class Group:
    """Members who see the record for the same reason: how many in all, and those on this page."""

    words: str
    count: int
    people: list[Sighting]


@page("<plural:record_type>/<int:row_id>/who", name="who-sees", needs=EXPLAIN)
def who(request: PageRequest, record_type: RecordType, row_id: int) -> HttpResponse:
    """`?member=` asks about one; `?from=` goes on."""
    record = record_to_explain(request.actor, record_type, row_id)
    return respond(
        request,
        "sharing/who.html#answer",
        record=record,
        record_type=record_type,
        title=getattr(record, record_type.title) or record.code,
        url=record_url(record_type, row_id),
        org=organisation(request.actor),
        **_answer(request, record),
    )


def _answer(request: PageRequest, record: Record) -> dict[str, Any]:
    """The members of this page in their groups, and the one who was asked about."""
    found = who_sees(request.actor, record)
    start = _number(request, "from") // AT_ONCE * AT_ONCE
    member_id = _number(request, "member")
    return {
        "groups": _groups(found, start),
        "total": len(found),
        "asked": verdict(request.actor, record, member_id, found) if member_id else None,
        "previous": start - AT_ONCE if start else None,
        "next": start + AT_ONCE if len(found) > start + AT_ONCE else None,
    }


def _groups(found: Sequence[Sighting], start: int) -> list[Group]:
    shown = {sighting.person.id for sighting in found[start : start + AT_ONCE]}
    made = []
    for words, several in groupby(found, key=lambda sighting: sighting.first.words):
        alike = list(several)
        people = [sighting for sighting in alike if sighting.person.id in shown]
        if people:
            made.append(Group(words, len(alike), people))
    return made


def _number(request: PageRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 18 else 0
