"""Running PostgreSQL's programs: watched while they run, ended with us, their last words in the refusal."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from genjin.backups.storage.trouble import FULL, BackupTrouble, full
from genjin.kernel.postgres.cluster import programs
from genjin.kernel.processes import start_child
from genjin.kernel.words import _

_TICK = 0.1
_NICE = 10
Watch = Callable[[], None]


def run(
    program: str, *arguments: str | Path, environment: Mapping[str, str], place: Path, watch: Watch = lambda: None
) -> None:
    """Run one to its end; `place` is where it writes, for words about a full disk. What `watch` raises ends it.
    Raises BackupTrouble with what it said."""
    command = [str(programs() / program), *map(str, arguments)]
    with tempfile.TemporaryFile() as said:
        child = start_child(command, dies_by=signal.SIGKILL, output=said, env=dict(environment))
        try:
            give_way(child.pid)
            while not _ended(child):
                watch()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        if child.returncode != 0:
            said.seek(0)
            raise _trouble(program, said.read().decode(errors="replace"), place)


def give_way(pid: int) -> None:
    """People at work go before this process of ours."""
    with contextlib.suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, pid, _NICE)


def _ended(child: subprocess.Popen[bytes]) -> bool:
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(_TICK)
    return child.returncode is not None


def _trouble(program: str, said: str, place: Path) -> BackupTrouble:
    if FULL in said:
        return full(place)
    lines = [line for line in said.strip().splitlines() if "error" in line.lower()] or said.strip().splitlines()
    return BackupTrouble(_("%(program)s 失败：%(said)s") % {"program": program, "said": " ".join(lines[:2])})
