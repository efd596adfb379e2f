"""Long work in steps: while one step is written, by a thread with a connection of its own, the next one is made."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Generic, Self, TypeVar

from django.db import connection

T = TypeVar("T")


def _give_back() -> None:
    """In the thread whose connection it is."""
    connection.close()


class Writer(Generic[T]):
    """Writes one step at a time beside the caller. Outside a transaction: the thread sees what is committed."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._step: Future[T] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is left half-way: what was started ends, its connection is given back."""
        self._thread.submit(_give_back)
        self._thread.shutdown()

    def start(self, step: Callable[[], T]) -> None:
        """Let the thread do a step. The outcome of the one before has been asked for."""
        self._step = self._thread.submit(step)

    def after(self, step: Callable[[], T]) -> bool:
        """Start a step when the one before has ended; False, and nothing is started, when that came to False."""
        if self.outcome() is False:
            return False
        self.start(step)
        return True

    def settled(self) -> None:
        """Wait until the step at hand has ended, well or not."""
        if self._step is not None:
            wait([self._step])

    def outcome(self) -> T | None:
        """What the step at hand came to, None when none was started. Raises what it raised."""
        step, self._step = self._step, None
        return None if step is None else step.result()
