"""Finding what does not belong into free text (S3-21): numbers of identity cards and bank cards, and listed words.

Pure: what is done about it is decided in `careful`. One search settles texts without twelve digits; what looks like a
number is then read with its check digit, region, date or issuer: order numbers, phones and amounts are long too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import accumulate

from genjin.kernel.masking import HIDDEN, mask_bank_card, mask_id_card
from genjin.kernel.regions import children

EARLIEST = 1905
SHORTEST, LONGEST = 12, 19
_GAP = r"[ \-\u00a0\u2010-\u2015\u2212\u3000\uff0d]{0,2}"
# begins where digits begin, so that a text full of short numbers costs little
_ENOUGH = re.compile(rf"[0-9０-９](?<![0-9０-９]{{2}})(?:{_GAP}+[0-9０-９]){{{SHORTEST - 1}}}")
_RUN = re.compile(rf"[0-9](?:{_GAP}[0-9])*(?:{_GAP}X(?![A-Z]))?")
_GROUP = re.compile(r"[0-9]+X?|X")
_NARROW = str.maketrans("０１２３４５６７８９Ｘｘx", "0123456789XXX")

_ID_NUMBER = re.compile(r"(?:(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71)(?!00)|8[1-3])\d{15}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

# Cards as they are common here: their numbers count wherever they stand.
_COMMON = re.compile(
    r"62\d{14,17}|4\d{15}|5[1-5]\d{14}|3[47]\d{13}|35(?:2[89]|[3-8]\d)\d{12}|6011\d{12}"
    r"|(?:9558\d\d|95599\d|60138[23]|436742|456351|524094|621\d{3}|103\d{3})\d{10,13}"
)
# Rarer issuers and lengths: only where they are written as cards are, or called one.
_RARER = re.compile(
    r"4(?:\d{12}|\d{18})|2(?:2[2-9]|[3-6]\d|7[0-2])\d{13}|3(?:0[0-5]|[689]\d)\d{11}|(?:5[06-9]|6\d|9[45])\d{10,17}"
)
_SHAPES = frozenset({(4, 4, 4), (4, 6, 4), (4, 6, 5)})
_CALLED = re.compile(r"卡|账|帐|银联|开户|card|account|visa|amex", re.IGNORECASE)
_OTHERWISE = re.compile(
    r"单|合同|协议|发票|税|快递|物流|编[号码]|流水|批次|批号|序列|条码|型号|料号|设备|机号|资产|工号|识别码"
    r"|order|contract|invoice|track|serial|batch|imei|\b(?:sn|po|no)\b",
    re.IGNORECASE,
)
_NEAR = 14
HEALTH = (
    "艾滋病 HIV阳性 乙肝 丙肝 癌症 肿瘤 白血病 化疗 糖尿病 高血压 冠心病 心脏病 尿毒症 抑郁症 焦虑症 精神病 精神分裂 "
    "癫痫 梅毒 性病 传染病 残疾证 怀孕 孕期 流产 不孕 病历 病史 体检报告 诊断书 住院"
)
RELIGION = "宗教信仰 信教 信佛 佛教徒 基督徒 基督教 天主教 伊斯兰教 穆斯林 道教 教徒 受洗 做礼拜 去教堂 去清真寺 皈依"


class Kind(StrEnum):
    """What was found."""

    ID_CARD = "id_card"
    BANK_CARD = "bank_card"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Finding:
    """A piece of a text: what it is, as it may be shown, where it stands, and what it comes down to."""

    kind: Kind
    shown: str
    start: int
    end: int
    plain: str = field(repr=False)


def find(text: str, words: re.Pattern[str] | None = None) -> list[Finding]:
    """What a text holds, in its order; `words` as made by `pattern_of`."""
    found = _numbers(text) if _ENOUGH.search(text) else []
    if words is not None:
        found += [Finding(Kind.WORD, m[0], m.start(), m.end(), m[0].casefold()) for m in words.finditer(text)]
        found.sort(key=lambda each: each.start)
    return found


def may_hold(lines: str, words: re.Pattern[str] | None = None) -> bool:
    """Whether `find` may find something in one of these lines; nothing it finds reaches from one into the next."""
    return bool(_ENOUGH.search(lines)) or (words is not None and bool(words.search(lines)))


def masked(text: str, found: Iterable[Finding]) -> str:
    """The text with what was found masked; of words nothing is left."""
    pieces, at = [], 0
    for each in found:
        pieces += [text[at : each.start], HIDDEN if each.kind is Kind.WORD else each.shown]
        at = max(at, each.end)
    return "".join([*pieces, text[at:]])


@cache
def pattern_of(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """A search for words, longer ones first; None without any."""
    listed = sorted({word for word in words if word}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, listed)), re.IGNORECASE) if listed else None


def is_id_number(number: str) -> bool:
    """Whether 18 characters are the number of an identity card: region, date of birth, check character."""
    if not _ID_NUMBER.fullmatch(number):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return "10X98765432"[total % 11] == number[17] and _was_a_day(number[6:14])


def is_old_id_number(number: str) -> bool:
    """Whether 15 digits are the number of an identity card of the first generation. It has no check digit: its region
    must be known."""
    known = len(number) == 15 and number.isdecimal() and number[:4] in _prefectures()
    return known and number[4:6] != "00" and number[12:] != "000" and _was_a_day("19" + number[6:12])


def passes_luhn(number: str) -> bool:
    """Whether the check digit of a card number is right."""
    doubled = (2 * int(digit) for digit in number[-2::-2])
    return (sum(int(digit) for digit in number[-1::-2]) + sum(n - 9 if n > 9 else n for n in doubled)) % 10 == 0


def _numbers(text: str) -> list[Finding]:
    narrow = text.translate(_NARROW)
    found: list[Finding] = []
    for run in _RUN.finditer(narrow):
        if run.end() - run.start() >= SHORTEST:
            found += _in_run(narrow, run)
    return found


def _in_run(narrow: str, run: re.Match[str]) -> Iterator[Finding]:
    """The numbers in digits that stand together, from the left; what one takes the next cannot have."""
    groups = [(m.start(), m.end()) for m in _GROUP.finditer(narrow, run.start(), run.end())]
    first = 0
    while first < len(groups):
        last, kind = next(_kinds_from(narrow, groups, first), (first, None))
        if kind is not None:
            start, end = groups[first][0], groups[last][1]
            plain = re.sub(r"[^0-9X]", "", narrow[start:end])
            yield Finding(kind, (mask_id_card if kind is Kind.ID_CARD else mask_bank_card)(plain), start, end, plain)
        first = last + 1


def _kinds_from(narrow: str, groups: Sequence[tuple[int, int]], first: int) -> Iterator[tuple[int, Kind]]:
    """(last group, what it is) of the numbers that begin with this group."""
    sizes = accumulate(end - start for start, end in groups[first:])
    for last, size in enumerate(sizes, first):
        if size > LONGEST:
            return
        if size < SHORTEST:
            continue
        number = "".join(narrow[start:end] for start, end in groups[first : last + 1])
        shape = tuple(end - start for start, end in groups[first : last + 1])
        if is_id_number(number) or (_is_old_shape(shape) and _alone(narrow, groups, first, last, number)):
            yield last, Kind.ID_CARD
        elif _is_card(narrow, groups, first, last, number, shape):
            yield last, Kind.BANK_CARD


def _is_old_shape(shape: tuple[int, ...]) -> bool:
    return shape in {(15,), (6, 6, 3)}


def _alone(narrow: str, groups: Sequence[tuple[int, int]], first: int, last: int, number: str) -> bool:
    before, after = _around(narrow, groups[first][0], groups[last][1])
    return is_old_id_number(number) and not _joined(before, after) and not _is_otherwise(narrow, groups[first][0])


def _is_card(
    narrow: str, groups: Sequence[tuple[int, int]], first: int, last: int, number: str, shape: tuple[int, ...]
) -> bool:
    if not number.isdecimal() or not passes_luhn(number):
        return False
    start, end = groups[first][0], groups[last][1]
    if _joined(*_around(narrow, start, end)):
        return False
    if len(shape) > 1 and not _written_as_card(groups, first, last, shape):
        return False
    called = _called(narrow, start)
    if len(shape) > 1 or called is True:
        return bool(_COMMON.fullmatch(number) or _RARER.fullmatch(number)) and called is not False
    return called is None and bool(_COMMON.fullmatch(number))


def _written_as_card(groups: Sequence[tuple[int, int]], first: int, last: int, shape: tuple[int, ...]) -> bool:
    """Groups of four, the last one shorter or not; a longer row of fours is a list of something."""
    fours = shape[:3] == (4, 4, 4) and set(shape[:-1]) == {4} and shape[-1] <= 4
    if not fours:
        return shape in _SHAPES
    sizes = [end - start for start, end in groups]
    return sizes[last + 1 : last + 2] != [4] and (first == 0 or sizes[first - 1] != 4)


def _around(narrow: str, start: int, end: int) -> tuple[str, str]:
    return narrow[max(0, start - 2) : start], narrow[end : end + 2]


def _joined(before: str, after: str) -> bool:
    """Whether letters, decimals or a sign make the digits part of something else: an order's number, an amount."""
    if re.search(r"(?:[A-Za-z0-9_#/@&]|[A-Za-z]-|[0-9][.,])$", before):
        return True
    return bool(re.match(r"[A-Za-z0-9_/@&]|[.,][0-9]|-[A-Za-z]|\s?[元万亿]", after))


def _called(narrow: str, start: int) -> bool | None:
    """What the words before a number say it is: a card, something else, or nothing. The nearer one counts."""
    before = narrow[max(0, start - _NEAR) : start]
    card = max((m.end() for m in _CALLED.finditer(before)), default=0)
    other = max((m.end() for m in _OTHERWISE.finditer(before)), default=0)
    return None if card == other else card > other


def _is_otherwise(narrow: str, start: int) -> bool:
    return bool(_OTHERWISE.search(narrow[max(0, start - _NEAR) : start]))


def _was_a_day(digits: str) -> bool:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return day.year >= EARLIEST and day <= date.today()  # noqa: DTZ011 - a day more or less does not matter


@cache
def _prefectures() -> frozenset[str]:
    """The first four digits of all prefectures, and of the counties of municipalities."""
    provinces = [one.code for one in children()]
    below = [one.code for code in provinces for one in children(code)]
    return frozenset(code[:4] for code in below)
