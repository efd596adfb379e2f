"""The stored files of a backup: every file below the data folder's `files`, and whether those that the database knows
are whole.

Files are copied after the database's moment: what it knows lies there already, and bytes of removed files stay for a
month. A file never changes, so one that an earlier backup holds with the same content is linked, not copied.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from genjin.backups.storage.contents import has
from genjin.backups.storage.disk import copy_file, sha256_of
from genjin.backups.storage.manifest import FILES
from genjin.backups.storage.source import Connection
from genjin.kernel.words import _

Parts = dict[str, tuple[int, str]]
"""{path inside the backup: (size, hash)}"""
_KNOWN = "SELECT stored_as, sha256, name FROM kernel_file WHERE removed_at IS NULL ORDER BY id"


def keep_files(live: Path, draft: Path, earlier: Path | None, watch: Callable[[], None]) -> Parts:
    """Copy or link all files into the backup in the making."""
    parts: Parts = {}
    for path in _all_below(live):
        watch()
        name = f"{FILES}/{path.relative_to(live).as_posix()}"
        try:
            parts[name] = _keep(path, draft / name, earlier / name if earlier else None)
        except FileNotFoundError:
            continue  # swept meanwhile: nothing knows it any more, else `faults_of` tells
    return parts


def faults_of(connection: Connection, parts: Mapping[str, tuple[int, str]]) -> list[str]:
    """What is wrong with files that the database knows, as this connection sees it."""
    if not has(connection, "kernel_file"):
        return []
    faults = []
    for stored_as, sha256, name in connection.execute(_KNOWN):
        part = parts.get(f"{FILES}/{stored_as}")
        if part is None:
            faults.append(_("附件「%s」的文件不见了") % name)
        elif part[1] != sha256:
            faults.append(_("附件「%s」的文件已损坏") % name)
    return faults


def _all_below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
            yield path


def _keep(path: Path, target: Path, earlier: Path | None) -> tuple[int, str]:
    size = path.stat().st_size
    if earlier is not None and earlier.is_file() and earlier.stat().st_size == size:
        digest = sha256_of(path)
        # The earlier copy is read too: a damaged one must not spread.
        if digest == sha256_of(earlier) and _linked(earlier, target):
            return size, digest
    return copy_file(path, target)


def _linked(earlier: Path, target: Path) -> bool:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        os.link(earlier, target)
    except OSError:
        return False  # a file system without links, or too many of them
    return True
