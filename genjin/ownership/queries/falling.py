"""What falls into which pool, when and why (P5, P7): the next nights, one's own records, and whom a change of rules
would touch. All of it from the one expression (`recycling`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from psycopg import sql

from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.doors import titles_of
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Forbidden
from genjin.kernel.wording import clauses
from genjin.ownership.conditions import CONDITIONS, told
from genjin.ownership.grants import MANAGE
from genjin.ownership.models import Pool, Recycling
from genjin.ownership.recycling import Ruling, falls_at, pool_of, why
from genjin.ownership.rules import company_day, next_night, night_of
from genjin.ownership.rulings import changed_ruling, ruling_of
from genjin.ownership.standing import administers, pools_at

SAMPLES = 10
SOON = 7


@dataclass(frozen=True)
class Falling:
    """A record that falls: its title ('' when the asker may not see it), its owner, the night in which it falls and in
    how many days that is, into which pool, why in words, and what its owner can do."""

    id: int
    title: str
    owner_id: int | None
    owner: str
    falls_at: datetime
    night: date
    days_left: int
    pool_id: int
    pool: str
    why: str
    mend: str


@dataclass(frozen=True)
class Night:
    """A dry run: what falls by a night. `count`: all of it; `after`: where the next page begins, None at the end."""

    day: date
    count: int
    rows: list[Falling]
    after: str | None


@dataclass(frozen=True)
class Touched:
    """What a change of rules would mean: records that fall the next night and within a week, now and then; how many
    fall earlier or at all, and later or no more; samples of those that fall earlier."""

    tonight_now: int
    tonight_then: int
    week_now: int
    week_then: int
    sooner: int
    later: int
    samples: list[Falling]


def falling_soon(actor: Actor, record_type: RecordType, most: int = 10, days: int = SOON) -> list[Falling]:
    """The actor's own records that fall within some days, the first to fall first, each with the days left and the
    rule (P7). One query of his own rows, none when nothing falls by itself."""
    ruling = ruling_of(record_type)
    if ruling.idle or actor.member_id is None:
        return []
    until = night_of(company_day(actor.now()) + timedelta(days=days))
    where = sql.SQL("r.owner_id = {} AND r.falls_at <= {}").format(sql.Literal(actor.member_id), sql.Literal(until))
    return _found(actor, ruling, where, most)


def rules_of(pool: Pool) -> list[Recycling]:
    """The rules by which records fall into a pool, none while it does not recycle."""
    return list(pool.recyclings.filter(enabled=True).order_by("id")) if pool.recycles else []


def falling_count(actor: Actor, record_type: RecordType, days: int = SOON) -> int:
    """How many of the actor's own records fall within some days, counted to 100."""
    model: Any = record_type.model
    until = actor.now() + timedelta(days=days)
    rows = model._default_manager.filter(owner_id=actor.member_id or 0, falls_at__lte=until)
    return int(rows.order_by()[:100].count())


def dry_run(
    actor: Actor, record_type: RecordType, pool: Pool | None = None, *, day: date | None = None, after: str = "",
    most: int = 50,
) -> Night:  # fmt: skip
    """What falls by the night of a day (the next one), the earliest first, for the administrators of the pool; without
    one for who sets up pools or administers all of them. Titles are told where the asker sees the record. Raises
    Forbidden."""
    pools = [pool] if pool else [each for each in pools_at(actor.stamp, record_type.key) if each.enabled]
    if not pools or not (actor.may(MANAGE) or all(administers(actor, each) for each in pools)):
        raise Forbidden
    ruling, night = ruling_of(record_type), _night(actor, day)
    if ruling.idle:
        return Night(night.date(), 0, [], None)
    due = sql.SQL("r.falls_at <= {}").format(sql.Literal(night))
    if pool:
        due = sql.SQL("{} AND {} = {}").format(due, pool_of(ruling), sql.Literal(pool.pk))
    count = _one(sql.SQL("SELECT count(*) FROM {} AS r WHERE {}").format(_table(record_type), due))
    rows = _found(actor, ruling, sql.SQL("{} AND {}").format(due, _behind(after)), most + 1)
    last = rows[most - 1] if len(rows) > most else None
    return Night(night.date(), count, rows[:most], f"{last.falls_at.isoformat()}_{last.id}" if last else None)


def touched_by(actor: Actor, record_type: RecordType, pool: Pool, rules: Sequence[Recycling]) -> Touched:
    """Whom it would touch if a pool (stored or not) with its rules were like this: said before it is saved. One pass
    over the type's rows. Raises Forbidden."""
    if not (actor.may(MANAGE) or administers(actor, pool)):
        raise Forbidden
    now = ruling_of(record_type)
    then = changed_ruling(now, pool, rules)
    tonight, week = next_night(actor.now()), next_night(actor.now()) + timedelta(days=7)
    counted = sql.SQL(
        "SELECT count(*) FILTER (WHERE now <= {tonight}), count(*) FILTER (WHERE at <= {tonight}),"
        " count(*) FILTER (WHERE now <= {week}), count(*) FILTER (WHERE at <= {week}),"
        " count(*) FILTER (WHERE at < now OR (at IS NOT NULL AND now IS NULL)),"
        " count(*) FILTER (WHERE at > now OR (at IS NULL AND now IS NOT NULL))"
        " FROM (SELECT {now} AS now, {then} AS at FROM {table} AS r WHERE r.owner_id IS NOT NULL OFFSET 0) AS each"
    )  # fmt: skip
    each = _rows(
        counted.format(
            tonight=sql.Literal(tonight),
            week=sql.Literal(week),
            now=falls_at(now),
            then=falls_at(then),
            table=_table(record_type),
        )
    )[0]
    sooner = sql.SQL("{then} <= {week} AND ({now} IS NULL OR {then} < {now})").format(
        then=falls_at(then), now=falls_at(now), week=sql.Literal(week)
    )
    tonight_now, tonight_then, week_now, week_then, earlier, later = each
    samples = _found(actor, then, sooner, SAMPLES, worked_out=True) if earlier else []
    return Touched(tonight_now, tonight_then, week_now, week_then, earlier, later, samples)


