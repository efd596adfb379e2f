"""Names that are alike without being equal (B3): among the rows of a file, and to customers that are there. Marks find
who is to be compared, so that no row is compared with each. A step of the action that checks.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, TypeVar

from django.db import connection

from genjin.kernel.copying import Load, body, copy_values
from genjin.kernel.likeness import ALIKE, SHORTEST, likeness, marks, may_be_alike
from genjin.surfaces.imports.actions.like_customers import READ_WORTH, all_keys, customers_known, keys_like
from genjin.surfaces.imports.models import Import

FEWEST_SLOTS, MOST_SLOTS, SLOTS_OF_A_ROW = 1 << 16, 1 << 26, 64
FEW = 50
MANY = 2
MOST_KEPT = 200_000
AT_A_TIME = 20_000
Row = tuple[int, str]
Pair = tuple[int, str, str, int]
"""A row's number and loose key, the other key, the number of the earlier row whose that is (0: a customer's)."""
Mark = tuple[int, int, bool]
"""A mark, the number of who has it, whether it is that of the whole name."""
T = TypeVar("T")

_TABLES = """
DROP TABLE IF EXISTS import_marks, import_pairs, import_like;
CREATE TEMP TABLE import_marks (mark bigint, number bigint, whole boolean) ON COMMIT DROP;
CREATE TEMP TABLE import_like (number int, percent smallint, row int, key text) ON COMMIT DROP;
"""
_ROWS = """
SELECT number, fuzzy_key FROM surfaces_importrow
WHERE batch_id = %s AND state = 0 AND follows IS NULL AND char_length(fuzzy_key) >= %s ORDER BY number
"""
# What holds no third of a name is not alike to it.
_HOLDS_A_THIRD = """(strpos(e.fuzzy_key, left(m.name, char_length(m.name) / 3)) > 0
  OR strpos(e.fuzzy_key, substr(m.name, char_length(m.name) / 3 + 1, char_length(m.name) / 3)) > 0
  OR strpos(e.fuzzy_key, substr(m.name, char_length(m.name) / 3 * 2 + 1)) > 0)
  AND char_length(e.fuzzy_key) >= %(shortest)s"""
_TOUCHED = """
SELECT number, fuzzy_key FROM surfaces_importrow
WHERE batch_id = %(batch)s AND state IN (0, 2)
  AND (alike_row = %(number)s OR number = (
    SELECT min(number) FROM surfaces_importrow WHERE batch_id = %(batch)s AND follows = %(number)s
  ))
"""
_NEIGHBOURS = """
SELECT m.number, m.name, e.fuzzy_key, e.number FROM unnest(%(numbers)s::int[], %(names)s::text[]) AS m(number, name)
  JOIN surfaces_importrow e ON {}
WHERE e.batch_id = %(batch)s AND e.state IN (0, 2) AND e.follows IS NULL
"""
_EARLIER = _NEIGHBOURS.format(f"e.number < m.number AND {_HOLDS_A_THIRD}")
_LATER = _NEIGHBOURS.format(f"e.number > m.number AND {_HOLDS_A_THIRD}")
# Marks may be asked for before it is known which rows are duplicates for another reason.
_LEFT_OUT = """
DELETE FROM import_marks WHERE number IN (
  SELECT number FROM surfaces_importrow WHERE batch_id = %s AND (state <> 0 OR follows IS NOT NULL)
)
"""
# Whoever shares a mark is compared with the first that has it, and with the first whose whole name it is.
_PAIRS = """
CREATE TEMP TABLE import_pairs ON COMMIT DROP AS
WITH shared AS MATERIALIZED (
  SELECT mark, min(number) AS first, min(number) FILTER (WHERE whole) AS named
  FROM import_marks GROUP BY mark HAVING min(number) <> max(number)
)
SELECT DISTINCT m.number, f.first FROM import_marks m JOIN shared s ON s.mark = m.mark,
  LATERAL (VALUES (s.first), (s.named)) AS f(first)
