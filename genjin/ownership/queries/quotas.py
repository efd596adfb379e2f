"""What a member may claim at a pool now, how a record stands for him, what he has just claimed (P1, B1)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q

from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_to
from genjin.kernel.models.rows import Life
from genjin.kernel.records import RECORD_TYPES, RecordType, type_of
from genjin.kernel.refusal import Refused
from genjin.ownership.capacity import Held, demand_room, held_by, limit_of, rules_over
from genjin.ownership.claims import demand_day, demand_live, demand_pool, demand_time, limit_for
from genjin.ownership.models import Daily, Period, Pool, Rule
from genjin.ownership.rules import company_day, cooled_at
from genjin.ownership.standing import pool_named

AWAITED = timedelta(days=14)
GAINED = (Rule.CLAIMED, Rule.ASSIGNED, Rule.ALLOCATED)


@dataclass(frozen=True)
class Quota:
    """What a member may still claim at a pool: claims of today and the limit of a day (None: without), what he holds
    and may hold (`held` as the tightest rule counts), what he has locked and may lock; `refusals`: why he may claim
    nothing at all now, in words."""

    pool_id: int
    claimed_today: int
    daily_limit: int | None
    held: int
    capacity: int | None
    locked: int
    most_locked: int | None
    refusals: tuple[str, ...]

    @property
    def left(self) -> int | None:
        """How many he may claim now; None without limit."""
        rooms = [] if self.daily_limit is None else [self.daily_limit - self.claimed_today]
        rooms += [] if self.capacity is None else [self.capacity - self.held]
        return max(min(rooms), 0) if rooms else None


@dataclass(frozen=True)
class Standing:
    """How a record in a pool stands for a member: from when he may claim it (None: at once, or never by time), when
    his own cool-down ends, and why he may not now ('' when he may). Capacity and the day's limit are `quota_of`'s."""

    pool_id: int
    pooled_at: datetime | None
    reason: str
    previous_owner_id: int | None
    claimable_at: datetime | None
    cooled_at: datetime | None
    why: str

    @property
    def claimable(self) -> bool:
        """Whether nothing about this record stands in his way."""
        return not self.why


@dataclass(frozen=True)
class Claimed:
    """A record that a member claimed or was assigned and has not yet contacted."""

    id: int
    title: str
    gained_at: datetime
    rule: str
    falls_at: datetime | None


def claimed_on(actor: Actor, pool: Pool, moment: datetime) -> int:
    """How many records he claimed from a pool on the company's day of a moment (P1-3)."""
    rows = Daily.objects.filter(member_id=actor.member_id or 0, day=company_day(moment), pool_id=pool.pk)
    return rows.values_list("claims", flat=True).first() or 0


def quota_of(actor: Actor, pool: Pool) -> Quota:
    """What the actor may claim at a pool now. Two queries."""
    return quotas_of(actor, RECORD_TYPES[pool.record_type], [pool])[pool.pk]


def quotas_of(actor: Actor, record_type: RecordType, pools: Collection[Pool]) -> dict[int, Quota]:
    """{pool: what the actor may claim there now} of pools of one type. Two queries for all of them."""
    member_id = actor.member_id or 0
    held = held_by(record_type, [member_id])[member_id]
    rows = Daily.objects.filter(member_id=member_id, day=company_day(actor.now()), pool_id__in=[p.pk for p in pools])
    claims = dict(rows.values_list("pool_id", "claims"))
    return {pool.pk: _quota(actor, record_type, pool, held, claims.get(pool.pk, 0)) for pool in pools}


def _quota(actor: Actor, record_type: RecordType, pool: Pool, held: Held, claimed: int) -> Quota:
    member_id = actor.member_id or 0
    rules = rules_over(actor, record_type, member_id)
    most, counted = limit_of(rules, held) or (None, held.all)
    locks = [rule.most_locked for rule in rules if rule.most_locked is not None]
    limit = limit_for(actor, pool)
    checks = (
        lambda: demand_pool(actor, pool),
        lambda: demand_room(actor, record_type, actor.member_id, held=held),
        lambda: demand_day(pool, limit, claimed),
    )
    refusals = tuple(words for check in checks if (words := _words(check)))
    return Quota(pool.pk, claimed, limit, counted, most, held.locked, min(locks, default=None), refusals)


def standing_of(actor: Actor, row: Any) -> Standing | None:
    """How a row that lies in a pool stands for the actor; None for one in no pool. No query."""
    pool = pool_named(actor.stamp, row.pool_id) if row.pool_id else None
    if pool is None:
        return None
    own = actor.member_id is not None and row.previous_owner_id == actor.member_id
    cooled = cooled_at(pool.claims, row.pooled_at) if own else None

    def check() -> None:
        demand_pool(actor, pool)
        demand_live(row.life)
        demand_time(type_of(row), pool, actor.now(), row=row, his_own=own)

    ends = max((end for end in (row.claimable_at, cooled) if end), default=None)
    return Standing(
        pool.pk, row.pooled_at, row.pool_reason, row.previous_owner_id, ends, cooled, _words(check)
    )  # fmt: skip


def just_claimed(actor: Actor, record_type: RecordType, most: int = 5) -> list[Claimed]:
    """What the actor came to by claiming or assignment and has not contacted since, the oldest first. The hours for
    the first contact are counted by the area of follow-ups. Two queries."""
    fresh = actor.now() - AWAITED
    uncontacted = Q(last_followed_at=None) | Q(last_followed_at__lt=F("owner_since"))
    seen: Any = visible_to(actor, record_type.model)
    rows = seen.filter(uncontacted, owner_id=actor.member_id or 0, life=Life.LIVE, owner_since__gte=fresh)
    found = {row_id: rest for row_id, *rest in rows.values_list("pk", record_type.title, "owner_since", "falls_at")}
    gained = Period.objects.filter(record_id__in=found, until=None, rule__in=GAINED).values_list("record_id", "rule")
    claimed = [
        Claimed(row_id, str(title), since, rule, falls)
        for row_id, rule in gained
        for title, since, falls in [found[row_id]]
    ]
    return sorted(claimed, key=lambda each: each.gained_at)[:most]


def _words(check: Any) -> str:
    try:
        check()
    except Refused as refusal:
        return refusal.message
    return ""
