"""Messages about performance shares (B15): whoever is concerned hears of proposals, answers and changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel import people
from genjin.kernel.actor import Actor, Surface, system
from genjin.kernel.doors import OWN, may
from genjin.kernel.models.events import Event, EventLink
from genjin.kernel.models.rows import Record
from genjin.kernel.notices import Told, declare_notice, notify_each
from genjin.kernel.records import RECORD_TYPES, type_of
from genjin.kernel.sealing import consumer
from genjin.kernel.wording import listed
from genjin.org.queries import actor_for, organisation
from genjin.ownership.models import Split

VERBS = ("split", "propose_split", "accept_split", "decline_split")
LABEL = gettext_lazy("业绩份额有变化")


def share_facts(reader: Actor, note: Mapping[str, Any]) -> Mapping[str, str]:
    """The parts in words."""
    name = people.directory().member_name
    parts = note.get("shares") or []
    words = [f"{name(who, reader.stamp) if who else _('负责人')} {percent}%" for who, percent in parts]
    return {"shares": listed(words), "answer": str(note.get("note", ""))}


declare_notice(
    "split", gettext_lazy("「%(title)s」的业绩份额现在是：%(shares)s"), "chart-pie", label=LABEL, facts=share_facts
)
declare_notice(
    "propose_split",
    gettext_lazy("%(who)s申请把「%(title)s」的业绩分为：%(shares)s"),
    "chart-pie",
    label=gettext_lazy("业绩份额等我决定"),
    facts=share_facts,
    anchor="shares",
)
declare_notice(
    "decline_split",
    gettext_lazy("%(who)s没有同意「%(title)s」的业绩份额：%(answer)s"),
    "chart-pie",
    label=LABEL,
    facts=share_facts,
)


@consumer("ownership_shares")
def tell_of_shares(events: Sequence[Event]) -> None:
    """Proposals to who decides, refusals to who proposed, changes to everybody with a part; never what one did
    himself."""
    wanted = {event.pk: event for event in events if event.action.rpartition(".")[2] in VERBS}
    if not wanted:
        return
    links = EventLink.objects.filter(event_id__in=wanted, row_type__in=list(RECORD_TYPES))
    told: list[Told] = []
    for event_id, row_id, row_type in links.values_list("event_id", "row_id", "row_type"):
        model = RECORD_TYPES[row_type].model
        row = model._default_manager.filter(pk=row_id).first()
        if row is not None and wanted[event_id].action.startswith(f"{RECORD_TYPES[row_type].plural}."):
            told += _told(wanted[event_id], row)
    notify_each(told)


def _told(event: Event, row: Record) -> Iterator[Told]:
    verb = event.action.rpartition(".")[2]
    receivers: set[int | None]
    if verb == "propose_split":
        receivers = set(deciders(row))
    elif verb == "decline_split":
        last = Split.objects.filter(record_id=row.pk, decided_at__isnull=False).order_by("-decided_at").first()
        receivers = {last.asked_by_id if last else None}
    else:
        receivers = {row.owner_id, *(who for who, _percent in event.note.get("shares", ()))}
    kind = "split" if verb == "accept_split" else verb
    note = {key: event.note[key] for key in ("shares", "note") if key in event.note}
    for member_id in sorted(one for one in receivers if one is not None and one != event.member_id):
        yield Told(member_id, kind, row, event.pk, note=note)


def deciders(row: Record) -> list[int]:
    """Who is asked to decide about a record's shares: the nearest above its owner who may; without any, the
    administrators."""
    org = organisation(system("org.see"))
    person = org.people.get(row.owner_id or 0)
    passed: set[int] = set()
    while person is not None and person.superior_id and person.superior_id not in passed:
        passed.add(person.superior_id)
        person = org.people.get(person.superior_id)
        actor = actor_for(person.id, Surface.JOB) if person else None
        if actor is not None and may(actor, row, type_of(row).grant("split"), OWN):
            return [actor.member_id or 0]
    return [each.id for each in org.people.values() if each.administrator and each.active]