WHERE m.number > 0 AND f.first < m.number
"""
_NAMES = """
SELECT p.number, p.first, r.fuzzy_key, e.fuzzy_key FROM import_pairs p
  JOIN surfaces_importrow r ON r.batch_id = %s AND r.number = p.number
  LEFT JOIN surfaces_importrow e ON e.batch_id = r.batch_id AND e.number = p.first
ORDER BY p.number
"""
_FORGET_ALL = """
UPDATE surfaces_importrow SET alike = NULL, alike_row = NULL, alike_key = ''
WHERE batch_id = %s AND alike IS NOT NULL
"""
_FORGET = f"{_FORGET_ALL} AND number = ANY(%s)"
_ROW = _ROWS.replace(" ORDER BY number", " AND number = %s")
_KEEP = """
UPDATE surfaces_importrow r SET alike = f.percent, alike_row = NULLIF(f.row, 0), alike_key = f.key
FROM import_like f WHERE r.batch_id = %s AND r.number = f.number
"""


@dataclass(frozen=True, slots=True)
class Theirs:
    """The keys of customers with marks that rows have: the first of them is number -1. `looked_up`: there are none,
    because so few rows are looked up one by one."""

    keys: list[str]
    looked_up: bool


def liken(batch: Import, marked: Iterable[Load | Theirs] = ()) -> None:
    """Find for every row that is ready the name that is most alike, of a customer or of an earlier row, and keep it
    with the row. `marked`: what `marks_of` gave, where that was asked for before."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        cursor.execute(_FORGET_ALL, (batch.pk,))
        theirs = _copied(marked)
        if theirs is None:
            cursor.execute("TRUNCATE import_marks")
            theirs = _copied(marks_of(batch)) or Theirs([], looked_up=False)
        cursor.execute(_LEFT_OUT, (batch.pk,))
        cursor.execute("ANALYZE import_marks")
        cursor.execute(_PAIRS)
    found: Iterable[Pair] = _pairs(batch, theirs.keys)
    if theirs.looked_up:
        found = sorted([*found, *_looked_up(list(_rows(batch)))])
    _keep(batch, _best(found))


def marks_of(batch: Import) -> Iterator[Load | Theirs]:
    """The marks of rows that may be shared, ready to be put in; at last what is known of customers."""
    rows = _count(batch)
    looked_up = rows <= FEW or rows * READ_WORTH < customers_known()
    keys: list[str] = []
    for part in _parts(_mark(batch, rows, None if looked_up else keys)):
        lines = [f"{mark}\t{number}\t{'t' if whole else 'f'}" for mark, number, whole in part]
        yield Load("import_marks", ("mark", "number", "whole"), body(lines))
    yield Theirs(keys, looked_up)


def _copied(marked: Iterable[Load | Theirs]) -> Theirs | None:
    """Put the marks in; None where they are not complete."""
    for each in marked:
        if isinstance(each, Theirs):
            return each
        each.write()
    return None


def liken_again(batch: Import, number: int) -> bool:
    """The same for one row that was mended, and for those that were like it or are now. False when these are so many
    that all rows are to be likened."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        cursor.execute(_TOUCHED, {"batch": batch.pk, "number": number})
        touched: dict[int, str] = dict(cursor.fetchall())
        cursor.execute(_ROW, (batch.pk, SHORTEST, number))
        touched |= (mine := dict(cursor.fetchall()))
        touched |= {row: other for _n, name, other, row in _neighbours(batch, _LATER, mine) if _percent(name, other)}
        if len(touched) > FEW:
            return False
        cursor.execute(_FORGET, (batch.pk, [number, *touched]))
    rows = [(row, name) for row, name in touched.items() if len(name) >= SHORTEST]
    _keep(batch, _best(sorted([*_neighbours(batch, _EARLIER, dict(rows)), *_looked_up(rows)])))
    return True


def _neighbours(batch: Import, statement: str, rows: Mapping[int, str]) -> list[Pair]:
    """Rows of the file that may be alike to some of its rows."""
    asked: dict[str, Any] = {
        "numbers": list(rows),
        "names": list(rows.values()),
        "shortest": SHORTEST,
        "batch": batch.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return list(cursor.fetchall())


def _count(batch: Import) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({_ROWS}) r", (batch.pk, SHORTEST))  # noqa: S608 (our own words)
        return int(cursor.fetchone()[0])


def _rows(batch: Import) -> Iterator[Row]:
    """(number, loose key) in the order of the file; not held in memory."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ROWS, (batch.pk, SHORTEST))
        while found := cursor.fetchmany(AT_A_TIME):
            yield from found


