"""Columns of a board: of each value of one field the first rows in one order, as the actor sees them, whatever that is:
one statement for all columns, another one for those of which a wide scope sees little.

Where the scope is small, or little is asked for, each owner and department is read in the order of its own index, a
page of each. Where it is wide the order itself is walked, a window of it at most. Not here: sums.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BigIntegerField, CharField, DateTimeField, Q, QuerySet, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from genjin.kernel.actor import Actor
from genjin.kernel.doors import branch_conditions, visible_one_by_one
from genjin.kernel.expressions import Within, among, array_of, row_by_row
from genjin.kernel.lists.ordering import Place
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, RecordType

APART = 40
"""So many owners and departments are read apart at once; each costs a look into its index for every column."""
WINDOW = 400
"""So many rows of a column are walked for who sees much of the whole before what he sees is read apart."""
_WANTED = RawSQL("wanted.one", [], output_field=CharField())
_SIDE = RawSQL("side.one", [], output_field=BigIntegerField())
_LEAST = datetime(1, 1, 1, tzinfo=UTC)
Side = tuple[str, frozenset[int]]


@dataclass(frozen=True)
class Board:
    """A type, the path of the field whose values are columns, what all rows fit, their order in a column (the greatest
    first, then the newest), and whose they are: of these owners or departments, or (both empty) of anybody."""

    record_type: RecordType
    by: str
    fitting: Q
    order: str = "id"
    owners: frozenset[int] = frozenset()
    departments: frozenset[int] = frozenset()

    @property
    def chosen(self) -> list[Side]:
        """Whose, where anybody is named."""
        return _sides(self.owners, self.departments)

    def rows(self) -> QuerySet[Record]:
        """All rows, whoever may see them, of whomever."""
        return self.record_type.model._default_manager.filter(self.fitting).order_by()


class Seen(NamedTuple):
    """How an actor's rows of a board are reached: by owners and departments of which all may be seen, by those of which
    each row is asked, and what is his beyond them. None at all: one after the other."""

    sides: list[Side]
    asked: list[Side]
    each: Q
    beyond: list[Q]

    @property
    def apart(self) -> int:
        """How many owners and departments these are."""
        return sum(len(ids) for _column, ids in self.sides + self.asked)

    def ways(self, rows: QuerySet[Record]) -> Iterator[tuple[QuerySet[Record], Side]]:
        """The rows of each side, whoever of it has them."""
        for side in self.sides:
            yield rows, side
        for side in self.asked:
            yield rows.filter(self.each), side


def first_rows(
    actor: Actor,
    board: Board,
    keys: Sequence[str],
    names: Sequence[str],
    *,
    most: int,
    after: Place | None = None,
    beyond: Sequence[Q] | None = None,
) -> dict[str, list[tuple[Any, ...]]]:
    """{key: the first rows of its column with these values}, one more than `most` where there are more; `after`: those
    behind a place. `names` are plain columns, among them the id, the column's field and the order. `beyond`: what is
    his beyond his scope, where that is known (`branch_conditions`). Raises Forbidden without the grant."""
    seen = _seen(actor, board, beyond)
    found: dict[str, list[tuple[Any, ...]]] = {key: [] for key in keys}
    lacking = list(keys)
    if not keys:
        return found
    if not 0 < seen.apart <= APART:
        found |= _read(board, _walking(actor, board, seen, lacking, most, after), lacking, names, most)
        lacking = [key for key in keys if len(found[key]) <= most] if seen.apart else []
    if lacking:
        found |= _read(board, _apart(board, seen, lacking, most, after), lacking, names, most)
    return found


def parts(actor: Actor, board: Board, *, beyond: Sequence[Q] | None = None) -> list[QuerySet[Record]]:
    """All rows of a board that the actor sees, in no order: queries that each have an index. A row may be in several.
    `beyond`: as above. Raises Forbidden without the grant."""
    seen, rows = _seen(actor, board, beyond), board.rows()
    if not seen.apart:
        return [rows.filter(seen.each)]
    sides = [found.filter(among(column, ids)) for found, (column, ids) in seen.ways(rows)]
    return sides + [rows.filter(way) for way in seen.beyond]


def count_of(found: Sequence[QuerySet[Record]], cap: int) -> int:
    """How many rows such queries give together; cap + 1 for more than `cap`."""
    slices = [rows.values_list("pk", flat=True)[: cap + 1] for rows in found]
    united = slices[0].union(*slices[1:]) if len(slices) > 1 else slices[0]
    return min(united.count(), cap + 1)


def _sides(owners: Collection[int], departments: Collection[int]) -> list[Side]:
    both = (("owner_id", frozenset(owners)), ("department_id", frozenset(departments)))
    return [(column, ids) for column, ids in both if ids]


def _seen(actor: Actor, board: Board, beyond: Sequence[Q] | None) -> Seen:
    scope = actor.demand(board.record_type.grant("see"))
    if scope.everything:
        return Seen(board.chosen, [], Q(), [])
    sides = _sides(scope.members, scope.departments)
    if not sides:
        return Seen([], board.chosen, visible_one_by_one(actor, board.record_type, listing=True), [])
    if not board.chosen:
        return Seen(sides, [], Q(), _beyond(actor, board, beyond))
    inside = _sides(board.owners & scope.members, board.departments & scope.departments)
    outside = _sides(board.owners - scope.members, board.departments - scope.departments)
    if not outside:
        return Seen(inside, [], Q(), [])
    within = row_by_row(_of(scope.members, scope.departments))
    whose = row_by_row(_of(board.owners, board.departments))
    return Seen(inside, outside, within, [way & whose for way in _beyond(actor, board, beyond)])


def _beyond(actor: Actor, board: Board, known: Sequence[Q] | None) -> list[Q]:
    return branch_conditions(actor, board.record_type, listing=True) if known is None else list(known)


def _of(owners: frozenset[int], departments: frozenset[int]) -> Q:
    return Q(Within("owner_id", owners)) | Q(Within("department_id", departments))


def _ordered(board: Board, rows: QuerySet[Record], after: Place | None) -> QuerySet[Record]:
    """The rows of one column (`wanted`) in their order, after a place."""
    rows = rows.filter(**{board.by: _WANTED})
    if after is not None and board.order == "id":
        rows = rows.filter(id__lt=after[1])
    elif after is not None:
        rows = rows.filter(**{f"{board.order}__lte": after[0]})
        rows = rows.filter(Q(**{f"{board.order}__lt": after[0]}) | Q(id__lt=after[1]))
    return rows.order_by(*dict.fromkeys((f"-{board.order}", "-id")))


def _walking(
    actor: Actor, board: Board, seen: Seen, keys: Sequence[str], most: int, after: Place | None
) -> tuple[str, list[Any]]:
    """Ids found along the order of each column, within a window where they may be few."""
    ordered = _ordered(board, board.rows(), after)
    rows = ordered
    if seen.apart:
        place = Subquery(ordered.values(board.order)[WINDOW : WINDOW + 1])
        rows = rows.filter(**{f"{board.order}__gte": Coalesce(place, _least(board))})
    if board.chosen:
        rows = rows.filter(row_by_row(_of(board.owners, board.departments)))
    if not board.chosen or seen.asked:
        rows = rows.filter(visible_one_by_one(actor, board.record_type, listing=True))
    return _of_each(rows, keys, most)


def _least(board: Board) -> Value:
    """What no row's order lies below."""
    moments = isinstance(board.record_type.model._meta.get_field(board.order), DateTimeField)
    return Value(_LEAST, DateTimeField()) if moments else Value(0, BigIntegerField())


