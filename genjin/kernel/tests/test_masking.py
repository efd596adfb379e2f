"""Masked forms (B19)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genjin.kernel.masking import mask_address, mask_bank_card, mask_email, mask_id_card, mask_name, mask_phone

MASKS: list[Callable[[str], str]] = [mask_phone, mask_email, mask_id_card, mask_bank_card, mask_name, mask_address]


@pytest.mark.parametrize(
    ("mask", "text", "masked"),
    [
        (mask_phone, "13812345678", "138****5678"),
        (mask_phone, "+86 138-1234-5678", "138****5678"),
        (mask_phone, "0512-62881234", "0512-****1234"),
        (mask_phone, "0512-62881234-801", "0512-****1234"),
        (mask_phone, "62881234", "****1234"),
        (mask_phone, "400-820-8820", "400-820-8820"),
        (mask_phone, "+1 415 555 2671", "+14****671"),
        (mask_phone, "13812345678 张伟", "13****678"),
        (mask_phone, "1234", "****"),
        (mask_phone, "无", "****"),
        (mask_email, "zhangwei@example.com", "z***@example.com"),
        (mask_email, "a@b.cn", "a***@b.cn"),
        (mask_email, "没有", "***"),
        (mask_id_card, "320501199001011234", "320***********1234"),
        (mask_id_card, "32050119900101123x", "320***********123x"),
        (mask_id_card, "123", "****"),
        (mask_bank_card, "6222 0202 0001 1234567", "**** **** 4567"),
        (mask_bank_card, "1234", "****"),
        (mask_name, "张伟", "张*"),
        (mask_name, "欧阳娜娜", "欧***"),
        (mask_name, "张", "张*"),
        (mask_name, "John Smith", "J***"),
        (mask_address, "江苏省苏州市工业园区星湖街1号", "江苏省 苏州市 工业园区 ****"),
        (mask_address, "星湖街1号", "****"),
    ],
)
def test_masked(mask: Callable[[str], str], text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize("mask", MASKS)
def test_nothing_stays_nothing(mask: Callable[[str], str]) -> None:
    assert mask("") == mask("  ") == ""


@pytest.mark.parametrize("mask", MASKS)
@given(text=st.text(min_size=1, max_size=40))
def test_any_text_is_masked(mask: Callable[[str], str], text: str) -> None:
    masked = mask(text)
    assert not text.strip() or "*" in masked or mask is mask_phone


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_the_middle_of_a_mobile_never_shows(phone: str) -> None:
    assert mask_phone(phone) == f"{phone[:3]}****{phone[7:]}"
