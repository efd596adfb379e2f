"""The archive of changes: every piece of the write-ahead log is copied to another folder, packed, before it is reused.

Switched on by GENJIN_WAL_ARCHIVE. The data folder remembers the place, so that a command started without the variable
leaves no gap; `off` ends it.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

from genjin.kernel.postgres.account import Account
from genjin.kernel.postgres.address import WINDOWS
from genjin.kernel.postgres.cluster import clean_environment, programs
from genjin.kernel.postgres.trouble import DatabaseTrouble
from genjin.kernel.postgres.tuning import quoted
from genjin.kernel.words import _

OFF = "off"
SECONDS = 60
_NOTE = "wal-archive"


def archive_folder(data: Path) -> Path | None:
    """Where the archive of this data folder is; None when there is none."""
    given = os.environ.get("GENJIN_WAL_ARCHIVE", "").strip()
    if given:
        return None if given == OFF else Path(given).absolute()
    try:
        return Path((data / _NOTE).read_text().strip())
    except OSError:
        return None


def wal_folder(archive: Path) -> Path:
    """The pieces of the log."""
    return archive / "wal"


def settings_text(data: Path, account: Account) -> str:
    """Settings that switch the archive on or off; remembers which. Raises DatabaseTrouble for a place that the server
    cannot write to."""
    archive = archive_folder(data)
    note = data / _NOTE
    if archive is None:
        note.unlink(missing_ok=True)
        return ""
    if WINDOWS:
        raise DatabaseTrouble(_("Windows 上不支持 GENJIN_WAL_ARCHIVE：请去掉这个设置。"))
    _prepare(archive, account)
    _check_owner(archive, data / "pg")
    note.write_text(str(archive))
    for path in (data / "pg").glob("*.json"):
        account.own(path)  # a base copy is refused when one of the files cannot be read
    command = quoted(_archive_command(wal_folder(archive)))
    return f"archive_mode = on\narchive_timeout = {SECONDS}\narchive_command = {command}\n"


def restore_command(archive: Path) -> str:
    """What fetches a piece of the log back."""
    wal = _for_shell(wal_folder(archive))
    return f'gzip -dc {wal}/%f.gz > "%p"'


def _archive_command(wal_folder: Path) -> str:
    """Written aside, on the disk, renamed. A piece that is there already must be the same: then it is done."""
    wal = _for_shell(wal_folder)
    return (
        f'if [ -f {wal}/%f.gz ]; then gzip -dc {wal}/%f.gz | cmp -s - "%p";'
        f' else gzip -1 -c "%p" > {wal}/.%f.new && sync {wal}/.%f.new && mv {wal}/.%f.new {wal}/%f.gz; fi'
    )


def _for_shell(path: Path) -> str:
    """A percent sign would be read as a place holder."""
    return shlex.quote(str(path)).replace("%", "%%")


def _prepare(archive: Path, account: Account) -> None:
    wal = wal_folder(archive)
    try:
        archive.mkdir(parents=True, exist_ok=True, mode=0o711)
        wal.mkdir(exist_ok=True, mode=0o700)
        account.own(wal)
    except OSError as error:
        text = _("无法使用 GENJIN_WAL_ARCHIVE 指定的目录 %(path)s：%(said)s")
        raise DatabaseTrouble(text % {"path": archive, "said": error.strerror}) from None
    if not account.reaches(wal):
        text = _("数据库的系统用户 %(account)s 无法访问 %(path)s：请把 GENJIN_WAL_ARCHIVE 放到它能进入的目录。")
        raise DatabaseTrouble(text % {"account": account.name, "path": wal})


def _check_owner(archive: Path, cluster: Path) -> None:
    """An archive belongs to one cluster: pieces of two have the same names. Raises DatabaseTrouble."""
    mark = archive / "system"
    known = mark.read_text().strip() if mark.exists() else ""
    ours = _identity(cluster)
    if ours and not known:
        mark.write_text(ours)
    elif known != ours:
        text = _("GENJIN_WAL_ARCHIVE 指定的目录 %s 属于另一个数据库：请指定一个空目录，旧归档留着备用。")
        raise DatabaseTrouble(text % archive)


def _identity(cluster: Path) -> str:
    """The number that PostgreSQL gave the cluster when it was made; '' before that."""
    if not cluster.exists():
        return ""
    command = [str(programs() / "pg_controldata"), "-D", str(cluster)]
    said = subprocess.run(command, env=clean_environment(), capture_output=True, text=True, check=False).stdout
    found = re.search(r"system identifier:\s+(\d+)", said)
    return found[1] if found else ""
