"""Patterns of codes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genjin.kernel.codes import BadPattern, format_code, parse_pattern

DAY = date(2024, 5, 9)


@pytest.mark.parametrize(
    ("pattern", "number", "code"),
    [
        ("KH-{000000}", 123, "KH-000123"),
        ("{000}", 1, "001"),
        ("HT{YYYY}{MM}{DD}-{0000}", 7, "HT20240509-0007"),
        ("{YY}{MM}/{000}", 12, "2405/012"),
        ("客户{0000}", 1, "客户0001"),
        ("{000}", 123456, "123456"),
    ],
)
def test_code_of_a_number(pattern: str, number: int, code: str) -> None:
    assert format_code(pattern, number, DAY) == code


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("", "流水号"),
        ("KH-", "流水号"),
        ("{000}-{000}", "只有一处"),
        ("{00}", "3 至 12 位"),
        ("{0000000000000}", "3 至 12 位"),
        ("{YYYY-MM}{000}", "YYYY-MM"),
        ("{}{000}", "不认识"),
        ("{000", "不能用的字符"),
        ("KH {000}", "不能用的字符"),
        ("<b>{000}", "不能用的字符"),
        ("K" * 40 + "{000}", "太长"),
    ],
)
def test_bad_pattern_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(BadPattern, match=reason):
        parse_pattern(pattern)


@settings(max_examples=40)
@given(st.text(max_size=30), st.integers(0, 10**9), st.dates())
def test_any_pattern_is_used_or_refused(text: str, number: int, day: date) -> None:
    for pattern in (text, text + "{0000}"):
        try:
            read = parse_pattern(pattern)
        except BadPattern:
            continue
        assert str(number) in read.code(number, day)


@given(st.sets(st.integers(1, 10**9), min_size=2, max_size=5))
def test_numbers_give_different_codes(numbers: set[int]) -> None:
    assert len({format_code("KH-{000000}", number, DAY) for number in numbers}) == len(numbers)
