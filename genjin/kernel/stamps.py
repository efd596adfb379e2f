"""A number that changes with every change of organisation, options or settings, so that what is read on every
request can stay in memory and still be right at the next request, in every process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import connection

T = TypeVar("T")


def current_stamp() -> int:
    """The stamp as this transaction sees it (one tiny query)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM kernel_stamp WHERE id = 1")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def bump_stamp() -> int:
    """Make every in-memory copy out of date once this transaction commits. From a sequence: never reused."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_stamp (id, number) VALUES (1, nextval('kernel_stamp_number'))"
            " ON CONFLICT (id) DO UPDATE SET number = excluded.number RETURNING number"
        )
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


class Stamped(Generic[T]):
    """A value kept in memory for as long as the stamp stays the same."""

    def __init__(self, load: Callable[[], T]) -> None:
        self._load = load
        self._kept: tuple[int, T] | None = None

    def at(self, stamp: int) -> T:
        """The value for this stamp; loads it when the one in memory is of another stamp. An actor without a stamp (the
        system's) reads as of now."""
        stamp = stamp or current_stamp()
        kept = self._kept
        if kept is not None and kept[0] == stamp:
            return kept[1]
        value = self._load()
        self._kept = (stamp, value)
        return value

    def latest(self) -> T:
        """The value in memory, of whatever stamp was last asked for: where no actor tells one, within work that
        has asked by its actor's."""
        return self._kept[1] if self._kept is not None else self.now()

    def now(self) -> T:
        """The value as of now (asks the database for the stamp)."""
        return self.at(current_stamp())
