"""Records that an earlier one is like: same numbers, codes, addresses, names of those that are gone (S2-60). All of a
batch in one statement per key, by indexes, each bounded. Who may know of them is not asked here (see `risks.wording`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection
from psycopg import sql

from genjin.duplicates.models import TraceKind
from genjin.duplicates.registering import ADDRESS, REGISTERED, Finding, Registered
from genjin.duplicates.risks.settings import AGAIN_DAYS, SAME_ADDRESS, SWITCHES
from genjin.duplicates.rules import Compared
from genjin.duplicates.searching.candidates import column_of, stored_key
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.records import RECORD_TYPES

MOST = 20
_BY_COLUMN = """
SELECT n.id, o.id, o.life, o.updated_at
FROM unnest(%(ids)s::bigint[], %(keys)s::text[]) AS n(id, key), LATERAL (
  SELECT id, life, updated_at FROM {table}
  WHERE {key} = n.key AND {column} <> '' AND id {than} n.id AND life >= %(least)s LIMIT {most}
) o
"""
_BY_TRACE = """
SELECT n.record_id, o.record_id
FROM duplicates_trace n, LATERAL (
  SELECT record_id FROM duplicates_trace
  WHERE kind = n.kind AND key = n.key AND record_id {than} n.record_id LIMIT {most}
) o
WHERE n.record_id = ANY(%(ids)s) AND n.kind = %(kind)s
"""


class Like(NamedTuple):
    """A new record and an earlier one: by which field, and what became of the earlier one."""

    row_id: int
    field: str
    finding: Finding
    other_type: str
    other_id: int


def shared(
    registered: Registered,
    rows: Sequence[Record],
    moments: Mapping[int, datetime],
    stamp: int,
    *,
    any_other: bool = False,
) -> list[Like]:
    """What new records of a type share with earlier ones (with `any_other`), as the company wants to know it."""
    than = sql.SQL("<>" if any_other else "<")
    found: list[Like] = []
    wanted = {c.field: c for c in registered.same() if SWITCHES[c.kind].at(stamp)}
    names = {c.field: c for c in registered.names()} if AGAIN_DAYS.at(stamp) else {}
    for field, compared in {**wanted, **names}.items():
        least = Life.ARCHIVED if field in names else Life.LIVE
        for other in map(REGISTERED.__getitem__, registered.types):
            for there in (c for c in (*other.same(), *other.names()) if c.kind is compared.kind):
                found += _by_column(rows, moments, compared, other.record_type, there, least, stamp, than)
    if registered.address and SAME_ADDRESS.at(stamp):
        found += _at_one_address(registered, [row.pk for row in rows], moments, stamp, than)
    return found


def _by_column(
    rows: Sequence[Record],
    moments: Mapping[int, datetime],
    compared: Compared,
    other_type: str,
    there: Compared,
    least: Life,
    stamp: int,
    than: sql.SQL,
) -> Iterator[Like]:
    keys = {row.pk: stored_key(compared, key) for row in rows if (key := getattr(row, compared.column))}
    if not keys:
        return
    asked = sql.SQL(_BY_COLUMN).format(
        table=sql.Identifier(RECORD_TYPES[other_type].model._meta.db_table),
        key=column_of(there),
        column=sql.Identifier(there.column),
        most=sql.Literal(MOST),
        than=than,
    )
    with connection.cursor() as cursor:  # rows: `risks.wording` says who is told
        cursor.execute(asked, {"ids": list(keys), "keys": list(keys.values()), "least": int(least)})
        found = cursor.fetchall()
    for row_id, other_id, life, changed in found:
        finding = _finding(life, changed, moments[row_id], stamp)
        if finding:
            yield Like(row_id, compared.field, finding, other_type, other_id)


def _at_one_address(
    registered: Registered, ids: list[int], moments: Mapping[int, datetime], stamp: int, than: sql.SQL
) -> Iterator[Like]:
    asked = sql.SQL(_BY_TRACE).format(most=sql.Literal(MOST), than=than)
    with connection.cursor() as cursor:  # rows: `risks.wording` says who is told
        cursor.execute(asked, {"ids": ids, "kind": int(TraceKind.ADDRESS)})
        pairs = cursor.fetchall()
    known = _lives(registered, {other for _row, other in pairs})
    held: dict[int, list[Like]] = {}
    for row_id, other_id in pairs:
        if other_id not in known:
            continue
        other_type, life, changed = known[other_id]
        finding = _finding(life, changed, moments[row_id], stamp)
        if finding:
            held.setdefault(row_id, []).append(Like(row_id, ADDRESS, finding, other_type, other_id))
    for likes in held.values():
        if len(likes) >= SAME_ADDRESS.at(stamp):
            yield from likes


def _lives(registered: Registered, ids: set[int]) -> dict[int, tuple[str, int, datetime]]:
    """{id: (type, life, when it last changed)}."""
    found: dict[int, tuple[str, int, datetime]] = {}
    for key in registered.types:
        rows = RECORD_TYPES[key].model._default_manager.order_by().filter(pk__in=ids)  # rows: as above
        found |= {pk: (key, life, at) for pk, life, at in rows.values_list("pk", "life", "updated_at")}
    return found


def _finding(life: int, changed: datetime, at: datetime, stamp: int) -> Finding | None:
    """What it means that an earlier record is like a new one: the same twice, or one that is gone comes again."""
    if life == Life.LIVE:
        return Finding.SAME
    days = AGAIN_DAYS.at(stamp)
    return Finding.AGAIN if days and changed > at - timedelta(days=days) else None
