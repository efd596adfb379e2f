"""Days and moments as people write them in sheets (S0-32, S0-40)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genjin.kernel.fields import Birthday, Date, DateTime
from genjin.kernel.tables import Cell
from genjin.surfaces.imports.tests.reading import ACTOR, found, read, refused
from genjin.surfaces.imports.values.dates import possible_orders

DAY = Date(key="result_date", label="结果日期")
TALK = DateTime(key="occurred_at", label="跟进时间")
NEXT = DateTime(key="next_contact_at", label="下次联系")
BIRTHDAY = Birthday(key="birthday", label="生日")
FIRST = date(2020, 2, 1)
HALF_PAST = datetime(2020, 2, 1, 14, 30)  # noqa: DTZ001 - cells of sheets have no zone


@pytest.mark.parametrize(
    "written",
    [
        "2020/2/1", "2020.2.1", "20200201", "2020年2月1日", "2020-02-01", "2020-2-1", " 2020/02/01 ", "2020年2月1号",
        "2020 / 2 / 1", "２０２０／２／１", "2020年 2月 1日", "2020-02-01 00:00:00", "2020/2/1 0:00",
        "2020-02-01T00:00:00", "2020/2/1 星期六", "2020-2-1（周六）", "2020年2月1日星期六", "20/2/1", "20.2.1",
        "20-2-1", "20年2月1日",
        "Feb 1, 2020",         "1 Feb 2020", "1-Feb-20", "February 1st, 2020", "Sat, 1 Feb 2020", "二〇二〇年二月一日",
        "2020_02_01", "43862",
        "43862.0", 43862, 43862.0, 43862.75, 20200201, date(2020, 2, 1), HALF_PAST,
        "2020年2月1日上午",
        "2020-02-01T00:00:00+08:00", "2020,2,1", "2020/2/1 下午2:30", "2020-02-01 9:00-10:00",
    ],
)  # fmt: skip
def test_S0_32_one_day_in_all_writings(written: Cell) -> None:
    assert read(DAY, written) == FIRST


@pytest.mark.parametrize(
    ("written", "hour", "minute"),
    [
        ("2020-02-01 14:30", 14, 30), ("2020/2/1 14:30:05", 14, 30), ("2020年2月1日 14点30分", 14, 30),
        ("2020年2月1日14时30分", 14, 30), ("2020-2-1 下午2:30", 14, 30), ("2020.2.1 下午2点半", 14, 30),
        ("2020/2/1 2:30 PM", 14, 30), ("2020/2/1 2:30pm", 14, 30), ("2020/2/1 PM 2:30", 14, 30),
        ("2020/2/1 上午9点", 9, 0), ("2020/2/1 中午12点", 12, 0), ("2020/2/1 中午1点", 13, 0),
        ("2020/2/1 晚上8点", 20, 0),
        ("2020/2/1 凌晨12:05", 0, 5), ("2020/2/1 12:00 AM", 0, 0), ("2020/2/1 9点一刻", 9, 15),
        ("2020-02-01T14:30", 14, 30),
        ("2020/2/1（下午3:15）", 15, 15), ("2020/2/1 9:00-10:00", 9, 0), ("2020/2/1 14：30", 14, 30),
        ("2020/2/1 3 PM", 15, 0),
        ("20200201143000", 14, 30), (43862.604166666664, 14, 30), (HALF_PAST, 14, 30),
        ("2020-02-01 06:30:00+00:00", 14, 30), ("2020-02-01T06:30:00Z", 14, 30), (1580538600, 14, 30),
        (1580538600000, 14, 30),
        ("2020-02-01", 0, 0), (date(2020, 2, 1), 0, 0), ("2020/2/1 周六 14:30", 14, 30), ("2020-02-01 24:00", 0, 0),
        ("2020-02-01 14:30:05.123", 14, 30), ("2020年02月01日 下午 02:30", 14, 30),
    ],
)  # fmt: skip
def test_S0_32_times_of_day_in_all_writings(written: Cell, hour: int, minute: int) -> None:
    moment = read(TALK, written).astimezone(ACTOR.zone)
    assert (moment.date(), moment.hour, moment.minute) == (FIRST, hour, minute)


def test_S0_32_serial_numbers_of_both_calendars() -> None:
    assert read(DAY, 42400, epoch="1904") == read(DAY, 43862) == FIRST
    assert "2020-02-01 这样" in refused(DAY, 17).words, "a small number is no date"


@pytest.mark.parametrize(
    ("written", "expected", "hint"),
    [
        ("2020-02", FIRST, "只有年和月"), ("2020年2月", FIRST, "只有年和月"), ("2020/2", FIRST, "只有年和月"),
        ("202002", FIRST, "只有年和月"), (202002, FIRST, "只有年和月"), ("2月1日", date(2027, 2, 1), "没有年份"),
        ("11-24", date(2026, 11, 24), "没有年份"), ("十一月二十四日", date(2026, 11, 24), "没有年份"),
    ],
)  # fmt: skip
def test_what_is_missing_of_a_day_is_filled_in_and_told(written: Cell, expected: date, hint: str) -> None:
    one = found(DAY, written)
    assert (one.value, hint in one.hint) == (expected, True)


def test_a_day_without_its_year_lies_behind_for_a_talk_and_ahead_for_the_next() -> None:
    assert read(TALK, "12月1日").date() == date(2025, 12, 1)
    assert read(NEXT, "2月1日").date() == date(2027, 2, 1)
    assert read(BIRTHDAY, "1985/3/15") == date(1985, 3, 15)
    for written in ("3月15日", "--03-15", "03-15", "3.15"):
        known = read(BIRTHDAY, written)
        assert BIRTHDAY.text(BIRTHDAY.parse(known, ACTOR), ACTOR) == "03-15", "as address books write it"


@pytest.mark.parametrize(
    ("written", "words", "suggestion"),
    [
        ("2020", "只有年份 2020", "2020-01-01"), (2020, "只有年份 2020", "2020-01-01"), ("2020/2/30", "2 月 30 日", ""),
        ("2020年13月1日", "没有 13 月", ""), ("昨天", "哪天写的", "2026-11-21"), ("上周三", "哪天写的", "2026-11-11"),
        ("3/4/2020", "分不清月和日", ""), ("40/40/2020", "没有", ""), ("下次再说", "看不懂", ""),
        ("14:30", "还缺日期", ""),
        (time(14, 30), "要填日期", ""), (timedelta(hours=2), "要填日期", ""), (True, "要填日期", ""),
        (7.5, "看不懂", ""),
        ("#VALUE!", "错误值", ""), ("1899-01-01", "年份", ""), ("200201", "可能是 2002-01", ""),
        ("200231", "没有", ""),
        (10**18, "看不懂", ""),
    ],
)  # fmt: skip
def test_what_is_no_day_is_told_with_a_way_out(written: Cell, words: str, suggestion: str) -> None:
    problem = refused(DAY, written)
    assert words in problem.words, problem.words
    assert problem.suggestion == suggestion


@pytest.mark.parametrize("written", ["", " ", "-", "/", "N/A", "无", "暂无", "—", None])
def test_cells_that_stand_for_nothing_are_empty(written: Cell) -> None:
    assert read(DAY, written) is None


@pytest.mark.parametrize(
    ("column", "orders", "doubtful"),
    [
        (["13/2/2020", "3/4/2020"], ("dmy",), 1), (["2/13/2020", "3/4/2020"], ("mdy",), 1),
        (["3/4/2020", "5/6/2020"], ("mdy", "dmy"), 2), (["2020/2/1", "20200201"], ("ymd", "mdy", "dmy"), 0),
        (["20/2/1", "21/3/31"], ("ymd",), 1), (["1/2/20", "31/2/20"], (), 1),
        (["4/4/2020", 43862], ("mdy", "dmy"), 0), (["3/4/2020 14:30", "25/4/2020 9:00"], ("dmy",), 1),
        (["13/2/2020", "2/13/2020"], (), 0), (["3/4/20", "3/14/20"], ("mdy",), 1),
    ],
)  # fmt: skip
def test_the_order_of_day_and_month_is_told_by_the_whole_column(
    column: list[Cell], orders: tuple[str, ...], doubtful: int
) -> None:
    assert possible_orders(column) == (orders, doubtful)


def test_a_decided_order_reads_the_column_and_tells_what_does_not_fit() -> None:
    assert read(DAY, "3/4/2020", date_order="dmy") == date(2020, 4, 3)
    assert read(DAY, "3/4/2020", date_order="mdy") == date(2020, 3, 4)
    assert read(DAY, "3.4.20", date_order="mdy") == date(2020, 3, 4)
    assert read(DAY, "2020/3/4", date_order="dmy") == date(2020, 3, 4)
    problem = refused(DAY, "3/14/2020", date_order="dmy")
    assert ("日/月/年" in problem.words, problem.suggestion) == (True, "2020-03-14")
    assert read(DAY, "14/3/2020") == read(DAY, "3/14/2020") == date(2020, 3, 14), "only one order is possible"


@settings(max_examples=40, deadline=None)
@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_what_our_date_fields_write_is_read_again(day: date) -> None:
    assert read(DAY, DAY.text(day, ACTOR)) == day
    assert read(DAY, DAY.to_json(day)) == day


@settings(max_examples=40, deadline=None)
@given(st.datetimes(datetime(1970, 1, 2), datetime(2199, 12, 30)))  # noqa: DTZ001 - given its zone below
def test_what_our_moment_fields_write_is_read_again(moment: datetime) -> None:
    aware = moment.replace(second=0, microsecond=0, tzinfo=ACTOR.zone, fold=0)
    assert read(TALK, TALK.to_json(aware)) == aware
    assert read(TALK, TALK.text(aware, ACTOR)) == aware
    assert read(TALK, TALK.form_value(aware, ACTOR)) == aware
