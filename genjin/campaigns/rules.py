"""When a campaign is ahead, runs or is over. No queries.

The status follows from the dates, whoever looks and whenever: a status that somebody has to set, or a nightly job,
would say for a while what is not so. Who ends a campaign before its time gives it an earlier end.
"""

from __future__ import annotations

from datetime import date

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Status(TextChoices):
    """Where a campaign stands (B20)."""

    PLANNED = "planned", pgettext_lazy("campaign", "未开始")
    RUNNING = "running", pgettext_lazy("campaign", "进行中")
    ENDED = "ended", pgettext_lazy("campaign", "已结束")


def status_on(today: date, start: date, end: date | None) -> Status:
    """The status on a day: the first and the last day count as running; without an end it runs on."""
    if today < start:
        return Status.PLANNED
    return Status.RUNNING if end is None or today <= end else Status.ENDED


def period_text(start: date, end: date | None) -> str:
    """Both dates as one text, from which the status is told."""
    return f"{start.isoformat()}/{end.isoformat() if end else ''}"


def period_of(text: str) -> tuple[date, date | None]:
    """The dates of such a text."""
    start, _slash, end = text.partition("/")
    return date.fromisoformat(start), date.fromisoformat(end) if end else None
