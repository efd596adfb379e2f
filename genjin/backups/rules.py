"""Which backups stay, when the next one is due, how it stands. No queries, no files."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

LATE_AFTER = timedelta(hours=36)
KEPT_BEFORE_UPGRADES = 2
UPGRADE = "upgrade"


@dataclass(frozen=True)
class Copy:
    """A backup as retention sees it."""

    name: str
    at: datetime
    verified: bool
    reason: str = ""


@dataclass(frozen=True)
class Retention:
    """How many days, weeks and months keep their last backup."""

    days: int = 7
    weeks: int = 4
    months: int = 12


def superfluous(copies: Iterable[Copy], keep: Retention, zone: ZoneInfo) -> set[str]:
    """Names of backups that may go. The last verified one of each of the last days, weeks and months that have any
    stays, so nothing goes while no new ones come; of those never verified, only what is older than a verified one."""
    newest = sorted(copies, key=lambda copy: copy.at, reverse=True)
    verified = [copy for copy in newest if copy.verified]
    if not verified:
        return set()
    stay = {copy.name for copy in newest if copy.at >= verified[0].at}
    local = {copy.name: copy.at.astimezone(zone).date() for copy in verified}
    stay |= _last_of(verified, lambda copy: local[copy.name], keep.days)
    stay |= _last_of(verified, lambda copy: local[copy.name].isocalendar()[:2], keep.weeks)
    stay |= _last_of(verified, lambda copy: (local[copy.name].year, local[copy.name].month), keep.months)
    stay |= {copy.name for copy in [c for c in verified if c.reason == UPGRADE][:KEPT_BEFORE_UPGRADES]}
    return {copy.name for copy in newest} - stay


def last_planned(now: datetime, at: time, zone: ZoneInfo) -> datetime:
    """The last moment at which the daily backup should have begun."""
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), at, zone)
    return today if today <= local else datetime.combine(local.date() - timedelta(days=1), at, zone)


def next_planned(now: datetime, at: time, zone: ZoneInfo) -> datetime:
    """The next moment at which it will begin."""
    last = last_planned(now, at, zone)
    return datetime.combine(last.date() + timedelta(days=1), at, zone)


def is_due(now: datetime, at: time, zone: ZoneInfo, began: Sequence[datetime]) -> bool:
    """Whether the daily backup has to begin: nothing began since its time (`began`: earlier ones, the installation)."""
    planned = last_planned(now, at, zone)
    return all(moment < planned for moment in began)


class Standing(StrEnum):
    """How it stands with the backups."""

    GOOD = "good"
    NONE_YET = "none_yet"
    OFF = "off"
    LATE = "late"
    FAILED = "failed"
    MISSING = "missing"


def standing(now: datetime, *, daily: bool, last_good: datetime | None, failed: bool, installed: datetime) -> Standing:
    """`failed`: whether the last run failed. Red are FAILED, LATE and MISSING."""
    if failed:
        return Standing.FAILED
    if last_good is None:
        return Standing.MISSING if now - installed > LATE_AFTER else Standing.NONE_YET
    if now - last_good > LATE_AFTER:
        return Standing.LATE if daily else Standing.OFF
    return Standing.GOOD if daily else Standing.OFF


RED = frozenset({Standing.FAILED, Standing.LATE, Standing.MISSING})


def _last_of(newest: Sequence[Copy], period: Callable[[Copy], Hashable], most: int) -> set[str]:
    first: dict[Hashable, str] = {}
    for copy in newest:
        first.setdefault(period(copy), copy.name)
    return set(list(first.values())[:most])
