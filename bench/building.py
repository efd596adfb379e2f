"""Builds a data folder with so many customers: COPY from several processes without indexes, then all indexes at once.

The folder is kept under var/bench and used again; later migrations are applied to it.
"""

# ruff: noqa: E501 - tables of words and SQL read better unbroken
from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.cast import SUBORDINATES, TEAM_ROWS, Cast

VERSION = "2"  # of what population and organisation make
PROCESSES = 2
TABLES = (
    "customers_customer",
    "customers_contact",
    "ownership_period",
    "ownership_teammate",
    "kernel_event",
    "kernel_eventlink",
    "kernel_eventpayload",
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

    from bench.organisation import make_organisation

    started = time.monotonic()
    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    cast = make_organisation()
    cast.write(data / "cast.json")
    first_id = _reserve(total)
    kept = _drop_indexes()
    _say("copying", started)
    copy_in_processes(data, first_id, total)
    _say("contacts, periods, events, teams", started)
    for statement in _rest(cast, first_id, total):
        _execute(statement)
    _say("indexes", started)
    for statement in kept:
        _execute("SET maintenance_work_mem = '1GB'; " + statement)
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
    """COPY of some customers."""
    from bench.population import Population
    from genjin.customers.models import Customer

    population = Population(Cast.read(data / "cast.json"), first_id, total)
    fields = Customer._meta.concrete_fields
    defaults = {field.attname: _plain(field.get_default()) for field in fields}
    names = ", ".join(f'"{field.column}"' for field in fields)
    with _connection().cursor() as cursor, cursor.copy(f"COPY customers_customer ({names}) FROM STDIN") as copy:
        for row in population.rows(start, end):
            copy.write_row([row.get(name, default) for name, default in defaults.items()])


def _plain(value: Any) -> Any:
    return "{}" if value == {} else value


def _reserve(total: int) -> int:
    row = _fetch("SELECT nextval('kernel_row_id')")
    first = int(row[0]) + 1
    _execute(f"SELECT setval('kernel_row_id', {first + 3 * total + 2 * TEAM_ROWS})")
    _execute(f"SELECT setval('kernel_code_customer', {total + 1})")
    return first


def _rest(cast: Cast, first: int, total: int) -> Iterable[str]:
    """Contacts of every tenth customer, a period and an event link each, the places in teams."""
    contact = (
        "version, created_at, updated_at, code, owner_id, department_id, created_by_id, life, custom, search,"
        " search_key, customer_id, name, pinyin, position, division, decision_role, phone, telephone, wechat, email,"
        ' gender, "primary", do_not_contact, remarks'
    )
    tokens = "('王 伟 王伟 i.w i.ww p.wang p.wei pp.wang.wei d.' || right(phone, 4))::tsvector"
    yield (
        f"INSERT INTO customers_contact (id, {contact}) SELECT id + {total}, 1, created_at, created_at, 'LX-' || id,"
        f" owner_id, department_id, created_by_id, 0, '{{}}', {tokens}, E'王伟\\nww\\nwangwei\\n' || phone, id,"
        " '王伟', 'wang2王', '采购经理', '', 'buyer', phone, '', '', '', 'm', true, false, '' FROM customers_customer WHERE id % 10 = 0"
    )
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
            f" writes, expires_at) SELECT {first + 2 * total + offset} + n, 1, now(), now(), 'customer',"
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
