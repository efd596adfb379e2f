"""Amounts read and shown."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genjin.kernel.money import BadAmount, format_money, format_yuan, parse_amount, parse_range


@pytest.mark.parametrize(
    ("written", "yuan"),
    [
        ("65万", "650000"),
        ("65 万元", "650000"),
        ("100(万元人民币)", "1000000"),
        ("100万人民币", "1000000"),
        ("人民币100万元整", "1000000"),
        ("1,234.50", "1234.50"),
        ("１，２３４．５０", "1234.50"),
        ("¥1,860 万", "18600000"),
        ("￥558", "558"),
        ("1.2亿", "120000000"),
        ("30w", "300000"),
        ("5千", "5000"),
        ("3千万", "30000000"),
        ("约65万左右", "650000"),
        ("六十五万", "650000"),
        ("一千二百万元", "12000000"),
        ("壹佰万圆整", "1000000"),
        ("十万", "100000"),
        ("一亿两千万", "120000000"),
        ("(500)", "-500"),
        ("-500", "-500"),
        ("0", "0"),
        (5, "5"),
        (1.005, "1.01"),
        (Decimal("3.14159"), "3.14"),
    ],
)
def test_amount_is_read(written: str | float | Decimal, yuan: str) -> None:
    amount = parse_amount(written)
    assert amount == Decimal(yuan)
    assert amount.as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("written", "low", "high"),
    [
        ("50-80万", 500_000, 800_000),
        ("50万-80万", 500_000, 800_000),
        ("50万～80万", 500_000, 800_000),
        ("50至80万元", 500_000, 800_000),
        ("5000-1万", 5_000, 10_000),
        ("80万以上", 800_000, None),
        ("超过80万", 800_000, None),
        ("不超过 5 万", None, 50_000),
        ("≤5万", None, 50_000),
        ("80万以下", None, 800_000),
    ],
)
def test_range_is_read(written: str, low: int | None, high: int | None) -> None:
    read = parse_range(written)
    assert (read.low, read.high) == (low, high)
    with pytest.raises(BadAmount, match="范围"):
        parse_amount(written)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "没有填写"),
        ("abc", "看不懂"),
        ("1e5", "看不懂"),
        ("65万元/年", "看不懂"),
        ("$500", "人民币"),
        ("500美元", "人民币"),
        ("80万-50万", "比后一个大"),
        ("80-50", "比后一个大"),
        ("80-50万", "比后一个大"),
        ("12345678901234567", "太大"),
        (float("nan"), "太大"),
        (float("inf"), "太大"),
    ],
)
def test_no_amount_is_refused_with_its_reason(written: str | float, reason: str) -> None:
    with pytest.raises(BadAmount, match=reason):
        parse_range(written)


@pytest.mark.parametrize(
    ("yuan", "glance", "full"),
    [
        ("18600000", "¥1,860 万", "¥18,600,000.00"),
        ("106000000", "¥1.06 亿", "¥106,000,000.00"),
        ("558", "¥558", "¥558.00"),
        ("9800", "¥9,800", "¥9,800.00"),
        ("420000", "¥42 万", "¥420,000.00"),
        ("99999999", "¥1 亿", "¥99,999,999.00"),
        ("1234.5", "¥1,234.5", "¥1,234.50"),
        ("-65000", "-¥6.5 万", "-¥65,000.00"),
        ("0", "¥0", "¥0.00"),
    ],
)
def test_amount_is_shown(yuan: str, glance: str, full: str) -> None:
    assert format_money(Decimal(yuan)) == glance
    assert format_yuan(Decimal(yuan)) == full


@settings(max_examples=40)
@given(st.decimals(-(10**12), 10**12, places=2))
def test_full_form_is_read_back(amount: Decimal) -> None:
    assert parse_amount(format_yuan(amount)) == amount


@given(st.one_of(st.text(max_size=20), st.text("0123456789.万亿千元-~(),一二三十百", max_size=12)))
def test_anything_is_read_or_refused(written: str) -> None:
    try:
        read = parse_range(written)
    except BadAmount as refusal:
        assert str(refusal)  # noqa: PT017 (both ends are allowed)
    else:
        assert read.low is not None or read.high is not None
