"""Bringing a backup back, into an empty place only. All is made beside, checked, on the disk, and put in place last."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from genjin.backups.storage.attachments import Parts
from genjin.backups.storage.checking import check_parts, wrong_with
from genjin.backups.storage.contents import one
from genjin.backups.storage.disk import copy_file, only_one, remove_tree, sync_folder, write_text
from genjin.backups.storage.keys import fits
from genjin.backups.storage.manifest import FILES, Manifest
from genjin.backups.storage.running import run
from genjin.backups.storage.scratch import check_space, fill
from genjin.backups.storage.source import Source, cores
from genjin.backups.storage.trouble import BackupTrouble, Broken, disk_troubles
from genjin.kernel import postgres
from genjin.kernel.environment import PACKAGE, data_folder, known_secret_key, uses_embedded_database
from genjin.kernel.words import _

Tell = Callable[[str], None]
# What may lie in a folder that counts as empty: the key one brings along, the backups themselves, locks.
ALLOWED = frozenset({"secret-key", "backups", "genjin.lock", ".restoring", "lost+found", "wal-archive"})
_RESTORING = ".restoring"


@dataclass(frozen=True)
class Key:
    """The secret key for the restored installation: from a file, or a new one, else what is there."""

    file: Path | None = None
    new: bool = False


@dataclass(frozen=True)
class Restored:
    """What came back, and in how many seconds."""

    manifest: Manifest
    seconds: float


def restore(backup: Path, *, key: Key, tell: Tell) -> Restored:
    """Restore into the data folder (or the empty database of DATABASE_URL). Raises BackupTrouble."""
    began = time.monotonic()
    data = data_folder()
    with disk_troubles(data), empty_place(data):
        tell(_("核对备份的每个字节……"))
        manifest, parts = check_parts(backup)
        check_version(manifest.version, manifest.migrations)
        secret = chosen_key(data, manifest.key, key)
        draft = data / _RESTORING
        check_space(data, backup)
        tell(_("恢复数据库……"))
        if uses_embedded_database():
            with _new_cluster(draft) as source:
                _fill_and_compare(source, backup, manifest, parts, data, tell)
        else:
            _fill_and_compare(_outside(), backup, manifest, parts, data, tell)
        tell(_("恢复附件……"))
        copy_files(backup / FILES, draft / FILES)
        put_in_place(draft, data, secret)
    return Restored(manifest, time.monotonic() - began)


@contextlib.contextmanager
def empty_place(data: Path) -> Iterator[None]:
    """Inside, the folder is ours. Raises BackupTrouble when it is used, or holds something."""
    data.mkdir(parents=True, exist_ok=True)
    left = sorted(path.name for path in data.iterdir() if path.name not in ALLOWED)
    if left:
        text = _(
            "数据目录 %(path)s 不是空的（有 %(names)s），恢复不会覆盖任何数据。请先停止 Genjin 并把它改名，"
            "例如 mv %(path)s %(path)s.old；或用 GENJIN_DATA 指定另一个空目录。"
        )
        raise BackupTrouble(text % {"path": data, "names": "、".join(left[:4])})
    with only_one(data, _("Genjin 正在使用数据目录 %s：请先停止它。") % data):
        draft = data / _RESTORING
        remove_tree(draft)
        draft.mkdir(mode=0o755)
        try:
            yield
        finally:
            remove_tree(draft)


def check_version(version: str, migrations: list[str]) -> None:
    """Raises BackupTrouble for a backup of a later version than this program."""
    ours = {f"{path.parent.parent.name}.{path.stem}" for path in PACKAGE.glob("*/migrations/[0-9]*.py")}
    areas = {name.partition(".")[0] for name in ours}
    unknown = [name for name in migrations if name.partition(".")[0] in areas and name not in ours]
    if unknown:
        text = _("备份来自更新的版本（%(version)s，含 %(name)s）：请先安装该版本或更新的 Genjin，再恢复。")
        raise BackupTrouble(text % {"version": version, "name": unknown[0]})


def chosen_key(data: Path, fingerprint: object, key: Key) -> str:
    """The secret key to write into the data folder; '' when it is there already, or shall be made at the next start.
    Raises BackupTrouble for a missing or a wrong one, saying what depends on it."""
    if key.new:
        (data / "secret-key").unlink(missing_ok=True)
        return ""
    secret = _read(key.file) if key.file else known_secret_key(data)
    if not secret:
        raise BackupTrouble(_("缺少密钥：备份里不含密钥。") + _how_to_bring())
    if not isinstance(fingerprint, dict) or not fits(secret, fingerprint):
        raise BackupTrouble(_("密钥不对：与备份时使用的不是同一个。") + _how_to_bring())
    return secret if key.file else ""


def copy_files(kept: Path, target: Path) -> None:
    """Stored files out of a backup; never links, so that the backup stays what it is."""
    target.mkdir(mode=0o700, exist_ok=True)
    for path in sorted(kept.rglob("*")) if kept.is_dir() else []:
        if path.is_file():
            copy_file(path, target / path.relative_to(kept))


def put_in_place(draft: Path, data: Path, secret: str) -> None:
    """Renames only: the database comes last, because with it the place counts as used."""
    if secret:
        write_text(data / "secret-key", secret)
    for name in (FILES, "pg"):
        if (draft / name).exists():
            (draft / name).rename(data / name)
    sync_folder(data)


@contextlib.contextmanager
def _new_cluster(draft: Path) -> Iterator[Source]:
    server = postgres.start_for_restore(draft)
    try:
        yield Source.at(server.address)
    finally:
        server.stop()
    postgres.sync_cluster(draft)


def _outside() -> Source:
    source = Source.in_use()
    with source.connect() as connection:
        tables = int(one(connection, "SELECT count(*) FROM pg_stat_user_tables"))
    if tables:
        text = _("DATABASE_URL 指向的数据库不是空的（有 %s 个表），恢复不会覆盖任何数据：请新建一个空数据库。")
        raise BackupTrouble(text % tables)
    return source


def _fill_and_compare(source: Source, backup: Path, manifest: Manifest, parts: Parts, place: Path, tell: Tell) -> None:
    fill(source, backup, place)
    tell(_("比对恢复的内容……"))
    wrong = wrong_with(source, manifest, parts)
    if wrong:
        text = _("恢复的内容与备份不一致：%s。请换用另一个备份。")
        raise Broken(text % "；".join(wrong[:5]))
    tell(_("整理数据库……"))
    analyze = ["--analyze", f"--jobs={cores()}", "--quiet", f"--dbname={source.address}"]
    run("vacuumdb", *analyze, environment=source.environment, place=place)


def _how_to_bring() -> str:
    return _(
        "请把原来的密钥（数据目录里的 secret-key 文件，或 GENJIN_SECRET_KEY）用 --key 文件 指定；"
        "实在找不到时用 --new-key：密码和业务数据不受影响，"
        "但保存的邮件密码、机器人地址和推送须重新设置，所有人须重新登录。"
    )


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError):
        raise BackupTrouble(_("读不出密钥文件 %s。") % path) from None
