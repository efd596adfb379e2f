"""The end of a handover: what it came to is counted, receivers and the leaver's superior are told once each."""

from __future__ import annotations

from collections import Counter

from genjin.handover.models import Handover
from genjin.handover.queries import in_charge, tallies
from genjin.handover.receivers import member_of
from genjin.handover.rules import MOVES, Standing, State
from genjin.kernel.actor import Actor
from genjin.kernel.notices import Told, notify_each
from genjin.kernel.recording import record
from genjin.kernel.records import RECORD_TYPES
from genjin.org.queries import organisation

RECEIVED, REPORTED, RELEASED = "handover_received", "handover_done", "handover_released"

MOVED = Standing.MOVED


def end_handover(actor: Actor, row: Handover, state: State) -> None:
    """It is done, or taken back: count what became of everything, and tell whom it concerns. A step of actions."""
    found = tallies(row)
    counts: dict[str, Counter[str]] = {}
    for part, each in found.items():
        for (_to, standing), number in each.items():
            counts.setdefault(part, Counter())[str(standing)] += number
    MOVES.move(row, state)
    row.counts, row.ended_at = {part: dict(each) for part, each in counts.items()}, actor.now()
    record(actor, row, handover=row.pk, counts=row.counts)
    if state is State.DONE:
        notify_each(_told(actor, row, found))


def _told(actor: Actor, row: Handover, found: dict[str, dict[tuple[str, int], int]]) -> list[Told]:
    got: Counter[int] = Counter()
    for part, each in found.items():
        for (to, standing), number in each.items():
            member = member_of(to)
            if member and standing == Standing.MOVED and part in RECORD_TYPES:
                got[member] += number
            elif member and standing == Standing.MOVED:
                got[member] += 0
    note = {"handover": row.pk, "leaver": row.leaver_id, "kind": row.kind}
    if row.made_by_id is None:
        moved = sum(number for each in found.values() for (_to, standing), number in each.items() if standing == MOVED)
        those = in_charge(organisation(actor), row.leaver_id)
        return [Told(one, RELEASED, None, None, f"{RELEASED}:{row.pk}", {**note, "count": moved}) for one in those]
    told = [
        Told(member, RECEIVED, None, None, f"{RECEIVED}:{row.pk}", {**note, "count": number})
        for member, number in sorted(got.items())
        if member != actor.member_id
    ]
    superior = organisation(actor).people[row.leaver_id].superior_id
    if superior and superior != actor.member_id:
        moved = sum(got.values())
        told.append(Told(superior, REPORTED, None, None, f"{REPORTED}:{row.pk}", {**note, "count": moved}))
    return told
