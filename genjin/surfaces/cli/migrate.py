"""`genjin migrate`: bring the database's structure to what this version needs."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from genjin.kernel.environment import data_folder
from genjin.kernel.postgres import DatabaseTrouble
from genjin.kernel.words import _
from genjin.surfaces.cli.database import database
from genjin.surfaces.cli.state import State, migrations_fingerprint

if TYPE_CHECKING:
    from django.db.migrations.migration import Migration
    from django.db.migrations.state import ProjectState

# One at a time, also when several machines start on the same database.
_LOCK = 7_204_712
_OLDEST_SERVER = 150000


def run(options: argparse.Namespace) -> int:
    """Migrate, whatever an earlier start remembers."""
    del options
    with database():
        migrate()
        state = State.read(data_folder())
        state.migrations = migrations_fingerprint()
        state.write(data_folder())
    print(_("数据库结构已是最新。"))
    return 0


def migrate() -> None:
    """Apply what is missing. Needs Django set up. Raises DatabaseTrouble for a server that is too old."""
    from django.core.management import call_command  # slow
    from django.db import connection  # slow

    from genjin.kernel.actor import system  # slow
    from genjin.org.actions.learning import learn_grants  # slow: models must be ready

    if not server_is_new_enough():
        raise DatabaseTrouble(_("DATABASE_URL 指向的 PostgreSQL 太旧：需要 15 或更新版本，请升级。"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        with _whole_migrations():
            call_command("migrate", interactive=False, verbosity=0)
        learn_grants(system("org.set_up"))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


@contextlib.contextmanager
def _whole_migrations() -> Iterator[None]:
    """Inside, a migration and the note that it is done are one transaction. Django writes the note after it where
    indexes are made last: killed in between, the migration would be tried again over its own tables."""
    from django.core.management.commands import migrate as command  # slow
    from django.db import transaction  # slow
    from django.db.migrations.executor import MigrationExecutor  # slow

    class Whole(MigrationExecutor):
        def apply_migration(
            self, state: ProjectState, migration: Migration, fake: bool = False, fake_initial: bool = False
        ) -> ProjectState:
            around = transaction.atomic() if migration.atomic is not False else contextlib.nullcontext()
            with around:
                return super().apply_migration(state, migration, fake, fake_initial)

    command.MigrationExecutor = Whole  # type: ignore[attr-defined]
    try:
        yield
    finally:
        command.MigrationExecutor = MigrationExecutor  # type: ignore[attr-defined]


def server_is_new_enough() -> bool:
    """PostgreSQL 15 or newer? Needs Django set up."""
    from django.db import connection  # slow

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) >= _OLDEST_SERVER
