"""Rows compared by the rules of 查重 for imports (B3): with what is there, and among themselves. Set by set; what the
actor may not see is told as the rules allow. A step of the action that checks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from genjin.duplicates.many.asked import Alternative, alternatives_at
from genjin.duplicates.many.comparing import Many
from genjin.duplicates.many.names import WHOLE, Near, Share, There, near, parts_of
from genjin.duplicates.many.told import Fit, used_up_words, words_for
from genjin.duplicates.rules import COMPARED, Compared, Condition, Entry, How, Kind
from genjin.duplicates.searching.fitting import SURE, name_percent
from genjin.kernel.actor import Actor
from genjin.kernel.company_names import read_company
from genjin.kernel.copying import Load, values_load
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.surfaces.imports.checking import STAGED
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.models import COMPARED as COMPARED_BY
from genjin.surfaces.imports.models import Import, ImportNear, Why
from genjin.surfaces.imports.policy import Policy
from genjin.surfaces.imports.rules import WHOLE_ROW
from genjin.surfaces.imports.whys import FILE, FORBIDDEN, keys_of

WORTH_SHARING = 50_000
NEAR = ("batch_id", "key", "other", "record_id", "percent")
# state 0 is RowState.READY, 1 BAD, 2 DUPLICATE
_ROWS = "surfaces_importrow r WHERE r.batch_id = {batch} AND r.state = 0 {leaders}"
_NEAR = "(SELECT key, other, record_id AS id, percent FROM surfaces_importnear WHERE batch_id = {})"
_WHYS = "(VALUES {}) w(place, equal, alike, sure)"
_KNOWN = """
UPDATE surfaces_importrow r SET state = 2, alike = b.percent,
  duplicate_of = CASE WHEN {own} THEN r.duplicate_of WHEN b.seen AND b.life < 2 THEN b.id ELSE 0 END,
  duplicate_why = CASE WHEN NOT (b.seen AND b.life < 2) THEN {hidden} WHEN b.percent < w.sure THEN w.alike
    ELSE w.equal END
FROM duplicates_best b JOIN {whys} ON w.place = b.place
WHERE r.batch_id = {batch} AND r.number = b.number AND r.state = 0
RETURNING r.number, b.id, b.place, b.seen, NOT (b.seen AND b.life < 2)
"""
_TWINS = """
UPDATE surfaces_importrow r SET duplicate_row = d.earlier, alike = d.percent,
  state = CASE WHEN d.blocks THEN 1 ELSE 2 END,
  duplicate_why = {file} || d.alike,
  problems = CASE WHEN d.blocks THEN r.problems || jsonb_build_array(jsonb_build_array(
    {whole}, replace({blocked}, '{{row}}', d.earlier::text), '', true, {compared})) ELSE r.problems END
FROM (
  SELECT DISTINCT ON (t.number) t.number, t.earlier, t.percent, w.alike, t.place = ANY({blocking}) AS blocks
  FROM duplicates_twin t JOIN {whys} ON w.place = t.place
  ORDER BY t.number, t.place = ANY({blocking}) DESC, t.percent DESC, t.earlier
) d WHERE r.batch_id = {batch} AND r.number = d.number AND r.state = 0
"""
_SAID = """
UPDATE surfaces_importrow r SET told = s.words FROM unnest(%(numbers)s::int[], %(words)s::text[]) AS s(number, words)
WHERE r.batch_id = %(batch)s AND r.number = s.number
"""
_REFUSED = """
UPDATE surfaces_importrow r SET state = 1, duplicate_of = NULL,
  problems = r.problems || jsonb_build_array(jsonb_build_array(%(whole)s::int, s.words, '', true, %(compared)s::text))
FROM unnest(%(numbers)s::int[], %(words)s::text[]) AS s(number, words)
WHERE r.batch_id = %(batch)s AND r.number = s.number
"""
_CUT = """
UPDATE surfaces_importrow r SET state = 1, duplicate_of = NULL, duplicate_why = 'hidden', told = '',
  problems = r.problems || %(problem)s::jsonb
