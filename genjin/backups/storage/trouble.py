"""What goes wrong with backups, in one sentence that says how to mend it."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

import psycopg

from genjin.kernel.postgres import DatabaseTrouble
from genjin.kernel.words import _

FULL = "No space left on device"


class BackupTrouble(DatabaseTrouble):
    """A backup, a check or a restore cannot be done."""


class Broken(BackupTrouble):
    """This is no backup, or it is damaged."""


def full(folder: Path) -> BackupTrouble:
    """The disk of this folder is full."""
    return BackupTrouble(
        _("磁盘已满：%(path)s 所在的磁盘没有足够空间，没有留下半个备份，旧备份都在。请清理磁盘或换一个目录。")
        % {"path": folder}
    )


@contextlib.contextmanager
def disk_troubles(folder: Path) -> Iterator[None]:
    """Inside, what the disk refuses becomes a BackupTrouble, and so does a database that goes away."""
    try:
        yield
    except psycopg.Error as error:
        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise BackupTrouble(_("数据库中断：%(said)s。请稍后再试。") % {"said": said}) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise full(folder) from error
        if isinstance(error, PermissionError) or error.errno == errno.EROFS:
            place = error.filename or folder
            raise BackupTrouble(_("没有权限写入 %(path)s：请修改其权限或换一个目录。") % {"path": place}) from error
        raise
