"""Totals of a list: sums, averages, least and greatest of its numbers; the same by groups. One query each, over what
the actor may see and know; of very long lists over so many rows only, and the answer says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Case, Count, DecimalField, F, Func, Max, Min, QuerySet, Sum, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.fields.base import Field
from genjin.kernel.fields.numbers import Number
from genjin.kernel.fields.own import Own
from genjin.kernel.lists.grouping import Kept, groups_by, key_of, named
from genjin.kernel.lists.pages import narrowed
from genjin.kernel.lists.planning import for_counting
from genjin.kernel.lists.reading import ListQuery
from genjin.kernel.models.rows import Record
from genjin.kernel.refusal import Refused

MOST_ROWS = 50_000
"""Totals of longer lists are of so many of their rows."""
MOST_GROUPS = 60
MOST_FIELDS = 12
_NUMBER = DecimalField(max_digits=40, decimal_places=10)


@dataclass(frozen=True)
class Sums:
    """Of one field: rows with a value, sum (None of what nobody adds up: shares, marks), average, least, greatest."""

    count: int
    sum: Decimal | None
    average: Decimal | None
    least: Decimal | None
    greatest: Decimal | None


@dataclass(frozen=True)
class Totals:
    """Of a list: its rows (`capped`: there are more, left out), {field key: Sums}."""

    rows: int
    capped: bool
    sums: dict[str, Sums] = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    """Rows with the same value: its text, what it is called ('' for none), the filter that shows them, their sums."""

    key: str | None
    label: str
    filter: tuple[str, str] | None
    rows: int
    sums: dict[str, Sums] = field(default_factory=dict)


@dataclass(frozen=True)
class Groups:
    """The groups of a list, the largest first (months in their order); `more`: there are others, left out."""

    groups: list[Group]
    more: bool
    capped: bool


def totals(actor: Actor, query: ListQuery, fields: Sequence[str]) -> Totals:
    """The totals of a list by keys of number fields. Raises Refused("bad_field") for what has no totals, Forbidden."""
    summed = [_number_field(actor, query, key) for key in dict.fromkeys(fields)]
    rows = _rows(actor, query)
    if rows is None:
        return Totals(0, False, {f.key: Sums(0, None, None, None, None) for f in summed})
    found = rows.aggregate(rows=Count("pk"), **_aggregates(summed))
    capped = found["rows"] > MOST_ROWS
    return Totals(min(found["rows"], MOST_ROWS), capped, _sums(summed, found))


def grouped(actor: Actor, query: ListQuery, by: str, fields: Sequence[str] = ()) -> Groups:
    """How many rows each value of a field has, and their totals. Raises Refused("bad_field"), Forbidden."""
    known = query.record_type.seen_by(actor).own_fields.get(by)
    if known is None or not groups_by(known):
        raise Refused("bad_field", _("不能按「%s」分组") % (known.label if known else by[:40]), "by")
    summed = [_number_field(actor, query, key) for key in dict.fromkeys(fields)]
    rows = _rows(actor, query)
    if rows is None:
        return Groups([], False, False)
    counted = rows.annotate(group=key_of(known, actor)).values("group").annotate(
        rows=Count("pk"), **_aggregates(summed)
    )  # fmt: skip
    monthly = known.kind in ("date", "datetime")
    found: list[Any] = list(counted.order_by("-group" if monthly else "-rows", "group")[: MOST_GROUPS + 1])
    total = sum(one["rows"] for one in found)
    groups = []
    for one in found[:MOST_GROUPS]:
        name = named(known, one["group"] or None, actor)
        groups.append(Group(one["group"] or None, name.label, name.filter, one["rows"], _sums(summed, one)))
    return Groups(groups, len(found) > MOST_GROUPS, total > MOST_ROWS)


def summable(field: Field) -> bool:
    """Whether a field has totals: numbers that are kept as such and seen whole."""
    return isinstance(field, Number) and field.filterable


def _number_field(actor: Actor, query: ListQuery, key: str) -> Field:
    known = query.record_type.seen_by(actor).own_fields.get(key)
    if known is None or not summable(known):
        raise Refused("bad_field", _("「%s」不能汇总") % (known.label if known else key[:40]), "sum")
    return known


def _rows(actor: Actor, query: ListQuery) -> QuerySet[Record] | None:
    """The rows of the list, one more than are looked at; None for none."""
    wanted = narrowed(actor, replace(query.without_page(), sort=None))
    parts = for_counting(actor, wanted, MOST_ROWS)
    if not parts:
        return None
    slices = [part.values("id")[: MOST_ROWS + 1] for part in parts]
    ids = slices[0].union(*slices[1:]) if len(slices) > 1 else slices[0]
    return query.record_type.model._default_manager.filter(pk__in=ids).order_by()


class _TypeOf(Func):
    function = "jsonb_typeof"
    output_field = TextField()


def _value(known: Field) -> Combinable:
    """The number of a row; null for none."""
    if not isinstance(known, Own):
        return Cast(F(known.path), _NUMBER)
    number = Cast(Kept(F("custom"), Value(known.key)), _NUMBER)
    is_number = Exact(_TypeOf(F(known.path)), Value("number"))
    return Case(When(is_number, then=number), default=None, output_field=_NUMBER)


def _aggregates(fields: Sequence[Field]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for number, known in enumerate(fields[:MOST_FIELDS]):
        value = _value(known)
        made |= {
            f"count{number}": Count(value), f"sum{number}": Sum(value), f"average{number}": Avg(value),
            f"least{number}": Min(value), f"greatest{number}": Max(value),
        }  # fmt: skip
    return made


def _sums(fields: Sequence[Field], found: dict[str, Any]) -> dict[str, Sums]:
    return {known.key: _of(known, found, number) for number, known in enumerate(fields[:MOST_FIELDS])}


def _of(known: Field, found: dict[str, Any], number: int) -> Sums:
    assert isinstance(known, Number)  # as `_number_field` took it
    places = known.places

    def rounded(name: str, digits: int) -> Decimal | None:
        value = found[f"{name}{number}"]
        return None if value is None else round(Decimal(value), digits)

    total = rounded("sum", places) if known.adds_up else None
    average = rounded("average", max(places, 2))
    return Sums(found[f"count{number}"], total, average, rounded("least", places), rounded("greatest", places))
