"""How alike two company names are (B3): loose keys compared in percent, and the marks by which a name finds those that
may be alike among many without comparing it with each. Which customers are compared is decided elsewhere.
"""

from __future__ import annotations

import re
from itertools import count

from genjin.kernel.folding import is_han
from genjin.kernel.pinyin import syllables_of

ALIKE = 85
"""From here on two names may be one company's."""
SHORTEST = 4
LONGEST = 40
_SAME_SOUND = 0.8  # most slips are made while typing pinyin: 晶砺 and 晶励; two of them are another name
_LONG = 7  # one character of seven may be another one
_FEWEST_HAN, _FEWEST_LETTERS = 4, 8
_SOUNDS_FROM = 0xE000  # a sound is written as one private character
_NUMBERED = re.compile(r"[0-9]+|[一二三四五六七八九十百甲乙丙丁戊东南西北]")


def likeness(one: str, other: str, *, least: int = 0) -> int:
    """Percent, 0–100, of two loose keys (`normal.company_fuzzy_key`). 100 only for equal ones; 0 for names told apart
    by a number or a quarter (一厂, 二厂), and for short ones that are not equal. A name that begins or ends with the
    other counts ALIKE at least. What is surely less than `least` is 0, and told sooner.

    >>> likeness("远岫新能源", "远岫新能源常州")
    95
    """
    if one == other:
        return 100
    shorter, longer = sorted((one[:LONGEST], other[:LONGEST]), key=len)
    if len(shorter) < SHORTEST:
        return 0
    both = len(shorter) + len(longer)
    within = shorter in longer and 2 * len(shorter) >= len(longer) and _says_enough(shorter)
    shared = _shared(shorter, longer, 0 if within else least * both / 200)
    if shared < 0 or _NUMBERED.findall(one) != _NUMBERED.findall(other):
        return 0
    same = int(200 * shared / both)
    if within:
        return max(ALIKE + (100 - ALIKE) * len(shorter) // len(longer), same)
    return min(same, 99)


def sound(key: str) -> str:
    """A key with each Chinese character as its sound, without tones: as long as the key."""
    return key.translate(_SOUNDS)


def marks(key: str) -> list[int]:
    """Numbers of which two keys share one when they are alike, the whole name's first; none of a short key. Good within
    one process only."""
    said = sound(key[:LONGEST])
    size = len(said)
    if size < SHORTEST:
        return []
    found = {said[:place] + said[place + 1 :] for place in range(size)}
    for part in range(max(SHORTEST, (size + 1) // 2), size - 1):
        found.add(said[:part])
        found.add(said[size - part :])
    return [hash(said), *map(hash, found)]


def may_be_alike(one: str, other: str) -> bool:
    """A cheap look before `likeness`: whether keys that share a mark are long enough to differ that much."""
    return one != other and (len(one) != len(other) or len(one) >= _LONG or sound(one) == sound(other))


def _says_enough(key: str) -> bool:
    return sum(map(is_han, key)) >= _FEWEST_HAN or len(key) >= _FEWEST_LETTERS


def _shared(one: str, other: str, least: float) -> float:
    """How much of both stands in both in the same order; -1 where that is surely less than `least`."""
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    end = 0
    while end < len(one) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    if not left:
        return start + end
    said, heard = sound(left), sound(right)
    if start + end + sum(map(heard.__contains__, said)) < least:
        return -1
    equal = _in_order(left, right, left, right)
    return start + end + min(equal + _SAME_SOUND, _in_order(left, right, said, heard))


def _in_order(left: str, right: str, said: str, heard: str) -> float:
    """The most that stands in both in one order; what only sounds equal counts less."""
    row = [0.0] * (len(right) + 1)
    for char, spoken in zip(left, said, strict=True):
        before = row
        row = [0.0]
        for place, (there, other) in enumerate(zip(right, heard, strict=True)):
            same = 1.0 if char == there else _SAME_SOUND if spoken == other else 0.0
            row.append(max(before[place] + same, before[place + 1], row[place]))
    return row[-1]


class _Sounds(dict[int, int]):
    """Characters to sounds, looked up when first met."""

    def __missing__(self, point: int) -> int:
        char = chr(point)
        self[point] = found = _number_of(syllables_of(char)[0][0]) if is_han(char) else point
        return found


_SOUNDS = _Sounds()


_NEXT = count(_SOUNDS_FROM)
_NUMBERS: dict[str, int] = {}


def _number_of(syllable: str) -> int:
    return _NUMBERS.get(syllable) or _NUMBERS.setdefault(syllable, next(_NEXT))
