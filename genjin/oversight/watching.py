"""Whom to look at more closely: higher areas say so (who is leaving), surfaces ask here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

# -> {member: the percentage of the usual lines at which he is told of}
Watch = Callable[[], Mapping[int, int]]
_watches: list[Watch] = []


def register_watch(watch: Watch) -> None:
    """Let some members be told of sooner than others."""
    _watches.append(watch)


def watched() -> dict[int, int]:
    """{member: percentage of the usual lines}; the smallest counts."""
    found: dict[int, int] = {}
    for watch in _watches:
        for member, percent in watch().items():
            found[member] = min(percent, found.get(member, 100))
    return found


def lowered(line: int, percent: int) -> int:
    """A line for a watched member: at least 1, and a line that is switched off stays off."""
    return max(1, line * percent // 100) if line else 0
