"""Files that survive a power cut, hashes of files, a lock on a folder."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from genjin.backups.storage.trouble import BackupTrouble
from genjin.kernel.postgres import Claim

CHUNK = 1 << 20


def sha256_of(path: Path) -> str:
    """The hash of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_file(source: Path, target: Path) -> tuple[int, str]:
    """(size, hash) of what was written to a new file, which is on the disk when this returns."""
    size, digest = 0, hashlib.sha256()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with source.open("rb") as given, target.open("xb") as made:
        target.chmod(0o600)
        while piece := given.read(CHUNK):
            size += len(piece)
            digest.update(piece)
            made.write(piece)
        made.flush()
        os.fsync(made.fileno())
    return size, digest.hexdigest()


def write_json(path: Path, facts: Any) -> None:
    """A whole file or none: written aside, on the disk, renamed."""
    write_text(path, json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def write_text(path: Path, text: str) -> None:
    """A whole file or none."""
    draft = path.with_name(f".{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_tree(folder: Path) -> None:
    """Everything below a folder is on the disk when this returns."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        elif path.is_dir():
            sync_folder(path)
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """The names in a folder are on the disk. Windows knows no such thing."""
    with contextlib.suppress(PermissionError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder; what vanishes meanwhile does not count."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += path.stat().st_size if path.is_file() else 0
    return total


def remove_tree(folder: Path) -> None:
    """Take a folder away; what cannot go stays for the next try."""
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def only_one(folder: Path, words: str) -> Iterator[None]:
    """Inside, nobody else works in this folder. Raises BackupTrouble with these words when somebody does."""
    try:
        claim = Claim.take(folder)
    except BlockingIOError:
        raise BackupTrouble(words) from None
    with claim:
        yield
