"""Whatever stands in a cell is a value, nothing, or a problem in words: never an error of the program."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from genjin.kernel.fields import (
    CreditCode,
    Date,
    DateTime,
    Email,
    FieldError,
    LongText,
    Number,
    Percent,
    Phone,
    Region,
    Text,
    Url,
    YesNo,
)
from genjin.kernel.fields.links import Industry
from genjin.surfaces.imports.rules import CellProblem
from genjin.surfaces.imports.tests.reading import ACTOR, found
from genjin.surfaces.imports.values.clock import split_time
from genjin.surfaces.imports.values.dates import possible_orders
from genjin.surfaces.imports.values.numbers import mixes_units, scales_percent, unit_of

FIELDS = (
    Date(key="day", label="日"), DateTime(key="at", label="时"), Number(key="n", label="数"),
    Percent(key="p", label="百分数"),
    Number(key="minutes", label="时长"), Number(key="money", label="金额", unit="元", places=2),
    YesNo(key="y", label="是否"),
    Phone(key="phone", label="电话"), Email(key="e", label="邮箱"), Url(key="u", label="网址"),
    Text(key="t", label="文字"),
    Text(key="external_code", label="编号"), LongText(key="l", label="长文"), Region(key="r", label="地区"),
    Industry(key="i", label="行业"), CreditCode(key="credit_code", label="信用代码"),
)  # fmt: skip
ALPHABET = (
    "0123456789-/.,年月日时点分 :：%万亿元(（)）eE+一二三十半上下午星期周无是否√×*#转'\"@abAPM、；|\n\t\u3000０１"
)
LIKELY = st.text(st.sampled_from(ALPHABET), max_size=24)
CELLS = st.one_of(
    LIKELY, LIKELY, LIKELY, st.text(max_size=40), st.floats(), st.integers(), st.booleans(), st.none(),
    st.dates(), st.times(),
    st.datetimes(), st.timedeltas(),
)  # fmt: skip


def _read(field: Any, cell: Any, target: str = "", **facts: Any) -> None:
    try:
        value = found(field, cell, target, **facts).value
    except CellProblem as problem:
        if not problem.words:
            raise
        return
    if value is not None:
        try:
            field.parse(value, ACTOR)
        except FieldError as error:  # what is read is what the field takes
            pytest.fail(f"{field.key}: {cell!r} was read as {value!r}: {error}")


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(CELLS)
@example(float("nan"))
@example(float("inf"))
@example(-1.5)
@example(1e300)
@example(10**400)
@example("9" * 5000)
@example("1" * 200 + "万")
@example("1e99")
@example("-1e-99")
@example("0000-00-00")
@example("9999-12-31 23:59:59+14:00")
@example("0001-01-01T00:00:00-14:00")
@example("²/³/2020")
@example("٣/٤/٢٠٢٠")
@example("1/2/3" * 50)
@example(datetime.max)  # noqa: DTZ901 - cells have no zone
@example(date.min)
@example(time.max)
@example(timedelta.max)
@example("\x00\ud800")
def test_every_cell_is_a_value_or_a_problem(cell: Any) -> None:
    for field in FIELDS:
        _read(field, cell)
    for facts in ({"date_order": "dmy"}, {"epoch": "1904"}):
        _read(FIELDS[0], cell, **facts)
    _read(FIELDS[3], cell, percent="fraction", span="middle")
    _read(FIELDS[5], cell, number="wan", span="high")
    _read(FIELDS[10], cell, "contact.name")
    possible_orders([cell])
    scales_percent([cell])
    mixes_units([cell, "3万"])
    if isinstance(cell, str):
        split_time(cell)
        unit_of(cell)
