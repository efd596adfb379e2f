"""The clocks of leads as the company has set them, read from memory."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings

from genjin.kernel import recording
from genjin.leads.rules import Clocks
from genjin.leads.settings import ESCALATION, UNASSIGNED_HOURS, UNFOLLOWED_HOURS, WORKDAYS
from genjin.org.queries.holidays import CALENDAR


def clocks_at(stamp: int) -> Clocks:
    """The time limits of a stamp."""
    first, second, third = (setting.at(stamp) for setting in ESCALATION)
    return Clocks(
        unassigned=UNASSIGNED_HOURS.at(stamp),
        unfollowed=UNFOLLOWED_HOURS.at(stamp),
        days=(first, second, third),
        calendar=CALENDAR.at(stamp) if WORKDAYS.at(stamp) else None,
        zone=ZoneInfo(settings.COMPANY_TIME_ZONE),
    )


def clocks_now() -> Clocks:
    """Those that the running action goes by."""
    running = recording.current.get()
    return clocks_at(running.actor.stamp if running else 0)