def _apart(board: Board, seen: Seen, keys: Sequence[str], most: int, after: Place | None) -> tuple[str, list[Any]]:
    """Ids of the first of each owner and department, and of what lies beyond."""
    if after is None and not seen.asked and not seen.beyond:
        columns = tuple(column for column, _ids in seen.sides)
        sql, fitting = _usual_sides(board.record_type.key, board.by, board.fitting, board.order, columns, most)
        known = zip(seen.sides, fitting, strict=True)
        return sql, [value for (_column, ids), values in known for value in (list(keys), array_of(ids), *values)]
    rows, ways = _ordered(board, board.rows(), after), []
    for found, (column, ids) in seen.ways(rows):
        first, fitted = _first_of_each(found.filter(**{column: _SIDE}), board.order, most)
        ways.append((_each_wanted(first), [list(keys), array_of(ids), *fitted]))
    ways += [_of_each(rows.filter(way), keys, most) for way in seen.beyond]
    return " UNION ALL ".join(sql for sql, _values in ways), [value for _sql, values in ways for value in values]


@lru_cache(maxsize=256)
def _usual_sides(
    key: str, by: str, fitting: Q, order: str, columns: tuple[str, ...], most: int
) -> tuple[str, tuple[tuple[Any, ...], ...]]:
    """The statement for first pages where nothing is asked of each row, which is the usual one: Django builds it once.
    And the values of each side's fitting."""
    board = Board(RECORD_TYPES[key], by, fitting, order)
    rows = _ordered(board, board.rows(), None)
    made = [_first_of_each(rows.filter(**{column: _SIDE}), order, most) for column in columns]
    return " UNION ALL ".join(_each_wanted(first) for first, _values in made), tuple(values for _first, values in made)


