"""The key of an address: what its writings have in common. No queries."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from genjin.kernel.folding import fold
from genjin.kernel.regions import parse_region, path

SHORTEST = 4
TRACED = 1
"""`models.TraceKind.ADDRESS`."""
_DIGITS = {han: str(place) for place, han in enumerate("零一二三四五六七八九")} | {"〇": "0", "两": "2"}
_COUNTED = re.compile(r"[零〇一二三四五六七八九十两]{1,4}(?=号|栋|幢|座|楼|层|室|单元|期|弄|区)")
_HOUSES = re.compile(r"号楼|号栋|号房|楼栋|幢|座")
_ENDS = re.compile(r"(?<=\d)[室房号]$")
_WHOLE_PROVINCES = frozenset({"11", "12", "31", "50"})
"""Municipalities: their districts have no city above them."""


@lru_cache(maxsize=4096)
def address_key(address: str, region: str = "") -> str:
    """The same for 江苏省苏州市工业园区星湖街328号2幢 and 苏州工业园区星湖街 ３２８ 号二号楼; '' for an address without
    a number, which many share. `region`: the code that the record gives beside it."""
    letters = "".join(char for char in fold(address).upper() if char.isalnum())
    named = parse_region(letters)
    code = named.code if named else region
    rest = letters
    above = ""
    for step in path(code):
        for name in (step.name, step.name.removeprefix(above), step.short):
            rest = rest.removeprefix(fold(name).upper())
        above = step.short
    rest = _COUNTED.sub(lambda found: _number(found[0]), rest)
    rest = _ENDS.sub("", _HOUSES.sub("栋", rest))
    if len(rest) < SHORTEST or not any(char.isdecimal() for char in rest):
        return ""
    return (code[:2] if code[:2] in _WHOLE_PROVINCES else code[:4]) + rest


def address_mark(key: str) -> int | None:
    """The key of an address as the traces of registrations hold it; None where it says nothing."""
    return hashed(f"{TRACED}:{key}") if key else None


def hashed(text: str) -> int:
    """A key as a number of eight bytes."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), signed=True)


def _number(text: str) -> str:
    """12 for 十二, 20 for 二十; a row of digits stays one."""
    tens, ten, ones = text.partition("十")
    if not ten:
        return "".join(_DIGITS[char] for char in text)
    if "十" in ones or len(tens) > 1 or len(ones) > 1:
        return text
    return str(10 * int(_DIGITS.get(tens, "1")) + int(_DIGITS.get(ones, "0")))
