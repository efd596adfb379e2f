"""A company's name in its parts — place, brand, trade, branch — and how alike two of them are (B3).

苏州远岫新能源科技有限公司 is 苏州 · 远岫 · 新能源科技. A slip in the brand that sounds or looks alike is the same
company; another character, another place, number or branch is not. The words of trade lie in `facts/companies.json`.
Keys for the database are in `normal`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from genjin.kernel.folding import is_han
from genjin.kernel.likeness import ALIKE, likeness
from genjin.kernel.normal import company_key
from genjin.kernel.regions import places_ahead, related, whole_place
from genjin.kernel.slips import alike, near_sound

FACTS = Path(__file__).parent / "facts" / "companies.json"
LONGEST = 40
LONGEST_BRAND = 4
_FEWEST_HAN, _FEWEST_LETTERS = 4, 8
_BRACKETED = re.compile(r"\(([^()]*)\)")
_LEGAL = re.compile(
    r"(?:集团)?(?:股份有限责任公司|有限责任公司|股份有限公司|集团有限公司|有限公司|总公司|股份公司|公司|集团"
    r"|COLTD|LIMITED|LTD|INC|CORPORATION|CORP|COMPANY|LLC|GMBH)"
)
_LEGAL_END = re.compile(f"(?:{_LEGAL.pattern})+$")
_BRANCH = re.compile(r"^(.{2,}?)(分公司|分厂|分店|分部|分院|分校|分行|支行|办事处|营业部|代表处)$")
_NUMBERED = re.compile(
    r"[0-9]+|第[一二三四五六七八九十百]+"
    r"|[一二三四五六七八九十甲乙丙丁东南西北](?=[厂院局店校区所站号部队库]|[中小]学|医院)"
)
_FORMS = frozenset(("中国", "筹", "个体工商户", "个体", "普通合伙", "有限合伙"))
_SIZES = range(5, 1, -1)
_TRADES: frozenset[str] = frozenset(json.loads(FACTS.read_text(encoding="utf-8"))["trades"])


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A name in parts. `places`: codes of the regions it may be in; `rest` is brand and trade; `brand` ends where words
    of trade begin; `number` tells it from its sisters; `branch` is where it is a branch, "" for none."""

    key: str
    places: frozenset[str]
    rest: str
    brand: int
    number: tuple[str, ...] = ()
    branch: str = ""

    @property
    def trade(self) -> str:
        """What follows the brand."""
        return self.rest[self.brand :]


@lru_cache(maxsize=8192)
def read_company(name: str) -> CompanyName:
    """The parts of a name as people write it."""
    key = company_key(name)[:LONGEST]
    bare, inside = _without_brackets(key)
    branch, bare = _branch(bare)
    bare = _LEGAL_END.sub("", bare) or bare
    places, rest = places_ahead(bare)
    numbers = tuple(_NUMBERED.findall(rest))
    return CompanyName(key, places | inside, rest, len(rest) - _trade(rest), numbers, branch)


def company_likeness(one: CompanyName, other: CompanyName) -> int:
    """Percent; from `likeness.ALIKE` on both may mean one company.

    >>> company_likeness(read_company("苏州晶砺半导体有限公司"), read_company("晶励半导体（苏州）"))
    96
    """
    if one.key == other.key:
        return 100
    if one.number != other.number:
        return 0
    percent = 99 if one.rest == other.rest else _of_rest(one, other)
    if one.branch != other.branch:
        percent = min(percent, 60 if one.branch and other.branch else 88)
    if one.places and other.places:
        return percent if related(one.places, other.places) else min(percent, 70)
    return percent - 1 if percent > ALIKE and one.places != other.places else percent


def _of_rest(one: CompanyName, other: CompanyName) -> int:
    brand = min(one.brand, other.brand)
    if not 2 <= brand <= LONGEST_BRAND or not (is_han(one.rest[0]) and is_han(other.rest[0])):
        return likeness(one.rest, other.rest)
    slips = [(a, b) for a, b in zip(one.rest[:brand], other.rest[:brand], strict=True) if a != b]
    if len(slips) > 1 or not all(alike(a, b) for a, b in slips):
        return min(likeness(one.rest, other.rest), ALIKE - 10)
    percent = _of_trades(one, other, brand)
    return percent - 4 if slips else percent


def _of_trades(one: CompanyName, other: CompanyName, brand: int) -> int:
    """Of two names with one brand."""
    mine, theirs = sorted((one.rest[brand:], other.rest[brand:]), key=len)
    if mine == theirs:
        return 100
    if theirs.startswith(mine):
        return 92 if _says_enough(one.rest[:brand] + mine) else ALIKE - 10
    known = one.brand == other.brand == brand
    if len(mine) == len(theirs) and all(near_sound(a) == near_sound(b) for a, b in zip(mine, theirs, strict=True)):
        return 96
    if known or (one.trade == other.trade and one.trade):
        return ALIKE - 15  # both are words of trade, or the brands are of different length
    steps = _steps(mine, theirs)
    if steps <= 1 and len(theirs) >= 3:
        return 93
    return 89 if steps == 2 and len(theirs) >= 7 else min(likeness(one.rest, other.rest), ALIKE - 5)


def _says_enough(rest: str) -> bool:
    return sum(map(is_han, rest)) >= _FEWEST_HAN or len(rest) >= _FEWEST_LETTERS


def _without_brackets(key: str) -> tuple[str, frozenset[str]]:
    """Without brackets that hold a place or a legal form, and those places; others lose the signs only."""
    inside: frozenset[str] = frozenset()
    for content in _BRACKETED.findall(key):
        places = whole_place(content)
        if (
            places
            or _LEGAL.fullmatch(content)
            or content in ("中国", "筹", "个体工商户", "个体", "普通合伙", "有限合伙")
        ):
            key = key.replace(f"({content})", "", 1)
            inside |= places
    return re.sub(r"[()]", "", key), inside


def _branch(bare: str) -> tuple[str, str]:
    """(where it is a branch, the name of the company itself)."""
    found = _BRANCH.match(bare)
    if found is None:
        return "", bare
    whole = found[1]
    legal = list(_LEGAL.finditer(whole))
    if legal and legal[-1].end() < len(whole):
        return whole[legal[-1].end() :], whole[: legal[-1].end()]
    for size in range(min(6, len(whole) - 2), 1, -1):
        if whole_place(whole[-size:]):
            return whole[-size:], whole[:-size]
    return (found[2], whole) if legal else ("", bare)


def _trade(rest: str) -> int:
    """How many characters at the end are words of trade; a brand of two characters at least stays."""
    end = len(rest)
    while end > 2:
        size = next((size for size in (*_SIZES, 1) if end - size >= 2 and rest[end - size : end] in _TRADES), 0)
        if not size:
            break
        end -= size
    return len(rest) - end


def _steps(one: str, other: str) -> int:
    """How many characters were dropped, added, changed or swapped with the next one; at most 3."""
    if abs(len(one) - len(other)) > 2:
        return 3
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, char in enumerate(one, 1):
        earlier, before, row = before, row, [place]
        for spot, there in enumerate(other, 1):
            least = min(before[spot] + 1, row[spot - 1] + 1, before[spot - 1] + (char != there))
            if place > 1 and spot > 1 and char == other[spot - 2] and one[place - 2] == there:
                least = min(least, earlier[spot - 2] + 1)
            row.append(least)
    return min(row[-1], 3)
