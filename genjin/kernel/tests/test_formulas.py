"""The language of formulas: what it reads, what it refuses and where, what comes of blanks; that it always ends."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genjin.kernel import formulas
from genjin.kernel.formulas import FormulaError, Kind

FIELDS = {"a": Kind.NUMBER, "b": Kind.NUMBER, "z": Kind.NUMBER, "c": Kind.YESNO, "d": Kind.DATE, "n": Kind.TEXT}
VALUES: dict[str, Any] = {"a": Decimal(7), "b": Decimal(2), "c": False, "d": dt.date(2026, 1, 1), "n": "宏远"}
TODAY = dt.date(2026, 11, 22)


def worked(text: str) -> Any:
    tree = formulas.parse(text)
    formulas.kind_of(tree, FIELDS)
    return formulas.result(tree, VALUES, TODAY)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1 + 2 * 3", Decimal(7)),
        ("({a} - {b}) / 2", Decimal("2.5")),
        ("-{a} * -2", Decimal(14)),
        ("50% * {a}", Decimal("3.5")),
        ("四舍五入（{a}／3，2）", Decimal("2.33")),
        ("ROUND(2.5)", Decimal(3)),
        ("ROUND(-2.5)", Decimal(-3)),
        ("ROUND(1234, -2)", Decimal(1200)),
        ("如果({a} > 5 且 {b} < 3, “大”, '小')", "大"),
        ("非{c}且{a}≥7", True),
        ("非({c}) 或 否", True),
        ("AND({a}=7, OR({b}=1, {b}=2))", True),
        ("天数(今天(), {d})", Decimal(325)),
        ("{d} + 30", dt.date(2026, 1, 31)),
        ("{d} - 1", dt.date(2025, 12, 31)),
        ("今天() - {d}", Decimal(325)),
        ('连接({n}, "-", {a}, "-", {d}, {z}, {c})', "宏远-7-2026-01-01否"),
        ("MAX({a}, {b}, {z})", Decimal(7)),
        ("最小({d}, 今天())", dt.date(2026, 1, 1)),
        ("SUM({a}, {z}, 3)", Decimal(10)),
        ("ABS({b} - {a})", Decimal(5)),
        ("0.1 + 0.2", Decimal("0.3")),
        ('{n} = "宏远"', True),
        ("{a} <> 7", False),
        # blanks: what cannot be told is blank, comparisons with it do not hold, functions of many leave it out
        ("{a} / 0", None),
        ("{z} + 1", None),
        ("SUM({z})", None),
        ("{z} > 1", False),
        ("{z} = 空()", True),
        ("0 = 空()", False),
        ("为空({z})", True),
        ("空时({z}, 3)", Decimal(3)),
        ("如果({c}, 1)", None),
        ("{d} + 99999999", None),
        ("9" * 20 + "*" + "9" * 20 + "*" + "9" * 20 + "*" + "9" * 20, None),
    ],
)
def test_a_formula_comes_to(text: str, wanted: Any) -> None:
    found = worked(text)
    assert found == wanted
    assert type(found) is type(wanted)


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("", "", "请填写公式"),
        ("1 +", "+", "没有写完"),
        ("1 + * 2", "*", "少了一个值"),
        ("(1 + 2", "(", "没有关上"),
        ("1 2", "2", "多了「2」"),
        ("合同金额 * 2", "合同金额", "没有「合同金额」这个函数"),
        ("__import__('os')", "__import__", "没有「__import__」"),
        ("{a}.real", ".", "不认识「.」"),
        ("{没有}", "{没有}", "没有「没有」这个字段"),
        ("{a} + {n}", "{n}", "文字不能相加"),
        ("{n} * 2", "{n}", "这里要数字，不能用文字"),
        ("如果({a}, 1, 2)", "{a}", "这里要是/否，不能用数字"),
        ('如果({c}, 1, "x")', '"x"', "两个结果要是同一种"),
        ("{a} > {d}", "{d}", "不能用日期"),
        ("1 < 2 < 3", "<", "一次只能比较两个值"),
        ("四舍五入(1, 2, 3)", "四舍五入(1, 2, 3)", "参数个数不对"),
        ('"没有结束', '"', "缺少后面的引号"),
        ("{没有结束", "{", "缺少后面的 }"),
        ("今天", "今天", "后面缺少括号"),
        ("1" + "+1" * 600, "", "公式太长"),
        ("+".join(["1"] * 150), "", "公式太复杂"),
        ("(" * 30 + "1" + ")" * 30, "(", "套得太深"),
        ("-" * 100 + "1", "-", "套得太深"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, place: str, said: str) -> None:
    with pytest.raises(FormulaError) as wrong:
        worked(text)
    assert said in wrong.value.message
    if place:
        assert text[wrong.value.at : wrong.value.at + wrong.value.length] == place


def test_names_in_braces_are_changed_outside_texts_only() -> None:
    text = '{合同金额} ＊ 2 + ｛ 数量 ｝ + "{合同金额}"'
    assert formulas.renamed(text, {"合同金额": "x_amount", "数量": "x_n"}) == '{x_amount} ＊ 2 + {x_n} + "{合同金额}"'
    assert formulas.reads_of(formulas.parse("{x_amount} + {x_n} + {x_n}")) == {"x_amount", "x_n"}


SIGNS = st.sampled_from(
    [*"0123456789.+-*/%(),=<>{}\"' \n且或非是否，（）“”", "{a}", "{n}", "{d}", "如果(", "今天()", "IF("]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(SIGNS, max_size=60).map("".join))
def test_any_text_is_worked_out_or_refused_with_a_place(text: str) -> None:
    place = 0
    try:
        worked(text)
    except FormulaError as wrong:
        place = wrong.at
    assert 0 <= place <= len(text)


def test_the_worst_formula_is_done_at_once() -> None:
    """As many parts as are let in, with the longest texts."""
    tree = formulas.parse("连接(" * 15 + ",".join(["{n}"] * 20) + ")" * 15)
    assert len(str(formulas.result(tree, {"n": "长" * 20_000}, TODAY))) == 2_000
