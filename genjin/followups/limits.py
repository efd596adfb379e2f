"""The time limits of follow-ups as the company set them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings

from genjin.followups.rules import TimeLimit
from genjin.followups.settings import EDIT_HOURS, LATE_HOURS, LATE_WORKDAYS, REASON_HOURS
from genjin.kernel.actor import Actor
from genjin.org.queries.holidays import calendar


def time_limit(actor: Actor) -> TimeLimit:
    """The time limit for records (补录时限, S3-20)."""
    stamp = actor.stamp
    counted = calendar(actor) if LATE_WORKDAYS.at(stamp) else None
    zone = ZoneInfo(settings.COMPANY_TIME_ZONE)
    return TimeLimit(LATE_HOURS.at(stamp), REASON_HOURS.at(stamp), counted, zone)


def edit_hours(actor: Actor) -> int:
    """For how many hours an author may correct and void (B7)."""
    return EDIT_HOURS.at(actor.stamp)
