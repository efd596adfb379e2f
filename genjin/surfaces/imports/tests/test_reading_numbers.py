"""Numbers, percentages, amounts and yes or no as people write them in sheets (S0-38)."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genjin.kernel.fields import Number, Percent, YesNo
from genjin.kernel.tables import Cell
from genjin.surfaces.imports.tests.reading import ACTOR, found, read, refused
from genjin.surfaces.imports.values.numbers import has_ranges, mixes_units, scales_percent, unit_of

PROGRESS = Percent(key="progress", label="跟进进度")
MINUTES = Number(key="minutes", label="时长（分钟）", least=0, greatest=1440)
COUNT = Number(key="staff", label="人数", least=0)
AMOUNT = Number(key="amount", label="金额", places=2, unit="元")
LIKED = Number(key="satisfaction", label="满意度", places=1, least=0, greatest=5, unit="/5")
PRIMARY = YesNo(key="primary", label="主联系人")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1200", 1200), ("1,200", 1200), ("１２００", 1200), ("1 200", 1200), ("1，200", 1200), (1200, 1200),
        (1200.0, 1200),
        ("1200人", 1200), ("1200 个", 1200), ("1.2万", 12000), ("1.2e3", 1200), ("1.2E+3", 1200), (" 12 ", 12),
        ("12.0", 12),
        ("一千二百", 1200), ("+12", 12), ("1'200", 1200), ("12家", 12), ("3千", 3000),
    ],
)  # fmt: skip
def test_a_number_in_all_writings(written: Cell, expected: int) -> None:
    assert read(COUNT, written) == expected


@pytest.mark.parametrize(
    ("written", "unit", "expected"),
    [
        ("65万", "", "650000"), ("65万元", "", "650000"), ("65 万", "", "650000"), ("￥1,234.50", "", "1234.50"),
        ("100(万元人民币)", "", "1000000"), ("1.06亿", "", "106000000"), ("65w", "", "650000"), ("12k", "", "12000"),
        ("65", "wan", "650000"), (65, "wan", "650000"), ("65万", "wan", "650000"), ("8000元", "wan", "8000"),
        ("1,234.5", "wan", "12345000"), ("0.5", "yi", "50000000"), ("六十五万", "", "650000"), ("-500", "", "-500"),
        ("(500)", "", "-500"), ("人民币 300 元整", "", "300"), ("1200.5元", "", "1200.5"), ("3.5百万", "", "3500000"),
    ],
)  # fmt: skip
def test_an_amount_in_all_writings(written: Cell, unit: str, expected: str) -> None:
    assert read(AMOUNT, written, number=unit) == Decimal(expected)


def test_a_range_gives_the_end_that_was_chosen_and_is_asked_about_before() -> None:
    problem = refused(AMOUNT, "50-80万")
    assert ("是一个范围" in problem.words, problem.suggestion) == (True, "500000")
    for span, expected in [("low", "500000"), ("high", "800000"), ("middle", "650000")]:
        one = found(AMOUNT, "50-80万", span=span)
        assert (one.value, one.rest) == (Decimal(expected), ("50-80万",)), "the range stays in the remarks"
        assert "50-80万" in one.hint
    assert read(AMOUNT, "80万以上", span="low") == read(AMOUNT, "不超过80万", span="high") == 800_000
    assert read(AMOUNT, "50-80", number="wan", span="low") == 500_000
    assert read(COUNT, "20-99人", span="high") == 99
    assert has_ranges(["50-80万", "65万", 3, "-5", "80万以上", "待定"]) == ["50-80万", "80万以上"]


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("年产值（万元）", "wan"), ("金额(元)", "yuan"), ("预算/万", "wan"), ("合同额（亿元）", "yi"), ("注册资本", ""),
        ("金额（千元）", "qian"), ("百万元", "baiwan"), ("元", "yuan"), ("万科", ""),
    ],
)  # fmt: skip
def test_the_unit_stands_in_the_heading(heading: str, unit: str) -> None:
    assert unit_of(heading) == unit


def test_amounts_that_mix_units_are_noticed() -> None:
    assert mixes_units(["65万", "50", 30])
    assert not mixes_units(["65万", "500000"])
    assert not mixes_units(["65", 30])


@pytest.mark.parametrize(
    ("written", "words", "suggestion"),
    [
        ("很多", "应填数字", ""), ("1,5", "应填数字", "1.5"), ("-3", "不能小于 0", ""), (True, "应填数字", ""),
        ("#DIV/0!", "错误值", ""), ("12a", "应填数字", ""), (time(1, 0), "应填数字", ""),
    ],
)  # fmt: skip
def test_what_is_no_number_is_told(written: Cell, words: str, suggestion: str) -> None:
    problem = refused(COUNT, written)
    assert (words in problem.words, problem.suggestion) == (True, suggestion), problem.words


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("90", 90), (90, 90), ("90分钟", 90), ("1小时30分", 90), ("1.5小时", 90), ("1小时半", 90), ("一个半小时", 90),
        ("半小时", 30),
        ("1:30", 90), (time(1, 30), 90), (timedelta(minutes=90), 90), ("30分", 30), ("2h", 120), ("45 min", 45),
        ("两小时", 120),
    ],
)  # fmt: skip
def test_lengths_of_time(written: Cell, expected: int) -> None:
    assert read(MINUTES, written) == expected


def test_marks_of_satisfaction() -> None:
    assert [read(LIKED, cell) for cell in ("4.5", "4.5分", "4/5", 4, "5星")] == [
        Decimal(x) for x in ("4.5", "4.5", "4", "4", "5")
    ]


@pytest.mark.parametrize(
    ("written", "scale", "expected"),
    [
        ("45%", "", 45), ("45", "", 45), (45, "", 45), (0.45, "", 45), ("0.45", "", 45), ("45％", "", 45),
        ("４５%", "", 45),
        (1.0, "fraction", 100), (1, "fraction", 100), ("1", "fraction", 100), ("1", "whole", 1), (0.5, "fraction", 50),
        ("45%", "fraction", 45), ("45 %", "", 45), ("百分之45", "", 45), ("四成", "", 40), ("四成五", "", 45),
        ("七成半", "", 75),
        ("完成45%", "", 45), ("约45%", "", 45), (0, "", 0), ("100%", "", 100), (0.29, "", 29), (0.57, "fraction", 57),
    ],
)  # fmt: skip
def test_S0_38_percentages_in_all_writings(written: Cell, scale: str, expected: int) -> None:
    assert read(PROGRESS, written, percent=scale) == expected


def test_S0_38_what_is_no_percentage_is_told() -> None:
    cases: list[tuple[Cell, str]] = [
        ("450%", "不能大于 100"),
        (-1, "不能小于 0"),
        ("快了", "应填百分数"),
        (True, "应填百分数"),
    ]
    for written, words in cases:
        assert words in refused(PROGRESS, written).words
    assert "整数" in found(PROGRESS, "45.6%").hint
    assert "范围" in refused(PROGRESS, "70-80%").words
    assert read(PROGRESS, "70-80%", span="low") == 70


def test_S0_38_the_whole_column_tells_whether_one_is_all() -> None:
    assert scales_percent([0.45, 1, 0.3]) == scales_percent(["0.45", "1"]) == "fraction"
    assert scales_percent([45, 1, 100]) == scales_percent(["1", "45%", 30]) == "whole"
    assert scales_percent(["45%", None, "高"]) == scales_percent([0, 0]) == ""


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        *((w, True) for w in ("是", "有", "√", "✓", "✔", "☑", "Y", "y", "YES", "1", 1, 1.0, True, "对", "TRUE", "真",
        "启用", "已", "是。")),
        *((w, False) for w in ("否", "无", "×", "✗", "✘", "☐", "N", "no", "0", 0, 0.0, False, "错", "FALSE", "没有",
        "未", "X", "不是")),
        *((w, None) for w in ("", None, "-", "N/A", " ")),
    ],
)  # fmt: skip
def test_yes_and_no_in_all_spellings(written: Cell, expected: bool | None) -> None:
    assert read(PRIMARY, written) is expected


def test_what_is_neither_yes_nor_no_is_told() -> None:
    for written in ("也许", 2, "☒"):
        assert "应填是或否" in refused(PRIMARY, written).words


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100))
def test_S0_38_what_our_percent_field_writes_is_read_again(value: int) -> None:
    assert read(PROGRESS, PROGRESS.text(value, ACTOR)) == read(PROGRESS, PROGRESS.to_json(value)) == value
    assert read(PROGRESS, value / 100, percent="fraction") == value


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**12), st.decimals(0, 5, places=1), st.booleans())
def test_what_our_number_fields_write_is_read_again(number: int, liked: Decimal, yes: bool) -> None:
    assert read(COUNT, COUNT.text(number, ACTOR)) == read(COUNT, number) == number
    assert read(LIKED, LIKED.text(liked, ACTOR)) == read(LIKED, LIKED.to_json(liked)) == liked
    amount = Decimal(number) / 100
    assert read(AMOUNT, AMOUNT.text(amount, ACTOR)) == read(AMOUNT, AMOUNT.to_json(amount)) == amount
    assert read(PRIMARY, PRIMARY.text(yes, ACTOR)) is yes
