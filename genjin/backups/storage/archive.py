"""The archive that reaches to any moment: base copies of the whole server, every change since, the stored files.

`<archive>/bases/<name>/` (pg_basebackup), `<archive>/wal/` (written by the server itself), `<archive>/files/`.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from genjin.backups.storage.contents import one
from genjin.backups.storage.disk import copy_file, only_one, remove_tree, sync_folder, sync_tree, write_json
from genjin.backups.storage.keys import fingerprint_of
from genjin.backups.storage.making import migrations_of
from genjin.backups.storage.manifest import FILES
from genjin.backups.storage.running import run
from genjin.backups.storage.source import Source
from genjin.backups.storage.trouble import BackupTrouble, disk_troubles
from genjin.kernel.environment import data_folder, known_secret_key, uses_embedded_database
from genjin.kernel.postgres import Address
from genjin.kernel.postgres.archiving import archive_folder, wal_folder
from genjin.kernel.postgres.cluster import clean_environment
from genjin.kernel.words import _

BASES = "bases"
FACTS = "base.json"
KEPT_BASES = 2
EVERY = timedelta(days=7)
KEPT_FILES = timedelta(days=60)
_STAMP = "base-%Y%m%dT%H%M%SZ"
_SEGMENT = 16 << 20
Watch = Callable[[], None]


@dataclass(frozen=True)
class Base:
    """A base copy: a restore to any moment after `finished_at` can begin with it."""

    path: Path
    started_at: datetime
    finished_at: datetime
    version: str
    migrations: list[str]
    key: dict[str, str]
    first_wal: str


def archive_in_use() -> Path | None:
    """The archive of this installation's embedded database; None when it is off."""
    return archive_folder(data_folder()) if uses_embedded_database() else None


def bases_in(archive: Path) -> list[Base]:
    """The base copies, the newest first."""
    found = []
    for path in (archive / BASES).glob("base-*"):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            facts = json.loads((path / FACTS).read_text(encoding="utf-8"))
            started, finished = (datetime.fromisoformat(facts.pop(name)) for name in ("started_at", "finished_at"))
            found.append(Base(path, started, finished, **facts))
    return sorted(found, key=lambda base: base.started_at, reverse=True)


def base_is_due(archive: Path, now: datetime) -> bool:
    """Is there none, or is it a week old?"""
    bases = bases_in(archive)
    return not bases or now - bases[0].started_at >= EVERY


def take_base(archive: Path, *, watch: Watch = lambda: None) -> Base:
    """Copy the whole running server; forget what only older copies need. Raises BackupTrouble."""
    with disk_troubles(archive), only_one(archive, _("另一个基础备份正在进行，请等它结束。")):
        bases = archive / BASES
        bases.mkdir(exist_ok=True, mode=0o700)
        for left in bases.glob(".base-*"):
            remove_tree(left)
        started_at = datetime.now(UTC)
        draft = bases / f".{started_at.strftime(_STAMP)}"
        try:
            _copy_server(draft, watch)
            _write_facts(draft, started_at)
            sync_tree(draft)
            draft.rename(bases / draft.name.removeprefix("."))
            sync_folder(bases)
        except BaseException:
            remove_tree(draft)
            raise
        keep_new_files(archive)
        _forget(archive)
    return bases_in(archive)[0]


def keep_new_files(archive: Path) -> int:
    """Copy stored files that the archive lacks; how many. They never change, so a name that is there is done."""
    live, kept = data_folder() / "files", archive / FILES
    copied = 0
    for path in live.rglob("*"):
        target = kept / path.relative_to(live)
        if path.name.startswith(".") or target.exists() or not path.is_file():
            continue
        draft = target.with_name(f".{target.name}.new")
        with contextlib.suppress(FileNotFoundError):
            draft.unlink(missing_ok=True)
            copy_file(path, draft)
            draft.replace(target)
            copied += 1
    return copied


def _copy_server(draft: Path, watch: Watch) -> None:
    source = Source.at(Address.of(data_folder()), superuser=True)
    run(
        "pg_basebackup",
        f"--dbname={source.address}",
        f"--pgdata={draft}",
        "--format=tar",
        "--compress=gzip:1",
        "--wal-method=stream",
        "--checkpoint=fast",
        "--manifest-checksums=SHA256",
        "--no-password",
        environment=source.environment,
        place=draft.parent,
        watch=watch,
    )


def _write_facts(draft: Path, started_at: datetime) -> None:
    with Source.in_use().connect() as connection:
        migrations = migrations_of(connection)
        finished_at = one(connection, "SELECT now()")
    base = Base(
        draft,
        started_at,
        finished_at.astimezone(UTC),
        version("genjin"),
        migrations,
        fingerprint_of(known_secret_key(data_folder())),
        _first_wal(draft),
    )
    facts = asdict(base) | {"started_at": started_at.isoformat(), "finished_at": base.finished_at.isoformat()}
    del facts["path"]
    write_json(draft / FACTS, facts)


def _first_wal(draft: Path) -> str:
    """The first piece of the log that a restore from this copy needs."""
    ranges = json.loads((draft / "backup_manifest").read_text())["WAL-Ranges"][0]
    high, low = (int(part, 16) for part in ranges["Start-LSN"].split("/"))
    return f"{ranges['Timeline']:08X}{high:08X}{low // _SEGMENT:08X}"


def _forget(archive: Path) -> None:
    """Older base copies, the log before the oldest that stays, files that left the installation long ago."""
    bases = bases_in(archive)
    for base in bases[KEPT_BASES:]:
        remove_tree(base.path)
    oldest = bases[:KEPT_BASES][-1]
    cleaning: list[str | Path] = ["--strip-extension=.gz", wal_folder(archive), oldest.first_wal]
    run("pg_archivecleanup", *cleaning, environment=clean_environment(), place=archive)
    live, before = data_folder() / "files", (datetime.now(UTC) - KEPT_FILES).timestamp()
    for path in (archive / FILES).rglob("*"):
        if path.is_file() and path.stat().st_mtime < before and not (live / path.relative_to(archive / FILES)).exists():
            path.unlink()


def base_for(archive: Path, until: datetime | None) -> Base:
    """The newest base copy from which the moment can be reached. Raises BackupTrouble, which says what can be."""
    bases = bases_in(archive)
    if not bases or not wal_folder(archive).is_dir():
        text = _("%(path)s 不是归档目录：按时间点恢复需要 GENJIN_WAL_ARCHIVE 指定的目录，其中要有 %(bases)s 和 wal。")
        raise BackupTrouble(text % {"path": archive, "bases": BASES})
    found = next((base for base in bases if until is None or base.finished_at <= until), None)
    if found is None:
        earliest = bases[-1].finished_at.astimezone()
        raise BackupTrouble(_("归档里最早只能恢复到 %s。") % earliest.isoformat(" ", "seconds"))
    return found
