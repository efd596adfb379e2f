"""What is in a database: rows and a hash of each table, sequences, the end of the ledger; and what differs from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg import sql

from genjin.backups.storage.manifest import Contents
from genjin.backups.storage.running import give_way
from genjin.backups.storage.source import Connection, Source, cores
from genjin.kernel.words import _

# Ordinary tables and the parts of divided ones, the largest first, so that the last ones to end are small.
_TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
ORDER BY pg_relation_size(c.oid) DESC, 1, 2
"""
_SEQUENCES = "SELECT schemaname || '.' || sequencename, coalesce(last_value, 0) FROM pg_sequences ORDER BY 1"
_HASH = "SELECT count(*)::text, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM ONLY {} AS t"
_LEDGER = (
    "SELECT position::text, encode(chain, 'hex') FROM kernel_event WHERE position IS NOT NULL"
    " ORDER BY position DESC LIMIT 1"
)

_TICK = 0.2


@contextmanager
def snapshot(source: Source) -> Iterator[tuple[Connection, str]]:
    """A connection that sees one moment for as long as it is open, and the name by which others see the same."""
    with source.connect() as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        name = one(connection, "SELECT pg_export_snapshot()")
        try:
            yield connection, name
        finally:
            with suppress(psycopg.Error):  # it may have gone away, which is what will be told
                connection.rollback()


def sequences_of(connection: Connection) -> dict[str, int]:
    """How far the sequences are. They heed no snapshot: ask before the dump, which may find them further."""
    return {name: int(value) for name, value in connection.execute(_SEQUENCES)}


def contents_of(source: Source, snapshot_name: str | None = None, watch: Callable[[], None] = lambda: None) -> Contents:
    """Look at every row, in several connections. Raises what `watch` raises."""
    with source.connect() as connection:
        _see(connection, snapshot_name)
        tables = [(str(schema), str(name)) for schema, name in connection.execute(_TABLES)]
        sequences = sequences_of(connection)
        ledger = list(connection.execute(_LEDGER).fetchone() or []) if has(connection, "kernel_event") else []
    left = list(reversed(tables))
    stopped: list[bool] = []
    with ThreadPoolExecutor(cores()) as pool:
        waiting = [pool.submit(_hash_some, source, snapshot_name, left, stopped) for _one in range(cores())]
        try:
            while wait(waiting, timeout=_TICK).not_done:
                watch()
        except BaseException:
            stopped.append(True)
            raise
        found = {name: hashed for each in waiting for name, hashed in each.result().items()}
    return Contents(dict(sorted(found.items())), sequences, ledger)


def differences(wanted: Contents, found: Contents) -> list[str]:
    """What is missing or otherwise in `found`; sequences may be further."""
    wrong = []
    for name in sorted({*wanted.tables, *found.tables}):
        if wanted.tables.get(name) != found.tables.get(name):
            rows = (wanted.tables.get(name, ["0"])[0], found.tables.get(name, ["0"])[0])
            wrong.append(_("表 %(table)s：应有 %(wanted)s 行，实际 %(found)s 行，或内容不同")
                         % {"table": name, "wanted": rows[0], "found": rows[1]})  # fmt: skip
    wrong += [
        _("序列 %s 落后") % name for name, value in wanted.sequences.items() if found.sequences.get(name, -1) < value
    ]
    return wrong + ([_("操作日志的结尾不同")] if list(wanted.ledger) != list(found.ledger) else [])


def has(connection: Connection, table: str) -> bool:
    """Whether there is such a table."""
    return one(connection, "SELECT to_regclass(%s) IS NOT NULL", table) is True


def one(connection: Connection, question: str, *values: Any) -> Any:
    """The first value of the first row."""
    row = connection.execute(question, values or None).fetchone()
    return row[0] if row else None


def _hash_some(
    source: Source, snapshot_name: str | None, left: list[tuple[str, str]], stopped: list[bool]
) -> dict[str, list[str]]:
    """Take tables from the common list until it is empty."""
    found = {}
    with source.connect() as connection:
        if source.is_ours:
            give_way(connection.info.backend_pid)
        _see(connection, snapshot_name)
        while left and not stopped:
            try:
                schema, name = left.pop()
            except IndexError:
                break
            row = connection.execute(sql.SQL(_HASH).format(sql.Identifier(schema, name))).fetchone()
            assert row is not None
            found[f"{schema}.{name}"] = [str(row[0]), str(row[1])]
    return found


def _see(connection: Connection, snapshot_name: str | None) -> None:
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    if snapshot_name:
        connection.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(snapshot_name)))
