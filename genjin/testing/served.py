"""For tests that run `genjin serve` as a user does: a clean environment, a free port, its words."""

from __future__ import annotations

import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from django.db import connection

from genjin.kernel.postgres.leftovers import cluster_name
from genjin.kernel.processes import all_processes

PATIENCE = 900.0
"""Seconds after which a test gives up what it waits for; machines are slow, and busy with other things."""


def clean_environment(**more: str) -> dict[str, str]:
    """Our environment without what the test run has set."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GENJIN_", "PYTEST_")) and name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    }
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "GENJIN_LANGUAGE": "zh", **more}


def free_port() -> int:
    """A port that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def read_until(process: subprocess.Popen[str], wanted: str, *, seconds: float = PATIENCE) -> str:
    """What the process prints up to the line with these words; all that it printed when they never came."""
    assert process.stdout is not None
    seen, deadline = "", time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while wanted not in seen and time.monotonic() < deadline:
            if selector.select(timeout=1):
                line = os.read(process.stdout.fileno(), 65536).decode()
                if not line:
                    break
                seen += line
    return seen


class Serving:
    """One `genjin serve` on a data folder, with the processes below it."""

    def __init__(self, data: Path, port: int, *options: str, **settings: str) -> None:
        self.data, self.port = data, port
        command = [sys.executable, "-P", "-m", "genjin.surfaces.cli", "serve", "--port", str(port), *options]
        env = clean_environment(GENJIN_DATA=str(data), **settings)
        self.process = subprocess.Popen(
            command, cwd="/", env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def child(self, words: str) -> int:
        """The process directly below the supervisor whose command line has these words; 0 when there is none."""
        below = children_of(self.process.pid)
        return next((pid for pid, _owner, command in all_processes() if pid in below and words in command), 0)

    def stop(self, number: signal.Signals = signal.SIGTERM, *, seconds: float = PATIENCE) -> int:
        """Send the signal and wait; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        if self.process.stdout:
            self.process.stdout.close()
        return self.process.wait(seconds)

    def left_over(self) -> list[str]:
        """Command lines of processes of this installation that are still alive."""
        marks = (f" {self.port} ", f"{self.data}/", cluster_name(self.data / "pg"))
        return [command for _pid, _owner, command in all_processes() if any(mark in command for mark in marks)]


def somebody_waits_for_us() -> bool:
    """Whether another connection to the database waits for what this one has locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))")
        return cursor.fetchone() is not None


def children_of(parent: int) -> set[int]:
    """The direct children of a process. Linux only."""
    found = set()
    for pid, _owner, _command in all_processes():
        try:
            facts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(facts[1]) == parent:
            found.add(pid)
    return found
