"""Reads of sealed events by clashes: new records are compared, both sides and who rules are told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from genjin.clashes.actions.detecting import detect_clashes
from genjin.clashes.finding import FEW, worth_comparing
from genjin.clashes.grants import DETECT
from genjin.clashes.models import Clash
from genjin.clashes.queries import CLASHING, is_side, may_rule, seen
from genjin.clashes.rules import ClashState, Ruling
from genjin.clashes.settings import WATCHES
from genjin.duplicates.rules import OF_SURFACE, Entry
from genjin.kernel.actor import Actor, Surface, system
from genjin.kernel.models.events import Event, EventLink
from genjin.kernel.notices import Told, declare_notice, notify_each
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.sealing import consumer
from genjin.kernel.stamps import current_stamp
from genjin.org.queries import actor_for, organisation

AT_ONCE = 200
LABEL = gettext_lazy("撞单")


def clash_facts(_reader: Actor, note: Mapping[str, Any]) -> Mapping[str, str]:
    """How it was ruled, in words."""
    return {"ruling": str(Ruling(note["ruling"]).label) if note.get("ruling") else "", "reason": note.get("reason", "")}


declare_notice(
    "clash_open",
    gettext_lazy("「%(title)s」与同事的记录疑似撞单，等主管裁定"),
    "arrows-diff",
    label=LABEL,
    anchor="clashes",
)
declare_notice("clash_asks", gettext_lazy("有一起撞单等您裁定"), "hammer", label=LABEL, place="/clashes/%(clash)s")
declare_notice(
    "clash_ruled",
    gettext_lazy("「%(title)s」的撞单已裁定：%(ruling)s。%(reason)s"),
    "hammer",
    label=LABEL,
    facts=clash_facts,
    anchor="clashes",
)


@consumer("clashes_detection")
def detect(events: Sequence[Event]) -> None:
    """New records of types that clash are compared with those of others, apart from the request that made them: so it
    takes no longer where something is found."""
    creating = {f"{RECORD_TYPES[key].plural}.create": key for key in CLASHING}
    fresh = (event for event in events if event.surface != Surface.SETUP)  # the past of a company that is set up
    wanted = {event.pk: event for event in fresh if event.action in creating}
    if not wanted or not WATCHES.at(current_stamp()):
        return
    made: defaultdict[int, list[int]] = defaultdict(list)
    links = EventLink.objects.filter(event_id__in=wanted, row_type__in=CLASHING).order_by("event_id", "row_id")
    for event_id, row_type, row_id in links.values_list("event_id", "row_type", "row_id"):
        if creating[wanted[event_id].action] == row_type:
            made[event_id].append(row_id)
    for event_id, ids in made.items():
        _compare(wanted[event_id], creating[wanted[event_id].action], ids)


def _compare(event: Event, key: str, ids: list[int]) -> None:
    machine = system(DETECT)
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        worth = part if len(ids) <= FEW else worth_comparing(RECORD_TYPES[key], part)
        if worth:
            entry = OF_SURFACE.get(Surface(event.surface), Entry.CREATE)
            detect_clashes(machine, about=key, entry=entry, made=worth, opened_by=event.member_id)


@consumer("clashes_notices")
def tell(events: Sequence[Event]) -> None:
    """Both sides hear of a case where the rules of 查重 let them know of each other, and how it was ruled; who may rule
    is asked to. Never what one did himself."""
    verbs = ("declare_clash", "rule_clash")
    wanted = {e.pk: e for e in events if e.action == DETECT or e.action.rpartition(".")[2] in verbs}
    if not wanted:
        return
    links = EventLink.objects.filter(event_id__in=wanted, row_type=Clash.row_type).values_list("event_id", "row_id")
    found = Clash.objects.in_bulk([row_id for _event, row_id in links])
    told: list[Told] = []
    for event_id, row_id in links:
        if row_id in found:
            told += _told(wanted[event_id], found[row_id])
    notify_each(told)


def _told(event: Event, clash: Clash) -> Iterator[Told]:
    model = RECORD_TYPES[clash.record_type].model
    ruled = event.action.endswith(".rule_clash")
    note = {"ruling": clash.ruling, "reason": clash.reason} if ruled else {}
    pairs = ((clash.earlier_owner_id, clash.earlier_id), (clash.later_owner_id, clash.later_id))
    for member_id, row_id in pairs if clash.told else ():
        if member_id and member_id != event.member_id:
            kind = "clash_ruled" if ruled else "clash_open"
            yield Told(member_id, kind, model(id=row_id), event.pk, f"{kind}:{clash.pk}:{member_id}", note)
    if clash.state == ClashState.OPEN and not ruled:
        for member_id in rulers(clash):
            if member_id != event.member_id:
                yield Told(member_id, "clash_asks", None, event.pk, f"clash_asks:{clash.pk}", {"clash": clash.pk})


def rulers(clash: Clash) -> list[int]:
    """Who is asked to rule: the nearest above one of the sides who leads both; without any, the administrators."""
    org = organisation(system("org.see"))
    ahead = [clash.later_owner_id, clash.earlier_owner_id]
    passed: set[int] = set()
    while ahead:
        person = org.people.get(ahead.pop(0) or 0)
        if person is None or not person.superior_id or person.superior_id in passed:
            continue
        passed.add(person.superior_id)
        ahead.append(person.superior_id)
        actor = actor_for(person.superior_id, Surface.JOB)
        case = seen(actor, [clash]) if actor else []
        if actor and case and may_rule(actor, case[0]) and not is_side(actor.member_id, case[0]):
            return [actor.member_id or 0]
    sides = {clash.earlier_owner_id, clash.later_owner_id}
    return [each.id for each in org.people.values() if each.administrator and each.active and each.id not in sides]
