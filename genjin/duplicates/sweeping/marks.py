"""The keys of `names.keys_of` as numbers, of thousands of names in few steps: texts of each key of each name cost ten
times as much. Equal keys give equal numbers, others with a chance of one in 2^50 as well; whoever finds names by them
compares the names themselves.

A key is a sequence of signs (sounds, or characters as the eye takes them), its number the sum of the signs' own numbers
times powers of STEP by their places, so that the numbers of beginnings and of what is left without one sign come out of
running sums.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from genjin.kernel.company_names import LONGEST, CompanyName
from genjin.kernel.likeness import SHORTEST
from genjin.kernel.slips import near_sound, taken_for

STEP = 0x9E3779B97F4A7C13
"""Odd and 3 beyond a multiple of 8: its powers differ in their last bits."""
_BACK = np.uint64(pow(STEP, -1, 1 << 64))
_POWERS = np.array([pow(STEP, place, 1 << 64) for place in range(LONGEST)], dtype=np.uint64)
Marks = NDArray[np.int64]
Places = NDArray[np.int32]
AT_ONCE = 4_000
_Numbers = NDArray[np.uint64]


def marks_of(names: Sequence[CompanyName], start: int = 0) -> tuple[Marks, Places]:
    """All keys of names as numbers, each once for a name, and whose they are, counted from `start`; in their order."""
    parts = [_marked(names[first : first + AT_ONCE], start + first) for first in range(0, len(names), AT_ONCE)]
    if not parts:
        return np.array([], dtype=np.int64), np.array([], dtype=np.int32)
    return np.concatenate([marks for marks, _whose in parts]), np.concatenate([whose for _marks, whose in parts])


@cache
def sound_of(char: str) -> str:
    """How a character sounds, told from the next one."""
    return near_sound(char) + "'"


@cache
def look_of(char: str) -> str:
    """The first of the characters that one is taken for by its look."""
    alike = [other for other in taken_for(char) if near_sound(other) != near_sound(char)]
    return min([char, *alike])


def _marked(names: Sequence[CompanyName], start: int) -> tuple[Marks, Places]:
    told = [(place, name.rest, min(name.brand, SHORTEST)) for place, name in enumerate(names) if len(name.rest) > 1]
    if not told:
        return np.array([], dtype=np.int64), np.array([], dtype=np.int32)
    rests = [rest for _place, rest, _brand in told]
    sizes = np.array([len(rest) for rest in rests])[:, None]
    brands = np.array([brand for _place, _rest, brand in told])[:, None]
    spots = np.arange(int(sizes.max()))[None, :]
    inside = spots < sizes
    sounds, seen, looks = (_laid(each, inside) for each in _signs("".join(rests)))
    in_brand = inside & (spots < brands)
    looks = np.where(in_brand, looks, seen)
    running = _running(sounds)
    whole = running[:, -1:]
    long = inside & (sizes >= SHORTEST)
    shorter = running[:, :-1] + (whole - running[:, 1:]) * _BACK
    found = (
        (whole, inside[:, :1]),
        (_running(seen)[:, -1:], inside[:, :1]),
        (_running(looks)[:, -1:], (looks != seen).any(axis=1, keepdims=True)),
        (shorter, long & (spots >= brands)),
        (running[:, :-1], long & (spots >= np.maximum(SHORTEST, brands + 1))),
    )
    marks = np.concatenate([numbers for numbers, _kept in found], axis=1)
    kept = np.concatenate([kept for _numbers, kept in found], axis=1)
    whose = np.repeat(np.array([place for place, _rest, _brand in told], dtype=np.int32), kept.sum(axis=1))
    return _each_once(marks[kept].view(np.int64), whose, start)


def _running(signs: _Numbers) -> _Numbers:
    """Of each row the numbers of its beginnings, from the empty one on."""
    sums = np.cumsum(signs * _POWERS[: signs.shape[1]], axis=1, dtype=np.uint64)
    return np.concatenate([np.zeros((len(signs), 1), dtype=np.uint64), sums], axis=1)


def _laid(signs: _Numbers, inside: NDArray[np.bool_]) -> _Numbers:
    """The signs of all names one after the other as rows; nothing behind the end of each."""
    rows = np.zeros(inside.shape, dtype=np.uint64)
    rows[inside] = signs
    return rows


def _signs(text: str) -> tuple[_Numbers, _Numbers, _Numbers]:
    """Of each character the numbers of its sound, of itself, and of what the eye takes it for."""
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    known, places = np.unique(codes, return_inverse=True)
    table = np.array([_numbers_of(chr(code)) for code in known.tolist()], dtype=np.uint64)[places]
    return table[:, 0], table[:, 1], table[:, 2]


@cache
def _numbers_of(char: str) -> tuple[int, int, int]:
    return _number(sound_of(char)), _number("=" + char), _number("=" + look_of(char))


def _number(sign: str) -> int:
    return int.from_bytes(hashlib.blake2b(sign.encode(), digest_size=8).digest(), "little")


def _each_once(marks: Marks, whose: Places, start: int) -> tuple[Marks, Places]:
    order = np.lexsort((marks, whose))
    marks, whose = marks[order], whose[order]
    first = np.ones(len(marks), dtype=bool)
    first[1:] = (marks[1:] != marks[:-1]) | (whose[1:] != whose[:-1])
    return marks[first], whose[first] + np.int32(start)
