"""When a message may go out: quiet hours, digests, pauses after failures; and what holds where a member chose nothing.
Pure functions; nothing is read or stored here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from genjin.kernel.workdays import day_start, local_date

IsOff = Callable[[date], bool]

DIGEST = "digest"
"""The kind under which a member chooses where his digest goes."""

DEFAULTS: Mapping[str, bool] = {"mail": False, "robot": True, "push": True}
DIGEST_DEFAULTS: Mapping[str, bool] = {"mail": True, "robot": False, "push": False}

PAUSES = (1, 5, 15, 60, 180)
"""Minutes between the tries; after the last one it is given up."""

FARTHEST = 60
"""Quiet stretches that may follow each other (holidays, nights): more is a mistake."""

LATEST = timedelta(hours=4)
"""A digest that could not be made for so long is dropped: in the afternoon nobody wants the morning's."""


@dataclass(frozen=True)
class Quiet:
    """Hours in which nothing is sent: from `start` to `end` (not counted), across midnight when `end` is earlier; with
    `off_days` also days on which nobody works."""

    on: bool = False
    start: time = time(21)
    end: time = time(8)
    off_days: bool = True


def wants(kinds: Mapping[str, Mapping[str, bool]], kind: str, channel: str) -> bool:
    """Whether a member with these choices gets a kind of message by a channel."""
    defaults = DIGEST_DEFAULTS if kind == DIGEST else DEFAULTS
    return bool(kinds.get(kind, {}).get(channel, defaults[channel]))


def quiet_until(quiet: Quiet, moment: datetime, zone: ZoneInfo, is_off: IsOff) -> datetime | None:
    """When the quiet that holds at a moment ends (UTC); None when it may be sent at once."""
    if not quiet.on:
        return None
    free = moment
    for _stretch in range(FARTHEST):
        end = _stretch_end(quiet, free, zone, is_off)
        if end is None:
            break
        free = end
    return free if free > moment else None


def digest_day(at: str, moment: datetime, zone: ZoneInfo, is_off: IsOff, *, off_days: bool) -> date | None:
    """The day whose digest is due at a moment: from its time on until LATEST after; None when none is."""
    day = local_date(moment, zone)
    due = _instant(day, clock(at), zone)
    if not due <= moment < due + LATEST or (is_off(day) and not off_days):
        return None
    return day


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after so many tries that failed; None: give up."""
    return timedelta(minutes=PAUSES[attempts - 1]) if attempts <= len(PAUSES) else None


def clock(text: str) -> time:
    """`08:30` as a time of day. Raises ValueError for anything else."""
    hours, colon, minutes = text.partition(":")
    if not colon or len(minutes) != 2 or not (hours + minutes).isdecimal():
        raise ValueError(text)
    return time(int(hours), int(minutes))


def _stretch_end(quiet: Quiet, moment: datetime, zone: ZoneInfo, is_off: IsOff) -> datetime | None:
    today = local_date(moment, zone)
    if quiet.off_days and is_off(today):
        return day_start(today + timedelta(days=1), zone)
    for day in (today - timedelta(days=1), today):
        start = _instant(day, quiet.start, zone)
        end = _instant(day + timedelta(days=quiet.end <= quiet.start), quiet.end, zone)
        if start <= moment < end:
            return end
    return None


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)
