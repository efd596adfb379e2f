"""Names that are alike, of many at once: only names that share a key are compared (`sweeping.names`), each pair once,
by the same percentages as one name is. Names are given in their exact normal form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from django.db import connection
from psycopg import sql

from genjin.duplicates.rules import Compared
from genjin.duplicates.searching.fitting import name_percent
from genjin.duplicates.searching.keys import heads_of, keys_like
from genjin.duplicates.sweeping.marks import Marks, Places, marks_of
from genjin.duplicates.sweeping.names import MOST_OF_KEY
from genjin.kernel.company_names import CompanyName, read_company

FEW = 50
READ_WORTH = 200
"""Looking a name up takes as long as reading so many."""
AT_ONCE = 20_000
ASKED_AT_ONCE = 100
MOST_OF_ONE = 200
MOST_PAIRS = 4_000_000
MOST_KEPT = 50_000
"""Of names in their parts."""
_read = read_company.__wrapped__
"""Names that come once are not kept."""
_LIKE_IT = """
SELECT m.place, c.id, c.{key} FROM unnest(%(of)s::int[], %(keys)s::text[]) AS m(place, loose)
  JOIN {table} c ON c.{loose} = m.loose
UNION
SELECT m.place, c.id, c.key
FROM unnest(%(headed)s::int[], %(heads)s::text[], %(least)s::int[], %(longest)s::int[])
    AS m(place, head, least, longest), LATERAL (
    SELECT id, {key} AS key FROM {table} WHERE {loose} >= m.head AND {loose} < m.head || chr(1114111)
      AND char_length({loose}) BETWEEN m.least AND m.longest LIMIT {most}
  ) c
