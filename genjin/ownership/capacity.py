"""How much more a member may hold (P3). Of several rules that cover him the smallest holds; who is above a new limit
keeps what he has and gets no more.

Asked when a record is created, claimed, assigned, transferred, restored or taken out of the archive. Not when it is
imported: what is brought in is history, and whose it was is not to be refused; its owner merely gets no more by the
other ways. Not when a step is undone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from genjin.kernel.actor import BRINGING_IN, Actor
from genjin.kernel.models.rows import Life
from genjin.kernel.recording import standing_note
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import Stamped
from genjin.ownership.models import Capacity
from genjin.ownership.standing import covers

QUEUE = 7_204_760
DEALT = "deal_date"


class Held(NamedTuple):
    """What a member holds of a type: all that are worked on, those without a deal among them, those he has locked."""

    all: int = 0
    undealt: int = 0
    locked: int = 0


NOTHING = Held()


def held_by(record_type: RecordType, member_ids: Collection[int]) -> dict[int, Held]:
    """{member: what he holds}, of each member asked for; what rests in the archive or the recycle bin does not count.
    One query for all of them."""
    model: Any = record_type.model
    dealt = any(field.attname == DEALT for field in model._meta.concrete_fields)
    undealt = Q(**{DEALT: None}) if dealt else None
    manager = model._default_manager  # rows: counts only
    rows = manager.filter(owner_id__in=list(member_ids), life=Life.LIVE).order_by()
    found = rows.values_list("owner_id").annotate(
        held=Count("pk"), undealt=Count("pk", filter=undealt), fixed=Count("pk", filter=Q(locked=True))
    )
    counted = {owner_id: Held(*counts) for owner_id, *counts in found}
    return {member_id: counted.get(member_id, NOTHING) for member_id in member_ids}


def _load() -> list[Capacity]:
    return list(Capacity.objects.order_by("id"))  # rows: kept in memory


_CAPACITIES: Stamped[list[Capacity]] = Stamped(_load)


def capacities_at(stamp: int, record_type: str = "") -> list[Capacity]:
    """All rules of capacity (of a type), switched off ones included; whoever asks."""
    return [rule for rule in _CAPACITIES.at(stamp) if not record_type or rule.record_type == record_type]


def rules_over(actor: Actor, record_type: RecordType, member_id: int) -> list[Capacity]:
    """The rules that cover a member. No query."""
    rules = capacities_at(actor.stamp, record_type.key)
    return [rule for rule in rules if rule.enabled and covers(rule.scope, actor, member_id)]


def limit_of(rules: Iterable[Capacity], held: Held) -> tuple[int, int] | None:
    """(how many he may hold, how many of his count) by the rule that leaves him the least room; None without a rule."""
    found = [(rule.most, held.undealt if rule.spares_dealt else held.all) for rule in rules]
    return min(found, key=lambda each: each[0] - each[1]) if found else None


def room_of(actor: Actor, record_type: RecordType, member_ids: Collection[int]) -> dict[int, int | None]:
    """{member: how many more records of the type he may hold, None without limit}. One query for all of them, none
    where no rule is set."""
    covering = {member_id: rules_over(actor, record_type, member_id) for member_id in member_ids}
    limited = [member_id for member_id, rules in covering.items() if rules]
    held = held_by(record_type, limited) if limited else {}
    room: dict[int, int | None] = dict.fromkeys(member_ids)
    for member_id in limited:
        most, counted = limit_of(covering[member_id], held[member_id]) or (0, 0)
        room[member_id] = max(most - counted, 0)
    return room


def queue_for(member_id: int) -> None:
    """Let whoever else gives records to this member at the same moment wait until this transaction is over, so that
    what he holds is counted once. Before the record is locked: members come before records."""
    with connection.cursor() as cursor:  # rows: a lock, no row
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [QUEUE, member_id])


def await_turn(actor: Actor, record_type: RecordType, member_id: int | None) -> None:
    """Queue for a member whom a rule covers, for verbs that ask other things of the locked record first."""
    if member_id is not None and rules_over(actor, record_type, member_id):
        queue_for(member_id)


def demand_room(
    actor: Actor,
    record_type: RecordType,
    member_id: int | None,
    *,
    field: str = "",
    force: bool = False,
    held: Held | None = None,
) -> None:
    """Raises Refused("full") with facts["room"] when a member may hold no more records of a type. `force`: whoever may
    go beyond (a handover) says so himself. Queues the member when a rule covers him: call it before locking. `held`:
    what was counted already, for who only asks."""
    if member_id is None or force or actor.surface in BRINGING_IN or "undoes" in standing_note.get():
        return
    rules = rules_over(actor, record_type, member_id)
    if not rules:
        return
    if held is None:
        queue_for(member_id)
        held = held_by(record_type, [member_id])[member_id]
    most, counted = limit_of(rules, held) or (0, 0)
    if counted < most:
        return
    told = {"most": most, "held": counted, "what": record_type.many}
    mine = member_id == actor.member_id
    words = (
        _("您名下已有 %(held)d 个%(what)s，达到上限 %(most)d 个；退回一些后再试")
        if mine
        else _("他名下已有 %(held)d 个%(what)s，达到上限 %(most)d 个；请换一位同事")
    )
    raise Refused("full", words % told, field, facts={"room": 0, "most": most, "held": counted})
