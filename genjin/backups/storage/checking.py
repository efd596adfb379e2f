"""Is a backup what it was? First every byte of it, then a trial: restored into a scratch server and compared."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from genjin.backups.storage.attachments import Parts, faults_of
from genjin.backups.storage.contents import contents_of, differences
from genjin.backups.storage.disk import sha256_of
from genjin.backups.storage.ledger import first_broken
from genjin.backups.storage.manifest import SUMS, Manifest, damaged
from genjin.backups.storage.places import Kept, look_at, note_verified
from genjin.backups.storage.scratch import check_space, fill, trial_server
from genjin.backups.storage.source import Source
from genjin.backups.storage.trouble import Broken
from genjin.kernel.environment import data_folder
from genjin.kernel.words import _

Tell = Callable[[str, int], None]


def check_parts(backup: Path, tell: Callable[[], None] = lambda: None) -> tuple[Manifest, Parts]:
    """Read every byte. Raises Broken for what is no backup, or is damaged, with the parts that are."""
    manifest = Manifest.read(backup)
    try:
        sums = (backup / SUMS).read_bytes()
    except OSError:
        raise damaged(backup, [SUMS]) from None
    if hashlib.sha256(sums).hexdigest() != manifest.parts:
        raise damaged(backup, [SUMS])
    parts: Parts = {}
    wrong = []
    for line in sums.decode().splitlines():
        tell()
        digest, _gap, name = line.partition("  ")
        path = backup / name
        if not path.is_file() or sha256_of(path) != digest:
            wrong.append(name)
        else:
            parts[name] = (path.stat().st_size, digest)
    if wrong:
        raise damaged(backup, wrong)
    return manifest, parts


def verify_backup(backup: Path, *, tell: Tell = lambda _step, _percent: None) -> Kept:
    """Restore it for trial, compare, note the result beside it. Raises Broken, or BackupTrouble when the trial cannot
    be made."""
    began = time.monotonic()
    manifest, parts = check_parts(backup, lambda: tell(_("核对备份文件"), 2))
    data = data_folder()
    check_space(data, backup)
    with trial_server(data) as source:
        fill(source, backup, data, lambda: tell(_("试恢复数据库"), 10))
        wrong = wrong_with(source, manifest, parts, lambda: tell(_("比对恢复的内容"), 80))
    words = "；".join(wrong[:5])
    note_verified(backup, manifest, datetime.now(UTC), time.monotonic() - began, words)
    if wrong:
        raise Broken(_("备份 %(name)s 恢复后与原来不一致：%(what)s") % {"name": backup.name, "what": words})
    return look_at(backup)


def wrong_with(source: Source, manifest: Manifest, parts: Parts, watch: Callable[[], None] = lambda: None) -> list[str]:
    """What a restored database has otherwise than the backup says."""
    wrong = differences(manifest.contents, contents_of(source, None, watch))
    with source.connect() as connection:
        broken = first_broken(connection)
        if broken is not None:
            wrong.append(_("操作日志从第 %s 条起不连续") % broken)
        wrong += [fault for fault in faults_of(connection, parts) if fault not in manifest.faults]
    return wrong
