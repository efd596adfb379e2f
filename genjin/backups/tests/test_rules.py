"""Which backups stay, when the next is due, what is red."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from genjin.backups.rules import (
    RED,
    Copy,
    Retention,
    Standing,
    is_due,
    last_planned,
    next_planned,
    standing,
    superfluous,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
AT = time(2, 30)


def daily(days: int, *, verified: bool = True, reason: str = "") -> list[Copy]:
    """A backup each night for so many days, the newest tonight's."""
    nights = (NOW - timedelta(days=n, hours=9) for n in range(days))
    return [Copy(f"b{n}", at, verified, reason) for n, at in enumerate(nights)]


def kept(copies: list[Copy], keep: Retention | None = None) -> list[str]:
    gone = superfluous(copies, keep or Retention(), SHANGHAI)
    return [copy.name for copy in copies if copy.name not in gone]


def test_seven_days_four_weeks_twelve_months_stay() -> None:
    stay = kept(daily(500))
    assert stay[:7] == [f"b{n}" for n in range(7)]
    assert len(stay) == 7 + 3 + 11  # the weeks' and months' last ones beyond those that stay as days or weeks
    months = {(NOW - timedelta(days=int(name[1:]), hours=9)).astimezone(SHANGHAI).strftime("%Y-%m") for name in stay}
    assert len(months) == 12


def test_nothing_goes_while_no_new_ones_come() -> None:
    copies = [Copy(copy.name, copy.at - timedelta(days=400), True) for copy in daily(7)]
    assert kept(copies) == [copy.name for copy in copies]


def test_of_several_on_a_day_the_last_stays() -> None:
    hours = [Copy(f"h{n}", NOW - timedelta(hours=n), True) for n in range(5)]
    assert kept(hours) == ["h0"]


def test_without_a_proved_one_none_goes() -> None:
    assert len(kept(daily(60, verified=False))) == 60


def test_a_newer_unproved_one_replaces_nothing_and_stays() -> None:
    copies = [Copy("new", NOW, False), *daily(3), Copy("old", NOW - timedelta(days=40), False)]
    assert kept(copies) == ["new", "b0", "b1", "b2"]


def test_the_last_two_before_upgrades_stay() -> None:
    old = [Copy(f"u{n}", NOW - timedelta(days=30 * n + 14, hours=2), True, "upgrade") for n in range(3)]
    stay = kept([*daily(100), *old], Retention(1, 1, 1))
    assert stay == ["b0", "u0", "u1"]


def test_due_after_its_time_once_and_later_when_nothing_ran() -> None:
    planned = datetime(2026, 11, 22, 2, 30, tzinfo=SHANGHAI)
    assert last_planned(NOW, AT, SHANGHAI) == planned
    assert next_planned(NOW, AT, SHANGHAI) == planned + timedelta(days=1)
    assert is_due(NOW, AT, SHANGHAI, [planned - timedelta(hours=23)])
    assert not is_due(NOW, AT, SHANGHAI, [planned + timedelta(seconds=1)])
    before = datetime(2026, 11, 22, 2, 29, tzinfo=SHANGHAI)
    assert not is_due(before, AT, SHANGHAI, [planned - timedelta(hours=23)])


def test_a_new_installation_waits_for_its_first_night() -> None:
    assert not is_due(NOW, AT, SHANGHAI, [NOW - timedelta(minutes=5)])


@pytest.mark.parametrize(
    ("daily_on", "age", "failed", "installed_days", "wanted"),
    [
        (True, 10, False, 9, Standing.GOOD),
        (True, 37, False, 9, Standing.LATE),
        (True, 10, True, 9, Standing.FAILED),
        (True, None, False, 1, Standing.NONE_YET),
        (True, None, False, 2, Standing.MISSING),
        (False, 10, False, 9, Standing.OFF),
        (False, 400, False, 9, Standing.OFF),
    ],
)
def test_what_is_red(daily_on: bool, age: int | None, failed: bool, installed_days: int, wanted: Standing) -> None:
    good = NOW - timedelta(hours=age) if age is not None else None
    installed = NOW - timedelta(days=installed_days)
    found = standing(NOW, daily=daily_on, last_good=good, failed=failed, installed=installed)
    assert found is wanted
    assert (found in RED) == (wanted in {Standing.LATE, Standing.FAILED, Standing.MISSING})
