"""How much more a member may hold (P3). Of several limits that cover him the smallest holds; who is above a new limit
keeps what he has and gets no more.

There are limits for all that he holds of a type, and limits of pools: how many he may hold of what came out of one. A
pool may say that its records do not count among all. What came out of a pool stays of that pool with whoever holds it,
until it lies in one again.

Asked when a record is created, claimed, assigned, transferred, restored or taken out of the archive. Not when it is
imported: what is brought in is history, and whose it was is not to be refused; its owner merely gets no more by the
other ways. Not when a step is undone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from genjin.kernel.actor import BRINGING_IN, Actor
from genjin.kernel.models.rows import Life
from genjin.kernel.recording import standing_note
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import Stamped
from genjin.org.queries import organisation
from genjin.ownership.models import Capacity, Pool
from genjin.ownership.standing import covers, pool_named, pools_at

QUEUE = 7_204_760
DEALT = "deal_date"


class Held(NamedTuple):
    """What a member holds of a type: all that are worked on, those without a deal among them, those he has locked;
    `of`: {pool: (all, without a deal)} of what came out of pools."""

    all: int = 0
    undealt: int = 0
    locked: int = 0
    of: Mapping[int, tuple[int, int]] = MappingProxyType({})

    def counted(self, *, spares_dealt: bool, apart: Iterable[int] = ()) -> int:
        """How many of them count, without those out of pools that stand `apart`."""
        which = 1 if spares_dealt else 0
        whole = self.undealt if spares_dealt else self.all
        return whole - sum(self.of[pool][which] for pool in apart if pool in self.of)


NOTHING = Held()


class Limit(NamedTuple):
    """How many somebody may hold and how many of his count; `pool`: the name of the pool whose limit it is, '' for a
    limit of all."""

    most: int
    held: int
    pool: str = ""

    @property
    def room(self) -> int:
        """How many more."""
        return max(self.most - self.held, 0)


def held_by(record_type: RecordType, member_ids: Collection[int]) -> dict[int, Held]:
    """{member: what he holds}, of each member asked for; what rests in the archive or the recycle bin does not count.
    One query for all of them."""
    model: Any = record_type.model
    dealt = any(field.attname == DEALT for field in model._meta.concrete_fields)
    undealt = Q(**{DEALT: None}) if dealt else None
    manager = model._default_manager  # rows: counts only
    rows = manager.filter(owner_id__in=list(member_ids), life=Life.LIVE).order_by()
    found = rows.values_list("owner_id", "taken_from_id").annotate(
        held=Count("pk"), undealt=Count("pk", filter=undealt), fixed=Count("pk", filter=Q(locked=True))
    )
    sums: defaultdict[int, Counter[str]] = defaultdict(Counter)
    pools: defaultdict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
    for owner_id, pool_id, held, free, fixed in found:
        sums[owner_id].update(all=held, undealt=free, locked=fixed)
        if pool_id is not None:
            pools[owner_id][pool_id] = (held, free)
    return {one: Held(**sums[one], of=pools[one]) if one in sums else NOTHING for one in member_ids}


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


def most_of(pool: Pool) -> int:
    """How many one member may hold of what came out of a pool; 0 for any number."""
    return int(pool.claims.get("most_held") or 0)


def stands_apart(pool: Pool) -> bool:
    """Whether what came out of a pool does not count among all that somebody holds."""
    return bool(pool.claims.get("held_apart"))


def limited_pools(stamp: int, record_type: str, *, apart: bool = False) -> list[Pool]:
    """The pools of a type that limit how many of theirs one member holds; with `apart` also those whose records do not
    count among all. No query."""
    return [pool for pool in pools_at(stamp, record_type) if most_of(pool) or (apart and stands_apart(pool))]


def origin(actor: Actor, row: Any) -> Pool | None:
    """The pool out of which an owned record came, or in which it lies; None for what came out of none. No query."""
    pool_id = row.pool_id or row.taken_from_id if hasattr(row, "taken_from_id") else None
    return pool_named(actor.stamp, pool_id) if pool_id else None


def limit_of(
    actor: Actor, record_type: RecordType, member_id: int, held: Held, pool: Pool | None = None
) -> Limit | None:
    """The limit that leaves a member the least room for one more record (P3), of all limits and that of the `pool` out
    of which it comes; None without any. No query."""
    found = []
    rules = [] if pool is not None and stands_apart(pool) else rules_over(actor, record_type, member_id)
    if rules:
        apart = [each.pk for each in pools_at(actor.stamp, record_type.key) if stands_apart(each)]
        found = [Limit(r.most, held.counted(spares_dealt=r.spares_dealt, apart=apart)) for r in rules]
    if pool is not None and most_of(pool):
        found.append(Limit(most_of(pool), _held_of(pool, held), pool.name))
    return min(found, key=lambda each: each.most - each.held) if found else None


def _held_of(pool: Pool, held: Held) -> int:
    return held.of.get(pool.pk, (0, 0))[1 if pool.claims.get("held_spares_dealt", True) else 0]


@dataclass(frozen=True)
class Rooms:
    """How many more records members may hold: `all` {member: n, None without limit}; `of` {pool: {member: n}} of what
    comes out of pools that have a limit; `apart`: pools whose records do not count among all."""

    all: dict[int, int | None]
    of: dict[int, dict[int, int]]
    apart: frozenset[int]

    def left(self, member_id: int, pool_id: int = 0) -> int | None:
        """How many more records out of a pool (0: out of none)."""
        found = [None if pool_id in self.apart else self.all.get(member_id), self.of.get(pool_id, {}).get(member_id)]
        return min((room for room in found if room is not None), default=None)


def rooms_of(actor: Actor, record_type: RecordType, member_ids: Collection[int]) -> Rooms:
    """Of members of whom each may get several. One query for all of them, none where no limit is set."""
    stamp, key = actor.stamp, record_type.key
    pools = limited_pools(stamp, key)
    limited = [one for one in member_ids if pools or rules_over(actor, record_type, one)]
    held = held_by(record_type, limited) if limited else {}
    rooms: dict[int, int | None] = dict.fromkeys(member_ids)
    for one in limited:
        limit = limit_of(actor, record_type, one, held[one])
        rooms[one] = limit.room if limit else None
    of = {pool.pk: {one: max(most_of(pool) - _held_of(pool, held[one]), 0) for one in limited} for pool in pools}
    return Rooms(rooms, of, frozenset(pool.pk for pool in pools_at(stamp, key) if stands_apart(pool)))


def room_of(
    actor: Actor, record_type: RecordType, member_ids: Collection[int], pool: Pool | None = None
) -> dict[int, int | None]:
    """{member: how many more records of the type he may hold (out of a pool), None without limit}. Queries as
    `rooms_of`."""
    rooms = rooms_of(actor, record_type, member_ids)
    return {one: rooms.left(one, pool.pk if pool else 0) for one in member_ids}


def over_limit(actor: Actor, rule: Capacity) -> dict[int, int]:
    """{member: how many of his count} of those whom a limit (stored or not) covers and who hold more already. One
    query."""
    apart = [each.pk for each in pools_at(actor.stamp, rule.record_type) if stands_apart(each)]
    covered = [member_id for member_id in organisation(actor).people if covers(rule.scope, actor, member_id)]
    held = held_by(RECORD_TYPES[rule.record_type], covered) if covered else {}
    counted = {pk: each.counted(spares_dealt=rule.spares_dealt, apart=apart) for pk, each in held.items()}
    return {pk: count for pk, count in counted.items() if count > rule.most}


def holding_most(actor: Actor, pool: Pool, most: int) -> list[tuple[int, int]]:
    """[(member, how many of a pool's he holds as its limit counts)], the most first. One query."""
    people = organisation(actor).people
    model: Any = RECORD_TYPES[pool.record_type].model
    manager = model._default_manager  # rows: counts only
    rows = manager.filter(taken_from=pool.pk, owner_id__isnull=False, life=Life.LIVE).order_by()
    if pool.claims.get("held_spares_dealt", True) and any(f.attname == DEALT for f in model._meta.concrete_fields):
        rows = rows.filter(**{DEALT: None})
    found = rows.values_list("owner_id").annotate(held=Count("pk")).order_by("-held", "owner_id")
    return [(owner_id, held) for owner_id, held in found[:most] if owner_id in people]


def queue_for(member_id: int) -> None:
    """Let whoever else gives records to this member at the same moment wait until this transaction is over, so that
    what he holds is counted once. Before the record is locked: members come before records."""
    with connection.cursor() as cursor:  # rows: a lock, no row
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [QUEUE, member_id])


def is_limited(actor: Actor, record_type: RecordType, member_id: int) -> bool:
    """Whether any limit may keep a member from one more record. No query."""
    return bool(rules_over(actor, record_type, member_id) or limited_pools(actor.stamp, record_type.key))


def await_turn(actor: Actor, record_type: RecordType, member_id: int | None) -> None:
    """Queue for a member whom a limit covers, for verbs that ask other things of the locked record first."""
    if member_id is not None and is_limited(actor, record_type, member_id):
        queue_for(member_id)


def demand_room(
    actor: Actor,
    record_type: RecordType,
    member_id: int | None,
    *,
    pool: Pool | None = None,
    field: str = "",
    held: Held | None = None,
) -> None:
    """Raises Refused("full") with facts["room"] when a member may hold no more records of a type, or none more out of
    this `pool`. Queues the member when a limit covers him: call it before locking, or after `await_turn`. `held`: what
    was counted already, for who only asks."""
    if member_id is None or actor.surface in BRINGING_IN or "undoes" in standing_note.get():
        return
    limit = limit_of(actor, record_type, member_id, NOTHING, pool)
    if limit is None:
        return
    if held is None:
        queue_for(member_id)
        held = held_by(record_type, [member_id])[member_id]
    limit = limit_of(actor, record_type, member_id, held, pool) or limit
    if limit.room:
        return
    facts = {"room": 0, "most": limit.most, "held": limit.held}
    raise Refused("full", _full(record_type, limit, mine=member_id == actor.member_id), field, facts=facts)


def _full(record_type: RecordType, limit: Limit, *, mine: bool) -> str:
    told = {"most": limit.most, "held": limit.held, "what": record_type.many, "pool": limit.pool}
    if limit.pool:
        words = (
            _("您名下已有 %(held)d 个来自「%(pool)s」的%(what)s，达到这个公海的上限 %(most)d 个；退回一些后再试")
            if mine
            else _("他名下已有 %(held)d 个来自「%(pool)s」的%(what)s，达到这个公海的上限 %(most)d 个；请换一位同事")
        )
    else:
        words = (
            _("您名下已有 %(held)d 个%(what)s，达到上限 %(most)d 个；退回一些后再试")
            if mine
            else _("他名下已有 %(held)d 个%(what)s，达到上限 %(most)d 个；请换一位同事")
        )
    return words % told
