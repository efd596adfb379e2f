"""What falls into which pool, when and why (P5, P7): the next nights, one's own records, and whom a change of rules
would touch. All of it from the one expression (`recycling`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from django.db import connection
from psycopg import sql

from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.lists import CAP
from genjin.kernel.models.rows import Life
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Forbidden
from genjin.kernel.titles import seen_titles, title_column
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
MOST_COUNTED = 100
ID_END = 2**63 - 1


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
    """A dry run: what falls by a night. `count`: all of it, CAP + 1 for more than CAP; `after`: where the next page
    begins, None at the end."""

    day: date
    count: int
    rows: list[Falling]
    after: str | None


@dataclass(frozen=True)
class Touched:
    """What a change of rules would mean: how many records were looked at, and whether that is only a `part` of the
    members'; those that fall the next night and within a week, now and then; how many fall earlier or at all, and later
    or no more; samples of those that fall earlier."""

    looked: int
    part: bool
    tonight_now: int
    tonight_then: int
    week_now: int
    week_then: int
    sooner: int
    later: int
    samples: list[Falling]


@dataclass(frozen=True)
class Soonest:
    """What of a member's own records falls within some days: how many, counted to MOST_COUNTED, and the first of
    them."""

    count: int
    first: list[Falling]


def falling_soon(actor: Actor, record_type: RecordType, most: int = 10, days: int = SOON) -> list[Falling]:
    """The actor's own records that fall within some days, the first to fall first, each with the days left and the
    rule (P7)."""
    return soonest_of(actor, record_type, most, days).first


def soonest_of(actor: Actor, record_type: RecordType, most: int = 10, days: int = SOON) -> Soonest:
    """The same with how many there are. One query of his own rows, a second when some fall; none when nothing falls by
    itself."""
    ruling, now = ruling_of(record_type, actor.stamp), actor.now()
    if ruling.idle or actor.member_id is None:
        return Soonest(0, [])
    within, night = now + timedelta(days=days), night_of(company_day(now) + timedelta(days=days))
    rows = _rows(
        _MINE.format(
            table=_table(record_type),
            owner=sql.Literal(actor.member_id),
            until=sql.Literal(max(within, night)),
            most=sql.Literal(MOST_COUNTED),
        )
    )
    count = sum(at <= within for _id, at, _home in rows)
    first = [(row_id, home) for row_id, at, home in rows if at <= night][:most]
    if not first:
        return Soonest(count, [])
    pools = {home for _id, home in first} | {ruling.pool_of.get(actor.member_id)}
    among = sql.SQL("r.id = ANY({}::bigint[])").format(sql.Literal([row_id for row_id, _home in first]))
    return Soonest(count, _found(actor, ruling.of_pools(pool for pool in pools if pool), among, most))


_MINE = sql.SQL(
    "SELECT r.id, r.falls_at, r.home_id FROM {table} AS r WHERE r.owner_id = {owner} AND r.falls_at <= {until}"
    " ORDER BY r.falls_at, r.id LIMIT {most}"
)


def rules_of(pool: Pool) -> list[Recycling]:
    """The rules by which records fall into a pool, none while it does not recycle."""
    return list(pool.recyclings.filter(enabled=True).order_by("id")) if pool.recycles else []


def written_rules() -> dict[int, list[Recycling]]:
    """{pool: all its rules}, also those that are switched off. One query."""
    found: defaultdict[int, list[Recycling]] = defaultdict(list)
    for rule in Recycling.objects.order_by("id"):
        found[rule.pool_id].append(rule)
    return found


def recycling_rules() -> dict[int, list[Recycling]]:
    """{pool: the rules by which records fall into it} of all pools that recycle. One query."""
    found: defaultdict[int, list[Recycling]] = defaultdict(list)
    for rule in Recycling.objects.filter(enabled=True, pool__recycles=True).order_by("id"):
        found[rule.pool_id].append(rule)
    return found


def dry_run(
    actor: Actor, record_type: RecordType, pool: Pool | None = None, *, day: date | None = None, after: str = "",
    most: int = 50, cap: int | None = CAP,
) -> Night:  # fmt: skip
    """What falls by the night of a day (the next one), the earliest first, for the administrators of the pool; without
    one for who sets up pools or administers all of them. Titles are told where the asker sees the record. Counted to
    `cap`. Raises Forbidden."""
    pools = [pool] if pool else [each for each in pools_at(actor.stamp, record_type.key) if each.enabled]
    if not pools or not (actor.may(MANAGE) or all(administers(actor, each) for each in pools)):
        raise Forbidden
    ruling, night = ruling_of(record_type), _night(actor, day)
    if ruling.idle:
        return Night(night.date(), 0, [], None)
    due = sql.SQL("r.falls_at <= {}").format(sql.Literal(night))
    if pool:
        due = sql.SQL("{} AND {} = {}").format(due, pool_of(ruling), sql.Literal(pool.pk))
    counted = sql.SQL("SELECT count(*) FROM (SELECT 1 FROM {} AS r WHERE {} LIMIT {}) AS due")
    count = _one(counted.format(_table(record_type), due, sql.Literal(cap and cap + 1)))
    rows = _found(actor, ruling, sql.SQL("{} AND {}").format(due, _behind(after)), most + 1)
    last = rows[most - 1] if len(rows) > most else None
    return Night(night.date(), count, rows[:most], f"{last.falls_at.isoformat()}_{last.id}" if last else None)


def touched_by(
    actor: Actor, record_type: RecordType, pool: Pool, rules: Sequence[Recycling], *, whole: bool = False
) -> Touched:
    """Whom it would touch if a pool (stored or not) with its rules were like this: said before it is saved. One pass
    over what its members own, at most CAP of it; `whole`: over all of that and over what has this pool for its home,
    which takes seconds for a million. Raises Forbidden."""
    if not (actor.may(MANAGE) or administers(actor, pool)):
        raise Forbidden
    now = ruling_of(record_type)
    then = changed_ruling(now, pool, rules)
    week = next_night(actor.now()) + timedelta(days=7)
    owners = [who for ruling in (now, then) for who, where in ruling.pool_of.items() if where == (pool.pk or 0)]
    then = then.of_pools({pool.pk or 0, *(then.pool_of.get(who, 0) for who in owners)})
    counted = _TOUCHED.format(
        tonight=sql.Literal(next_night(actor.now())),
        week=sql.Literal(week),
        then=falls_at(then),
        table=_table(record_type),
        concerned=_concerned(now, pool.pk or 0, owners, homes=whole),
        most=sql.Literal(None if whole else CAP + 1),
        samples=sql.Literal(SAMPLES),
    )
    looked, tonight_now, tonight_then, week_now, week_then, earlier, later, sooner = _rows(counted)[0]
    among = sql.SQL("r.id = ANY({}::bigint[])").format(sql.Literal(sooner or []))
    samples = _found(actor, then, among, SAMPLES, worked_out=True) if sooner else []
    part = not whole and looked > CAP
    return Touched(looked, part, tonight_now, tonight_then, week_now, week_then, earlier, later, samples)


_TOUCHED = sql.SQL(
    "WITH each AS MATERIALIZED"
    " (SELECT r.id, r.falls_at AS now, {then} AS at FROM {table} AS r WHERE {concerned} LIMIT {most})"
    " SELECT count(*), count(*) FILTER (WHERE now <= {tonight}), count(*) FILTER (WHERE at <= {tonight}),"
    " count(*) FILTER (WHERE now <= {week}), count(*) FILTER (WHERE at <= {week}),"
    " count(*) FILTER (WHERE at < now OR (at IS NOT NULL AND now IS NULL)),"
    " count(*) FILTER (WHERE at > now OR (at IS NULL AND now IS NOT NULL)),"
    " (SELECT array_agg(first.id) FROM (SELECT id FROM each WHERE at <= {week} AND (now IS NULL OR at < now)"
    " ORDER BY at, id LIMIT {samples}) AS first) FROM each"
)


def _concerned(ruling: Ruling, pool_id: int, owners: Sequence[int], *, homes: bool) -> sql.Composable:
    """What may fall into a pool or out of its rules: that of its members which has no other home; with `homes` also
    what always falls there, whoever owns it."""
    elsewhere = [pool.pk for pool in ruling.pools if pool.pk != pool_id]
    mine = sql.SQL("r.owner_id = ANY({owners}::bigint[]) AND (r.home_id = ANY({homes}::bigint[])) IS NOT TRUE").format(
        owners=sql.Literal(list(owners)), homes=sql.Literal(elsewhere)
    )
    home = sql.SQL("r.home_id = {} AND r.owner_id IS NOT NULL").format(sql.Literal(pool_id))
    either = sql.SQL("({mine} OR {home})").format(mine=mine, home=home)
    living = sql.SQL(" AND r.pool_id IS NULL AND r.life = {}").format(sql.Literal(int(Life.LIVE)))
    return (either if homes else mine) + living


class Due(NamedTuple):
    """A record that falls, into which pool, why in words."""

    id: int
    pool_id: int
    words: str


def due_in(record_type: RecordType, stretch: tuple[int, int], moment: datetime) -> list[Due]:
    """What of a stretch of rows falls by a moment, worked out by the rules as they are now."""
    ruling = ruling_of(record_type)
    where = sql.SQL("{within} AND {at} <= {moment}").format(
        within=_within(stretch), at=falls_at(ruling), moment=sql.Literal(moment)
    )
    rows = _asked(ruling, where, stretch[1] - stretch[0], worked_out=True)
    return [Due(row.id, row.pool, _words(ruling, row.pool, row.rules)) for row in rows]


def still_due(record_type: RecordType, ids: Collection[int], moment: datetime) -> dict[int, tuple[int, str]]:
    """{id: (pool, words)} of those rows that fall by a moment, worked out anew."""
    ruling = ruling_of(record_type)
    if ruling.idle:
        return {}
    where = sql.SQL("r.id = ANY({}::bigint[]) AND {} <= {}").format(
        sql.Literal(list(ids)), falls_at(ruling), sql.Literal(moment)
    )
    asked = _asked(ruling, where, len(ids), worked_out=True)
    return {row.id: (row.pool, _words(ruling, row.pool, row.rules)) for row in asked}


def stretches(record_type: RecordType, size: int) -> list[tuple[int, int]]:
    """All rows of a type in stretches of so many: (the first id, the first id behind it)."""
    numbered = sql.SQL(
        "SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM {table}) AS each"
        " WHERE mod(place, {size}) = 1 ORDER BY id"
    ).format(table=_table(record_type), size=sql.Literal(size))
    begins = [begin for (begin,) in _rows(numbered)]
    return list(pairwise([*begins, ID_END])) if begins else []


def misclocked(record_type: RecordType, stretch: tuple[int, int]) -> list[int]:
    """The ids of a stretch whose kept moment is not the one that the rules say now. Locks nothing."""
    asked = sql.SQL(
        "SELECT r.id FROM {table} AS r WHERE {within} AND r.falls_at IS DISTINCT FROM {at} ORDER BY r.id"
    ).format(table=_table(record_type), within=_within(stretch), at=falls_at(ruling_of(record_type)))
    return [row_id for (row_id,) in _rows(asked)]


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
    told = ((row.id, row.title, row.owner, row.department) for row in rows)
    titles = seen_titles(actor, ruling.record_type, told)
    names, today = people.directory(), company_day(actor.now())
    pools = {pool.pk: pool.name for pool in ruling.pools}
    found = []
    for row in rows:
        night = next_night(max(row.at - timedelta(microseconds=1), actor.now())).date()
        found.append(
            Falling(
                id=row.id,
                title=titles.get(row.id, ""),
                owner_id=row.owner,
                owner=names.member_name(row.owner, actor.stamp) if row.owner else "",
                falls_at=row.at,
                night=night,
                days_left=(night - today).days,
                pool_id=row.pool,
                pool=pools.get(row.pool, ""),
                why=_words(ruling, row.pool, row.rules),
                mend=_mend(ruling, row.pool, row.rules),
            )
        )
    return found


class _Row(NamedTuple):
    """A row that falls: whose it is, when, into which pool, by which rules, what it is called."""

    id: int
    owner: int
    at: datetime
    pool: int
    rules: Sequence[int] | None
    title: str
    department: int | None


def _asked(ruling: Ruling, where: sql.Composable, most: int, *, worked_out: bool = False) -> list[_Row]:
    """Rows that fall. `worked_out`: the moment as it would be, not as it is kept."""
    rows = _rows(
        sql.SQL(
            "SELECT r.id, r.owner_id, {at}, {pool}, {why}, r.{title}, r.department_id FROM {table} AS r WHERE {where}"
            " ORDER BY 3, 1 LIMIT {most}"
        ).format(
            at=falls_at(ruling) if worked_out else sql.SQL("r.falls_at"),
            pool=pool_of(ruling),
            why=why(ruling),
            title=title_column(ruling.record_type),
            table=_table(ruling.record_type),
            where=where,
            most=sql.Literal(most),
        )
    )
    return [_Row(*row) for row in rows]


def _words(ruling: Ruling, pool_id: int | None, rule_ids: Sequence[int] | None) -> str:
    by_id = {rule.pk: rule for rule in ruling.rules.get(pool_id or 0, ())}
    return clauses(told(rule.reason, rule.days) for pk in rule_ids or () if (rule := by_id.get(pk)))


def _mend(ruling: Ruling, pool_id: int | None, rule_ids: Sequence[int] | None) -> str:
    by_id = {rule.pk: rule for rule in ruling.rules.get(pool_id or 0, ())}
    found = next((by_id[pk] for pk in rule_ids or () if pk in by_id), None)
    return CONDITIONS[found.reason].mended(found.days) if found else ""


def _behind(after: str) -> sql.Composable:
    """What lies behind a place in the order of falling; all of it for a place that is none."""
    at, _sep, row_id = after.partition("_")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return sql.SQL("true")
    if not (row_id.isascii() and row_id.isdecimal() and len(row_id) < 19):
        return sql.SQL("true")
    return sql.SQL("(r.falls_at, r.id) > ({}, {})").format(sql.Literal(moment), sql.Literal(int(row_id)))


def _within(stretch: tuple[int, int]) -> sql.Composable:
    return sql.SQL("r.id >= {} AND r.id < {}").format(*map(sql.Literal, stretch))


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
