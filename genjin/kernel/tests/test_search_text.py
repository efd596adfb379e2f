"""Tokens, queries, checks and marks of search, and that what is indexed is found."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genjin.kernel.folding import fold
from genjin.kernel.pinyin import segmentations, spelled, syllables_of
from genjin.kernel.search_text import (
    SearchQuery,
    as_tsvector,
    found_by,
    highlight,
    index_tokens,
    like_patterns,
    matches,
    parse_query,
    pinyin_hint,
    pinyin_sort_key,
    search_key,
)

SUZHOU = "苏州晶砺半导体有限公司"
COMMON = "".join(chr(point) for point in range(0x4E00, 0x6000))
HAN = st.text(alphabet=COMMON, min_size=2, max_size=14)
ANYTHING = st.text(max_size=40)


def held(token: str, tokens: set[str]) -> bool:
    if token.endswith("*"):
        return any(one.startswith(token[:-1]) for one in tokens)
    return token in tokens


def finds(
    typed: str,
    *,
    names: list[str],
    phones: tuple[str, ...] = (),
    codes: tuple[str, ...] = (),
    others: tuple[str, ...] = (),
) -> bool:
    """What the index and the check together would answer."""
    query = parse_query(typed)
    if query is None:
        return False
    tokens = set(index_tokens(names=names, phones=phones, codes=codes, others=others))
    key = search_key(names, phones, codes, others)
    by_index = all(any(all(held(token, tokens) for token in way.tokens) for way in ways) for ways in query.parts)
    by_key = matches(query, key)
    assert by_key == matches_like(query, key)
    return by_index and by_key


def matches_like(query: SearchQuery, key: str) -> bool:
    return all(any(like(pattern, key) for pattern in ways) for ways in like_patterns(query))


def like(pattern: str, text: str) -> bool:
    pieces = re.findall(r"\\.|.", pattern, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    return bool(re.fullmatch("".join(wild.get(piece) or re.escape(piece[-1]) for piece in pieces), text, re.DOTALL))


@pytest.mark.parametrize(
    "typed",
    [
        "晶砺",
        "砺半导",
        "晶",
        "jlb",
        "szjl",
        "j",
        "jingli",
        "suzhoujingl",
        "xian",
        "蘇州",
        "蘇州晶礪半導體",
        "ＳＺＪＬ",
        "JLB",
        "苏州 半导体",
        "苏州jing",
        "苏州j",
        "晶砺 5678",
        "5678",
        "45678",
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 138 1234 5678",
        "8613812345678",
        "KH-000123",
        "kh0001",
        "000123",
        "苏州，半导体",
        "liban",
        "youxiangongsi",
    ],
)
def test_company_is_found(typed: str) -> None:
    assert finds(typed, names=[SUZHOU], phones=("13812345678",), codes=("KH-000123",))


@pytest.mark.parametrize(
    "typed",
    ["苏晶", "半导体苏州", "xyz", "5679", "95678", "苏州 上海", "晶砺 5679", "bjl", "tian", "tech", "KH-000124", "wx"],
)
def test_company_is_not_found(typed: str) -> None:
    assert not finds(typed, names=[SUZHOU], phones=("13812345678",), codes=("KH-000123",))


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("单伟", "shanwei"),
        ("单伟", "sw"),
        ("单伟", "danwei"),
        ("重庆长安汽车", "cqca"),
        ("吕布", "lvb"),
        ("吕布", "lüb"),
        ("西安城墙", "xian"),
        ("西安城墙", "xi'an"),
        ("中国建设银行", "yinhang"),
        ("曾国藩", "zengguo"),
        ("华为 Tech", "华为tech"),
        ("华为Tech", "tech华为"),
        ("GTX Pro", "gtxpro"),
        ("GTX-Pro", "pro"),
        ("TCL华星", "tclhx"),
        ("苏州（晶砺）半导体", "州晶砺半"),
        ("苏州晶砺", "苏州（晶砺"),
        ("乾元资本", "qianyuan"),
        ("东芝の工場", "の工"),
        ("张伟", "张w"),
        ("张伟", "z"),
        ("张伟", "w"),
        ("伟", "w"),
        ("略阳县", "lueyang"),
        ("略阳县", "lveyang"),
        ("Zoë", "zoe"),
        ("上海浦东〇一", "ling"),
        ("𠀀𠀁公司", "𠀀𠀁"),
        ("A3栋", "a3"),
        ("某某P40手机", "40"),
        ("東芝", "东芝"),
        ("东芝", "東芝"),
        ("Привет", "прив"),
        ("O'Brien", "obrien"),
        ("张伟", "zhangw"),
        ("天安门", "tiananmen"),
        ("方案", "fangan"),
    ],
)
def test_name_is_found(name: str, typed: str) -> None:
    assert finds(typed, names=[name])


def test_landline_is_found_before_its_extension() -> None:
    assert finds("1234", names=["某"], phones=("0512-62881234-801",))
    assert finds("62881234", names=["某"], phones=("0512-62881234-801",))


def test_other_texts_are_found_by_words_and_not_by_pinyin() -> None:
    assert finds("浦东", names=["某"], others=("上海市浦东新区",))
    assert not finds("pudong", names=["某"], others=("上海市浦东新区",))


@pytest.mark.parametrize("typed", ["", "   ", "%", "'", "\\", "()&|!:*<->", "\x00", "\ud800", "，。"])
def test_nothing_to_search_for(typed: str) -> None:
    assert parse_query(typed) is None


def test_words_tell_prefixes() -> None:
    query = parse_query("张伟 wei")
    assert query is not None
    assert query.words == ("张伟", "wei*", "i.wei", "p.wei*")
    assert query.tsquery.startswith("('张伟') & ('wei':* | 'i.wei' | 'p.wei':*")


def test_estimate_takes_the_rarest_token_of_a_way_and_the_rarest_part() -> None:
    query = parse_query("苏州半 jlb")
    assert query is not None
    frequency = {"苏州": 9000, "州半": 40, "jlb*": 2, "i.jlb": 30}
    assert query.estimate(lambda token: frequency[token]) == 32


def test_highlight_marks_han_initials_and_pinyin() -> None:
    assert marks(SUZHOU, "晶砺") == "苏州[晶砺]半导体有限公司"
    assert marks(SUZHOU, "jlb") == "苏州[晶砺半]导体有限公司"
    assert marks(SUZHOU, "jingl") == "苏州[晶砺]半导体有限公司"
    assert marks("蘇州（晶礪）半導體", "苏州晶") == "[蘇州（晶]礪）半導體"
    assert marks("无锡", "jlb") == "无锡"
    assert marks("华为Tech", "tech 为") == "华[为Tech]"
    assert marks("13812345678", "5678") == "1381234[5678]"


def test_hint_shows_the_pinyin_of_the_hit() -> None:
    assert hint(SUZHOU, "jlb") == "suzhou [j]ing[l]i[b]an…"
    assert hint("江丽冰", "jlb") == "[j]iang[l]i[b]ing"
    assert hint(SUZHOU, "suzhoujing") == "[suzhoujing]…"
    assert hint(SUZHOU, "晶砺") is None
    assert hint("无锡", "jlb") is None
    assert hint("JLB公司", "jlb") is None


def test_sort_key_is_pinyin_order() -> None:
    names = ["赵一", "章子怡", "张伟", "单伟", "阿里", "张三", "李四", "林一", "Zoo", "abc", "360", "重庆", "曾国藩"]
    assert sorted(names, key=pinyin_sort_key) == [
        "360",
        "阿里",
        "abc",
        "重庆",
        "李四",
        "林一",
        "单伟",
        "曾国藩",
        "张三",
        "张伟",
        "章子怡",
        "赵一",
        "Zoo",
    ]


def test_segmentations_are_all_or_none() -> None:
    assert segmentations("zhangw") == (("zhang", "w"),)
    assert ("xi", "an") in (segmentations("xian") or ())
    assert segmentations("jlb") == ()
    assert segmentations("an" * 20) is None


def test_vocabulary_of_a_company_stays_small() -> None:
    assert len(index_tokens(names=[SUZHOU], phones=["13812345678"], codes=["KH-000123"])) < 85


@given(HAN, st.data())
def test_any_part_of_a_han_name_is_found(name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(name) - 2))
    end = data.draw(st.integers(start + 2, len(name)))
    assert finds(name[start:end], names=["别名", name])


@given(HAN, st.data())
def test_any_part_of_the_initials_is_found(name: str, data: st.DataObject) -> None:
    for reading in syllables_of(fold(name)):
        initials = "".join(sound[:1] or " " for sound in reading)
        start = data.draw(st.integers(0, len(initials) - 2))
        typed = initials[start : start + data.draw(st.integers(2, 8))].split(" ")[0]
        assert len(typed) < 2 or finds(typed, names=[name])


@given(HAN, st.data())
def test_any_beginning_of_the_pinyin_from_a_syllable_on_is_found(name: str, data: st.DataObject) -> None:
    for reading in syllables_of(fold(name)):
        start = data.draw(st.integers(0, len(reading) - 1))
        letters = "".join(sound or " " for sound in reading[start:]).split(" ")[0]
        typed = letters[: data.draw(st.integers(2, 60))]
        assert len(typed) < 2 or finds(typed, names=[name])


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.integers(4, 11))
def test_last_digits_of_a_phone_are_found(phone: str, size: int) -> None:
    assert finds(phone[-size:], names=["某"], phones=(phone,))


@given(st.text(alphabet="张伟李四（）()-—·， &.,'晶砺", min_size=2, max_size=12), st.data())
def test_any_part_of_a_name_with_signs_is_found(name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    typed = name[start : data.draw(st.integers(start + 1, len(name)))]
    assert parse_query(typed) is None or finds(typed, names=[name])


LEXEME = r"'(?:[^'\\]|''|\\\\)*'"


@settings(max_examples=300)
@given(ANYTHING, ANYTHING)
def test_any_text_gives_well_formed_output(typed: str, name: str) -> None:
    vector = as_tsvector([*index_tokens(names=[name], phones=[typed], codes=[typed], others=[name]), name])
    assert re.fullmatch(rf"(?:{LEXEME}(?: {LEXEME})*)?", vector)
    assert "\x00" not in vector
    key = search_key([name], [typed], [typed], [name])
    assert key.count("\n") == 3
    query = parse_query(typed)
    if query is not None:
        way = rf"{LEXEME}(?::\*)?(?: & {LEXEME}(?::\*)?)*"
        assert re.fullmatch(rf"\({way}(?: \| {way})*\)(?: & \({way}(?: \| {way})*\))*", query.tsquery)
        assert matches(query, key) == matches_like(query, key)
        assert "".join(piece for piece, _ in highlight(name, query)) == name
        pinyin_hint(name, query)
    assert "\x00" not in pinyin_sort_key(name)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=30))
def test_spelling_is_stable(letters: str) -> None:
    assert spelled(spelled(letters)) == spelled(letters)


def marks(text: str, typed: str) -> str:
    query = parse_query(typed)
    assert query is not None
    return "".join(f"[{piece}]" if hit else piece for piece, hit in highlight(text, query))


def hint(text: str, typed: str) -> str | None:
    query = parse_query(typed)
    assert query is not None
    spans = pinyin_hint(text, query)
    return None if spans is None else "".join(f"[{piece}]" if hit else piece for piece, hit in spans)


def test_characters_without_a_vowel_have_a_reading_that_can_be_typed() -> None:
    assert finds("enlai", names=["嗯来"])
    assert finds("yihen", names=["一噷"])


@given(st.lists(st.one_of(HAN, HAN.map(lambda name: name + "有限责任公司"), ANYTHING), max_size=2), ANYTHING)
@settings(max_examples=60)
def test_what_is_read_in_few_steps_is_what_is_read_letter_by_letter(names: list[str], more: str) -> None:
    phones, codes = ["13800138000"], ["KH-000123", "91320594MA1MYG2X40", more]
    vector, key = found_by(names, phones, codes)
    tokens = index_tokens(names=names, phones=phones, codes=codes)
    assert key == search_key(names, phones, codes)
    assert set(vector[1:-1].split("' '")) == set(as_tsvector(tokens)[1:-1].split("' '"))
