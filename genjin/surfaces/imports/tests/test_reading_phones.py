"""Phones, addresses, names and places as people write them in sheets (S1-11, S3-05, S3-06, B3)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genjin.kernel import industries, regions
from genjin.kernel.fields import CreditCode, Email, LongText, Phone, Region, Text, Url
from genjin.kernel.fields.links import Industry
from genjin.kernel.tables import Cell
from genjin.surfaces.imports.tests.reading import ACTOR, found, read, refused

PHONE = Phone(key="phone", label="手机")
TELEPHONE = Phone(key="telephone", label="座机")
MAIL = Email(key="email", label="邮箱")
SITE = Url(key="website", label="网址")
CODE = Text(key="external_code", label="外部编号", most=60)
CREDIT = CreditCode(key="credit_code", label="统一社会信用代码")
NAME = Text(key="name", label="姓名", most=60)
NOTE = LongText(key="remarks", label="备注")
REGION = Region(key="region", label="所在地区")
INDUSTRY = Industry(key="industry", label="所属行业")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("13812345678", "13812345678"), ("138 1234 5678", "13812345678"), ("138-1234-5678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"), ("+86 13812345678", "13812345678"),
        ("0086-13812345678", "13812345678"),
        ("(+86)138 1234 5678", "13812345678"), (13812345678, "13812345678"), (13812345678.0, "13812345678"),
        ("1.3812345678E+10", "13812345678"), ("1.38E10", None), ("13812345678.0", "13812345678"),
        ("’13812345678", "13812345678"),
        ("0512-62881234", "0512-62881234"), ("(0512)62881234", "0512-62881234"), ("051262881234", "0512-62881234"),
        (51262881234, "0512-62881234"), ("0512-62881234-801", "0512-62881234-801"),
        ("0512-62881234转801", "0512-62881234-801"),
        ("0512-62881234 分机 801", "0512-62881234-801"), ("0512-62881234 ext. 801", "0512-62881234-801"),
        ("62881234", "62881234"),
        ("400-820-8820", "400-820-8820"), ("4008208820", "400-820-8820"), ("+1 415 555 2671", "+14155552671"),
        ("手机：13812345678", "13812345678"), ("电话:0512-62881234", "0512-62881234"),
        ("Tel: 13812345678", "13812345678"),
        ("\u202d13812345678\u202c", "13812345678"), ("13812345678\n", "13812345678"),
    ],
)  # fmt: skip
def test_S1_11_one_number_in_all_writings(written: Cell, expected: str | None) -> None:
    if expected is None:
        assert "科学计数法" in refused(PHONE, written).words
    else:
        one = found(PHONE, written)
        assert (one.value, one.rest) == (expected, ())


@pytest.mark.parametrize("written", ["1.38E+10", "1.38e10", "1.38123E+10", "1E+11", " １.38E+10 "])
def test_S1_11_digits_that_a_spreadsheet_threw_away_are_told_and_never_invented(written: str) -> None:
    problem = refused(PHONE, written)
    assert ("已经丢失" in problem.words, problem.suggestion) == (True, "")


@pytest.mark.parametrize(
    ("written", "first", "second", "rest"),
    [
        ("13812345678/13912345678", "13812345678", "13912345678", ()),
        ("13812345678、13912345678", "13812345678", "13912345678", ()),
        ("13812345678，13912345678", "13812345678", "13912345678", ()),
        ("13812345678 13912345678", "13812345678", "13912345678", ()),
        ("13812345678\n0512-62881234", "13812345678", "0512-62881234", ()),
        ("13812345678; 0512-62881234-801", "13812345678", "0512-62881234-801", ()),
        ("13812345678 ::: +8613912345678", "13812345678", "13912345678", ()),
        ("138 1234 5678 / 139 1234 5678", "13812345678", "13912345678", ()),
        ("13812345678或13912345678", "13812345678", "13912345678", ()),
        ("13812345678、13912345678、13712345678", "13812345678", "13912345678", ("13712345678",)),
        ("13812345678（微信同号）", "13812345678", None, ("13812345678(微信同号)",)),
        ("张三13812345678 李四13912345678", "13812345678", "13912345678", ("张三13812345678 李四13912345678",)),
        ("13812345678/13812345678", "13812345678", None, ()),
        ("手机13812345678 电话0512-62881234", "13812345678", "0512-62881234", ()),
    ],
)  # fmt: skip
def test_several_numbers_of_one_cell_are_all_kept(
    written: str, first: str, second: str | None, rest: tuple[str, ...]
) -> None:
    one = found(PHONE, written)
    assert (one.value, one.others.get("telephone"), one.rest) == (first, second, rest)
    assert bool(one.hint) == bool(second or rest)


def test_further_numbers_of_a_field_without_a_second_go_to_the_remarks() -> None:
    one = found(TELEPHONE, "0512-62881234、13912345678")
    assert (one.value, dict(one.others), one.rest) == ("0512-62881234", {}, ("13912345678",))


@pytest.mark.parametrize(
    ("written", "words", "suggestion"),
    [
        ("1381234567", "应为 11 位，现在是 10 位", ""), ("138****5678", "被隐藏", ""), ("13812345678139", "顿号", ""),
        ("l3812345678", "", "13812345678"), ("1381234567O", "", "13812345670"), ("见名片", "要填电话号码", ""),
        ("12812345678", "号段不对", ""), (True, "要填电话号码", ""), ("13812345678/139", "", ""),
        ("#REF!", "错误值", ""),
    ],
)  # fmt: skip
def test_S1_11_what_is_no_number_is_told(written: Cell, words: str, suggestion: str) -> None:
    problem = refused(PHONE, written)
    assert words in problem.words, problem.words
    assert problem.suggestion == suggestion


@pytest.mark.parametrize("written", ["", "-", "无", "暂无", "N/A", "/", None, "  "])
def test_no_number_is_no_problem(written: Cell) -> None:
    assert read(PHONE, written) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(13_000_000_000, 19_999_999_999), st.sampled_from([0, 1, 2, 3]))
def test_what_our_phone_field_writes_is_read_again(number: int, spelling: int) -> None:
    text = str(number)
    spelled = [text, f"{text[:3]} {text[3:7]} {text[7:]}", f"+86{text}", f"{text[:3]}-{text[3:7]}-{text[7:]}"]
    assert read(PHONE, spelled[spelling]) == read(PHONE, number) == text
    assert read(PHONE, PHONE.text(PHONE.parse(text, ACTOR), ACTOR)) == text


def test_addresses_of_mail_and_web() -> None:
    for written in ("a@b.cn", " a@b.cn ", "ａ@b.cn", "张三 <a@b.cn>", "mailto:a@b.cn", "a@B.CN"):
        assert read(MAIL, written) == "a@b.cn", written
    one = found(MAIL, "a@b.cn; c@d.cn、e@f.cn")
    assert (one.value, one.rest, "邮箱" in one.hint) == ("a@b.cn", ("c@d.cn、e@f.cn",), True)
    assert (
        refused(MAIL, "a@b,cn").suggestion
        == refused(MAIL, "a #b.cn").suggestion.replace("a@b.cn", "a@b.cn")
        == "a@b.cn"
    )
    assert "缺少 @" in refused(MAIL, "无邮箱").words
    assert read(MAIL, "无") is None
    assert read(SITE, "www.example.cn") == "https://www.example.cn"
    assert refused(SITE, "www.example, cn").suggestion == "https://www.example.cn"


def test_numbers_of_other_systems_stay_whole_or_are_told() -> None:
    assert [read(CODE, cell) for cell in ("A001", "001", 17, 17.0, "A-1 ")] == ["A001", "001", "17", "17", "A-1"]
    assert "15 位" in refused(CODE, 3.2e17).words
    assert "15 位" in refused(CODE, "3.2E+17").words
    assert "15 位" in refused(CREDIT, 9.13205e17).words
    assert "18 位" in refused(CREDIT, "913205").words


def test_texts_stay_as_they_are() -> None:
    assert read(NOTE, "第一行\r\n第二行 ") == "第一行\n第二行"
    assert read(NOTE, 12.5) == "12.5"
    assert read(NOTE, 1.38e10) == "13800000000"
    assert read(NOTE, "=1+1") == "=1+1"
    assert read(NOTE, "无") == "无"
    assert "最多 60 个字" in refused(NAME, "长" * 61).words
    assert "错误值" in refused(NOTE, "#REF!").words


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60))
def test_what_our_text_fields_write_is_read_again(text: str) -> None:
    kept = NOTE.parse(text, ACTOR)
    if not kept.startswith("#"):
        assert (read(NOTE, NOTE.text(kept, ACTOR)) or "") == kept


@pytest.mark.parametrize(
    ("written", "name", "others"),
    [
        ("张三", "张三", {}), ("张总", "张总", {}), ("李经理", "李经理", {"position": "经理"}),
        ("王小姐", "王小姐", {"gender": "f"}),
        ("张三先生", "张三", {"gender": "m"}), ("张三经理", "张三", {"position": "经理"}),
        ("欧阳经理", "欧阳经理", {"position": "经理"}),
        ("张三（采购经理）", "张三", {"position": "采购经理"}), ("张三(女)", "张三", {"gender": "f"}),
        ("张 三", "张 三", {}),
        ("张三 经理", "张三", {"position": "经理"}), ("张三 13812345678", "张三", {"phone": "13812345678"}),
        ("张三：0512-62881234", "张三", {"phone": "0512-62881234"}), ("John Smith", "John Smith", {}),
        ("王女士", "王女士", {"gender": "f"}),
        ("陈工", "陈工", {}), ("阿卜杜拉·买买提", "阿卜杜拉·买买提", {}), ("采购部", "采购部", {}),
    ],
)  # fmt: skip
def test_S3_06_names_with_titles(written: str, name: str, others: dict[str, str]) -> None:
    one = found(NAME, written, "contact.name")
    assert (one.value, dict(one.others)) == (name, others)


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("张三、李四", ["张三", "李四"]), ("张三/李四", ["张三", "李四"]), ("张三 李四", ["张三", "李四"]),
        ("张三\n李四", ["张三", "李四"]),
        ("张三，李经理", ["张三", "李经理"]), ("张三 13812345678、李四 13912345678", ["张三", "李四"]),
        ("张三;李四;王五", ["张三", "李四", "王五"]),
    ],
)  # fmt: skip
def test_several_names_of_one_cell(written: str, names: list[str]) -> None:
    several = found(NAME, written, "contact.name").several
    assert [getattr(one, "value", one) for one in several] == names


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("江苏省苏州市", "320500"), ("江苏 苏州", "320500"), ("苏州", "320500"), ("江苏-苏州-工业园区", "320576"),
        ("320500", "320500"),
        (320500, "320500"), (320500.0, "320500"), ("江苏/苏州", "320500"), ("江苏省 苏州市 工业园区", "320576"),
        ("上海", "310000"),
        ("上海市浦东新区", "310115"), ("中国江苏苏州", "320500"), ("江苏", "320000"), ("32", "320000"),
        ("内蒙古", "150000"),
        ("江苏省>苏州市>吴中区", "320506"), ("苏州市姑苏区人民路1号", "320508"), ("新疆维吾尔自治区", "650000"),
    ],
)  # fmt: skip
def test_regions_by_name_short_name_path_and_code(written: Cell, code: str) -> None:
    assert read(REGION, written) == code


@pytest.mark.parametrize(
    ("written", "words", "suggestion"),
    [
        ("鼓楼区", "江苏省 南京市 鼓楼区", ""),
        ("火星", "不认识地区", ""),
        ("海外", "不认识地区", ""),
        ("999999", "不认识地区", ""),
    ],
)
def test_a_region_in_doubt_is_asked(written: str, words: str, suggestion: str) -> None:
    problem = refused(REGION, written)
    assert (words in problem.words, problem.suggestion) == (True, suggestion), problem.words


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("制造业", "C"), ("C39", "C39"), ("c3973", "C3973"), ("互联网", "I64"), ("金融", "J"),
        ("制造业/汽车制造业", "C36"),
        ("汽车制造业", "C36"), ("金融业", "J"),
    ],
)  # fmt: skip
def test_industries_by_name_word_path_and_code(written: str, code: str) -> None:
    assert read(INDUSTRY, written) == code


def test_what_a_place_says_besides_is_kept() -> None:
    street = found(REGION, "江苏省苏州市姑苏区人民路1号")
    assert (street.value, dict(street.others)) == ("320508", {"address": "江苏省苏州市姑苏区人民路1号"})
    assert found(REGION, "江苏省 苏州市 市辖区").others == found(REGION, "新疆维吾尔自治区").others == {}
    branch = found(INDUSTRY, "制造业/小玩意")
    assert (branch.value, branch.rest, "制造业" in branch.hint) == ("C", ("制造业/小玩意",), True)
    assert found(INDUSTRY, "制造业/汽车制造业").rest == ()


def test_an_unknown_industry_is_told_with_what_is_near() -> None:
    assert "是不是" in refused(INDUSTRY, "汽车零部件").words
    assert "不认识行业" in refused(INDUSTRY, "占星").words
    assert read(INDUSTRY, "占星", options={"占星": "O"}) == "O"
    assert read(INDUSTRY, "占星", options={"占星": "-leave"}) is None
    assert found(INDUSTRY, "占星", options={"占星": "-remarks"}).rest == ("占星",)


def test_what_our_place_fields_write_is_read_again() -> None:
    for code in [one.code for province in regions.children() for one in (province, *regions.children(province.code))]:
        assert read(REGION, REGION.text(code, ACTOR)) == code, REGION.text(code, ACTOR)
    for step in industries.children():
        assert read(INDUSTRY, INDUSTRY.text(step.code, ACTOR)) == step.code
