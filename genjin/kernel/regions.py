"""Regions of China: 省, 市, 区/县 with their six-digit codes; look up, search, read from free text.

The facts lie in `facts/regions.json`. Streets and villages are not here.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from genjin.kernel.folding import fold

FACTS = Path(__file__).parent / "facts" / "regions.json"
SHORTEST_NAME = 2
LONGEST_NAME = 15
MOST_READ = 60
_PEOPLES = (
    "壮族|回族|维吾尔|哈萨克|柯尔克孜|蒙古族|蒙古|藏族|羌族|彝族|白族|傣族|景颇族|傈僳族|哈尼族|朝鲜族|土家族|苗族|布依族|侗族|瑶族"
    "|黎族|满族|畲族|水族|仡佬族|佤族|拉祜族|纳西族|怒族|独龙族|布朗族|仫佬族|毛南族|各族|撒拉族|保安族|东乡族|裕固族|土族"
    "|锡伯族?|塔吉克|达斡尔族|鄂温克族|鄂伦春族?|普米族|阿昌族|德昂族|族"
)
_RANKS = re.compile(
    rf"(?:(?:{_PEOPLES})*(?:自治区|自治州|自治县|自治旗)|特别行政区|新区|地区|林区|特区|省|市|区|县|盟|旗)$"
)
# Cities whose names companies bear without lying there.
_NO_PLACE = frozenset(("东方", "永康", "安康", "华阴", "新乐", "万宁", "乐平", "丰城", "海城"))
_ZONES = ("园区", "开发区", "新区", "管理区", "示范区")


@dataclass(frozen=True, slots=True)
class Region:
    """One region. `level` is 1 省, 2 市 or 3 区县; a municipality is a level 1 whose children are level 3."""

    code: str
    name: str
    level: int
    pinyin: str
    large: bool
    """Meant most often among namesakes in pinyin (sz, gy …)."""

    @property
    def short(self) -> str:
        """`江苏` for 江苏省; the whole name where less than two characters would be left."""
        shorter = _RANKS.sub("", self.name)
        return shorter if len(shorter) > 1 else self.name.removesuffix("自治区")


def region(code: str) -> Region | None:
    """The region of a code (`320500`; `3205` and `32` as well)."""
    return _regions().get(code.ljust(6, "0"))


def children(code: str = "") -> tuple[Region, ...]:
    """The next level below a region; without a code the provinces."""
    return _children().get(code.ljust(6, "0") if code else "", ())


def path(code: str) -> tuple[Region, ...]:
    """From the province down to the region itself; empty for an unknown code."""
    steps: list[Region] = []
    found = region(code)
    while found:
        steps.insert(0, found)
        found = region(_parent(found.code))
    return tuple(steps)


def full_name(code: str) -> str:
    """`江苏省 苏州市 工业园区`; empty for an unknown code."""
    steps = path(code)
    return " ".join(_local_name(step, steps[place - 1] if place else None) for place, step in enumerate(steps))


def search_regions(text: str, limit: int = 20) -> list[Region]:
    """Regions whose name, pinyin or initials begin with the text, then those that contain it; large before small."""
    wanted = fold(text).replace(" ", "")
    ranked = ((_rank(one, wanted), one) for one in _regions().values()) if wanted else ()
    hits = [(rank, not one.large, one.level, one.code) for rank, one in ranked if rank is not None]
    return [_regions()[code] for *_, code in sorted(hits)[:limit]]


def parse_region(text: str) -> Region | None:
    """The region of a six-digit code, else the finest that a written address names without doubt; None if none.

    `江苏苏州工业园区星湖街1号` gives 苏州工业园区; `鼓楼区` alone could be four places and gives None.
    """
    known = _regions().get(text.strip())
    if known:
        return known
    letters = re.sub(r"\s", "", text)[:MOST_READ]
    named = _named(letters)
    scores = {code: len(set().union(*(named.get(step.code, set()) for step in path(code)))) for code in named}
    best = [code for code, score in scores.items() if score == max(scores.values())]
    if len(best) > 1:
        top = min(_level(code) for code in best)
        best = [code for code in best if _level(code) == top]
    return region(best[0]) if len(best) == 1 else None


def without_leading_place(text: str) -> str:
    """A name without the province and city it begins with; at least two characters stay."""
    rest = text
    for names, openings in _leading_names():
        if rest[:SHORTEST_NAME] in openings:
            for size in range(min(LONGEST_NAME, len(rest) - 2), 1, -1):
                if rest[:size] in names:
                    rest = rest[size:]
                    break
    return rest


def places_ahead(text: str) -> tuple[frozenset[str], str]:
    """(codes of the regions a name may begin with, the rest); at least two characters stay. A county only where it is a
    city or written out: 昆山, 桐庐县."""
    rest, found = text, frozenset[str]()
    for names in (*_ahead_of_cities(), _counties()):
        for size in range(min(LONGEST_NAME, len(rest) - 2), 1, -1):
            codes = names.get(rest[:size])
            if codes:
                rest, found = rest[size:], codes if not found else _below(found, codes)
                break
    return found, rest


def whole_place(text: str) -> frozenset[str]:
    """Codes of the regions that this very text names; none where it names more, or no place."""
    return frozenset(one.code for one in _by_name().get(text, ()))


def related(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether a region of the first lies in one of the second, or the other way round."""
    stems = [tuple(code.removesuffix("00").removesuffix("00") for code in codes) for codes in (one, other)]
    return any(a.startswith(b) or b.startswith(a) for a in stems[0] for b in stems[1])


