"""Long work in steps: while one step is written here, the next ones are made by processes of their own, copies of this
one. Where the system has no such copies, or a copy ends before its time, nothing is made ahead.

A copy writes nothing to the database: whoever kills it, or us (it dies with us), loses nothing.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
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
    """In a process that makes steps: how many of them wait to be written. Of several processes each makes the steps
    whose number, divided by `of`, leaves `place`."""

    def __init__(self, told: Connection[bytes, bytes], place: int, of: int) -> None:
        self.place, self.of = place, of
        self._told = told
        self._waiting = 0

    def settled(self) -> None:
        """Wait until all that was made here is written. Raises Again."""
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
        self._makers: list[_Maker[T]] = []
        self._turn = self._next = self._last = 0

    def take(self) -> T | None:
        """The next step, as soon as it is made; None when none is left, or none is made ahead any more."""
        if not self._makers:
            return None
        found = self._makers[self._next].take(self._turn)
        if found is None:
            logger.warning("steps are not made ahead any more")
            self.end()
            return None
        self._last, self._next = self._next, (self._next + 1) % len(self._makers)
        self.complete = not found
        return found[0] if found else None

    def written(self) -> None:
        """The step that was taken last is written."""
        if self._makers:
            self._makers[self._last].tell(_WRITTEN)

    def again(self) -> None:
        """Steps are to be made anew, of what stands in the database now; those made already do not count."""
        self._turn, self._next = self._turn + 1, 0
        for maker in self._makers:
            maker.tell(_AGAIN)

    def begin(self, make: Make[T], processes: int) -> None:
        """Start the processes."""
        connection.close()
        for place in range(processes):
            self._makers.append(_Maker(make, place, processes))

    def end(self) -> None:
        """End the processes; what they made is dropped."""
        makers, self._makers = self._makers, []
        for maker in makers:
            maker.end()


class _Maker(Generic[T]):
    """One process as we see it, and what it has made."""

    def __init__(self, make: Make[T], place: int, of: int) -> None:
        context = get_context("fork")
        told, self._tell = context.Pipe(duplex=False)
        made, out = context.Pipe(duplex=False)
        arguments = (make, Pace(told, place, of), out, (self._tell, made), os.getpid())
        self._process = context.Process(target=_work, args=arguments, name="ahead", daemon=True)
        self._process.start()
        told.close()
        out.close()
        self._made: SimpleQueue[tuple[int, list[T]] | None] = SimpleQueue()
        threading.Thread(target=_receive, args=(made, self._made), name="ahead", daemon=True).start()

    def take(self, turn: int) -> list[T] | None:
        """The next step of this turn; [] when there is none, None when the process is gone or says nothing."""
        try:
            while (found := self._made.get(timeout=PATIENCE)) is not None:
                if found[0] == turn:
                    return found[1]
        except Empty:
            pass
        return None

    def tell(self, what: bytes) -> None:
        """Say something; nobody listens any more where it has ended, as `take` finds out."""
        with suppress(OSError):
            self._tell.send_bytes(what)

    def end(self) -> None:
        """At once: it holds nothing that could be lost."""
        self._process.kill()
        self._process.join()
        self._tell.close()


@contextmanager
def ahead(make: Make[T], processes: int = 1) -> Iterator[Steps[T]]:
    """The steps of `make(pace)`, made ahead; it is called once more whenever steps are wanted anew. Outside a
    transaction: the other processes see what is committed."""
    steps: Steps[T] = Steps()
    try:
        if LINUX:
            steps.begin(make, processes)
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
    make: Make[T], pace: Pace, out: Connection[Any, Any], theirs: Iterable[Connection[Any, Any]], parent: int
) -> None:
    """All that the other process does."""
    for each in theirs:
        each.close()
    _stand_alone(parent)
    turn = 0
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
