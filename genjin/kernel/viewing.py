"""Who looks at how much: counted in this process's memory while requests are served, written elsewhere.

`note` is called where something is shown to a person or a program: it asks and writes nothing in the database, so that
reading stays reading. A record that a member looks at again on the same day counts once.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from enum import StrEnum
from threading import Lock
from typing import TypeAlias

from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor, Surface
from genjin.kernel.fields.base import Label

HOUR = 3600
DAY = 24 * HOUR
MOST_REMEMBERED = 200_000
ROWS_OF_A_PAGE = 50
_COUNTED = frozenset({Surface.WEB, Surface.API})
_PHONE = re.compile(r"\+?\d(?:[\s\-().]?\d){6,14}")


class Kind(StrEnum):
    """What is counted: records opened, pages of lists turned, numbers searched for, masked values shown in full."""

    RECORDS = "records"
    PAGES = "pages"
    PHONES = "phones"
    REVEALS = "reveals"


WORDS: dict[str, Label] = {
    Kind.RECORDS: gettext_lazy("打开记录"),
    Kind.PAGES: gettext_lazy("列表翻页"),
    Kind.PHONES: gettext_lazy("按电话查找"),
    Kind.REVEALS: gettext_lazy("查看完整号码"),
}
Key: TypeAlias = tuple[int, Kind, str, int]
"""(member, kind, record type or '', hours since 1970)."""

_lock = Lock()
_counts: Counter[Key] = Counter()
_known: set[tuple[int, Kind, str, int]] = set()
_day = 0


def note(actor: Actor, kind: Kind, count: int = 1, *, of: str = "", once: int | None = None) -> None:
    """Count something shown to a member through a page or the JSON door. `of`: the record type; `once`: what it was (a
    record's id), to be counted once a day."""
    if actor.member_id is None or actor.surface not in _COUNTED:
        return
    global _day  # noqa: PLW0603 - one count for the process
    hour = int(time.time()) // HOUR
    with _lock:
        if once is not None:
            if hour // 24 != _day or len(_known) >= MOST_REMEMBERED:
                _known.clear()
                _day = hour // 24
            seen = (actor.member_id, kind, of, once)
            if seen in _known:
                return
            _known.add(seen)
        _counts[actor.member_id, kind, of, hour] += count


def note_page(actor: Actor, rows: int, *, of: str, turned: bool) -> None:
    """Count a page of a list: the first one (not `turned` to) is free, large ones are several."""
    pages = -(-rows // ROWS_OF_A_PAGE) - (not turned)
    if pages > 0:
        note(actor, Kind.PAGES, pages, of=of)


def note_search(actor: Actor, text: str) -> None:
    """Count a search for a whole phone number; the same number once a day."""
    if _PHONE.fullmatch(text.strip()):
        note(actor, Kind.PHONES, once=int(re.sub(r"\D", "", text)))


def take() -> dict[Key, int]:
    """What was counted since the last time; counting begins anew."""
    with _lock:
        found = dict(_counts)
        _counts.clear()
    return found


def give_back(counts: dict[Key, int]) -> None:
    """Counts that could not be written wait for the next time."""
    with _lock:
        _counts.update(counts)


def forget() -> None:
    """Nothing was counted, nothing is known."""
    with _lock:
        _counts.clear()
        _known.clear()
