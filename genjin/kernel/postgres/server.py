"""Starting and stopping the server. The caller holds the folder's claim and starts it from its main thread."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from genjin.kernel.postgres import archiving, tuning
from genjin.kernel.postgres.account import Account, check_reach, choose_account
from genjin.kernel.postgres.address import WINDOWS, Address, forget_socket_folder, make_socket_folder
from genjin.kernel.postgres.cluster import clean_environment, create_cluster, programs, run_as, write_rules
from genjin.kernel.postgres.leftovers import clear_leftovers, clear_socket, cluster_name, is_ready
from genjin.kernel.postgres.trouble import DatabaseTrouble
from genjin.kernel.processes import is_running, start_child, stop_child, wait_until
from genjin.kernel.words import _

# Recovery after a power cut reads at most max_wal_size again.
_SECONDS_TO_START = 300.0
_THROWAWAY = "genjin-test-"


@dataclass
class Server:
    """A running database server that is our child."""

    folder: Path
    process: subprocess.Popen[bytes]
    stopped: bool = field(default=False)

    @property
    def address(self) -> Address:
        """Where it answers."""
        return Address.of(self.folder)

    def is_alive(self) -> bool:
        """False once it has ended; also reaps it, which its successor's start needs."""
        return self.process.poll() is None

    def stop(self, *, patience: float = 60.0) -> None:
        """Fast stop: open transactions are rolled back, everything committed is on the disk. Then by force."""
        if self.stopped:
            return
        self.stopped = True
        steps = [(signal.SIGTERM, 5.0)] if WINDOWS else [(signal.SIGINT, patience), (signal.SIGQUIT, 5.0)]
        if not stop_child(self.process, steps):
            self.process.kill()
            self.process.wait()
        forget_socket_folder(self.folder)


def start(data: Path, *, create_account: bool = True) -> Server:
    """Start the database of a data folder, making it at the first time. Raises DatabaseTrouble.

    Clears what a killed predecessor left. Returns when it takes connections.
    """
    account = choose_account(data / "pg", create=create_account)
    logs = data / "logs"
    logs.mkdir(exist_ok=True)
    account.own(logs)
    settings = tuning.settings_text(logs) + archiving.settings_text(data.resolve(), account)
    return _start(data.resolve(), account, settings, durable=True)


def start_for_restore(data: Path, *, recovery: str = "", patience: float = _SECONDS_TO_START) -> Server:
    """A server that is filled as fast as possible; a crash of it costs all that it holds. With `recovery` (settings) it
    first brings a base backup that lies in the folder forward. Raises DatabaseTrouble."""
    account = choose_account(data / "pg", create=True)
    settings = tuning.restoring_settings_text() + recovery
    return _start(data.resolve(), account, settings, durable=False, patience=patience)


def sync_cluster(data: Path) -> None:
    """All of a stopped cluster is on the disk when this returns."""
    account = choose_account(data / "pg", create=False)
    run_as(account, [str(programs() / "initdb"), "--sync-only", "-D", str(data / "pg")])


@contextlib.contextmanager
def start_throwaway(copied: Path | None = None) -> Iterator[Server]:
    """A server for tests in a temporary folder, without any care for crashes. Gone at the end. `copied` is the cluster
    of a stopped one to begin with."""
    _remove_abandoned_throwaways()
    folder = Path(tempfile.mkdtemp(prefix=f"{_THROWAWAY}{os.getpid()}-"))
    folder.chmod(0o755)
    server = None
    try:
        account = choose_account(folder / "pg", create=False)
        if copied:
            _copy(copied, folder / "pg", account)
        server = _start(folder, account, tuning.throwaway_settings_text(), durable=False)
        yield server
    finally:
        if server:
            server.stop(patience=5)
        shutil.rmtree(folder, ignore_errors=True)


def _copy(cluster: Path, target: Path, account: Account) -> None:
    shutil.copytree(cluster, target)
    for folder, _folders, files in os.walk(target):
        for name in ("", *files):
            account.own(Path(folder, name))


def _remove_abandoned_throwaways() -> None:
    """The folders of test runs that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_THROWAWAY}*-*"):
        pid = folder.name.removeprefix(_THROWAWAY).partition("-")[0]
        if pid.isdigit() and not is_running(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def _start(
    data: Path, account: Account, settings: str, *, durable: bool, patience: float = _SECONDS_TO_START
) -> Server:
    cluster = data / "pg"
    check_reach(account, data, programs() / "postgres")
    if not cluster.exists():
        create_cluster(cluster, account, durable=durable)
    if not WINDOWS:
        clear_leftovers(cluster, account.uid)
    write_rules(cluster, account, settings)
    with _start_log(data, account) as log:
        process = start_child(
            [str(programs() / "postgres"), "-D", str(cluster), *_listening(data, account)],
            dies_by=signal.SIGINT,
            output=log,
            cwd=None if WINDOWS else "/",
            env=clean_environment(),
            **account.identity,
        )
    server = Server(data, process)
    _await(server, cluster, patience)
    return server


def _listening(data: Path, account: Account) -> list[str]:
    if WINDOWS:
        port = _free_port()
        (data / "pg-port").write_text(str(port))
        options = ["listen_addresses=127.0.0.1", f"port={port}"]
    else:
        folder = make_socket_folder(data)
        account.own(folder)
        clear_socket(folder)
        options = ["listen_addresses=", f"unix_socket_directories={folder}", "unix_socket_permissions=0700"]
        options += ["port=5432"]
    options += [f"cluster_name={cluster_name(data / 'pg')}"]
    return [word for option in options for word in ("-c", option)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _start_log(data: Path, account: Account) -> IO[bytes]:
    path = data / "postgres-start.log"
    file = path.open("wb")
    account.own(path)
    return file


def _await(server: Server, cluster: Path, patience: float) -> None:
    def settled() -> bool:
        return not server.is_alive() or is_ready(cluster, server.process.pid)

    try:
        ready = wait_until(settled, patience) and server.is_alive()
    except BaseException:
        server.stop()
        raise
    if not ready:
        server.stop(patience=5)
        said = (server.folder / "postgres-start.log").read_text(errors="replace").strip().splitlines()[-3:]
        raise DatabaseTrouble(_("数据库没有启动：%(said)s") % {"said": " ".join(said)})