def _first_of_each(rows: QuerySet[Record], order: str, most: int) -> tuple[str, tuple[Any, ...]]:
    """The first of those that the first of each `side` are."""
    names = list(dict.fromkeys((order, "id")))
    one, values = rows.values_list(*names)[: most + 1].query.sql_with_params()
    by = ", ".join(f"near.{name} DESC" for name in names)
    first = (
        f"SELECT near.id FROM unnest(%s::bigint[]) AS side(one), LATERAL ({one}) AS near"  # noqa: S608 - names of our own columns
        f" ORDER BY {by} LIMIT {most + 1}"
    )
    return first, values


def _of_each(rows: QuerySet[Record], keys: Sequence[str], most: int) -> tuple[str, list[Any]]:
    one, values = rows.values_list("id")[: most + 1].query.sql_with_params()
    return _each_wanted(one), [list(keys), *values]


def _each_wanted(statement: str) -> str:
    return f"SELECT picked.id FROM unnest(%s::text[]) AS wanted(one), LATERAL ({statement}) AS picked"  # noqa: S608 - as above


def _read(
    board: Board, statement: tuple[str, list[Any]], keys: Sequence[str], names: Sequence[str], most: int
) -> dict[str, list[tuple[Any, ...]]]:
    """The rows with these ids by column, in order."""
    by, order, row_id = (names.index(name) for name in (board.by, board.order, "id"))
    columns: dict[str, list[tuple[Any, ...]]] = {key: [] for key in keys}
    ids, values = statement
    with connection.cursor() as cursor:
        cursor.execute(f"{_selected(board.record_type.key, tuple(names))} = ANY(ARRAY({ids}))", values)
        for row in cursor.fetchall():
            columns[row[by]].append(row)
    for rows in columns.values():
        rows.sort(key=lambda row: (row[order], row[row_id]), reverse=True)
        del rows[most + 1 :]
    return columns


@lru_cache(maxsize=256)
def _selected(key: str, names: tuple[str, ...]) -> str:
    """The columns of rows, up to what is asked of their id. Django builds it once."""
    model = RECORD_TYPES[key].model
    sql, _values = model._default_manager.order_by().values_list(*names).query.sql_with_params()
    return f'{sql} WHERE "{model._meta.db_table}"."id"'
