"""When each record falls into which pool, and by which rules (P5, P6): built from pools and rules as one SQL expression
of a row r. Nothing is asked of the database here.

One pool takes a record: its explicit home, else the first of its owner's pools in order of priority, then the newest.
Of a condition's rules those for certain options hold where they fit, the one without options for all others; of
several that fit the earliest. The pool joins its conditions: any, or all of those that concern the record.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import wraps
from typing import Any

from psycopg import sql

from genjin.kernel.fields import Choice
from genjin.kernel.fields.choices import MultiChoice
from genjin.kernel.models.rows import Life
from genjin.kernel.records import RecordType
from genjin.ownership.conditions import CONDITIONS, GAINED, NEVER, business_of, reads
from genjin.ownership.models import Pool, Recycling

NOTHING = sql.SQL("NULL::timestamptz")
OWN = sql.SQL("(r.owner_id = r.created_by_id AND {} <= r.created_at + interval '1 second')").format(GAINED)
"""Whether its owner made r himself and has had it ever since."""


@dataclass(frozen=True)
class Ruling:
    """All that decides for one type: its open pools in their order, the rules of each, who falls where."""

    record_type: RecordType
    fields: Mapping[str, Any]
    pools: tuple[Pool, ...]
    rules: Mapping[int, tuple[Recycling, ...]]
    pool_of: Mapping[int, int]
    written: dict[str, sql.SQL] = field(default_factory=dict, compare=False, repr=False)
    _parts: dict[frozenset[int], Ruling] = field(default_factory=dict, compare=False, repr=False)

    def of_pools(self, ids: Iterable[int]) -> Ruling:
        """What decides for rows whose homes and whose owners' pools are all among these: the same of fewer pools, whose
        expressions the database reads in a moment."""
        kept = frozenset(ids)
        if kept not in self._parts:
            pools = tuple(pool for pool in self.pools if pool.pk in kept)
            members = {member: pool for member, pool in self.pool_of.items() if pool in kept}
            self._parts[kept] = replace(self, pools=pools, pool_of=members, written={}, _parts={})
        return self._parts[kept]

    @property
    def recycling(self) -> list[Pool]:
        """The pools into which something can fall by itself."""
        return [pool for pool in self.pools if pool.recycles and self.rules.get(pool.pk)]

    @property
    def idle(self) -> bool:
        """Whether nothing at all falls."""
        return not self.recycling


def _written_once(make: Callable[[Ruling], sql.Composable]) -> Callable[[Ruling], sql.Composable]:
    """An expression is put together once for a ruling and kept as text: of hundreds of rules that takes longer than
    the rows for which it is asked."""

    @wraps(make)
    def written(ruling: Ruling) -> sql.Composable:
        if make.__name__ not in ruling.written:
            ruling.written[make.__name__] = sql.SQL(make(ruling).as_string(None))
        return ruling.written[make.__name__]

    return written


@_written_once
def falls_at(ruling: Ruling) -> sql.Composable:
    """The moment at which r falls; NULL when it does not."""
    if ruling.idle:
        return NOTHING
    whens = [
        sql.SQL("WHEN {id} THEN GREATEST({at}, r.protected_until{kept})").format(
            id=sql.Literal(pool.pk),
            at=_joined(ruling, pool),
            kept=sql.SQL(", {}").format(_protected(pool)) if _days(pool, "protect_days") else sql.SQL(""),
        )
        for pool in ruling.recycling
    ]
    return sql.SQL("CASE WHEN {able} THEN NULLIF(CASE {pool} {whens} ELSE {never} END, {never}) END").format(
        able=_able(ruling), pool=pool_of(ruling), whens=sql.SQL(" ").join(whens), never=NEVER
    )


@_written_once
def pool_of(ruling: Ruling) -> sql.Composable:
    """The id of the pool into which r falls; NULL for none."""
    homes = [pool.pk for pool in ruling.pools]
    by_owner = json.dumps({str(member): pool for member, pool in ruling.pool_of.items()})
    return sql.SQL(
        "CASE WHEN r.home_id = ANY({homes}::bigint[]) THEN r.home_id"
        " ELSE ({by_owner}::jsonb ->> r.owner_id::text)::bigint END"
    ).format(homes=sql.Literal(homes), by_owner=sql.Literal(by_owner))


@_written_once
def why(ruling: Ruling) -> sql.Composable:
    """The ids of the rules by which r falls: of a pool that joins by any the first to be met, else all that concern
    it."""
    whens = [
        sql.SQL(
            "WHEN {id} THEN (SELECT array_agg(met.rule ORDER BY met.at, met.rule) FROM (SELECT rule, at FROM"
            " (VALUES {values}) AS given (rule, at) WHERE at < {never} ORDER BY at, rule {most}) AS met)"
        ).format(
            id=sql.Literal(pool.pk),
            values=sql.SQL(", ").join(
                sql.SQL("({}, {})").format(sql.Literal(rule.pk), at) for rule, at in _each(ruling, pool)
            ),
            never=NEVER,
            most=sql.SQL("LIMIT 1" if pool.joined_by == "any" else ""),
        )
        for pool in ruling.recycling
    ]
    if not whens:
        return sql.SQL("NULL::bigint[]")
    return sql.SQL("CASE {pool} {whens} END").format(pool=pool_of(ruling), whens=sql.SQL(" ").join(whens))


def _able(ruling: Ruling) -> sql.Composable:
    """What falls at all: worked on, owned, in no pool, not locked (P4), in a state in which its type falls. Pausing
    does not save."""
    model: Any = ruling.record_type.model
    states = [
        sql.SQL(" AND r.{} = ANY({}::text[])").format(sql.Identifier(column), sql.Literal(list(values)))
        for column, values in model.falls_in.items()
    ]
    return sql.SQL(
        "(r.owner_id IS NOT NULL AND r.pool_id IS NULL AND NOT r.locked AND r.life = {live}{states})"
    ).format(live=sql.Literal(int(Life.LIVE)), states=sql.SQL("").join(states))


def _joined(ruling: Ruling, pool: Pool) -> sql.Composable:
    """When the pool's conditions are met together; NEVER when they are not."""
    by_reason: defaultdict[str, list[sql.Composable]] = defaultdict(list)
    for rule, at in _each(ruling, pool):
        by_reason[rule.reason].append(at)
    reasons = [sql.SQL("LEAST({})").format(sql.SQL(", ").join(ats)) for ats in by_reason.values()]
    join = sql.SQL("LEAST({})" if pool.joined_by == "any" else "GREATEST({})")
    return sql.SQL("COALESCE({}, {})").format(join.format(sql.SQL(", ").join(reasons)), NEVER)


