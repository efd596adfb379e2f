"""What a member may claim at a pool now, how a record stands for him, what he has just claimed (P1, B1)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from psycopg import sql

from genjin.kernel.actor import Actor
from genjin.kernel.records import RECORD_TYPES, RecordType, type_of
from genjin.kernel.refusal import Refused
from genjin.kernel.titles import seen_titles, title_column
from genjin.ownership.capacity import NOTHING, Held, demand_room, held_by, limit_of, most_of, rules_over
from genjin.ownership.claims import demand_day, demand_live, demand_pool, demand_time, limit_for
from genjin.ownership.models import Daily, Pool, Rule
from genjin.ownership.rules import company_day, cooled_at
from genjin.ownership.standing import pool_named

AWAITED = timedelta(days=14)
GAINED = (Rule.CLAIMED, Rule.ASSIGNED, Rule.ALLOCATED)


@dataclass(frozen=True)
class Quota:
    """What a member may still claim at a pool: claims of today and the limit of a day (None: without), what he holds
    and may hold (`held` and `capacity` of the tightest limit, which is the pool's own where `of_pool`), what he has
    locked and may lock; `refusals`: why he may claim nothing at all now, in words."""

    pool_id: int
    claimed_today: int
    daily_limit: int | None
    held: int
    capacity: int | None
    locked: int
    most_locked: int | None
    refusals: tuple[str, ...]
    of_pool: bool = False

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
    """What the actor may claim at a pool now. What he holds is counted where a rule limits it, else told as nothing:
    one query, or two."""
    record_type = RECORD_TYPES[pool.record_type]
    limited = most_of(pool) or rules_over(actor, record_type, actor.member_id or 0)
    return quotas_of(actor, record_type, [pool], held=None if limited else NOTHING)[pool.pk]


def quotas_of(
    actor: Actor, record_type: RecordType, pools: Collection[Pool], *, held: Held | None = None
) -> dict[int, Quota]:
    """{pool: what the actor may claim there now} of pools of one type. Two queries for all of them; one where what he
    holds is at hand."""
    member_id = actor.member_id or 0
    held = held_by(record_type, [member_id])[member_id] if held is None else held
    with connection.cursor() as cursor:  # without Django's building: every page of a pool asks it
        cursor.execute(_CLAIMS, [member_id, company_day(actor.now()), [pool.pk for pool in pools]])
        claims = dict(cursor.fetchall())
    return {pool.pk: _quota(actor, record_type, pool, held, claims.get(pool.pk, 0)) for pool in pools}


def _quota(actor: Actor, record_type: RecordType, pool: Pool, held: Held, claimed: int) -> Quota:
    member_id = actor.member_id or 0
    rules = rules_over(actor, record_type, member_id)
    limit = limit_of(actor, record_type, member_id, held, pool)
    locks = [rule.most_locked for rule in rules if rule.most_locked is not None]
    daily = limit_for(actor, pool)
    checks = (
        lambda: demand_pool(actor, pool),
        lambda: demand_room(actor, record_type, actor.member_id, pool=pool, held=held),
        lambda: demand_day(pool, daily, claimed),
    )
    refusals = tuple(words for check in checks if (words := _words(check)))
    most, counted, of_pool = (limit.most, limit.held, bool(limit.pool)) if limit else (None, held.all, False)
    return Quota(
        pool.pk, claimed, daily, counted, most, held.locked, min(locks, default=None), refusals, of_pool
    )  # fmt: skip


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
    the first contact are counted by the area of follow-ups. One query; one more when some of his own lies outside what
    he may see."""
    statement = _FRESH.format(title=title_column(record_type), table=sql.Identifier(record_type.model._meta.db_table))
    with connection.cursor() as cursor:
        cursor.execute(statement, [[rule.value for rule in GAINED], actor.member_id or 0, actor.now() - AWAITED, most])
        rows = cursor.fetchall()
    titles = seen_titles(actor, record_type, (row[:4] for row in rows))
    return [
        Claimed(row_id, titles[row_id], since, rule, falls)
        for row_id, _title, _owner, _department, since, falls, rule in rows
        if row_id in titles
    ]


_CLAIMS = "SELECT pool_id, claims FROM ownership_daily WHERE member_id = %s AND day = %s AND pool_id = ANY(%s)"
_FRESH = sql.SQL(
    "SELECT r.id, r.{title}, r.owner_id, r.department_id, r.owner_since, r.falls_at, came.rule FROM {table} AS r"
    " JOIN ownership_period AS came ON came.record_id = r.id AND came.until IS NULL AND came.rule = ANY(%s)"
    " WHERE r.owner_id = %s AND r.life = 0 AND r.owner_since >= %s"
    " AND (r.last_followed_at IS NULL OR r.last_followed_at < r.owner_since) ORDER BY r.owner_since, r.id LIMIT %s"
)


def _words(check: Any) -> str:
    try:
        check()
    except Refused as refusal:
        return refusal.message
    return ""
