"""Industries by GB/T 4754-2017: 门类, 大类, 中类, 小类; look up and search.

The facts lie in `facts/industries.csv`; what people say for them (互联网, 金融) in `facts/industry_words.json`.
"""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from genjin.kernel.folding import fold
from genjin.kernel.search_text import matches, parse_query

FACTS = Path(__file__).parent / "facts"


@dataclass(frozen=True, slots=True)
class Industry:
    """One class of the standard. `level` is 1 门类 … 4 小类; `parent` is empty for a 门类."""

    code: str
    name: str
    level: int
    parent: str
    initials: str
    pinyin: str


def industry(code: str) -> Industry | None:
    """The industry of a code (`C`, `C39`, `C3973`)."""
    return _industries().get(code.upper())


def children(code: str = "") -> tuple[Industry, ...]:
    """The next level below; without a code the twenty 门类."""
    return _children().get(code.upper(), ())


def path(code: str) -> tuple[Industry, ...]:
    """From the 门类 down to the industry itself; empty for an unknown code."""
    steps: list[Industry] = []
    found = industry(code)
    while found:
        steps.insert(0, found)
        found = industry(found.parent)
    return tuple(steps)


def full_name(code: str) -> str:
    """`制造业 / 计算机、通信和其他电子设备制造业`; a class named like the one above is said once."""
    return " / ".join(dict.fromkeys(step.name for step in path(code)))


def search_industries(text: str, limit: int = 20) -> list[Industry]:
    """By common word (互联网, 金融), code, name, pinyin or initials; large classes before small ones."""
    query = parse_query(text)
    if query is None:
        return []
    wanted = fold(text).strip()
    usual = _usual(wanted)
    hits = [one for one in _industries().values() if one.code == wanted.upper() or matches(query, _keys()[one.code])]
    hits.sort(key=lambda one: (not fold(one.name).startswith(wanted), one.level, one.code))
    first = [usual] if usual else []
    return list(dict.fromkeys([*first, *hits]))[:limit]


def parse_industry(text: str) -> Industry | None:
    """The industry that a cell of a sheet means: code, exact name, or common word; None if none."""
    wanted = fold(text).strip()
    return industry(wanted) or industry(_codes_by_name().get(wanted, "")) or _usual(wanted)


def _usual(word: str) -> Industry | None:
    said = (word, word.removesuffix("行业"), word.removesuffix("业"))
    return next((industry(_words()[one]) for one in said if one in _words()), None)


@cache
def _industries() -> dict[str, Industry]:
    with (FACTS / "industries.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))[1:]
    return {code: Industry(code, name, int(level), *rest) for code, name, level, *rest in rows}


@cache
def _codes_by_name() -> dict[str, str]:
    """The code of each folded name; of namesakes the first, which is the larger class."""
    return {fold(one.name): one.code for one in reversed(_industries().values())}


@cache
def _words() -> dict[str, str]:
    said: dict[str, list[str]] = json.loads((FACTS / "industry_words.json").read_text(encoding="utf-8"))
    return {word: code for code, words in said.items() for word in words}


@cache
def _children() -> dict[str, tuple[Industry, ...]]:
    grouped: defaultdict[str, list[Industry]] = defaultdict(list)
    for one in _industries().values():
        grouped[one.parent].append(one)
    return {code: tuple(below) for code, below in grouped.items()}


@cache
def _keys() -> dict[str, str]:
    """Search keys, put together from the facts so that no name must be read aloud."""
    pairs = ((one, re.sub(r"\W", "", fold(one.name))) for one in _industries().values())
    return {one.code: f"{letters}\n{one.initials}\n{one.pinyin}\n" for one, letters in pairs}
