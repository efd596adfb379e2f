"""Where a comment's words name people (@周牧远), and how long it may be taken back. No database here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

SIGNS = "@＠"


def in_time(written_at: datetime, now: datetime, hours: int) -> bool:
    """Whether the author may still take it back."""
    return now - written_at <= timedelta(hours=hours)


def named(words: str, people: Mapping[int, str]) -> list[int]:
    """The ids of those whose whole name stands behind an @, in order; a name that several have names nobody."""
    if not any(sign in words for sign in SIGNS):
        return []
    counted = Counter(people.values())
    by_name = {name: member_id for member_id, name in people.items() if counted[name] == 1}
    return list(dict.fromkeys(by_name[name] for name in _found(words, by_name) if name))


def parted(words: str, names: Iterable[str]) -> list[tuple[str, bool]]:
    """The words cut where one of the names stands behind an @: [(piece, whether it is such a name)]."""
    pattern = _pattern(names)
    if pattern is None:
        return [(words, False)]
    pieces: list[tuple[str, bool]] = []
    end = 0
    for match in pattern.finditer(words):
        pieces += [(words[end : match.start()], False), (match[0], True)]
        end = match.end()
    return [(piece, is_name) for piece, is_name in [*pieces, (words[end:], False)] if piece]


def _found(words: str, names: Iterable[str]) -> list[str]:
    pattern = _pattern(names)
    return [match[1] for match in pattern.finditer(words)] if pattern else []


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """An @ with one of the names, the longest that fits; a Latin name ends where its word ends."""
    known = sorted({name for name in names if name}, key=lambda name: (-len(name), name))
    if not known:
        return None
    either = "|".join(re.escape(name) + (r"(?![A-Za-z0-9])" if name[-1].isascii() else "") for name in known)
    return re.compile(f"[{SIGNS}]({either})")
