"""At which times the whole base is compared by itself (S1-13, B3): nothing here asks the database.

A time that passed while nothing ran is made up for in the next night at the same hour, never in the working day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from genjin.duplicates.settings import AT, EVERY

OFF, NIGHTLY = "off", "nightly"
QUIET = timedelta(hours=3)
"""So long after the hour a run may still begin."""


@dataclass(frozen=True)
class Plan:
    """Every night or on one day of the week (0 is Monday), at a time of day of the company."""

    weekday: int | None
    at: time
    zone: ZoneInfo

    def last(self, now: datetime) -> datetime:
        """The last planned moment, at the latest now."""
        day = now.astimezone(self.zone).date()
        while not self._planned(moment := datetime.combine(day, self.at, self.zone)) or moment > now:
            day -= timedelta(days=1)
        return moment

    def next(self, now: datetime) -> datetime:
        """The first planned moment after now."""
        return self.last(now + timedelta(days=1 if self.weekday is None else 7))

    def due(self, now: datetime, begun: datetime) -> bool:
        """Whether a run has to begin, where the last one (or the installation) was `begun`: none since the last planned
        moment, and this is the quiet hour."""
        tonight = Plan(None, self.at, self.zone).last(now)
        return begun < self.last(now) and now - tonight < QUIET

    def _planned(self, moment: datetime) -> bool:
        return self.weekday is None or moment.weekday() == self.weekday


def plan_at(stamp: int) -> Plan | None:
    """As the company has set it; None where nothing runs by itself."""
    every = EVERY.at(stamp)
    if every == OFF:
        return None
    at = time.fromisoformat(AT.at(stamp) or str(AT.default))
    return Plan(None if every == NIGHTLY else int(every), at, ZoneInfo(settings.COMPANY_TIME_ZONE))
