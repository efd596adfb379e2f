"""Quiet hours and digests as tables: across midnight, over holidays, in several zones (B7)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import croniter  # type: ignore[import-untyped]  # procrastinate brings it, untyped
import pytest

from genjin.kernel.jobs import PERIODIC
from genjin.reminders.rules import (
    DEFAULTS,
    PAUSES,
    Quiet,
    clock,
    digest_day,
    pause_after,
    quiet_until,
    wants,
)

SHANGHAI, BERLIN, YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
NIGHT = Quiet(on=True, start=time(21), end=time(8), off_days=False)
NOON = Quiet(on=True, start=time(12), end=time(14), off_days=False)
REST = Quiet(on=True, start=time(21), end=time(8), off_days=True)


def weekend(day: date) -> bool:
    return day.weekday() >= 5


def at(zone: ZoneInfo, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("quiet", "zone", "moment", "end"),
    [
        (NIGHT, SHANGHAI, "2026-07-01 20:59:59", None),
        (NIGHT, SHANGHAI, "2026-07-01 21:00:00", "2026-07-02 08:00"),
        (NIGHT, SHANGHAI, "2026-07-01 23:59:59", "2026-07-02 08:00"),
        (NIGHT, SHANGHAI, "2026-07-02 00:00:00", "2026-07-02 08:00"),
        (NIGHT, SHANGHAI, "2026-07-02 07:59:59", "2026-07-02 08:00"),
        (NIGHT, SHANGHAI, "2026-07-02 08:00:00", None),
        (NOON, SHANGHAI, "2026-07-02 11:59:59", None),
        (NOON, SHANGHAI, "2026-07-02 12:00:00", "2026-07-02 14:00"),
        (NOON, SHANGHAI, "2026-07-02 14:00:00", None),
        # 2026-07-03 is a Friday: its evening leads over the weekend into Monday's morning
        (REST, SHANGHAI, "2026-07-03 21:30:00", "2026-07-06 08:00"),
        (REST, SHANGHAI, "2026-07-04 12:00:00", "2026-07-06 08:00"),
        (REST, SHANGHAI, "2026-07-03 12:00:00", None),
        (Quiet(True, time(12), time(13), True), SHANGHAI, "2026-07-04 12:00:00", "2026-07-06 00:00"),
        (Quiet(False), SHANGHAI, "2026-07-04 12:00:00", None),
        # the clocks go forward on 2026-03-29 in Berlin, back on 2026-11-01 in New York
        (NIGHT, BERLIN, "2026-03-28 22:00:00", "2026-03-29 08:00"),
        (NIGHT, YORK, "2026-10-31 22:00:00", "2026-11-01 08:00"),
        (Quiet(True, time(1), time(2, 30), False), BERLIN, "2026-03-29 01:30:00", "2026-03-29 03:30"),
    ],
)
def test_quiet_hours_end(quiet: Quiet, zone: ZoneInfo, moment: str, end: str | None) -> None:
    found = quiet_until(quiet, at(zone, moment).astimezone(UTC), zone, weekend)
    assert found == (at(zone, end) if end else None)


def test_the_same_instant_is_quiet_for_one_member_and_not_for_another() -> None:
    moment = datetime(2026, 7, 1, 13, 30, tzinfo=UTC)  # 21:30 in Shanghai, 09:30 in New York
    assert quiet_until(NIGHT, moment, SHANGHAI, weekend) is not None
    assert quiet_until(NIGHT, moment, YORK, weekend) is None


def test_holidays_without_end_do_not_hang() -> None:
    assert quiet_until(REST, at(SHANGHAI, "2026-07-03 21:30"), SHANGHAI, lambda _day: True) is not None


@pytest.mark.parametrize(
    ("moment", "off_days", "day"),
    [
        ("2026-07-02 08:29:59", False, None),
        ("2026-07-02 08:30:00", False, date(2026, 7, 2)),
        ("2026-07-02 12:29:59", False, date(2026, 7, 2)),
        ("2026-07-02 12:30:00", False, None),
        ("2026-07-04 08:30:00", False, None),
        ("2026-07-04 08:30:00", True, date(2026, 7, 4)),
    ],
)
def test_a_digest_is_due_on_workdays_from_its_time_on(moment: str, off_days: bool, day: date | None) -> None:
    assert digest_day("08:30", at(SHANGHAI, moment), SHANGHAI, weekend, off_days=off_days) == day


def test_the_day_of_a_digest_is_the_members_own() -> None:
    moment = datetime(2026, 7, 1, 23, 0, tzinfo=UTC)  # already Thursday in Shanghai
    assert digest_day("07:00", moment, SHANGHAI, weekend, off_days=False) == date(2026, 7, 2)
    assert digest_day("19:00", moment, YORK, weekend, off_days=False) == date(2026, 7, 1)


def test_pauses_grow_and_end() -> None:
    pauses = [pause_after(n) for n in range(1, len(PAUSES) + 2)]
    assert pauses[-1] is None
    assert pauses[:-1] == sorted(filter(None, pauses))


def test_what_was_not_chosen_follows_the_defaults() -> None:
    assert {channel: wants({}, "transfer", channel) for channel in DEFAULTS} == dict(DEFAULTS)
    assert wants({"transfer": {"mail": True}}, "transfer", "mail")
    assert not wants({"transfer": {"push": False}}, "transfer", "push")
    assert wants({}, "digest", "mail")


@pytest.mark.parametrize("text", ["", "8", "8:3", "24:00", "08:60", "ab:cd", "-1:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        clock(text)


def test_messages_are_looked_for_every_ten_seconds() -> None:
    times = croniter.croniter(PERIODIC["reminders.deliver"], 0.0)
    first, second = times.get_next(float), times.get_next(float)
    assert second - first == 10