"""


class Near(NamedTuple):
    """A name and what is alike: another name of the same rows, or (`other` is "") a record."""

    key: str
    other: str
    id: int | None
    percent: int


class Share(NamedTuple):
    """The part of the records that one of several processes looks at; the first one compares the names themselves."""

    place: int = 0
    of: int = 1


WHOLE = Share()


class There:
    """The names of records that are there."""

    def __init__(self, table: str, compared: Compared) -> None:
        parts = {"table": table, "key": compared.column, "loose": compared.loose}
        self._named = {name: sql.Identifier(part) for name, part in parts.items()}
        self._table = table

    def known(self) -> int:
        """About how many there are."""
        with connection.cursor() as cursor:  # rows: a count
            cursor.execute("SELECT GREATEST(reltuples, 0)::bigint FROM pg_class WHERE relname = %s", [self._table])
            return int(cursor.fetchone()[0])

    @contextmanager
    def all(self, share: Share) -> Iterator[Iterator[list[tuple[int, str]]]]:
        """(id, name) of all of a share, some thousands at once; not held in memory."""
        asked = sql.SQL("SELECT id, {key} FROM {table} WHERE char_length({key}) > 1 AND id %% %s = %s")
        with connection.chunked_cursor() as cursor:
            cursor.execute(asked.format(**self._named), [share.of, share.place])
            yield iter(lambda: list(cursor.fetchmany(AT_ONCE)), [])

    def like(self, names: Sequence[str]) -> Iterator[tuple[str, int, str]]:
        """(name, id, other name) that may be alike, by the index of loose keys."""
        statement = sql.SQL(_LIKE_IT).format(most=sql.Literal(MOST_OF_ONE), **self._named)
        for start in range(0, len(names), ASKED_AT_ONCE):
            part = names[start : start + ASKED_AT_ONCE]
            with connection.cursor() as cursor:  # rows: ids only, `told` says who is told
                cursor.execute(statement, _asked(part))
                yield from ((part[place], row_id, key) for place, row_id, key in cursor.fetchall())


def near(names: Sequence[str], there: There | None, share: Share = WHOLE) -> Iterator[Near]:
    """Pairs that are alike without being equal: of the names (each of them once) in both orders, and of records that
    are `there`; all of them when each share is asked for."""
    keys, places = _keys(names)
    read = _reader()
    for one, other, percent in _pairs(names, keys, places, read) if share.place == 0 else ():
        yield Near(names[one], names[other], None, percent)
        yield Near(names[other], names[one], None, percent)
    if there is None or not names:
        return
    few = len(names) <= FEW or len(names) * READ_WORTH < there.known()
    found: Iterator[tuple[str, int, str]]
    if few:
        own = names[share.place :: share.of]
        found = ((name, row_id, key) for name, row_id, key in there.like(own) if name != key)
    else:
        found = _of_all(names, keys, places, there, share)
    for name, row_id, key in found:
        percent = name_percent(read(name), read_company(key))
        if percent and name != key:
            yield Near(name, "", row_id, percent)


def _reader() -> Callable[[str], CompanyName]:
    """Reads names that are compared, some of them often, in their parts."""
    kept: dict[str, CompanyName] = {}

    def read(name: str) -> CompanyName:
        found = kept.get(name)
        if found is None:
            found = read_company(name)
            if len(kept) < MOST_KEPT:
                kept[name] = found
        return found

    return read


def _keys(names: Sequence[str]) -> tuple[Marks, Places]:
    """Keys in order, and whose they are."""
    parts = [_marked(names[start : start + AT_ONCE], start) for start in range(0, len(names), AT_ONCE)]
    if not parts:
        return np.array([], dtype=np.int64), np.array([], dtype=np.int32)
    keys = np.concatenate([each for each, _whose in parts])
    places = np.concatenate([whose for _each, whose in parts])
    order = np.argsort(keys, kind="stable")
    return keys[order], places[order]


def _marked(names: Iterable[str], start: int) -> tuple[Marks, Places]:
    """All keys of some names as numbers, and whose they are, counted from `start`."""
    return marks_of([_read(name) for name in names], start)


def _pairs(
    names: Sequence[str], keys: Marks, places: Places, read: Callable[[str], CompanyName]
) -> Iterator[tuple[int, int, int]]:
    """Of names that share a key that few have."""
    if not len(keys):
        return
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    sizes = np.diff(np.append(starts, len(keys)))
    most = MOST_OF_KEY
    while most > 2 and int(_pairs_of(sizes[sizes <= most]).sum()) > MOST_PAIRS:
        most //= 2
    found: list[Marks] = []
    for size in range(2, most + 1):
        first = starts[sizes == size]
        if len(first):
            members = places[first[:, None] + np.arange(size)[None, :]].astype(np.int64)
            one, other = np.triu_indices(size, 1)
            mine, theirs = members[:, one].ravel(), members[:, other].ravel()
            found.append(np.minimum(mine, theirs) * len(names) + np.maximum(mine, theirs))
    for mark in np.unique(np.concatenate(found)).tolist() if found else ():
        one, other = divmod(mark, len(names))
        percent = name_percent(read(names[one]), read(names[other])) if one != other else 0
        if percent:
            yield one, other, percent


def _pairs_of(sizes: Any) -> Any:
    return sizes * (sizes - 1) // 2


def _of_all(
    names: Sequence[str], keys: Marks, places: Places, there: There, share: Share
) -> Iterator[tuple[str, int, str]]:
    """(name, id, other name) of records that share a key with a name; all records are read, the first ones of each key
    count."""
    most = MOST_OF_KEY // share.of
    held, starts = np.unique(keys, return_index=True)
    ends = np.append(starts[1:], len(keys))
    counts = np.zeros(len(held), dtype=np.int32)
    with there.all(share) as parts:
        for part in parts:
            own, whose = _marked((key for _id, key in part), 0)
            spots = np.searchsorted(held, own)
            spots[spots == len(held)] = 0
            known = held[spots] == own
            marks: set[int] = set()
            for spot, place in zip(spots[known].tolist(), whose[known].tolist(), strict=True):
                counts[spot] += 1
                if counts[spot] <= most:
                    rows = places[starts[spot] : min(ends[spot], starts[spot] + MOST_OF_KEY)]
                    marks.update(name * len(part) + place for name in rows.tolist())
            for mark in sorted(marks):
                name, place = divmod(mark, len(part))
                yield names[name], part[place][0], part[place][1]


def _asked(names: Sequence[str]) -> dict[str, Any]:
    loose = [(place, key[:200]) for place, name in enumerate(names) for key in keys_like(name) if len(key) > 1]
    heads = [(place, *head) for place, name in enumerate(names) for head in heads_of(name)]
    return {
        "of": [place for place, _key in loose],
        "keys": [key for _place, key in loose],
        "headed": [place for place, *_head in heads],
        "heads": [head for _place, head, _least, _longest in heads],
        "least": [least for _place, _head, least, _longest in heads],
        "longest": [longest for _place, _head, _least, longest in heads],
    }


def parts_of(found: Iterable[Near], size: int = AT_ONCE) -> Iterator[list[Near]]:
    """Some thousands at once."""
    left = iter(found)
    return iter(lambda: list(islice(left, size)), [])
