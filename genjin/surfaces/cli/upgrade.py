"""`genjin upgrade`: back up and prove it, migrate, check. Each step is noted when done; a run that was cut off goes on
where it stood. `serve` does the same when it finds an older database.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from genjin.backups.storage.disk import write_json
from genjin.backups.storage.places import look_at
from genjin.kernel.environment import backup_folder, company_zone, data_folder
from genjin.kernel.postgres import DatabaseTrouble
from genjin.kernel.words import _
from genjin.surfaces.cli.backup import backup_now
from genjin.surfaces.cli.database import database
from genjin.surfaces.cli.migrate import migrate
from genjin.surfaces.cli.state import State, migrations_fingerprint

BACKUP, MIGRATE, CHECK = "backup", "migrate", "check"
STEPS = (BACKUP, MIGRATE, CHECK)


@dataclass
class Progress:
    """How far an upgrade is: to which version, from which migrations on, the steps done, the backup taken first."""

    to: str = ""
    had: list[str] = field(default_factory=list)
    began_at: str = ""
    ended_at: str = ""
    done: list[str] = field(default_factory=list)
    backup: str = ""
    error: str = ""

    @classmethod
    def read(cls, data: Path) -> Progress:
        """What stands in the data folder; an empty one when nothing does."""
        try:
            return cls(**json.loads(_file(data).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return cls()

    def write(self, data: Path) -> None:
        """Keep it: whole, and on the disk."""
        write_json(_file(data), asdict(self))


def run(options: argparse.Namespace) -> int:
    """Upgrade, or say how far one is; 1 when it has failed."""
    if options.status:
        return _status()
    with database():
        upgrade()
        state = State.read(data_folder())
        state.migrations = migrations_fingerprint()
        state.write(data_folder())
    print(_("升级完成：数据库结构与版本 %s 一致。正在运行的 Genjin 请重新启动。") % version("genjin"))
    return 0


def upgrade() -> None:
    """Bring the database to this version; needs Django set up. A new or empty database is only migrated. Raises
    DatabaseTrouble; what was done stays done."""
    data = data_folder()
    missing = missing_migrations()
    progress = Progress.read(data)
    under_way = bool(progress.began_at and not progress.ended_at and progress.to == _target())
    if not under_way:
        if not missing or not _worth_a_backup():
            migrate()
            return
        progress = Progress(to=_target(), had=applied_migrations(), began_at=_now())
    progress.error = ""
    steps: dict[str, Callable[[Progress], None]] = {BACKUP: _back_up, MIGRATE: _migrate, CHECK: _check}
    for step in STEPS:
        if step in progress.done and not (step == BACKUP and not _backup_stands(progress)):
            continue
        progress.write(data)
        try:
            steps[step](progress)
        except Exception as error:
            progress.error = str(error) or type(error).__name__
            progress.write(data)
            raise
        progress.done = [*progress.done, step]
        progress.write(data)
    progress.ended_at = _now()
    progress.write(data)


def missing_migrations() -> list[str]:
    """`app.name` of what this version has and the database lacks."""
    from django.db import connection  # slow
    from django.db.migrations.executor import MigrationExecutor  # slow

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def applied_migrations() -> list[str]:
    """`app.name` of what the database has."""
    from django.db import connection  # slow
    from django.db.migrations.recorder import MigrationRecorder  # slow

    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def _worth_a_backup() -> bool:
    """Is there a company in it? Asked without the model, which may have columns that the table still lacks."""
    from django.db import connection  # slow

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('org_member') IS NOT NULL")
        row = cursor.fetchone()
        if not row or not row[0]:
            return False
        cursor.execute("SELECT EXISTS (SELECT 1 FROM org_member)")
        found = cursor.fetchone()
    return bool(found and found[0])


def _back_up(progress: Progress) -> None:
    """The tables of runs may be of an older version, or absent: the backup is noted in its folder alone."""
    print(_("升级前先备份……"), file=sys.stderr, flush=True)
    if set(applied_migrations()) - set(progress.had):
        return  # cut off in the midst of migrating, and the backup from before is gone: what is there is half new
    try:
        progress.backup = str(backup_now(str(backup_folder()), reason="upgrade").path)
    except DatabaseTrouble as trouble:
        text = _("%s（升级没有开始，数据没有改动。用别的办法备份之后，可以用 genjin migrate 不备份直接更新。）")
        raise DatabaseTrouble(text % trouble) from trouble


def _backup_stands(progress: Progress) -> bool:
    """Is the backup that was taken first still there, proved?"""
    return bool(progress.backup) and look_at(Path(progress.backup)).verified_at is not None


def _migrate(_progress: Progress) -> None:
    print(_("更新数据库结构……"), file=sys.stderr, flush=True)
    migrate()


def _check(_progress: Progress) -> None:
    """Is everything there, and does the ledger fit? Raises DatabaseTrouble."""
    print(_("检查升级结果……"), file=sys.stderr, flush=True)
    from genjin.backups.storage.ledger import first_broken  # slow: with psycopg
    from genjin.backups.storage.source import Source  # slow: with psycopg

    missing = missing_migrations()
    if missing:
        raise DatabaseTrouble(_("升级没有完成：缺少 %s。请再次运行 genjin upgrade。") % missing[0])
    with Source.in_use().connect() as connection:
        broken = first_broken(connection)
    if broken is not None:
        raise DatabaseTrouble(_("升级后操作日志从第 %s 条起不连续：请用升级前的备份恢复。") % broken)


def _status() -> int:
    progress = Progress.read(data_folder())
    if not progress.began_at:
        print(_("没有进行过升级。"))
        return 0
    labels = {BACKUP: _("备份"), MIGRATE: _("更新数据库结构"), CHECK: _("检查")}
    began = datetime.fromisoformat(progress.began_at).astimezone(company_zone()).strftime("%Y-%m-%d %H:%M")
    print(_("升级到 %(to)s，开始于 %(at)s") % {"to": progress.to.partition("+")[0], "at": began})
    for step in STEPS:
        print(f"  {'✓' if step in progress.done else '·'} {labels[step]}")
    if progress.backup:
        print(_("升级前的备份：%s") % progress.backup)
    if progress.ended_at:
        print(_("已完成。"))
        return 0
    if progress.error:
        print(progress.error)
    print(_("没有完成：再次运行 genjin upgrade 会接着做。"))
    return 1


def _target() -> str:
    """Version and migrations of this program."""
    return f"{version('genjin')}+{migrations_fingerprint()[:12]}"


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _file(data: Path) -> Path:
    return data / "upgrade.json"
