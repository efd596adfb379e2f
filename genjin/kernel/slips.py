"""Characters that are taken for one another: typed by the same or nearly the same pinyin, or picked because they look
alike (groups of those in `facts/companies.json`). For comparing names (B3); search has its own tokens.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

from genjin.kernel.folding import is_han, simplified
from genjin.kernel.pinyin import syllables_of

FACTS = Path(__file__).parent / "facts" / "companies.json"
_LOOKS: list[str] = json.loads(FACTS.read_text(encoding="utf-8"))["looks"]
_SAID_ALIKE = re.compile(r"^([zcs])h")


def alike(one: str, other: str) -> bool:
    """Whether one character may be a slip for the other.

    >>> alike("砺", "励"), alike("新", "兴"), alike("明", "远")
    (True, True, False)
    """
    return one == other or near_sound(one) == near_sound(other) or not _looks(one).isdisjoint(_looks(other))


@cache
def near_sound(char: str) -> str:
    """How a character is said where zh and z, ing and in are not told apart; other signs are themselves."""
    if not is_han(char):
        return char
    said = syllables_of(char)[0][0]
    return _SAID_ALIKE.sub(r"\1", said).removesuffix("g") if said.endswith("ng") else _SAID_ALIKE.sub(r"\1", said)


@cache
def taken_for(char: str) -> tuple[str, ...]:
    """The characters in use (GB 2312) that are taken for this one, without itself; the usual ones first."""
    if not is_han(char):
        return ()
    by_look = sorted({other for group in _LOOKS if char in group for other in group})
    return tuple(other for other in dict.fromkeys((*_by_sound().get(near_sound(char), ()), *by_look)) if other != char)


@cache
def _looks(char: str) -> frozenset[int]:
    return frozenset(place for place, group in enumerate(_LOOKS) if char in group)


@cache
def _by_sound() -> dict[str, list[str]]:
    """The 6,763 characters of GB 2312 by their sound."""
    rows = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    found: defaultdict[str, list[str]] = defaultdict(list)
    for code in rows:
        for char in code.decode("gb2312", "ignore"):
            if char == simplified(char):
                found[near_sound(char)].append(char)
    return found
