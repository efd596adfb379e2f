"""Rules of follow-ups without a database: when a talk may have been, whether it was written down in time (补录时限),
how long it may be corrected (B7, S3-20).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from genjin.kernel.refusal import Refused
from genjin.kernel.workdays import WorkCalendar

TOLERANCE = timedelta(minutes=5)
HOUR = timedelta(hours=1)
LONG_AGO = timedelta(days=3650)  # workdays are not counted that far back


@dataclass(frozen=True)
class TimeLimit:
    """The company's time limit for records. With a calendar only what lies on its workdays (in `zone`) counts."""

    hours: int
    reason_hours: int
    calendar: WorkCalendar | None = None
    zone: ZoneInfo | None = None

    def lateness(self, ended_at: datetime, written_at: datetime) -> timedelta:
        """How long after the talk it was written; nothing when the talk ends later than that (S3-20)."""
        passed = max(written_at - ended_at, timedelta())
        if self.calendar is None or self.zone is None or passed > LONG_AGO:
            return passed
        return self.calendar.worked(ended_at, written_at, self.zone)

    def hours_late(self, lateness: timedelta) -> int:
        """The begun hours beyond the limit; 0 in time. Exactly the limit is in time (24:00:00, B7)."""
        return max(0, -((timedelta(hours=self.hours) - lateness) // HOUR))

    def wants_reason(self, lateness: timedelta) -> bool:
        """Whether it is so old that the author has to say why: exactly 72 hours needs none."""
        return lateness > timedelta(hours=self.reason_hours)


def ended_at(occurred_at: datetime, minutes: int | None) -> datetime:
    """When a talk ended."""
    return occurred_at + timedelta(minutes=minutes or 0)


def check_moment(occurred_at: datetime, now: datetime) -> None:
    """Refuse a contact in the future; clocks may differ by five minutes. Raises Refused("future")."""
    if occurred_at > now + TOLERANCE:
        raise Refused("future", _("跟进时间不能晚于现在；还没发生的请写在「下次联系」里"), "occurred_at")


def in_time(written_at: datetime, now: datetime, hours: int) -> bool:
    """Whether the author may still correct it: exactly the last moment is in time."""
    return now - written_at <= timedelta(hours=hours)
