"""Dates as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genjin.kernel.dates import BadDate, Lean, parse_date

WEDNESDAY = date(2024, 5, 15)


@pytest.mark.parametrize(
    "written",
    [
        "2020/2/1",
        "2020.2.1",
        "2020-02-01",
        "20200201",
        "2020年2月1日",
        "2020年2月1号",
        "2020年 2月 1日",
        "２０２０／２／１",
        "二〇二〇年二月一日",
        "二零二零年二月一日",
        "20.2.1",
        "2020-02-01 10:30:00",
        "2020-02-01T10:30:00Z",
        "2020-02-01T10:30:00+08:00",
        "2020年2月1日 下午3点",
        "2020年2月1日（周六）",
        "2020-2-1 星期六",
        "43862",
        "43862.5",
        43862,
        43862.75,
        20200201,
        date(2020, 2, 1),
        datetime(2020, 2, 1, 23, 59, tzinfo=UTC),
    ],
)
def test_one_day_in_many_writings(written: str | float | date) -> None:
    read = parse_date(written, today=WEDNESDAY)
    assert (read.day, read.precision) == (date(2020, 2, 1), "day")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("今天", "2024-05-15"),
        ("明天", "2024-05-16"),
        ("明天 15:00", "2024-05-16"),
        ("后天", "2024-05-17"),
        ("大后天", "2024-05-18"),
        ("昨天", "2024-05-14"),
        ("前天", "2024-05-13"),
        ("周三", "2024-05-15"),
        ("星期天", "2024-05-19"),
        ("本周五", "2024-05-17"),
        ("下周三", "2024-05-22"),
        ("下个星期一", "2024-05-20"),
        ("上周日", "2024-05-12"),
        ("月底", "2024-05-31"),
        ("月初", "2024-05-01"),
        ("下月底", "2024-06-30"),
        ("下个月5号", "2024-06-05"),
        ("15日", "2024-05-15"),
        ("年底", "2024-12-31"),
        ("明年底", "2025-12-31"),
        ("3天后", "2024-05-18"),
        ("三天后", "2024-05-18"),
        ("两周后", "2024-05-29"),
        ("十天前", "2024-05-05"),
        ("一个月后", "2024-06-15"),
        ("半个月后", "2024-05-30"),
        ("半年后", "2024-11-15"),
        ("11-24", "2023-11-24"),
        ("11/24", "2023-11-24"),
        ("十一月二十四日", "2023-11-24"),
        ("5.20", "2024-05-20"),
        ("2月29日", "2024-02-29"),
        ("去年11月24日", "2023-11-24"),
        ("24/11/2020", "2020-11-24"),
        ("11/24/2020", "2020-11-24"),
    ],
)
def test_day_seen_from_today(written: str, day: str) -> None:
    read = parse_date(written, today=WEDNESDAY)
    assert (read.day.isoformat(), read.precision) == (day, "day")


@pytest.mark.parametrize(
    ("written", "day", "precision"),
    [
        ("2020年2月", "2020-02-01", "month"),
        ("2020-02", "2020-02-01", "month"),
        ("2020/2", "2020-02-01", "month"),
        ("3月", "2024-03-01", "month"),
        ("明年3月", "2025-03-01", "month"),
        ("下个月", "2024-06-01", "month"),
        ("2020年", "2020-01-01", "year"),
        ("2020", "2020-01-01", "year"),
        ("明年", "2025-01-01", "year"),
        ("下周", "2024-05-20", "week"),
    ],
)
def test_longer_time_says_so(written: str, day: str, precision: str) -> None:
    read = parse_date(written, today=WEDNESDAY)
    assert (read.day.isoformat(), read.precision) == (day, precision)


@pytest.mark.parametrize(
    ("lean", "written", "year"),
    [
        ("future", "5-14", 2025),
        ("future", "5-15", 2024),
        ("past", "5-16", 2023),
        ("past", "5-15", 2024),
        ("near", "5-16", 2024),
    ],
)
def test_missing_year_follows_the_leaning(lean: Lean, written: str, year: int) -> None:
    assert parse_date(written, today=WEDNESDAY, lean=lean).day.year == year


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "没有填写"),
        ("abc", "看不懂"),
        ("2020-02-30", "没有 2020 年 2 月 30 日"),
        ("2月30日", "2 月 30 日"),
        ("2023-2-29", "没有 2023 年 2 月 29 日"),
        ("13月", "没有 13 月"),
        ("2020-13-01", "没有 13 月"),
        ("9999-1-1", "年份 9999"),
        ("2/1/2020", "分不清月和日"),
        ("99", "看不懂"),
        ("12345678901", "看不懂"),
        (1e20, "看不懂"),
        (0, "看不懂"),
        (float("nan"), "看不懂"),
        ("9999年后", "看不懂"),
    ],
)
def test_no_date_is_refused_with_its_reason(written: str | float, reason: str) -> None:
    with pytest.raises(BadDate, match=reason):
        parse_date(written, today=WEDNESDAY)


@given(
    st.dates(date(1900, 1, 1), date(2199, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"]),
)
def test_every_day_is_read_back(day: date, form: str) -> None:
    assert parse_date(day.strftime(form), today=WEDNESDAY).day == day


@given(st.one_of(st.text(max_size=30), st.floats(), st.text("0123456789年月日周上下个底初-/. 天后前半", max_size=10)))
def test_anything_is_read_or_refused(written: str | float) -> None:
    for today in (WEDNESDAY, date(2024, 2, 29), date(1900, 1, 1), date(2199, 12, 31)):
        try:
            parse_date(written, today=today)
        except BadDate as refusal:
            assert str(refusal)  # noqa: PT017 (both ends are allowed)
