"""How much a member took out on a day: counted from the ledger, by lists, cards and statistics alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from genjin.kernel.models.events import Event
from genjin.kernel.models.jobs import JobProgress
from genjin.surfaces.exports.models import Export

COUNTED = {"exports.keep": "rows", "exports.take_cards": "rows", "exports.print": "rows", "followups.export": "lines"}
"""Which note of which action says how many rows left."""
TIERS = (1, 10, 100)


def taken_on(member_id: int, moment: datetime) -> int:
    """Rows that a member took out on the day of a moment (the company's day)."""
    start, end = day_of(moment)
    rows = Event.objects.filter(member_id=member_id, action__in=COUNTED, at__gte=start, at__lt=end)
    return rows_in(rows.values_list("action", "note"))


def rows_in(noted: Iterable[tuple[str, dict[str, object]]]) -> int:
    """The rows that events tell of, from their (action, note)."""
    counts = (note.get(COUNTED[action]) for action, note in noted if action in COUNTED)
    return sum(count for count in counts if isinstance(count, int))


def on_the_way(member_id: int, moment: datetime) -> int:
    """Rows of a member's exports of that day that wait for their file."""
    start, _end = day_of(moment)
    waiting = Export.objects.filter(member_id=member_id, created_at__gte=start, stored_as="", job_id__isnull=False)
    counts = dict(waiting.values_list("job_id", "counted"))
    running = JobProgress.objects.filter(pk__in=[job for job in counts if job], finished_at=None)
    return sum(counts[job] for job in running.values_list("pk", flat=True))


def tier_of(rows: int, line: int) -> int:
    """How far over the line: 0 below it, then 1, 10, 100."""
    return max((tier for tier in TIERS if rows >= line * tier), default=0)


def day_of(moment: datetime) -> tuple[datetime, datetime]:
    """Beginning and end of the company's day."""
    local = moment.astimezone(ZoneInfo(settings.COMPANY_TIME_ZONE))
    start = datetime.combine(local.date(), time(), tzinfo=local.tzinfo)
    return start, start + timedelta(days=1)