def due_now(record_type: RecordType, moment: datetime, after: tuple[datetime, int] | None, most: int) -> list[Any]:
    """(falls_at, id, pool, words) of what falls by a moment, in this order, behind a place in it."""
    ruling = ruling_of(record_type)
    if ruling.idle:
        return []
    behind = _behind(f"{after[0].isoformat()}_{after[1]}" if after else "")
    where = sql.SQL("r.falls_at <= {} AND {}").format(sql.Literal(moment), behind)
    return [(at, row_id, pool, _words(ruling, pool, rules)) for row_id, _o, at, pool, rules in
            _asked(ruling, where, most)]  # fmt: skip


def still_due(record_type: RecordType, ids: Collection[int], moment: datetime) -> dict[int, tuple[int, str]]:
    """{id: (pool, words)} of those rows that fall by a moment, worked out anew."""
    ruling = ruling_of(record_type)
    if ruling.idle:
        return {}
    where = sql.SQL("r.id = ANY({}::bigint[]) AND {} <= {}").format(
        sql.Literal(list(ids)), falls_at(ruling), sql.Literal(moment)
    )
    asked = _asked(ruling, where, len(ids), worked_out=True)
    return {row_id: (pool, _words(ruling, pool, rules)) for row_id, _o, _at, pool, rules in asked}


def falls_on(record_type: RecordType, day: date) -> list[tuple[int, int, int]]:
    """(owner, pool, how many of his records fall into it in the night of a day)."""
    ruling = ruling_of(record_type)
    if ruling.idle:
        return []
    grouped = sql.SQL(
        "SELECT r.owner_id, {pool}, count(*) FROM {table} AS r WHERE r.falls_at > {begin} AND r.falls_at <= {end}"
        " GROUP BY 1, 2 ORDER BY 1, 2"
    ).format(
        pool=pool_of(ruling),
        table=_table(record_type),
        begin=sql.Literal(night_of(day - timedelta(days=1))),
        end=sql.Literal(night_of(day)),
    )
    return [(owner, pool, count) for owner, pool, count in _rows(grouped) if owner and pool]


def _found(
    actor: Actor, ruling: Ruling, where: sql.Composable, most: int, *, worked_out: bool = False
) -> list[Falling]:
    rows = _asked(ruling, where, most, worked_out=worked_out)
    titles = titles_of(actor, ruling.record_type.key, [row[0] for row in rows])
    names, today = people.directory(), company_day(actor.now())
    pools = {pool.pk: pool.name for pool in ruling.pools}
    found = []
    for row_id, owner_id, at, pool, rules in rows:
        night = next_night(max(at - timedelta(microseconds=1), actor.now())).date()
        found.append(
            Falling(
                id=row_id,
                title=titles.get(row_id, ""),
                owner_id=owner_id,
                owner=names.member_name(owner_id, actor.stamp) if owner_id else "",
                falls_at=at,
                night=night,
                days_left=(night - today).days,
                pool_id=pool,
                pool=pools.get(pool, ""),
                why=_words(ruling, pool, rules),
                mend=_mend(ruling, pool, rules),
            )
        )
    return found


def _asked(ruling: Ruling, where: sql.Composable, most: int, *, worked_out: bool = False) -> list[Any]:
    """(id, owner, moment, pool, rules) of rows. `worked_out`: the moment as it would be, not as it is kept."""
    return _rows(
        sql.SQL(
            "SELECT r.id, r.owner_id, {at}, {pool}, {why} FROM {table} AS r WHERE {where} ORDER BY 3, 1 LIMIT {most}"
        ).format(
            at=falls_at(ruling) if worked_out else sql.SQL("r.falls_at"),
            pool=pool_of(ruling),
            why=why(ruling),
            table=_table(ruling.record_type),
            where=where,
            most=sql.Literal(most),
        )
    )


def _words(ruling: Ruling, pool_id: int | None, rule_ids: Sequence[int] | None) -> str:
    by_id = {rule.pk: rule for rule in ruling.rules.get(pool_id or 0, ())}
    return clauses(told(rule.reason, rule.days) for pk in rule_ids or () if (rule := by_id.get(pk)))


def _mend(ruling: Ruling, pool_id: int | None, rule_ids: Sequence[int] | None) -> str:
    by_id = {rule.pk: rule for rule in ruling.rules.get(pool_id or 0, ())}
    found = next((by_id[pk] for pk in rule_ids or () if pk in by_id), None)
    return CONDITIONS[found.reason].mended(found.days) if found else ""


def _behind(after: str) -> sql.Composable:
    """What lies behind a place in the order of falling."""
    at, _sep, row_id = after.partition("_")
    if not row_id.isdecimal():
        return sql.SQL("true")
    return sql.SQL("(r.falls_at, r.id) > ({}, {})").format(
        sql.Literal(datetime.fromisoformat(at)), sql.Literal(int(row_id))
    )


def _night(actor: Actor, day: date | None) -> datetime:
    return night_of(day) if day else next_night(actor.now())


def _table(record_type: RecordType) -> sql.Composable:
    return sql.Identifier(record_type.model._meta.db_table)


def _one(statement: sql.Composable) -> int:
    return int(_rows(statement)[0][0])


def _rows(statement: sql.Composable) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
