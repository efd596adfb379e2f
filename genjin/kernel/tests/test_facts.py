"""Regions and industries."""

from __future__ import annotations

import subprocess
import sys

import pytest

from genjin.kernel import industries, regions


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("320576", "江苏省 苏州市 工业园区"),
        ("320500", "江苏省 苏州市"),
        ("3205", "江苏省 苏州市"),
        ("32", "江苏省"),
        ("110105", "北京市 朝阳区"),
        ("429004", "湖北省 仙桃市"),
        ("321171", "江苏省 镇江市 镇江新区"),
        ("710000", "台湾省"),
        ("999999", ""),
        ("", ""),
    ],
)
def test_full_name_of_region(code: str, name: str) -> None:
    assert regions.full_name(code) == name


def test_children_of_region() -> None:
    assert len(regions.children()) == 34
    assert "苏州市" in [one.name for one in regions.children("320000")]
    assert "朝阳区" in [one.name for one in regions.children("11")]
    assert regions.children("320576") == ()
    assert sum(1 for province in regions.children() for _ in regions.children(province.code)) > 400


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("苏州", "320500"),
        ("蘇州", "320500"),
        ("suzhou", "320500"),
        ("sz", "320500"),
        ("su zhou", "320500"),
        ("广州市", "440100"),
        ("工业园", "320576"),
        ("北京", "110000"),
        ("3205", "320500"),
        ("nmg", "150000"),
        ("gy", "520100"),
    ],
)
def test_best_region_for_a_typed_text(text: str, code: str) -> None:
    assert regions.search_regions(text)[0].code == code


@pytest.mark.parametrize("text", ["", " ", "%", "没有这个地方"])
def test_no_region_for_a_typed_text(text: str) -> None:
    assert regions.search_regions(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("江苏苏州工业园区星湖街1号", "江苏省 苏州市 工业园区"),
        ("江苏省 苏州市 工业园区", "江苏省 苏州市 工业园区"),
        ("北京市朝阳区建国路", "北京市 朝阳区"),
        ("朝阳", "辽宁省 朝阳市"),
        ("苏州市", "江苏省 苏州市"),
        ("内蒙古呼和浩特", "内蒙古自治区 呼和浩特市"),
        ("南京鼓楼区中山路", "江苏省 南京市 鼓楼区"),
        ("上海浦东张江", "上海市 浦东新区"),
        ("恩施利川", "湖北省 恩施土家族苗族自治州 利川市"),
        ("吉林长春", "吉林省 长春市"),
        ("上海市杨浦区四川北路", "上海市 杨浦区"),
        ("广东东莞", "广东省 东莞市"),
        ("鼓楼区", None),
        ("某地", None),
        ("", None),
    ],
)
def test_region_of_an_address(text: str, name: str | None) -> None:
    found = regions.parse_region(text)
    assert (found and regions.full_name(found.code)) == name


def test_every_region_has_a_parent_and_finds_itself() -> None:
    for province in regions.children():
        for below in regions.children(province.code):
            assert regions.path(below.code)[0] == province
            assert regions.parse_region(regions.full_name(below.code)) == below


def test_industry_by_code() -> None:
    assert industries.full_name("C3973") == "制造业 / 计算机、通信和其他电子设备制造业 / 电子器件制造 / 集成电路制造"
    assert industries.full_name("A") == "农、林、牧、渔业"
    assert industries.industry("Z") is None
    assert len(industries.children()) == 20
    assert len(industries.children("A")) == 5


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("制造业", "C"),
        ("互联网", "I64"),
        ("互联网行业", "I64"),
        ("金融", "J"),
        ("金融业", "J"),
        ("芯片", "C397"),
        ("C39", "C39"),
        ("c3973", "C3973"),
        ("集成电路制造", "C3973"),
    ],
)
def test_industry_for_a_typed_text(text: str, code: str) -> None:
    assert industries.search_industries(text)[0].code == code
    found = industries.parse_industry(text)
    assert found is not None
    assert found.code == code


def test_industry_by_pinyin() -> None:
    assert "I65" in [one.code for one in industries.search_industries("rj")]
    assert "I651" in [one.code for one in industries.search_industries("ruanjiankaifa")]
    assert industries.search_industries("") == []
    assert industries.parse_industry("没有这个行业") is None


def test_every_common_word_means_an_industry() -> None:
    assert all(industries.parse_industry(word) for word in ("电商", "半导体", "律所", "物业", "养老", "saas"))


def test_facts_stay_small() -> None:
    measured = (
        "import tracemalloc\n"
        "from genjin.kernel import industries, regions\n"
        "tracemalloc.start()\n"
        "regions.region('32'); regions.parse_region('x'); industries.industry('C'); industries._keys()\n"
        "print(tracemalloc.get_traced_memory()[0])\n"
    )
    size = subprocess.run([sys.executable, "-c", measured], capture_output=True, text=True, check=True).stdout
    assert int(size) < 5_000_000