def _mark(batch: Import, rows: int, theirs: list[str] | None) -> Iterator[Mark]:
    """The marks that may be shared: counted first in slots, so that names of their own cost no place. `theirs` takes
    the keys of customers with such marks, unless these are not asked for."""
    slots = bytearray(min(MOST_SLOTS, max(FEWEST_SLOTS, 1 << (rows * SLOTS_OF_A_ROW).bit_length())))
    mask = len(slots) - 1
    marked = _marked(batch, rows)
    for _number, found in marked():
        for mark in found:
            place = mark & mask
            if slots[place] < MANY:
                slots[place] += 1
    if theirs is not None:
        with all_keys() as keys:
            yield from _of_customers(keys, slots, mask, theirs)
    for number, found in marked():
        for place, mark in enumerate(found):
            if slots[mark & mask] == MANY:
                yield mark, number, place == 0


def _marked(batch: Import, rows: int) -> Callable[[], Iterable[tuple[int, Sequence[int]]]]:
    """(number, marks) of all rows, to be gone through more than once: kept as long as they take little place."""
    if rows > MOST_KEPT:
        return lambda: ((number, marks(key)) for number, key in _rows(batch))
    kept = [(number, array("q", marks(key))) for number, key in _rows(batch)]
    return lambda: kept


def _of_customers(keys: Iterable[str], slots: bytearray, mask: int, theirs: list[str]) -> Iterator[Mark]:
    for key in keys:
        found = [(mark, place == 0) for place, mark in enumerate(marks(key)) if slots[mark & mask]]
        if found:
            theirs.append(key)
        for mark, whole in found:
            slots[mark & mask] = MANY
            yield mark, -len(theirs), whole


def _pairs(batch: Import, theirs: Sequence[str]) -> Iterator[Pair]:
    """Who shares marks, in the order of the file."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_NAMES, (batch.pk,))
        while found := cursor.fetchmany(AT_A_TIME):
            for number, first, name, earlier in found:
                yield (number, name, earlier, first) if first > 0 else (number, name, theirs[-first - 1], 0)


def _looked_up(rows: Sequence[Row]) -> Iterator[Pair]:
    """The names of a few rows, each in the indexes of customers."""
    numbers: dict[str, list[int]] = {}
    for number, name in rows:
        numbers.setdefault(name, []).append(number)
    for name, key in keys_like(list(numbers)):
        yield from ((number, name, key, 0) for number in numbers[name])


def _best(pairs: Iterable[Pair]) -> Iterator[tuple[int, int, int, str]]:
    """(number, percent, earlier row or 0, customer's key) of those that are alike; a customer rather than a row."""
    for number, group in groupby(pairs, key=itemgetter(0)):
        best: tuple[bool, int, int, str] | None = None
        for _number, name, other, row in group:
            percent = _percent(name, other)
            if percent:
                mine = (not row, percent, -row, "" if row else other)
                best = max(best, mine) if best else mine
        if best:
            yield number, best[1], -best[2], best[3]


def _percent(name: str, other: str) -> int:
    """How alike two keys are; 0 for those that are not, or that are equal."""
    percent = likeness(name, other, least=ALIKE) if may_be_alike(name, other) else 0
    return percent if percent >= ALIKE else 0


def _keep(batch: Import, found: Iterable[tuple[int, int, int, str]]) -> None:
    for part in _parts(found):
        copy_values("import_like", ("number", "percent", "row", "key"), part)
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, (batch.pk,))


def _parts(found: Iterable[T]) -> Iterator[list[T]]:
    left = iter(found)
    return iter(lambda: list(islice(left, AT_A_TIME)), [])
