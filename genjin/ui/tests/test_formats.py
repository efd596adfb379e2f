"""How dates, numbers and names are written."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from genjin.ui import formats
from genjin.ui.formats import Formats

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 11, 21, 13, 0, tzinfo=SHANGHAI)
FMT = Formats(SHANGHAI, NOW)


def at(day: int, hour: int = 0, minute: int = 0, month: int = 11, year: int = 2026) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (at(21, 15), "今天 15:00"),
        (at(20, 17, 20), "昨天 17:20"),
        (at(22, 9, 30), "明天 09:30"),
        (at(24, 10), "11-24"),
        (at(24, 10, year=2025), "2025-11-24"),
        (dt.date(2026, 11, 21), "今天"),
        (dt.date(2026, 11, 24), "11-24"),
        (None, "—"),
    ],
)
def test_moments_are_written_short_when_near(value: dt.datetime | dt.date | None, text: str) -> None:
    assert FMT.when(value) == text


def test_day_is_the_readers_day_not_the_servers() -> None:
    late_evening_utc = dt.datetime(2026, 11, 20, 17, 0, tzinfo=dt.UTC)
    assert FMT.when(late_evening_utc) == "今天 01:00"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (at(18, 9), ("逾期 3 天", "bad")),
        (at(21, 10, 30), ("今天 10:30", "bad")),
        (at(21, 15), ("今天 15:00", "warn")),
        (dt.date(2026, 11, 21), ("今天", "warn")),
        (at(22, 9, 30), ("明天 09:30", "")),
        (at(24), ("11-24", "")),
        (None, ("—", "")),
    ],
)
def test_due_dates_carry_their_tone(value: dt.datetime | dt.date | None, expected: tuple[str, str]) -> None:
    assert FMT.due(value) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (NOW - dt.timedelta(seconds=20), "刚刚"),
        (NOW - dt.timedelta(minutes=5), "5 分钟前"),
        (NOW - dt.timedelta(hours=2, minutes=59), "2 小时前"),
        (at(20, 17, 20), "昨天 17:20"),
        (at(21, 15), "今天 15:00"),
        (None, "—"),
    ],
)
def test_past_moments_of_today_are_relative(value: dt.datetime | None, text: str) -> None:
    assert FMT.ago(value) == text


def test_day_headings_name_weekday_and_year_when_another() -> None:
    assert FMT.day_heading(at(21, 9)) == "今天 · 11 月 21 日 周六"
    assert FMT.day_heading(at(18)) == "11 月 18 日 周三"
    assert FMT.day_heading(dt.date(2025, 11, 18)) == "2025 年 11 月 18 日 周二"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(3 * 86400 + 5, "还剩 3 天"), (3 * 3600 + 42 * 60, "还剩 3 小时 42 分"), (59 * 60, "还剩 59 分"), (0, "已到期")],
)
def test_time_left(seconds: int, text: str) -> None:
    assert FMT.left(NOW + dt.timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("yuan", "text"),
    [
        (Decimal(18_600_000), "¥1,860 万"),
        (Decimal(106_000_000), "¥1.06 亿"),
        (9_800, "¥9,800"),
        (Decimal("9800.50"), "¥9,800.5"),
        (-25_000, "-¥2.5 万"),
        (0, "¥0"),
        (None, "—"),
    ],
)
def test_money_is_written_in_wan_and_yi(yuan: int | Decimal | None, text: str) -> None:
    assert formats.money(yuan) == text


def test_money_in_english_uses_k_and_m() -> None:
    with translation.override("en"):
        assert formats.money(18_600_000) == "¥18.6M"
        assert formats.money(25_000) == "¥25K"


@pytest.mark.parametrize(("count", "text"), [(412, "412"), (2067, "2,067"), (10_000, "10,000"), (10_001, "10,000+")])
def test_counts_are_capped(count: int, text: str) -> None:
    assert formats.capped_count(count) == text


@pytest.mark.parametrize(
    ("value", "text"), [(1860, "1,860"), (Decimal("12.50"), "12.5"), (1.5, "1.5"), (100, "100"), (None, "—")]
)
def test_numbers_have_separators_and_no_idle_zeros(value: int | float | Decimal | None, text: str) -> None:
    assert formats.number(value) == text


def test_file_sizes() -> None:
    assert [formats.file_size(n) for n in (820, 1_258_291, 3_221_225_472)] == ["820 B", "1.2 MB", "3.0 GB"]


def test_long_text_and_lists_are_cut() -> None:
    assert formats.ell("苏州晶砺半导体有限公司", 6) == "苏州晶砺半…"
    assert formats.ell("苏州晶砺", 6) == "苏州晶砺"
    assert formats.listed(["甲", "乙"]) == "甲、乙"
    assert formats.listed(["甲", "乙", "丙", "丁"]) == "甲、乙、丙 等 4 项"


def test_avatars_show_the_end_of_a_chinese_name_and_latin_initials() -> None:
    assert formats.avatar_letters("周牧远") == "远"
    assert formats.avatar_letters("周牧远", long=True) == "牧远"
    assert formats.avatar_letters("Ada Lovelace", long=True) == "AL"
    assert formats.avatar_letters("Ada Lovelace") == "A"
    assert formats.avatar_letters("") == ""


def test_avatar_colour_is_stable_and_within_the_palette() -> None:
    assert formats.avatar_colour("周牧远") == formats.avatar_colour("周牧远")
    assert {formats.avatar_colour(str(n)) for n in range(400)} == set(range(formats.AVATAR_COLOURS))
