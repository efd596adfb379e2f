"""As whom the database runs: ourselves, or for root a system account, because PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from genjin.kernel.postgres.trouble import DatabaseTrouble
from genjin.kernel.words import _

if sys.platform != "win32":
    import pwd

SERVICE = "genjin"


class ProcessIdentity(TypedDict, total=False):
    """The arguments of Popen that change the user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """The operating system's user that owns the cluster. `other` is true when it is not ourselves."""

    name: str
    uid: int
    gid: int
    other: bool

    @property
    def identity(self) -> ProcessIdentity:
        """Arguments for Popen that start a process as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.other else {}

    def own(self, path: Path) -> None:
        """Give a file or folder to this account."""
        if self.other:
            os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Can this account enter the folder or run the file? Asked of the kernel itself, so that ACLs count."""
        if not self.other:
            return os.access(path, os.X_OK)
        question = ["/bin/sh", "-c", 'test -x "$0"', str(path)]
        return subprocess.run(question, **self.identity, cwd="/", check=False).returncode == 0


def choose_account(cluster: Path, *, create: bool) -> Account:
    """The account for this cluster: its owner, else (as root) `genjin` or `nobody`, else ourselves.

    `create` allows adding the system user `genjin`.
    """
    if sys.platform == "win32":
        return Account(os.environ.get("USERNAME", ""), 0, 0, other=False)
    if os.geteuid() != 0:
        return _by_id(os.geteuid(), other=False)
    if cluster.exists() and cluster.stat().st_uid != 0:
        return _by_id(cluster.stat().st_uid, other=True)
    return _by_name(SERVICE) or (_add_service_account() if create else None) or _nobody()


def check_reach(account: Account, *paths: Path) -> None:
    """Raises DatabaseTrouble when the account cannot get to one of the paths."""
    for path in paths:
        if not account.reaches(path):
            raise DatabaseTrouble(
                _(
                    "数据库以系统用户 %(account)s 运行，但该用户无法访问 %(path)s：请把程序和数据目录放到"
                    " root 主目录之外，例如程序放在 /opt/genjin，数据用 GENJIN_DATA=/var/lib/genjin。"
                )
                % {"account": account.name, "path": path}
            )


if sys.platform != "win32":

    def _by_id(uid: int, *, other: bool) -> Account:
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            raise DatabaseTrouble(
                _("系统中没有编号为 %(uid)s 的用户：请在 /etc/passwd 中添加该用户，或换一个用户运行。") % {"uid": uid}
            ) from None
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, other=other)

    def _by_name(name: str) -> Account | None:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            return None
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, other=True)

    def _nobody() -> Account:
        account = _by_name("nobody")
        if account is None or account.uid == 0:
            raise DatabaseTrouble(_("数据库不能以 root 运行：请先创建系统用户 genjin（useradd --system genjin）。"))
        return account

    def _add_service_account() -> Account | None:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVICE]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=20)
        except (OSError, subprocess.SubprocessError):
            return None  # a read-only /etc, no useradd: `nobody` serves as well
        return _by_name(SERVICE)
