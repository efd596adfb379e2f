"""Finding numbers of identity cards and bank cards in free text: what is one, and what only looks like one (S3-21)."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genjin.kernel.sensitive import HEALTH, RELIGION, Kind, find, is_id_number, masked, passes_luhn, pattern_of

ID, CARD = Kind.ID_CARD, Kind.BANK_CARD
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

FOUND = [
    ("11010519491231002X", ID, "110***********002X"),
    ("11010519491231002x", ID, "110***********002X"),
    ("身份证号：320102198001011238，请存档", ID, "320***********1238"),
    ("身份证320102198001011238客户本人", ID, "320***********1238"),
    ("ID320102198001011238", ID, "320***********1238"),
    ("１１０１０５１９４９１２３１００２Ｘ", ID, "110***********002X"),
    ("3201 0219 8001 0112 38", ID, "320***********1238"),
    ("320102 19800101 1238", ID, "320***********1238"),
    ("320102-19800101-1238", ID, "320***********1238"),
    ("110105 19491231 002 X", ID, "110***********002X"),
    ("110105　19491231　002Ｘ", ID, "110***********002X"),
    ("电话 13812345678 320102198001011238", ID, "320***********1238"),
    ("320102198001011238 13812345678", ID, "320***********1238"),
    ("合同编号旁写着 320102198001011238", ID, "320***********1238"),
    ("810000199408230021", ID, "810***********0021"),
    ("110105491231002", ID, "110********1002"),
    ("老身份证 320102800101123。", ID, "320********1123"),
    ("４４０３０１７７０５０６１２３", ID, "440********6123"),
    ("4111111111111111", CARD, "**** **** 1111"),
    ("卡号4111 1111 1111 1111", CARD, "**** **** 1111"),
    ("4111-1111-1111-1111", CARD, "**** **** 1111"),
    ("５１０５１０５１０５１０５１００", CARD, "**** **** 5100"),
    ("打到 6222021234567890128 这张卡", CARD, "**** **** 0128"),
    ("6222 0212 3456 7890 128", CARD, "**** **** 0128"),
    ("招行卡：6225880137706868", CARD, "**** **** 6868"),
    ("378282246310005", CARD, "**** **** 0005"),
    ("3782 822463 10005", CARD, "**** **** 0005"),
    ("3530111333300000", CARD, "**** **** 0000"),
    ("6011111111111117", CARD, "**** **** 1117"),
    ("信用卡 2223003122003222", CARD, "**** **** 3222"),
    ("2223 0031 2200 3222", CARD, "**** **** 3222"),
    ("卡号 30569309025904", CARD, "**** **** 5904"),
    ("3056 930902 5904", CARD, "**** **** 5904"),
    ("银行卡：4222222222222", CARD, "**** **** 2222"),
    ("对账单号不明，卡号 4111111111111111", CARD, "**** **** 1111"),
    ("6222021234567890128元", None, ""),
]
NOTHING = [
    "13812345678",
    "138 1234 5678，139 8765 4321",
    "+86 138 1234 5678 / 0512-62881234-801",
    "13812345678 13987654321 13700001111",
    "8613812345678 8613987654321",
    "400-820-8820 转 1234 5678",
    "0086-10-62881234 010-62881235",
    "91320594MA1W3X1K1A",
    "统一社会信用代码 913205941234567890",
    "911100001000013428",
    "订单号 4111111111111111",
    "合同编号：5105105105105100",
    "运单 6222021234567890128",
    "快递单号 4111 1111 1111 1111",
    "HT4111111111111111",
    "PO-4111111111111111",
    "DD20261122153000123456",
    "2026112215300012",
    "20261122 153000 1234",
    "2412011234567892",
    "2223003122003222",
    "4222222222222",
    "30569309025904",
    "IMEI 350123801231237",
    "6901234567892",
    "4006381333931",
    "4111111111111112",
    "6222021234567890123",
    "11010519491231002",
    "110105194912310021",
    "320102198013011238",
    "320102203001011230",
    "990105194912310028",
    "110105491331002",
    "999999491231002",
    "320***********1238",
    "**** **** 1111",
    "¥4,111,111,111,111,111.00",
    "4111111111111111.00",
    "4111111111111111 元",
    "1,234,567,890,123",
    "3.1415926535897932384626",
    "2021 2022 2023 2024 2025 2026",
    "1000 2000 3000 4000 5000",
    "4111 1111 1111 1111 1111",
    "0000000000000000",
    "550e8400-e29b-41d4-a716-446655440000",
    "deadbeef4111111111111111cafe",
    "id=4111111111111111&x",
    "https://example.com/a/4111111111111111/b",
    "设备序列号 5105105105105100",
    "发票号码 6011111111111117",
    "192.168.100.200 255.255.255.000",
    "报价 650000 元，账期 90 天，2026-11-30 前签",
    "今天去了工厂，王总说下周三再谈",
    "",
]


def id_number(front: str) -> str:
    """17 digits with their check character."""
    return front + "10X98765432"[sum(w * int(c) for w, c in zip(WEIGHTS, front, strict=True)) % 11]


@pytest.mark.parametrize(("text", "kind", "shown"), [row for row in FOUND if row[1]])
def test_S3_21_numbers_are_found_however_they_are_written(text: str, kind: Kind, shown: str) -> None:
    assert [(each.kind, each.shown) for each in find(text)] == [(kind, shown)]


@pytest.mark.parametrize("text", [*NOTHING, *(row[0] for row in FOUND if row[1] is None)])
def test_S3_21_what_only_looks_like_one_is_left_alone(text: str) -> None:
    assert find(text) == []


def test_the_tables_are_long_enough() -> None:
    assert len(FOUND) + len(NOTHING) >= 90


def test_all_numbers_of_a_text_are_found_in_order_and_can_be_masked() -> None:
    text = f"本人 {id_number('32010219800101123')}，卡 6222 0212 3456 7890 128；配偶{id_number('11010519491231002')}。"
    found = find(text)
    assert [each.kind for each in found] == [ID, CARD, ID]
    assert masked(text, found) == "本人 320***********1238，卡 **** **** 0128；配偶110***********002X。"
    assert find(masked(text, found)) == []


def test_what_was_found_does_not_stand_in_logs() -> None:
    assert "198001" not in repr(find("320102198001011238"))


DIGITS = st.text("0123456789", min_size=1, max_size=40)


@settings(max_examples=50, deadline=None)
@given(
    st.integers(0, 40_000), st.integers(0, 999), st.sampled_from(["110105", "320102", "440305", "513721", "650104"]),
    st.sampled_from(["", " ", "-", "　"]), st.sampled_from(["", "身份证", "号：", "（"]), st.sampled_from(["", "，"]),
)  # fmt: skip
def test_every_number_of_a_card_is_found(days: int, order: int, region: str, gap: str, before: str, after: str) -> None:
    born = date(1910, 1, 1) + timedelta(days)
    number = id_number(f"{region}{born:%Y%m%d}{order:03}")
    assert is_id_number(number)
    written = f"{before}{gap.join((number[:6], number[6:14], number[14:]))}{after}"
    assert [(each.kind, each.plain) for each in find(written)] == [(ID, number)]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 16), st.integers(1, 9), st.sampled_from(["11010519491231002X", "320102198001011238"]))
def test_one_wrong_digit_is_no_number(place: int, more: int, number: str) -> None:
    wrong = number[:place] + str((int(number[place]) + more) % 10) + number[place + 1 :]
    assert not is_id_number(wrong)


@settings(max_examples=50, deadline=None)
@given(st.text("0123456789０９xX -　.元卡单A，", max_size=80))
def test_any_text_can_be_looked_at(text: str) -> None:
    found = find(text)
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


def test_random_long_numbers_seldom_alarm() -> None:
    chance = random.Random(21)  # noqa: S311 - examples, no secrets
    alarms = sum(bool(find("".join(chance.choices("0123456789", k=16 + n % 4)))) for n in range(6_000))
    assert alarms <= 6_000 * 0.012


def test_luhn() -> None:
    assert passes_luhn("4111111111111111")
    assert not passes_luhn("4111111111111121")


def test_listed_words_count_when_asked_for() -> None:
    words = pattern_of(tuple(f"{HEALTH} {RELIGION} 老赖".split()))
    found = find("客户信佛，去年因糖尿病住院，是老赖", words)
    assert [each.shown for each in found] == ["信佛", "糖尿病", "住院", "老赖"]
    assert find("客户信佛") == []
    assert pattern_of(()) is None
