"""Workdays over an editable table of holidays, and where a day begins in the company's time zone.

The table and the announced years are given by the caller; the State Council announces a year late in the year
before, so "not announced" is a state of a day, never a guess. Nothing is read or stored here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

FARTHEST = 4_000
"""Workdays that may be counted at once: more is a mistake."""

_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利70周年",
}


class DayState(StrEnum):
    """What a day is."""

    WORKDAY = "workday"
    HOLIDAY = "holiday"
    NOT_ANNOUNCED = "not_announced"


@dataclass(frozen=True, slots=True)
class Day:
    """One row of the table: a day off, or a weekend day that is worked."""

    kind: Literal["holiday", "workday"]
    name: str


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A day found by counting.

    Not `certain` if the way led through a year not announced, where only weekends count as off.
    """

    day: date
    certain: bool


@dataclass(frozen=True)
class WorkCalendar:
    """The table of special days and the years it is complete for."""

    days: Mapping[date, Day]
    announced: frozenset[int]

    def is_workday(self, day: date) -> DayState:
        """The state of a day; a day in the table is known even in a year not announced."""
        special = self.days.get(day)
        if special:
            return DayState(special.kind)
        if day.year not in self.announced:
            return DayState.NOT_ANNOUNCED
        return DayState.WORKDAY if day.weekday() < 5 else DayState.HOLIDAY

    def name_of(self, day: date) -> str:
        """`国庆节`, `国庆节调休上班`, or the weekday."""
        special = self.days.get(day)
        return special.name if special else _WEEKDAYS[day.weekday()]

    def add_workdays(self, day: date, count: int) -> Reckoned:
        """The workday `count` workdays after (before, if negative) a day.

        0 gives the day itself if it is worked, else the next workday. Raises ValueError beyond 4,000 workdays.
        """
        if abs(count) > FARTHEST:
            raise ValueError(count)
        if count == 0:
            return self._counted(day - timedelta(days=1), 1, 1)
        return self._counted(day, abs(count), 1 if count > 0 else -1)

    def next_workday(self, day: date) -> Reckoned:
        """The first workday after a day."""
        return self.add_workdays(day, 1)

    def workdays_between(self, first: date, last: date) -> tuple[int, bool]:
        """How many workdays lie in first … last, both counted; and whether all were announced."""
        days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
        states = [self._supposed(day) for day in days]
        return sum(works for works, _certain in states), all(certain for _works, certain in states)

    def later(self, start: datetime, span: timedelta, tz: ZoneInfo) -> datetime:
        """The instant at which `span` of time on workdays has passed since `start`: 24 hours a workday, time on days
        off does not count. What starts on a day off begins to count with the next workday; what ends with a workday
        ends at its midnight. Raises ValueError beyond 4,000 days."""
        left, moment = span, start.astimezone(UTC)
        for _day in range(FARTHEST):
            day = local_date(moment, tz)
            ends = day_start(day + timedelta(days=1), tz)
            if self._supposed(day)[0]:
                if ends - moment >= left:
                    return moment + left
                left -= ends - moment
            moment = ends
        raise ValueError(span)

    def worked(self, start: datetime, end: datetime, tz: ZoneInfo) -> timedelta:
        """How much of the time from `start` to `end` lies on workdays; zero if the end is not after the start. Raises
        ValueError beyond 4,000 days."""
        total, moment, end = timedelta(), start.astimezone(UTC), end.astimezone(UTC)
        for _day in range(FARTHEST):
            if moment >= end:
                return total
            day = local_date(moment, tz)
            ends = min(day_start(day + timedelta(days=1), tz), end)
            if self._supposed(day)[0]:
                total += ends - moment
            moment = ends
        raise ValueError(end)

    def _counted(self, day: date, count: int, step: int) -> Reckoned:
        certain = True
        while count:
            day += timedelta(days=step)
            works, known = self._supposed(day)
            certain = certain and known
            count -= works
        return Reckoned(day, certain)

    def _supposed(self, day: date) -> tuple[bool, bool]:
        """Worked or not, and whether that is certain."""
        state = self.is_workday(day)
        if state is DayState.NOT_ANNOUNCED:
            return day.weekday() < 5, False
        return state is DayState.WORKDAY, True


def seed_days(year: int) -> dict[date, Day] | None:
    """The public holidays and worked weekends of a year, by Chinese name; None if they were not announced yet."""
    from chinese_calendar import constants  # type: ignore[import-untyped]  # noqa: PLC0415 (slow)

    off = {day: _NAMES.get(name, name) for day, name in constants.holidays.items() if day.year == year}
    worked = {day: _NAMES.get(name, name) for day, name in constants.workdays.items() if day.year == year}
    if not off:
        return None
    days = {day: Day("holiday", name) for day, name in off.items()}
    days |= {day: Day("workday", name + "调休上班") for day, name in worked.items()}
    return dict(sorted(days.items()))


def day_start(day: date, tz: ZoneInfo) -> datetime:
    """The instant (UTC) at which a day begins in a time zone, also where midnight was skipped."""
    begins = datetime.combine(day, time.min, tz).astimezone(UTC)
    return begins if local_date(begins, tz) == day else begins + timedelta(hours=1)


def day_bounds(day: date, tz: ZoneInfo) -> tuple[datetime, datetime]:
    """From the beginning of a day to the beginning of the next (not counted)."""
    return day_start(day, tz), day_start(day + timedelta(days=1), tz)


def local_date(instant: datetime, tz: ZoneInfo) -> date:
    """The date on the wall of a time zone. Raises ValueError for an instant without a zone."""
    if instant.tzinfo is None:
        raise ValueError(instant)
    return instant.astimezone(tz).date()
