"""The start rule: what an earlier database server of this folder may have left, and when it may be cleared away.

Only the holder of the folder's claim may call this. A process of the server is known by its command line: that can
be read in containers too, where root may not look at another user's working folder or program file.
"""

from __future__ import annotations

import hashlib
import os
import signal
from pathlib import Path

from genjin.kernel.postgres.trouble import DatabaseTrouble
from genjin.kernel.processes import all_processes, is_running, stop_process, wait_until
from genjin.kernel.words import _

# Without a postmaster its children end by themselves, at the latest when their statement does.
_SECONDS_TO_END_ALONE = 5.0
_ORPHAN_PATIENCE = [(signal.SIGINT, 60.0), (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)]


def clear_leftovers(cluster: Path, uid: int) -> None:
    """Stop an orphaned server of this cluster, then remove its lock file. Raises DatabaseTrouble.

    The lock file also guards the shared memory of a killed server's children, so none of them may be alive when
    it goes: two generations writing the same files would destroy them.
    """
    postmaster = written_pid(cluster)
    if postmaster in parts_of(cluster, uid):
        # Its parent was killed: it is ending (Linux), or it waits for us to say so (macOS).
        stop_process(postmaster, _ORPHAN_PATIENCE)
    if not wait_until(lambda: not parts_of(cluster, uid), _SECONDS_TO_END_ALONE):
        for pid in parts_of(cluster, uid):
            stop_process(pid, [(signal.SIGKILL, 5.0)])
    left = parts_of(cluster, uid)
    if left:
        raise DatabaseTrouble(
            _("上次的数据库进程 %(pids)s 无法结束：请结束它们（kill），或重启机器，然后再试。")
            % {"pids": ", ".join(map(str, left))}
        )
    # Stale by now, whatever stands in it: a dead or reused process id, a zombie, or nothing after a power cut.
    _lock_file(cluster).unlink(missing_ok=True)


def clear_socket(folder: Path) -> None:
    """Remove the sockets in our own folder, with their lock files. Only when no server of the cluster is alive."""
    for path in folder.glob(".s.PGSQL.*"):
        path.unlink(missing_ok=True)


def written_pid(cluster: Path) -> int:
    """The process id in the cluster's lock file; 0 when there is none."""
    try:
        return int(_lock_file(cluster).read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return 0


def is_ready(cluster: Path, pid: int) -> bool:
    """Has this server written that it takes connections? (Line 8 of its lock file, as pg_ctl reads it.)"""
    try:
        lines = _lock_file(cluster).read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready" and is_running(pid)


def cluster_name(cluster: Path) -> str:
    """The name that PostgreSQL shows in the titles of all its processes; different for each data folder."""
    return "genjin-" + hashlib.sha256(os.fsencode(cluster.resolve())).hexdigest()[:12]


def parts_of(cluster: Path, uid: int) -> list[int]:
    """The processes of the database server of that cluster: the postmaster and its children."""
    return [pid for pid, owner, command in all_processes() if owner == uid and _belongs(command, cluster)]


def _belongs(command: str, cluster: Path) -> bool:
    """The postmaster names the folder in its arguments, its children the cluster in their titles."""
    if command.startswith(f"postgres: {cluster_name(cluster)}: "):
        return True
    program, _separator, arguments = command.partition(" -D ")
    return program.endswith("/postgres") and arguments.startswith(f"{cluster} ")


def _lock_file(cluster: Path) -> Path:
    return cluster / "postmaster.pid"
