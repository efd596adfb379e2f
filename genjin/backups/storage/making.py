"""Making a backup: one moment of the database, then the files; written aside, on the disk, looked at, renamed last."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from genjin.backups.storage.attachments import Parts, faults_of, keep_files
from genjin.backups.storage.contents import contents_of, has, one, snapshot
from genjin.backups.storage.disk import only_one, remove_tree, sha256_of, size_of, sync_folder, sync_tree, write_text
from genjin.backups.storage.keys import fingerprint_of
from genjin.backups.storage.manifest import DATABASE, SUMS, Manifest
from genjin.backups.storage.places import Kept, final_name, kept_in, look_at, new_draft, remove_drafts
from genjin.backups.storage.running import run
from genjin.backups.storage.source import Connection, Source, cores
from genjin.backups.storage.trouble import BackupTrouble, disk_troubles, full
from genjin.kernel.environment import backup_folder, data_folder, known_secret_key
from genjin.kernel.words import _

Tell = Callable[[str, int], None]
"""What is being done, and how many hundredths are done; may raise, which ends it."""
_LARGE = 1 << 30


def silent(_step: str, _percent: int) -> None:
    """For those who do not watch."""


def make_backup(reason: str, *, folder: Path | None = None, tell: Tell = silent) -> Kept:
    """Make one; it is complete, or it is not there. Raises BackupTrouble, and what `tell` raises."""
    folder = folder or backup_folder()
    with disk_troubles(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with only_one(folder, _("另一个备份正在进行，请等它结束。")):
            remove_drafts(folder)
            draft = new_draft(folder, datetime.now(UTC))
            try:
                _Making(draft, reason, tell).make()
                final = final_name(draft)
                draft.rename(final)
                sync_folder(folder)
            except BaseException:
                remove_tree(draft)
                raise
    return look_at(final)


class _Making:
    """One backup in the making."""

    def __init__(self, draft: Path, reason: str, tell: Tell) -> None:
        self.draft, self.reason, self.tell = draft, reason, tell
        self.source = Source.in_use()
        self.began = time.monotonic()

    def make(self) -> None:
        """Fill the folder; the manifest is written last."""
        with snapshot(self.source) as (connection, name):
            taken_at = one(connection, "SELECT now()").astimezone(UTC)
            size = int(one(connection, "SELECT pg_database_size(current_database())"))
            self._check_space(size)
            contents = contents_of(self.source, name, lambda: self.tell(_("核对数据库内容"), 5))
            self._dump(name, size)
            files = self._keep_files()
            faults = faults_of(connection, files)
            server = str(one(connection, "SHOW server_version")).split()[0]
            migrations = migrations_of(connection)
        parts = files | self._database_parts()
        sums = "".join(f"{digest}  {path}\n" for path, (_size, digest) in sorted(parts.items()))
        write_text(self.draft / SUMS, sums)
        self.tell(_("写入磁盘"), 90)
        sync_tree(self.draft / DATABASE)
        Manifest(
            taken_at=taken_at.isoformat(),
            reason=self.reason,
            version=version("genjin"),
            server=server,
            migrations=migrations,
            contents=contents,
            files=len(files),
            size=sum(size for size, _digest in parts.values()),
            parts=hashlib.sha256(sums.encode()).hexdigest(),
            key=fingerprint_of(known_secret_key(data_folder())),
            seconds=round(time.monotonic() - self.began, 1),
            faults=faults,
        ).write(self.draft)

    def _check_space(self, size: int) -> None:
        """A dump takes about a tenth of the database; when not even that is free, do not work for minutes in vain."""
        if size > _LARGE and shutil.disk_usage(self.draft).free < size // 10:
            raise full(self.draft.parent)

    def _dump(self, snapshot_name: str, size: int) -> None:
        """The database in the parallel folder format. Its tables are compressed by several programs at once."""
        expected = max(_size_of_last(self.draft.parent) or size // 12, 1)

        def watch() -> None:
            done = min(1.0, size_of(self.draft) / expected)
            self.tell(_("导出数据库"), 25 + round(50 * done))

        run(
            "pg_dump",
            f"--dbname={self.source.address}",
            f"--file={self.draft / DATABASE}",
            "--format=directory",
            f"--jobs={cores()}",
            f"--snapshot={snapshot_name}",
            "--compress=gzip:1",
            "--lock-wait-timeout=60s",
            "--no-password",
            environment=self.source.environment,
            place=self.draft.parent,
            watch=watch,
        )
        run("pg_restore", "--list", self.draft / DATABASE, environment=self.source.environment, place=self.draft)

    def _keep_files(self) -> Parts:
        earlier = next((kept.path for kept in kept_in(self.draft.parent) if kept.good), None)
        return keep_files(data_folder() / "files", self.draft, earlier, lambda: self.tell(_("保存附件"), 80))

    def _database_parts(self) -> Parts:
        parts: Parts = {}
        for path in sorted((self.draft / DATABASE).iterdir()):
            path.chmod(0o600)
            parts[f"{DATABASE}/{path.name}"] = (path.stat().st_size, sha256_of(path))
        return parts


def migrations_of(connection: Connection) -> list[str]:
    """`app.name` of every migration that the database has."""
    if not has(connection, "django_migrations"):
        raise BackupTrouble(_("数据库是空的，没有可备份的内容：请先运行 genjin serve。"))
    rows = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
    return [str(name) for (name,) in rows]


def _size_of_last(folder: Path) -> int:
    found = next((kept for kept in kept_in(folder) if kept.manifest), None)
    return size_of(found.path / DATABASE) if found else 0
