"""Builds a data folder: so many customers with their contacts, follow-ups, plans. COPY from several processes without
indexes, then all indexes at once.

The folder is kept under var/bench and used again; later migrations are applied to it.
"""

# ruff: noqa: E501 - tables of words and SQL read better unbroken
from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.cast import SUBORDINATES, TEAM_ROWS, Cast

VERSION = "3"
PROCESSES = 2
RESERVED = 4  # ids per customer: his own, his contacts', and room for places in teams
TABLES = (
    "customers_customer",
    "customers_contact",
    "ownership_period",
    "ownership_teammate",
    "kernel_event",
    "kernel_eventlink",
    "kernel_eventpayload",
    "followups_followup",
    "followups_firstcontact",
    "plans_plan",
)
FAST = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum = off\nmax_wal_size = 16GB\n"


def is_built(data: Path) -> bool:
    """Does what this version would build lie there? Brings the tables up to date; False when that does not succeed."""
    mark = data / "built"
    if not mark.exists() or mark.read_text() != VERSION:
        return False
    from django.core.management import call_command
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(_connection())
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        _vacuum()
    return _wanted_columns() <= _columns()


def _wanted_columns() -> set[tuple[str, str | None]]:
    from django.apps import apps

    models = [model for model in apps.get_models() if model._meta.managed and not model._meta.proxy]
    return {(model._meta.db_table, field.column) for model in models for field in model._meta.concrete_fields}


def _columns() -> set[tuple[str, str | None]]:
    with _connection().cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
        )
        return set(cursor.fetchall())


def _vacuum() -> None:
    for table in TABLES:
        _execute(f"VACUUM ANALYZE {table}")


def build(data: Path, total: int) -> None:
    """Fill the (empty) database of the data folder."""
    from django.core.management import call_command

    from bench.followups import FOLLOWUPS_EACH, insert_followups, make_totals
    from bench.organisation import make_organisation
    from bench.workday import clocks, long_timeline, plans

    started = time.monotonic()
    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    cast = make_organisation()
    cast.write(data / "cast.json")
    first_id = _reserve(total)
    kept = _drop_indexes()
    _say("customers and contacts", started)
    copy_in_processes(data, first_id, total)
    _say("periods, events, teams, plans, clocks", started)
    for statement in (*_rest(cast, first_id, total), plans(total), clocks()):
        _execute(statement)
    _say("follow-ups", started)
    insert_followups(cast, FOLLOWUPS_EACH * total)
    _say("indexes", started)
    for statement in kept:
        _execute("SET maintenance_work_mem = '1GB'; " + statement)
    _say("a long timeline, totals", started)
    long_timeline(cast, data)
    make_totals()
    _say("analyze", started)
    _vacuum()
    (data / "built").write_text(VERSION)
    _say("built", started)


