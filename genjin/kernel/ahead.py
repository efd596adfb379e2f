"""Long work in steps: while one step is written here, the next ones are made by a process of their own, a copy of this
one. Where the system has no such copies, or the copy ends before its time, nothing is made ahead.

A copy writes nothing to the database: whoever kills it, or us (it dies with us), loses nothing.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from django.db import connection, connections

from genjin.kernel.processes import LINUX, end_with_parent

logger = logging.getLogger(__name__)

AHEAD = 3
PATIENCE = 120.0
_WRITTEN, _AGAIN = b"w", b"a"
T = TypeVar("T")
Make = Callable[["Pace"], Iterator[T]]


class Again(BaseException):
    """What is being made is not wanted any more: others have written, or a step was refused."""


class Pace:
    """In the process that makes steps: how many of them wait to be written there."""

    def __init__(self, told: Connection[bytes, bytes]) -> None:
        self._told = told
        self._waiting = 0

    def settled(self) -> None:
        """Wait until all that was made is written. Raises Again."""
        self._until(0)

    def sent(self) -> None:
        """One more is on its way; wait while too many are. Raises Again."""
        self._waiting += 1
        self._until(AHEAD - 1)

    def idle(self) -> None:
        """Nothing is left to be made. Raises Again, as soon as something is."""
        self._until(-1)

    def anew(self) -> None:
        """Nothing that was made counts."""
        self._waiting = 0

    def _until(self, most: int) -> None:
        while self._waiting > most or self._told.poll():
            if self._told.recv_bytes() == _AGAIN:
                raise Again
            self._waiting -= 1


class Steps(Generic[T]):
    """In the process that writes: what is made ahead, in order. `complete`: all was taken that there is."""

    def __init__(self) -> None:
        self.complete = False
        self._tell: Connection[bytes, bytes] | None = None
        self._made: SimpleQueue[tuple[int, list[T]] | None] = SimpleQueue()
        self._turn = 0
        self._process: Any = None

    def take(self) -> T | None:
        """The next step, as soon as it is made; None when none is left, or none is made ahead any more."""
        while self._process is not None:
            try:
                found = self._made.get(timeout=PATIENCE)
            except Empty:
                found = None
            if found is None:
                logger.warning("steps are not made ahead any more")
                self.end()
            elif found[0] == self._turn:
                self.complete = not found[1]
                return found[1][0] if found[1] else None
        return None

    def written(self) -> None:
        """The step that was taken is written."""
        self._say(_WRITTEN)

    def again(self) -> None:
        """Steps are to be made anew, of what stands in the database now; those made already do not count."""
        self._turn += 1
        self._say(_AGAIN)

    def begin(self, make: Make[T]) -> None:
        """Start the process."""
        context = get_context("fork")
        told, self._tell = context.Pipe(duplex=False)
        made, out = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_work, args=(make, told, out, (self._tell, made), os.getpid()), name="ahead"
        )
        connection.close()
        self._process.start()
        told.close()
        out.close()
        threading.Thread(target=_receive, args=(made, self._made), name="ahead", daemon=True).start()

    def end(self) -> None:
        """End the process; what it made is dropped."""
        process, self._process = self._process, None
        if process is not None and self._tell is not None:
            process.kill()
            process.join()
            self._tell.close()

    def _say(self, what: bytes) -> None:
        if self._process is not None and self._tell is not None:
            try:
                self._tell.send_bytes(what)
            except OSError:  # it has ended; `take` finds out
                return


@contextmanager
def ahead(make: Make[T]) -> Iterator[Steps[T]]:
    """The steps of `make(pace)`, made ahead; it is called once more whenever steps are wanted anew. Outside a
    transaction: the other process sees what is committed."""
    steps: Steps[T] = Steps()
    try:
        if LINUX:
            steps.begin(make)
        yield steps
    finally:
        steps.end()


def _receive(made: Connection[Any, Any], queue: SimpleQueue[Any]) -> None:
    """In a thread, so that whoever makes steps need not wait until one is wanted."""
    with made:
        try:
            while True:
                queue.put(made.recv())
        except (EOFError, OSError):
            queue.put(None)


def _work(
    make: Make[T],
    told: Connection[bytes, bytes],
    out: Connection[Any, Any],
    theirs: Iterable[Connection[Any, Any]],
    parent: int,
) -> None:
    """All that the other process does."""
    for each in theirs:
        each.close()
    _stand_alone(parent)
    pace, turn = Pace(told), 0
    while True:
        try:
            for step in make(pace):
                out.send((turn, [step]))
                pace.sent()
            out.send((turn, []))
            pace.idle()
        except Again:
            turn += 1
            pace.anew()
        except (EOFError, OSError):
            sys.exit()


def _stand_alone(parent: int) -> None:
    """What belongs to the process that this one was copied from is left to it: its signals and connections."""
    end_with_parent(signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for each in connections.all():
        each.settings_dict["OPTIONS"] = {k: v for k, v in each.settings_dict["OPTIONS"].items() if k != "pool"}
