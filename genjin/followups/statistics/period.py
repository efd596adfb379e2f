"""Periods of the statistics: the quick choices, and how a period is put together from totals and rows. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from genjin.followups.statistics.models import ZONE

DAY = dt.timedelta(days=1)
TOTALS_ZONE = ZoneInfo(ZONE)
THIS_MONTH = 2


@dataclass(frozen=True)
class Choice:
    """A period at one touch."""

    label: str | Promise
    start: date
    end: date


@dataclass(frozen=True)
class Parts:
    """A period cut up: whole months and days of the totals (each from, up to and without), moments left over."""

    months: tuple[date, date] | None
    days: tuple[tuple[date, date], ...]
    moments: tuple[tuple[datetime, datetime], ...]


def choices(today: date) -> list[Choice]:
    """今天, 本周 (from Monday), 本月, 上月, 本季, 今年; each as a whole, also what lies ahead of it."""
    monday = today - today.weekday() * DAY
    month = today.replace(day=1)
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return [
        Choice(_("今天"), today, today),
        Choice(_("本周"), monday, monday + 6 * DAY),
        Choice(_("本月"), month, _next(month) - DAY),
        Choice(_("上月"), (month - DAY).replace(day=1), month - DAY),
        Choice(_("本季"), quarter, _next(_next(_next(quarter))) - DAY),
        Choice(_("今年"), date(today.year, 1, 1), date(today.year, 12, 31)),
    ]


def moments(start: date, end: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the beginning of the first day up to, and without, the moment the last one ends."""
    return midnight(start, zone), midnight(end + DAY, zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Where a day begins, as lists compare it."""
    return datetime.combine(day, dt.time(), tzinfo=zone)


def parts(start: date, end: date, zone: ZoneInfo) -> Parts:
    """How totals (kept in days of ZONE) and rows make the period of a reader, who may live in another zone."""
    first, last = moments(start, end, zone)
    inner = _day_from(first), last.astimezone(TOTALS_ZONE).date()
    if inner[0] >= inner[1]:
        return Parts(None, (), ((first, last),) if first < last else ())
    edges = ((first, midnight(inner[0], TOTALS_ZONE)), (midnight(inner[1], TOTALS_ZONE), last))
    return Parts(*_months(*inner), tuple(edge for edge in edges if edge[0] < edge[1]))


def _day_from(moment: datetime) -> date:
    """The first day of the totals that begins at the moment or later."""
    local = moment.astimezone(TOTALS_ZONE)
    return local.date() if local.time() == dt.time() else local.date() + DAY


def _months(start: date, end: date) -> tuple[tuple[date, date] | None, tuple[tuple[date, date], ...]]:
    """Whole months inside [start, end), and the days before and after them."""
    first = start if start.day == 1 else _next(start.replace(day=1))
    last = end.replace(day=1)
    if first >= last:
        return None, ((start, end),)
    return (first, last), tuple(_filled((start, first), (last, end)))


def _filled(*spans: tuple[date, date]) -> Iterator[tuple[date, date]]:
    return (span for span in spans if span[0] < span[1])


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
