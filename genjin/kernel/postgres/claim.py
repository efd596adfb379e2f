"""The claim on a data folder: at most one process tree runs its database. Lives as long as the claiming process."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import IO

from genjin.kernel.postgres.trouble import DatabaseTrouble
from genjin.kernel.words import _

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class Claim:
    """An exclusive lock on `<data>/genjin.lock`; freed by the operating system when we die, however we die."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    @classmethod
    def take(cls, data: Path) -> Claim:
        """Claim the folder. Raises DatabaseTrouble when it cannot be written; BlockingIOError when it is claimed."""
        try:
            # Customers' files lie below. As root another user, the database's, must be able to pass through.
            data.mkdir(
                parents=True, exist_ok=True, mode=0o711 if hasattr(os, "geteuid") and os.geteuid() == 0 else 0o700
            )
            descriptor = os.open(data / "genjin.lock", os.O_RDWR | os.O_CREAT, 0o644)
        except (PermissionError, FileExistsError, NotADirectoryError):
            raise DatabaseTrouble(
                _("数据目录 %(path)s 不可写：请修改其权限，或用 GENJIN_DATA 指定另一个目录。") % {"path": data}
            ) from None
        file = os.fdopen(descriptor, "r+")
        try:
            _lock(file)
        except OSError:
            file.close()
            raise BlockingIOError(str(data)) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        return cls(file)

    def __enter__(self) -> Claim:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()

    def release(self) -> None:
        """Free the folder for others."""
        self._file.close()


def holder(data: Path) -> str:
    """The process id that the present claim wrote, for messages only."""
    try:
        return (data / "genjin.lock").read_text().strip()
    except OSError:
        return ""


def _lock(file: IO[str]) -> None:
    if sys.platform == "win32":
        # Far behind the text, because Windows forbids others to read what is locked.
        file.seek(1 << 20)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)
    else:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
