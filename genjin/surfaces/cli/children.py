"""A process of `serve`, and keeping it alive: started again when it dies, later and later."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from genjin.kernel.postgres import DatabaseTrouble
from genjin.kernel.processes import start_child, stop_child

_LONGEST_WAIT = 30.0
_STEADY_AFTER = 60.0


class Running(Protocol):
    """What can be kept alive: a child process, the database server."""

    def is_alive(self) -> bool:
        """False once it has ended; reaps it."""
        ...

    def stop(self) -> None:
        """Stop it, by force after a while. Also clears what is left of one that has died."""
        ...


class Child:
    """One of our own modules as a process, with all that it starts."""

    def __init__(self, module: str, arguments: Sequence[str] = (), *, patience: float, insist: bool = False) -> None:
        self.patience, self.insist = patience, insist
        # A death of ours must not leave it working against a database that is going down.
        command = [sys.executable, "-P", "-m", module, *arguments]
        self._process = start_child(command, dies_by=signal.SIGKILL)

    @property
    def pid(self) -> int:
        """Its process id; that of its session too."""
        return self._process.pid

    def is_alive(self) -> bool:
        """False once it has ended; reaps it."""
        return self._process.poll() is None

    def stop(self) -> None:
        """SIGTERM, and after its patience SIGKILL to all of its session."""
        deadline = time.monotonic() + self.patience
        while not stop_child(self._process, [(signal.SIGTERM, 0.5 if self.insist else self.patience)]):
            if time.monotonic() > deadline:
                break
            # granian's processes forget a SIGTERM that comes while they load the application.
            self._signal_all(signal.SIGTERM)
        self.kill()

    def kill(self) -> None:
        """End it and all that it started, at once."""
        self._signal_all(signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)

    def _signal_all(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)


@dataclass
class Kept:
    """Something that must run: `start` makes it, `tick` makes it again after it has died."""

    name: str
    start: Callable[[], Running]
    tell: Callable[[str], None]
    running: Running | None = None
    failures: int = 0
    since: float = 0.0
    next_try: float = 0.0

    def begin(self) -> None:
        """The first start. Raises what `start` raises."""
        self.running = self.start()
        self.since = time.monotonic()

    def tick(self) -> None:
        """Look after it; to be called a few times a second."""
        now = time.monotonic()
        if self.running and self.running.is_alive():
            if now - self.since > _STEADY_AFTER:
                self.failures = 0
            return
        if self.running:
            self.running.stop()
            self.running = None
            self._wait_longer(now, "ended")
        if now >= self.next_try:
            self._try_again(now)

    def stop(self) -> None:
        """Stop it for good."""
        if self.running:
            self.running.stop()
            self.running = None

    def _try_again(self, now: float) -> None:
        try:
            self.begin()
        except (DatabaseTrouble, OSError) as trouble:
            self._wait_longer(now, str(trouble))
        else:
            self.tell(f"{self.name}: started again")

    def _wait_longer(self, now: float, reason: str) -> None:
        wait = 0.0 if self.failures == 0 else min(0.5 * 2.0**self.failures, _LONGEST_WAIT)
        self.failures += 1
        self.next_try = now + wait
        self.tell(f"{self.name}: {reason}" + (f"; next try in {wait:.0f} s" if wait else ""))
