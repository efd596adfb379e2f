"""Names of companies in parts, and how alike two are: places, brands, words of trade, branches, numbers (B3)."""

from __future__ import annotations

import pytest

from genjin.kernel.company_names import company_likeness, read_company
from genjin.kernel.likeness import ALIKE
from genjin.kernel.slips import alike, taken_for


def _percent(one: str, other: str) -> int:
    return company_likeness(read_company(one), read_company(other))


@pytest.mark.parametrize(
    "other",
    [
        "苏州远岫新能源科技股份有限公司",
        "远岫新能源科技",
        "江苏省苏州市远岫新能源科技有限公司",
        "远岫（苏州）新能源科技有限公司",
        "蘇州遠岫新能源科技有限公司",
        "苏州远岫 新能源科技(集团)有限公司",
        "苏州远秀新能源科技有限公司",
        "苏州远岫新能原科技有限公司",
        "苏州远岫能新源科技有限公司",
        "远岫新能源",
    ],
)
def test_b3_writings_of_one_company_are_alike(other: str) -> None:
    assert _percent("苏州远岫新能源科技有限公司", other) >= ALIKE
    assert _percent(other, "苏州远岫新能源科技有限公司") == _percent("苏州远岫新能源科技有限公司", other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("苏州远岫新能源科技有限公司", "无锡远岫新能源科技有限公司"),
        ("苏州远岫新能源科技有限公司", "苏州远山新能源科技有限公司"),
        ("苏州远岫新能源科技有限公司", "苏州远岫国际贸易有限公司"),
        ("苏州远岫新能源科技有限公司", "远岫集团有限公司"),
        ("苏州第一纺织厂", "苏州第二纺织厂"),
        ("恒泰建筑有限公司上海分公司", "恒泰建筑有限公司北京分公司"),
        ("济南第五中学", "济南第八中学"),
    ],
)
def test_b3_another_place_brand_trade_number_or_branch_is_another_company(one: str, other: str) -> None:
    assert _percent(one, other) < ALIKE


def test_parts_of_a_name() -> None:
    read = read_company("江苏省苏州市远岫新能源科技股份有限公司")
    assert (read.rest[: read.brand], read.trade, read.places) == ("远岫", "新能源科技", frozenset({"320500"}))
    assert read_company("恒泰建筑有限公司上海分公司").branch == "上海"


def test_slips() -> None:
    assert alike("砺", "励")
    assert alike("新", "兴")
    assert not alike("明", "远")
    assert "励" in taken_for("砺")
    assert taken_for("A") == ()