WHERE r.batch_id = %(batch)s AND r.number >= %(number)s AND r.state IN (0, 2)
"""
_NAMES = """
SELECT DISTINCT {key} FROM surfaces_importrow r WHERE r.batch_id = {batch} AND r.state IN (0, 2) AND {key} <> ''
"""
# What holds no half of a name is not alike to it, but for a slip of the brand.
_MAYBE = """
SELECT DISTINCT {key} FROM surfaces_importrow r
WHERE r.batch_id = {batch} AND r.state IN (0, 2) AND {key} <> {name} AND ({key} LIKE {head} OR {key} LIKE {tail})
"""


@dataclass(frozen=True)
class Complete:
    """The end of what was looked up ahead."""


@dataclass(frozen=True)
class Comparison:
    """What an import is compared by. `own`: rows bring something for a customer, and that is compared."""

    record_type: RecordType
    alternatives: tuple[Alternative, ...]
    own: bool

    @property
    def named(self) -> Compared | None:
        """The name of which alike ones are looked for."""
        return next((each.named for each in self.alternatives if each.named), None)

    @property
    def by_name_alone(self) -> bool:
        """Whether an equal name makes a possible duplicate by itself."""
        return any(each.only(Kind.COMPANY, how) for each in self.alternatives for how in How)

    def source(self, compared: Compared) -> sql.Composable:
        """Where a row holds what is compared."""
        staged = STAGED.get((self.record_type.key, compared.field))
        if staged:
            return sql.SQL("r.{}").format(sql.Identifier(staged))
        if compared.kind is Kind.LINK:  # to a customer that is there, or comes with a row of this file
            return sql.SQL("COALESCE(r.duplicate_of, -COALESCE(r.follows, r.number))")
        path = sql.SQL("r.keys -> {}") if compared.own and compared.kind is not Kind.EMAIL else sql.SQL("r.keys ->> {}")
        return sql.SQL("({})").format(path.format(sql.Literal(compared.field)))


def comparison_of(actor: Actor, batch: Import) -> Comparison | None:
    """The rules that hold for what the rows bring; None where nothing is compared."""
    kind = KINDS[batch.kind]
    if kind.main not in COMPARED or kind.main not in RECORD_TYPES:
        return None
    record_type = RECORD_TYPES[kind.main]
    found = rules_for(actor, batch, record_type)
    return Comparison(record_type, found, kind.main != kind.anchor.key) if found else None


def rules_for(actor: Actor, batch: Import, record_type: RecordType) -> tuple[Alternative, ...]:
    """The rules of a type for imports. Whoever imports may leave out what only warns of equal numbers, alike names."""
    policy = Policy.from_json(batch.policy)

    def narrowed(each: Alternative) -> Alternative | None:
        if each.only(Kind.PHONE, How.EXACT) and not policy.by_phone:
            return None
        if each.only(Kind.COMPANY, How.FUZZY) and not policy.by_likeness:
            ((condition, compared),) = each.conditions
            return replace(each, conditions=((Condition(condition.field), compared),))
        return each

    return alternatives_at(record_type, Entry.IMPORT, actor.stamp, narrowed)


def near_of(actor: Actor, batch: Import, share: Share = WHOLE) -> Iterator[Load | Complete]:
    """The names of a file that are alike to others of it and to (a share of) the records, ready to be put in."""
    comparison = comparison_of(actor, batch)
    if comparison and comparison.named:
        key = comparison.source(comparison.named)
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(_NAMES).format(key=key, batch=sql.Literal(batch.pk)))
            names = [name for (name,) in cursor.fetchall()]
        there = There(comparison.record_type.model._meta.db_table, comparison.named)
        for part in parts_of(near(sorted(names), there, share)):
            yield _load(batch, part)
    yield Complete()


def shares(actor: Actor, batch: Import, most: int) -> list[Share]:
    """Among how many processes the records are divided: reading few is not worth a second one."""
    comparison = comparison_of(actor, batch)
    if comparison is None or comparison.named is None:
        return [WHOLE]
    known = There(comparison.record_type.model._meta.db_table, comparison.named).known()
    of = most if known > WORTH_SHARING else 1
    return [Share(place, of) for place in range(of)]


def keep_near(actor: Actor, batch: Import, ahead: Iterable[Load | Complete]) -> None:
    """Put the names that are alike in, as they were looked up ahead or anew."""
    for made in (ahead, near_of(actor, batch)):
        ImportNear.objects.filter(batch_id=batch.pk).delete()
        for each in made:
            if isinstance(each, Complete):
                return
            each.write()


def keep_near_of(actor: Actor, batch: Import, number: int) -> None:
    """The same for one row that was mended: names keep what was found of them."""
    comparison = comparison_of(actor, batch)
    if comparison is None or comparison.named is None:
        return
    key, compared = comparison.source(comparison.named), comparison.named
    own = sql.SQL("SELECT {} FROM surfaces_importrow r WHERE r.batch_id = {} AND r.number = {}")
    with connection.cursor() as cursor:
        cursor.execute(own.format(key, sql.Literal(batch.pk), sql.Literal(number)))
        (name,) = cursor.fetchone() or ("",)
        if not name or ImportNear.objects.filter(batch_id=batch.pk, key=name).exists():
            return
        others = _maybe(cursor, batch, key, name)
    found = list(near([name], There(comparison.record_type.model._meta.db_table, compared)))
    for other in others:
        percent = name_percent(read_company(name), read_company(other))
        if percent:
            found += [Near(name, other, None, percent), Near(other, name, None, percent)]
    if found:
        _load(batch, found).write()


def compare_by_rules(actor: Actor, batch: Import) -> None:
    """Mark rows that are like a record or an earlier row, as the rules say; those that are settled already stay."""
    comparison = comparison_of(actor, batch)
    if comparison is None:
        return
    many = Many(comparison.record_type, comparison.alternatives, comparison.source)
    leaders = sql.SQL("" if comparison.own else "AND r.follows IS NULL")
    named: dict[str, sql.Composable] = {"batch": sql.Literal(batch.pk), "whys": _whys(comparison)}
    many.ask(sql.SQL(_ROWS).format(leaders=leaders, **named), sql.SQL(_NEAR).format(named["batch"]))
    many.find(actor)
    with connection.cursor() as cursor:
        hidden = sql.SQL("w.equal") if comparison.own else sql.Literal(str(Why.HIDDEN))
        cursor.execute(sql.SQL(_KNOWN).format(own=sql.Literal(comparison.own), hidden=hidden, **named))
        fits = [Fit(number, row_id, place, seen) for number, row_id, place, seen, apart in cursor.fetchall() if apart]
        _tell(cursor, actor, batch, comparison, fits)
        many.leave_out("SELECT number FROM surfaces_importrow WHERE batch_id = %s AND state NOT IN (0, 2)", [batch.pk])
        many.find_among()
        blocking = [each.place for each in comparison.alternatives if each.blocks(seen=True)]
        facts = {"file": FILE, "whole": WHOLE_ROW, "blocked": _blocked(comparison), "compared": COMPARED_BY}
        literals = {name: sql.Literal(value) for name, value in facts.items()}
        numbers = sql.SQL("{}::smallint[]").format(sql.Literal(blocking))
        cursor.execute(sql.SQL(_TWINS).format(blocking=numbers, **literals, **named))


def _tell(cursor: Any, actor: Actor, batch: Import, comparison: Comparison, fits: list[Fit]) -> None:
    """Say of records out of sight what may be said, and write it down."""
    if not fits:
        return
    words = words_for(actor, comparison.record_type, comparison.alternatives, fits)
    for statement, said in ((_SAID, words.said), (_REFUSED, words.refused)):
        facts = {"batch": batch.pk, "numbers": list(said), "words": list(said.values())}
        facts |= {"whole": WHOLE_ROW, "compared": COMPARED_BY} if said is words.refused else {}
        cursor.execute(statement, facts)
    if words.cut is not None:
        problem = json.dumps([[WHOLE_ROW, used_up_words(actor), "", True, COMPARED_BY]], ensure_ascii=False)
        cursor.execute(_CUT, {"batch": batch.pk, "number": words.cut, "problem": problem})


def _whys(comparison: Comparison) -> sql.Composed:
    """(place, key of equal values, key of alike names, the percentage of equal ones) of all alternatives."""
    rows = []
    for each in comparison.alternatives:
        equal, alike = keys_of(comparison.record_type.key, each, own=comparison.own)
        ending = FORBIDDEN if each.blocks(seen=True) else ""
        sure = SURE[Kind.COMPANY] if each.only(Kind.COMPANY, How.FUZZY) else 0
        rows.append(sql.SQL("({}::smallint, {}, {}, {})").format(each.place, equal + ending, alike + ending, sure))
    return sql.SQL(_WHYS).format(sql.SQL(", ").join(rows))


def _blocked(comparison: Comparison) -> str:
    names = {"type": str(comparison.record_type.label)}
    return _("与文件第 {row} 行是同一个%(type)s，按查重规则不能重复新建") % names


def _maybe(cursor: Any, batch: Import, key: sql.Composable, name: str) -> list[str]:
    """Other names of the file that may be alike to one."""
    rest = read_company(name).rest
    half = max(2, len(rest) // 2)
    named = {"key": key, "batch": sql.Literal(batch.pk), "name": sql.Literal(name)}
    ends = {"head": sql.Literal(f"%{rest[:half]}%"), "tail": sql.Literal(f"%{rest[-half:]}%")}
    cursor.execute(sql.SQL(_MAYBE).format(**named, **ends))
    return [other for (other,) in cursor.fetchall()]


def _load(batch: Import, found: Iterable[Near]) -> Load:
    rows = [(batch.pk, each.key, each.other, each.id, each.percent) for each in found]
    return values_load("surfaces_importnear", NEAR, rows)