def _below(above: frozenset[str], codes: frozenset[str]) -> frozenset[str]:
    return frozenset(code for code in codes if related(above, (code,))) or above


def _local_name(step: Region, above: Region | None) -> str:
    if above and step.name.endswith(_ZONES) and step.name.startswith(above.short):
        rest = step.name[len(above.short) :]
        return rest if len(rest) > len("新区") else step.name
    return step.name


def _rank(one: Region, wanted: str) -> int | None:
    initials = "".join(syllable[0] for syllable in one.pinyin.split())
    letters = one.pinyin.replace(" ", "")
    if wanted in (one.name, one.short):
        return 0
    if one.name.startswith(wanted):
        return 1
    if wanted.isascii() and (letters.startswith(wanted) or initials.startswith(wanted)):
        exact = wanted in (initials[: len(one.short)], "".join(one.pinyin.split()[: len(one.short)]))
        return 2 if exact else 3
    if wanted.isascii() and wanted.isdigit() and one.code.startswith(wanted):
        return 3
    return 4 if wanted in one.name else None


def _named(letters: str) -> dict[str, set[int]]:
    """Every region that the text may name, with the places of the letters that name it."""
    found: dict[str, set[int]] = {}
    for start in range(len(letters)):
        for size in range(min(LONGEST_NAME, len(letters) - start), 1, -1):
            for one in _by_name().get(letters[start : start + size], ()):
                if len(found.get(one.code, ())) < size:
                    found[one.code] = set(range(start, start + size))
    return found


def _parent(code: str) -> str:
    if code.endswith("0000"):
        return "none"
    city = code[:4] + "00"
    return city if city != code and city in _regions() else code[:2] + "0000"


@cache
def _regions() -> dict[str, Region]:
    rows: list[tuple[str, str, str, int]] = json.loads(FACTS.read_text(encoding="utf-8"))
    return {code: Region(code, name, _level(code), pinyin, bool(large)) for code, name, pinyin, large in rows}


def _level(code: str) -> int:
    if code.endswith("0000"):
        return 1
    return 2 if code.endswith("00") else 3


@cache
def _children() -> dict[str, tuple[Region, ...]]:
    grouped: defaultdict[str, list[Region]] = defaultdict(list)
    for code, one in _regions().items():
        grouped["" if one.level == 1 else _parent(code)].append(one)
    return {code: tuple(below) for code, below in grouped.items()}


@cache
def _leading_names() -> list[tuple[frozenset[str], frozenset[str]]]:
    """What provinces and cities are called, and how these names begin."""
    named = [[name for name, ones in _by_name().items() if any(o.level == level for o in ones)] for level in (1, 2)]
    return [(frozenset(names), frozenset(name[:SHORTEST_NAME] for name in names)) for names in named]


@cache
def _ahead_of_cities() -> tuple[dict[str, frozenset[str]], ...]:
    """What provinces and cities are called, with their codes."""
    return tuple(
        {
            name: frozenset(one.code for one in ones if one.level == level)
            for name, ones in _by_name().items()
            if any(one.level == level for one in ones)
        }
        for level in (1, 2)
    )


@cache
def _counties() -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in _regions().values():
        if one.level == 3:
            names = {one.name, one.short} if one.name.endswith("市") and one.short not in _NO_PLACE else {one.name}
            for name in names:
                found[name].add(one.code)
    return {name: frozenset(codes) for name, codes in found.items()}


@cache
def _by_name() -> dict[str, tuple[Region, ...]]:
    named: defaultdict[str, list[Region]] = defaultdict(list)
    for code, one in _regions().items():
        above = region(_parent(code))
        for name in {one.name, one.short, _local_name(one, above)}:
            named[name].append(one)
    return {name: tuple(ones) for name, ones in named.items()}