def _each(ruling: Ruling, pool: Pool) -> list[tuple[Recycling, sql.Composable]]:
    """Each rule of a pool with the moment at which r meets it; NULL where it does not concern r."""
    rules = ruling.rules.get(pool.pk, ())
    return [(rule, _met(ruling, pool, rule, rules)) for rule in rules]


def _met(ruling: Ruling, pool: Pool, rule: Recycling, rules: Sequence[Recycling]) -> sql.Composable:
    span = sql.SQL("interval '{} days'").format(sql.SQL(str(int(rule.days))))
    at = CONDITIONS[rule.reason].at(span, _end(pool))
    if rule.spares_dealt and _has(ruling, "deal_date"):
        at = sql.SQL("CASE WHEN r.deal_date IS NULL THEN {} ELSE {} END").format(at, NEVER)
    business = business_of(ruling.record_type.model) if rule.spares_open else None
    if business:
        at = sql.SQL("CASE WHEN {} THEN {} ELSE {} END").format(business.open, NEVER, at)
    concerned = _concerned(ruling, rule, rules)
    return at if concerned is None else sql.SQL("CASE WHEN {} THEN {} END").format(concerned, at)


def _concerned(ruling: Ruling, rule: Recycling, rules: Iterable[Recycling]) -> sql.Composable | None:
    """Which rows a rule is for; None for all."""
    if rule.field:
        return _holds(ruling, rule)
    narrower = [_holds(ruling, other) for other in rules if other.reason == rule.reason and other.field]
    return sql.SQL("NOT ({})").format(sql.SQL(" OR ").join(narrower)) if narrower else None


def _holds(ruling: Ruling, rule: Recycling) -> sql.Composable:
    """Whether r's option field holds one of the rule's options."""
    field, options = ruling.fields[rule.field], sql.Literal(list(rule.options))
    if field.own:
        key = sql.Literal(rule.field)
        if isinstance(field, MultiChoice):
            return sql.SQL("COALESCE(r.custom -> {} ?| {}::text[], false)").format(key, options)
        return sql.SQL("COALESCE(r.custom ->> {} = ANY({}::text[]), false)").format(key, options)
    column = sql.SQL("r.{}").format(sql.Identifier(field.path))
    if isinstance(field, MultiChoice):
        return sql.SQL("({}::text[] && {}::text[])").format(column, options)
    return sql.SQL("({} = ANY({}::text[]))").format(column, options)


def _end(pool: Pool) -> sql.Composable:
    """The end of r's protection (P6): by hand or by the pool's period, whichever is later; NULL without any."""
    if not _days(pool, "protect_days"):
        return sql.SQL("r.protected_until")
    return sql.SQL("GREATEST(r.protected_until, {})").format(_protected(pool))


def _protected(pool: Pool) -> sql.Composable:
    """The end of the pool's protection period: so many days from gaining or from when the period was switched on;
    moved on by each follow-up where the pool says to what greatest length. NULL for what its owner made himself and
    still has, where the pool does not protect that."""
    since = pool.claims.get("protect_since")
    begun = sql.SQL("GREATEST({}, {})").format(GAINED, sql.Literal(datetime.fromisoformat(since))) if since else GAINED
    first, most = _span(pool, "protect_days"), _days(pool, "protect_most_days")
    end = sql.SQL("({} + {})").format(begun, first)
    if most:
        moved = sql.SQL("GREATEST({}, r.last_followed_at) + {}").format(begun, first)
        end = sql.SQL("LEAST({}, {} + {})").format(moved, begun, _span(pool, "protect_most_days"))
    return end if pool.claims.get("protect_own", True) else sql.SQL("CASE WHEN NOT {} THEN {} END").format(OWN, end)


def _days(pool: Pool, name: str) -> int:
    return int(pool.claims.get(name) or 0)


def _span(pool: Pool, name: str) -> sql.Composable:
    return sql.SQL("interval '{} days'").format(sql.SQL(str(_days(pool, name))))


def _has(ruling: Ruling, column: str) -> bool:
    return any(field.column == column for field in ruling.record_type.model._meta.concrete_fields)


def usable(record_type: RecordType, fields: Mapping[str, Any], rule: Recycling) -> bool:
    """Whether a rule can be asked of a type: its condition is known there, its field is still one with options."""
    condition = CONDITIONS.get(rule.reason)
    if not rule.enabled or condition is None or not reads(record_type.model, condition):
        return False
    return not rule.field or (isinstance(fields.get(rule.field), Choice) and bool(rule.options))
