"""Indexes over fields of a company's own, made while everybody works on. Named after type and key, so that they can be
found, told in words when they refuse a value, and made anew after a crash.

Not here: who may ask for one (`actions.indexing`), how lists use them (`kernel.lists.planning`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from psycopg import sql

from genjin.kernel import frequencies
from genjin.kernel.fields.own import OwnWords
from genjin.kernel.fields.own_kinds import class_of
from genjin.kernel.models.definitions import OwnField
from genjin.kernel.models.rows import IN_ORDER, Life
from genjin.kernel.records import RECORD_TYPES

MEMORY = "128MB"
THERE = (
    "SELECT indisvalid, amname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
    " JOIN pg_am ON pg_am.oid = relam WHERE indexrelid = to_regclass(%s)"
)


def order_index(row: OwnField) -> str:
    """The name of the index that lists sort and filter by."""
    return f"own_{row.record_type}_{row.key}"


def words_index(row: OwnField) -> str:
    """The name of the index of a text's pieces."""
    return f"words_{row.record_type}_{row.key}"


def once_index(row: OwnField) -> str:
    """The name of the index that lets nobody enter a value twice."""
    return f"{row.record_type}_{row.key}_once"


def doubles(row: OwnField, most: int = 5) -> list[tuple[Any, int]]:
    """[(kept value, records that have it)] of values that are there more than once, voided records aside."""
    value = sql.SQL("custom -> {}").format(sql.Literal(row.key))
    statement = sql.SQL(
        "SELECT {0}, count(*) FROM {1} WHERE ({0}) IS NOT NULL AND life <> {2} GROUP BY 1 HAVING count(*) > 1"
        " ORDER BY 2 DESC, 1 LIMIT {3}"
    ).format(value, _table(row), sql.Literal(int(Life.VOIDED)), sql.Literal(most))
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [(json.loads(kept) if isinstance(kept, str) else kept, count) for kept, count in cursor.fetchall()]


def build(row: OwnField) -> None:
    """Make what the definition asks for and is not there. Raises IntegrityError where values repeat."""
    wanted = list(_wanted(row))
    with _patiently():
        for name in set(_names(row)) - set(wanted):
            _drop(name)
        for name in wanted:
            _make(row, name)


def analyze(row: OwnField) -> None:
    """Let PostgreSQL look at the values by the new index. Of a big table that takes longer than building it."""
    with _patiently(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("ANALYZE {}").format(_table(row)))
    frequencies.forget()


def drop(row: OwnField) -> None:
    """Take away what is there."""
    with _patiently():
        for name in _names(row):
            _drop(name)


def _names(row: OwnField) -> tuple[str, str, str]:
    return once_index(row), order_index(row), words_index(row)


def _wanted(row: OwnField) -> Iterator[str]:
    """What a field of its kind is asked by: texts by their pieces, all others by their order, numbers of records by
    both."""
    kind = class_of(row.kind, row.facts)
    if row.unique:
        yield once_index(row)
    if kind.ordered or not issubclass(kind, OwnWords):
        yield order_index(row)
    if issubclass(kind, OwnWords):
        yield words_index(row)


def _make(row: OwnField, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(THERE, [name])
        there = cursor.fetchone()
        if there == (True, _method(row, name)):
            return
    if there:
        _drop(name)  # left half built, or of the kind that the field was before
    with connection.cursor() as cursor:
        cursor.execute(_statement(row, name))


def _statement(row: OwnField, name: str) -> sql.Composed:
    value = sql.SQL("(custom -> {})").format(sql.Literal(row.key))
    start = sql.SQL("CREATE {} INDEX {} {} ON {} ").format(
        sql.SQL("UNIQUE" if name == once_index(row) else ""), _beside(), sql.Identifier(name), _table(row)
    )
    if name == once_index(row):
        return start + sql.SQL("({}) WHERE life <> {}").format(value, sql.Literal(int(Life.VOIDED)))
    if name == words_index(row):
        pieces = sql.SQL("USING gin (genjin_pieces(upper(custom ->> {}))) WITH (fastupdate = off)")
        return start + pieces.format(sql.Literal(row.key))
    if _method(row, name) == "gin":
        return start + sql.SQL("USING gin ({})").format(value)
    columns = [f"{column}_id" if column != "id" else column for column in IN_ORDER]
    return start + sql.SQL("({}, {})").format(value, sql.SQL(", ").join(map(sql.Identifier, columns)))


def _method(row: OwnField, name: str) -> str:
    several = name == order_index(row) and row.kind == "multichoice"
    return "gin" if several or name == words_index(row) else "btree"


def _drop(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP INDEX {} IF EXISTS {}").format(_beside(), sql.Identifier(name)))


def _beside() -> sql.SQL:
    """Beside writers; inside a transaction (a test's) PostgreSQL cannot."""
    return sql.SQL("" if connection.in_atomic_block else "CONCURRENTLY")


def _table(row: OwnField) -> sql.Identifier:
    return sql.Identifier(RECORD_TYPES[row.record_type].model._meta.db_table)


@contextmanager
def _patiently() -> Iterator[None]:
    """With memory to sort in, and no hurry."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET maintenance_work_mem = '{MEMORY}'; SET lock_timeout = 0; SET statement_timeout = 0")
    try:
        yield
    finally:
        if not connection.needs_rollback and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("RESET maintenance_work_mem; RESET lock_timeout; RESET statement_timeout")
