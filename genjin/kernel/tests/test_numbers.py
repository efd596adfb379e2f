"""Numbers as people and programs send them: rounded half up, none too large for a column, none that breaks (flaw 7)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from genjin.kernel.actor import system
from genjin.kernel.fields import FieldError, Number

WHOLE, CENTS = Number(key="n", label="数"), Number(key="n", label="数", places=2)


@pytest.mark.parametrize(("given", "kept"), [("2.5", 3), ("-2.5", -3), ("1,234", 1234), (7, 7), ("９", 9)])
def test_whole_numbers_are_rounded_half_up(given: Any, kept: int) -> None:
    assert WHOLE.parse_given(given, system()) == kept
    assert isinstance(WHOLE.parse_given(given, system()), int)


def test_decimals_are_rounded_half_up() -> None:
    assert CENTS.parse_given("0.125", system()) == Decimal("0.13")
    assert CENTS.parse_given("3", system()) == Decimal("3.00")


@pytest.mark.parametrize("given", ["1e30", "-1e30", "1e999999999", "9" * 40, "1e-999999999x", "NaN", "Infinity"])
@pytest.mark.parametrize("field", [WHOLE, CENTS])
def test_what_no_column_holds_is_refused_in_words(field: Number, given: str) -> None:
    with pytest.raises(FieldError):
        field.parse_given(given, system())
    with pytest.raises(FieldError):
        field.parse_filter(given, system())


def test_the_tiniest_number_is_nothing() -> None:
    assert CENTS.parse_given("1e-999999", system()) == 0