def copy_in_processes(data: Path, first_id: int, total: int) -> None:
    """Each process makes and copies its part."""
    step = -(-total // PROCESSES)
    commands = [
        [
            sys.executable,
            "-m",
            "bench.building",
            str(data),
            str(first_id),
            str(total),
            str(n),
            str(min(n + step, total)),
        ]
        for n in range(0, total, step)
    ]
    children = [subprocess.Popen(["nice", "-n", "10", *command]) for command in commands]
    codes = [child.wait() for child in children]
    if any(codes):
        raise SystemExit("copying failed")


def copy_part(data: Path, first_id: int, total: int, start: int, end: int) -> None:
    """COPY of some customers and their contacts."""
    from bench.population import Population, contacts
    from genjin.customers.models import Contact, Customer

    population = Population(Cast.read(data / "cast.json"), first_id, total)
    beside = _connection().copy()
    with _copying(_connection(), Customer) as write_customer, _copying(beside, Contact) as write_contact:
        for row in population.rows(start, end):
            write_customer(row)
            for contact in contacts(row, total):
                write_contact(contact)
    beside.close()


@contextmanager
def _copying(connection: Any, model: Any) -> Iterator[Callable[[dict[str, Any]], None]]:
    """A function that copies one row of a table; what it does not name has its default."""
    fields = model._meta.concrete_fields
    defaults = {field.attname: _plain(field.get_default()) for field in fields}
    names = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor, cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as copy:
        yield lambda row: copy.write_row([row.get(name, default) for name, default in defaults.items()])


def _plain(value: Any) -> Any:
    return "{}" if value == {} else value


def _reserve(total: int) -> int:
    row = _fetch("SELECT nextval('kernel_row_id')")
    first = int(row[0]) + 1
    _execute(f"SELECT setval('kernel_row_id', {first + RESERVED * total + 2 * TEAM_ROWS})")
    _execute(f"SELECT setval('kernel_code_customer', {total + 1})")
    _execute(f"SELECT setval('kernel_code_contact', {2 * total + 1})")
    return first


def _rest(cast: Cast, first: int, total: int) -> Iterable[str]:
    """A period and an event link of each customer, the places in teams."""
    yield (
        "INSERT INTO ownership_period (record_type, record_id, owner_id, department_id, since, rule, reason, changed_by_id)"
        " SELECT 'customer', id, owner_id, department_id, created_at, 'created', '', owner_id FROM customers_customer"
    )
    yield (
        "INSERT INTO kernel_event (id, at, member_id, surface, action, note, request_id) SELECT g, now(), NULL, 'import',"
        f" 'customers.create', '{{}}', '' FROM generate_series(1, {total // 500 + 1}) g"
    )
    yield (
        "INSERT INTO kernel_eventlink (row_id, event_id, row_type, row_version, digest)"
        f" SELECT id, (id - {first}) / 500 + 1, 'customer', 1, '\\x00' FROM customers_customer"
    )
    yield (
        "INSERT INTO kernel_eventpayload (row_id, event_id, changes, salt) SELECT id,"
        f" (id - {first}) / 500 + 1, jsonb_build_object('name', jsonb_build_array(null, name), 'level', jsonb_build_array(null,"
        " level), 'phone', jsonb_build_array(null, phone)), '\\x00' FROM customers_customer"
    )
    yield "SELECT setval('kernel_event_id_seq', (SELECT max(id) FROM kernel_event))"
    others = ", ".join(str(member) for member, _department in cast.owners[30 : 30 + SUBORDINATES])
    for member, count, offset in (
        (str(cast.wide), TEAM_ROWS, 0),
        (f"(ARRAY[{others}])[1 + n % {SUBORDINATES}]", 5_000, TEAM_ROWS),
    ):
        yield (
            "INSERT INTO ownership_teammate (id, version, created_at, updated_at, record_type, record_id, member_id, role,"
            f" writes, expires_at) SELECT {first + (RESERVED - 1) * total + offset} + n, 1, now(), now(), 'customer',"
            f" {first} + (n::bigint * 7919 * 31) % {total}, {member}, 'ordinary', n % 2 = 0, NULL"
            f" FROM generate_series(0, {count - 1}) n ON CONFLICT DO NOTHING"
        )


def _drop_indexes(tables: Iterable[str] = TABLES) -> list[str]:
    """Drop indexes and checked constraints of the big tables; the statements that make them again."""
    made = []
    for table in tables:
        for name, definition in _fetch_all(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass"
            " AND contype IN ('u', 'f')",
            table,
        ):
            if table == "ownership_teammate" and "UNIQUE" in definition:
                continue
            _execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            made.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for name, definition in _fetch_all(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN"
            " (SELECT conname FROM pg_constraint)",
            table,
        ):
            _execute(f"DROP INDEX {name}")
            made.append(definition)
    return sorted(made, key=lambda text: "FOREIGN" in text)


def _connection() -> Any:
    from django.db import connection

    return connection


def _execute(statement: str) -> None:
    with _connection().cursor() as cursor:
        cursor.execute(statement)


def _fetch(statement: str) -> tuple[Any, ...]:
    with _connection().cursor() as cursor:
        cursor.execute(statement)
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def _fetch_all(statement: str, table: str) -> list[tuple[Any, ...]]:
    with _connection().cursor() as cursor:
        cursor.execute(statement, [table])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _say(what: str, started: float) -> None:
    print(f"  {time.monotonic() - started:6.0f} s  {what}", flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genjin.settings")
    import django

    django.setup()
    copy_part(Path(sys.argv[1]), *(int(word) for word in sys.argv[2:6]))
