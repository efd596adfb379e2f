"""Loose names of customers that may be alike to some names: looked up in the indexes for a few, read through for many.
A step of the action that checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

from genjin.kernel.likeness import SHORTEST
from genjin.kernel.search_text import as_tsvector, index_tokens

AT_ONCE = 200
MOST_OF_ONE = 200
READ_WORTH = 200
"""Looking a name up takes as long as reading so many."""
_SPOKEN = "pp."

_LIKE_IT = f"""
SELECT m.place, c.fuzzy_key FROM unnest(%(places)s::int[], %(parts)s::text[]) AS m(place, part)
  JOIN customers_customer c ON c.fuzzy_key = m.part
UNION
SELECT m.place, c.fuzzy_key FROM unnest(%(keys)s::text[], %(heads)s::text[]) WITH ORDINALITY AS m(key, head, place),
  LATERAL (
    SELECT fuzzy_key FROM customers_customer
    WHERE fuzzy_key >= m.head AND fuzzy_key < m.head || chr(1114111)
      AND char_length(fuzzy_key) BETWEEN char_length(m.key) - 2 AND char_length(m.key) * 2
    LIMIT {MOST_OF_ONE}
  ) c
UNION
SELECT m.place, c.fuzzy_key FROM unnest(%(spoken_of)s::int[], %(spoken)s::text[]) AS m(place, said),
  LATERAL (
    SELECT fuzzy_key FROM customers_customer WHERE search @@ m.said::tsquery LIMIT {MOST_OF_ONE}
  ) c
"""  # noqa: S608 (our own words)
_ALL = f"SELECT DISTINCT fuzzy_key FROM customers_customer WHERE char_length(fuzzy_key) >= {SHORTEST}"  # noqa: S608 (a number)


def customers_known() -> int:
    """About how many customers there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT GREATEST(reltuples, 0)::bigint FROM pg_class WHERE relname = 'customers_customer'")
        return int(cursor.fetchone()[0])


@contextmanager
def all_keys() -> Iterator[Iterator[str]]:
    """The loose keys of all customers, each once; not held in memory."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ALL)
        yield (key for rows in iter(lambda: cursor.fetchmany(5_000), []) for (key,) in rows)


def keys_like(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(name, key of a customer that may be alike), for loose keys of SHORTEST characters or more."""
    for start in range(0, len(names), AT_ONCE):
        part = names[start : start + AT_ONCE]
        with connection.cursor() as cursor:
            cursor.execute(_LIKE_IT, _asked(part))
            for place, key in cursor.fetchall():
                yield part[place - 1], key


def _asked(names: Sequence[str]) -> dict[str, Any]:
    parts = [(place, part) for place, name in enumerate(names, 1) for part in _parts(name)]
    spoken = [(place, said) for place, name in enumerate(names, 1) for said in _spoken(name)]
    return {
        "places": [place for place, _part in parts],
        "parts": [part for _place, part in parts],
        "keys": list(names),
        "heads": [name[: max(2, len(name) // 2)] for name in names],
        "spoken_of": [place for place, _said in spoken],
        "spoken": [said for _place, said in spoken],
    }


def _parts(name: str) -> set[str]:
    """The name without one of its characters; its beginnings and ends."""
    size = len(name)
    shorter = range(max(SHORTEST, (size + 1) // 2), size)
    ends = {name[:part] for part in shorter} | {name[size - part :] for part in shorter}
    return ends | {name[:place] + name[place + 1 :] for place in range(size)}


def _spoken(name: str) -> Iterator[str]:
    """Questions to the search index: whoever sounds like the whole name, or like its second half."""
    for said in {name, name[len(name) // 2 :]}:
        tokens = [token for token in index_tokens(names=[said]) if token.startswith(_SPOKEN)]
        if len(said) >= SHORTEST and len(tokens) >= len(said) - 1:
            yield as_tsvector(tokens).replace("' '", "' & '")
