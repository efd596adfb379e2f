"""Bringing what this process counted into the database, apart from requests; deciding whether it is unusual."""

from __future__ import annotations

import atexit
import logging
from collections.abc import Iterator
from multiprocessing.util import Finalize
from threading import Event, Thread
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from genjin.kernel import viewing
from genjin.kernel.actor import system
from genjin.kernel.stamps import current_stamp
from genjin.kernel.viewing import Key
from genjin.oversight.actions import Unusual, add_viewing, local_hour, raise_alarm
from genjin.oversight.grants import COUNT
from genjin.oversight.queries import sums_of, told_already
from genjin.oversight.rules import crossed, in_the_last_hour
from genjin.oversight.settings import LINES, ON
from genjin.oversight.watching import lowered, watched

logger = logging.getLogger(__name__)
EVERY_SECONDS = 20.0
_over = Event()


def begin() -> None:
    """Flush every EVERY_SECONDS in a thread of its own, and once more when the process ends."""
    Thread(target=_keep_flushing, name="viewing", daemon=True).start()
    atexit.register(end)
    Finalize(None, end, exitpriority=10)  # a worker that was forked ends without atexit


def end() -> None:
    """The last flush; once."""
    if not _over.is_set():
        _over.set()
        _flush_alone()


def flush() -> int:
    """Write what was counted, then raise the alarms that are due; how many counts were written."""
    counts = viewing.take()
    if not counts:
        return 0
    actor = system(COUNT)
    try:
        add_viewing(actor, counts=counts)
    except DatabaseError:
        viewing.give_back(counts)
        raise
    for unusual in _unusual(counts):
        raise_alarm(actor, unusual=unusual)
    return len(counts)


def _unusual(counts: dict[Key, int]) -> Iterator[Unusual]:
    """After all was written and seen by everybody: two processes that both bring some do not miss the sum."""
    stamp, now = current_stamp(), timezone.now().astimezone(ZoneInfo(settings.COMPANY_TIME_ZONE))
    if not ON.at(stamp):
        return
    today = now.date()
    pairs = {(member, kind) for member, kind, _of, hour in counts if local_hour(hour)[0] == today}
    sums = sums_of(today, now.hour, pairs) if pairs else []
    told = told_already(today, sums) if sums else set()
    closer = watched() if sums else {}
    for each in sums:
        lines = LINES[each.kind]
        hourly = in_the_last_hour(each.this_hour, each.hour_before, now.minute)
        percent = closer.get(each.member_id, 100)
        limits = (lowered(lines.hourly.at(stamp), percent), lowered(lines.daily.at(stamp), percent))
        line = crossed(hourly, each.daily, limits)
        if line and (each.member_id, each.kind) not in told:
            yield Unusual(each.member_id, each.kind, today, hourly, each.daily, line)


def _keep_flushing() -> None:
    while not _over.wait(EVERY_SECONDS):
        _flush_alone()


def _flush_alone() -> None:
    """With a connection of this thread's own, given back at once; trouble is told and tried again."""
    try:
        flush()
    except Exception:
        logger.exception("counts of viewing were not written")
    finally:
        connection.close()
