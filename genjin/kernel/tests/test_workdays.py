"""Workdays and the day in the company's time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genjin.kernel.workdays import (
    Day,
    DayState,
    WorkCalendar,
    day_bounds,
    day_start,
    local_date,
    seed_days,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
SEEDED = seed_days(2025)
assert SEEDED is not None
YEAR_2025 = WorkCalendar(SEEDED, frozenset({2025}))


@pytest.mark.parametrize(
    ("day", "state", "name"),
    [
        (date(2025, 10, 1), DayState.HOLIDAY, "国庆节"),
        (date(2025, 10, 6), DayState.HOLIDAY, "中秋节"),
        (date(2025, 10, 9), DayState.WORKDAY, "周四"),
        (date(2025, 10, 11), DayState.WORKDAY, "国庆节调休上班"),
        (date(2025, 10, 12), DayState.HOLIDAY, "周日"),
        (date(2025, 1, 29), DayState.HOLIDAY, "春节"),
        (date(2026, 3, 4), DayState.NOT_ANNOUNCED, "周三"),
        (date(2026, 3, 7), DayState.NOT_ANNOUNCED, "周六"),
    ],
)
def test_state_of_a_day(day: date, state: DayState, name: str) -> None:
    assert YEAR_2025.is_workday(day) is state
    assert YEAR_2025.name_of(day) == name


@pytest.mark.parametrize(
    ("day", "count", "found", "certain"),
    [
        (date(2025, 9, 30), 1, date(2025, 10, 9), True),
        (date(2025, 9, 30), 3, date(2025, 10, 11), True),
        (date(2025, 10, 9), -1, date(2025, 9, 30), True),
        (date(2025, 10, 1), 0, date(2025, 10, 9), True),
        (date(2025, 10, 9), 0, date(2025, 10, 9), True),
        (date(2025, 12, 31), 1, date(2026, 1, 1), False),
        (date(2025, 1, 2), -1, date(2024, 12, 31), False),
        (date(2025, 1, 2), -2, date(2024, 12, 30), False),
    ],
)
def test_counting_workdays(day: date, count: int, found: date, certain: bool) -> None:
    reckoned = YEAR_2025.add_workdays(day, count)
    assert (reckoned.day, reckoned.certain) == (found, certain)


def test_next_workday_and_days_between() -> None:
    assert YEAR_2025.next_workday(date(2025, 9, 30)).day == date(2025, 10, 9)
    assert YEAR_2025.workdays_between(date(2025, 9, 29), date(2025, 10, 11)) == (5, True)
    assert YEAR_2025.workdays_between(date(2025, 12, 31), date(2026, 1, 5)) == (4, False)
    assert YEAR_2025.workdays_between(date(2025, 10, 2), date(2025, 10, 1)) == (0, True)


def test_far_counting_is_refused() -> None:
    with pytest.raises(ValueError, match="4001"):
        YEAR_2025.add_workdays(date(2025, 1, 1), 4_001)


def test_edited_day_wins_also_in_a_year_not_announced() -> None:
    edited = WorkCalendar({date(2030, 1, 2): Day("holiday", "厂休")}, frozenset())
    assert edited.is_workday(date(2030, 1, 2)) is DayState.HOLIDAY
    assert edited.name_of(date(2030, 1, 2)) == "厂休"


def test_seed_holds_both_kinds_with_chinese_names() -> None:
    assert SEEDED is not None
    assert sum(day.kind == "holiday" for day in SEEDED.values()) == 28
    assert [day.isoformat() for day, one in SEEDED.items() if one.kind == "workday"] == [
        "2025-01-26",
        "2025-02-08",
        "2025-04-27",
        "2025-09-28",
        "2025-10-11",
    ]
    assert not any(one.name.isascii() for one in SEEDED.values())


def test_year_not_announced_has_no_seed() -> None:
    assert seed_days(2199) is None


@pytest.mark.parametrize(
    ("zone", "day", "instant"),
    [
        ("Asia/Shanghai", date(2024, 5, 1), datetime(2024, 4, 30, 16, tzinfo=UTC)),
        ("UTC", date(2024, 5, 1), datetime(2024, 5, 1, tzinfo=UTC)),
        ("America/Sao_Paulo", date(2018, 11, 4), datetime(2018, 11, 4, 3, tzinfo=UTC)),
        ("Asia/Shanghai", date(1989, 4, 16), datetime(1989, 4, 15, 16, tzinfo=UTC)),
    ],
)
def test_day_start(zone: str, day: date, instant: datetime) -> None:
    tz = ZoneInfo(zone)
    assert day_start(day, tz) == instant
    assert local_date(instant, tz) == day
    assert local_date(instant - timedelta(seconds=1), tz) == day - timedelta(days=1)


def test_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="2024"):
        local_date(datetime(2024, 5, 1), SHANGHAI)  # noqa: DTZ001 (that is the case)


@given(
    st.dates(date(1970, 1, 2), date(2100, 1, 1)),
    st.sampled_from(["Asia/Shanghai", "America/Sao_Paulo", "Asia/Kathmandu"]),
)
def test_days_follow_each_other_without_gap(day: date, zone: str) -> None:
    tz = ZoneInfo(zone)
    start, end = day_bounds(day, tz)
    assert day_start(day + timedelta(days=1), tz) == end
    assert local_date(start, tz) == day
    assert local_date(end - timedelta(seconds=1), tz) == day


@given(st.dates(date(2025, 1, 20), date(2025, 11, 1)), st.integers(1, 20))
def test_counting_there_and_back(day: date, count: int) -> None:
    there = YEAR_2025.add_workdays(day, count).day
    assert YEAR_2025.is_workday(there) is DayState.WORKDAY
    assert YEAR_2025.workdays_between(day + timedelta(days=1), there)[0] == count


SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
# 2026: National Day 10-01 … 10-07 off, Sat 10-10 worked (announced in the table below); 11-21 is a Saturday
SPANS = WorkCalendar(
    {date(2026, 10, n): Day("holiday", "国庆节") for n in range(1, 8)} | {date(2026, 10, 10): Day("workday", "调休")},
    frozenset({2026}),
)


def at(text: str, tz: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=tz)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-18T10:00", 24, "2026-11-19T10:00"),  # Wednesday to Thursday
        ("2026-11-20T10:00", 24, "2026-11-23T10:00"),  # Friday to Monday
        ("2026-11-20T00:00", 24, "2026-11-21T00:00"),  # the whole of a workday ends at its midnight
        ("2026-11-21T09:00", 24, "2026-11-24T00:00"),  # on a Saturday: the whole of Monday
        ("2026-09-30T18:00", 24, "2026-10-08T18:00"),  # over National Day
        ("2026-10-09T12:00", 24, "2026-10-10T12:00"),  # into a Saturday that is worked
        ("2026-11-18T10:00", 0, "2026-11-18T10:00"),
    ],
)
def test_b1_b7_time_counts_on_workdays_only(start: str, hours: int, end: str) -> None:
    found = SPANS.later(at(start), timedelta(hours=hours), SHANGHAI)
    assert found == at(end)
    assert SPANS.worked(at(start), found, SHANGHAI) == timedelta(hours=hours)


def test_b7_a_day_of_23_hours_counts_23() -> None:
    start = at("2026-03-29T00:00", BERLIN)  # a Sunday, off: clocks go forward
    assert SPANS.worked(start, at("2026-03-30T00:00", BERLIN), BERLIN) == timedelta()
    worked = WorkCalendar({date(2026, 3, 29): Day("workday", "")}, frozenset({2026}))
    assert worked.worked(start, at("2026-03-30T00:00", BERLIN), BERLIN) == timedelta(hours=23)


def test_b7_nothing_is_worked_backwards_and_endless_spans_are_refused() -> None:
    assert SPANS.worked(at("2026-11-19T10:00"), at("2026-11-18T10:00"), SHANGHAI) == timedelta()
    with pytest.raises(ValueError):
        SPANS.later(at("2026-11-19T10:00"), timedelta(days=9_000), SHANGHAI)
