"""Rules of pools that need no database (B4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

MOST_PROTECTED = 90
"""So many days ahead a record may be protected by hand (P6), unless its pool says otherwise."""
BACK_WITHIN = timedelta(seconds=10)
"""So long a claim can be taken back (P1)."""
LATENESS = timedelta(seconds=5)
BACK_A_DAY = 3
"""So many claims a day, taken back at once, do not count: whoever claims just to look pays for it."""


def claimable_from(
    claims: Mapping[str, Any], claimable_at: datetime | None, pooled_at: datetime | None, *, his_own: bool
) -> datetime | None:
    """From when on a member may claim a record of a pool with these `claims`: the end of the new-data block (P1-4) and,
    for its last owner (`his_own`), of the cool-down of so many hours since he lost it (P1-5). None: at once."""
    ends = [claimable_at, cooled_at(claims, pooled_at) if his_own else None]
    return max((end for end in ends if end), default=None)


def cooled_at(claims: Mapping[str, Any], lost_at: datetime | None) -> datetime | None:
    """When the last owner may claim it again; `now < lost + N·24h` is refused (P1-5)."""
    hours = claims.get("cooldown_hours") or 0
    return lost_at + timedelta(hours=hours) if hours and lost_at else None


def company_zone() -> ZoneInfo:
    """The zone whose calendar days count."""
    return ZoneInfo(settings.COMPANY_TIME_ZONE)


def company_day(moment: datetime) -> date:
    """The calendar day of a moment at the company (P1-3)."""
    return moment.astimezone(company_zone()).date()


def next_night(moment: datetime) -> datetime:
    """The next 02:00 at the company (P8) after a moment."""
    local = moment.astimezone(company_zone())
    tonight = night_of(local.date())
    return tonight if tonight > local else night_of(local.date() + timedelta(days=1))


def night_of(day: date) -> datetime:
    """02:00 of a day (P8)."""
    return datetime.combine(day, time(2), tzinfo=company_zone())


def end_of(day: date) -> datetime:
    """The moment at which a day of the company ends."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=company_zone())
