"""Readings of Chinese text, syllables, sort keys. Search tokens are made of these in `search_text`."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from itertools import chain, pairwise
from operator import add
from typing import TypeAlias

from genjin.kernel.folding import all_han, fold, is_han

MOST_SORT_UNITS = 16
MOST_SEGMENTATIONS = 12
LONGEST_PERSON_NAME = 4
LONGEST_PHRASE = 6
Phrases: TypeAlias = dict[str, list[list[str]]]
_TONE_MARKS = "\u0304\u0301\u030c\u0300"

# Syllables without a vowel would make every n and m a syllable of its own.
_SOUNDS = {"m": "mu", "n": "en", "ng": "en", "hm": "hen", "hng": "heng"}

# Readings that only hold when the character opens a person's name.
_SURNAMES = {
    "单": "shan4", "仇": "qiu2", "解": "xie4", "查": "zha1", "区": "ou1", "曾": "zeng1", "盖": "ge3", "朴": "piao2",
    "翟": "zhai2", "覃": "qin2", "乐": "yue4", "缪": "miao4", "员": "yun4", "贠": "yun4", "召": "shao4", "隗": "wei3",
    "卜": "bu3", "薄": "bo2", "阚": "kan4", "佴": "nai4", "乜": "nie4",
}  # fmt: skip


def readings(han: str) -> tuple[tuple[str, ...], ...]:
    """One or two readings of a run of folded Han, best first; a syllable with its tone per character.

    Two where the run may be a person's name that begins with a surname of a reading of its own.
    A character without a reading gives an empty syllable.
    """
    usual = _usual_reading(han)
    if not 1 < len(han) <= LONGEST_PERSON_NAME:
        return (usual,)
    surname = _SURNAMES.get(han[0])
    if surname is None or usual[0] == surname:
        return (usual,)
    as_name = (surname, *usual[1:])
    return (usual, as_name) if han in _phrases() else (as_name, usual)


@lru_cache(maxsize=8192)
def syllables_of(han: str) -> tuple[tuple[str, ...], ...]:
    """The readings without tones; readings that then are equal come once."""
    return tuple(dict.fromkeys(tuple(map(_toneless, reading)) for reading in readings(han)))


def sounds_of(han: str) -> tuple[str, ...]:
    """The best reading of a run without tones; nothing for a character without a reading."""
    return tuple(map(_toneless, readings(han)[0]))


@cache
def _toneless(syllable: str) -> str:
    return spelled(syllable.rstrip("12345"))


def spelled(letters: str) -> str:
    """Letters as this module spells them: `lve` and `nve` become `lue` and `nue`."""
    return letters.replace("lve", "lue").replace("nve", "nue")


@lru_cache(maxsize=4096)
def segmentations(letters: str) -> tuple[tuple[str, ...], ...] | None:
    """All ways to read `letters` as pinyin, fewest syllables first; None when there are more than twelve.

    The last part may be the beginning of a syllable: `zhangw` gives `zhang, w`.
    """
    known, openings = _syllables()
    found: list[tuple[str, ...]] = []
    started: list[tuple[tuple[str, ...], str]] = [((), letters)]
    while started:
        following = []
        for done, rest in started:
            if rest in openings:
                found.append((*done, rest))
            cuts = range(min(6, len(rest) - 1), 0, -1)
            following += [((*done, rest[:size]), rest[size:]) for size in cuts if rest[:size] in known]
        if len(found) > MOST_SEGMENTATIONS or len(following) > MOST_SEGMENTATIONS**2:
            return None
        started = following
    return tuple(found)


@lru_cache(maxsize=4096)
def pinyin_sort_key(name: str) -> str:
    """A text that sorts Chinese names by pinyin, then character, under the C collation.

    >>> pinyin_sort_key("张伟") < pinyin_sort_key("章子") < pinyin_sort_key("赵一")
    True
    """
    units: list[str] = []
    for run, chinese in runs(fold(name)):
        if chinese:
            units += map(str.__add__, readings(run)[0], run)
        else:
            units.append(run)
        if len(units) >= MOST_SORT_UNITS:
            break
    return " ".join(units[:MOST_SORT_UNITS])


def runs(folded: str) -> list[tuple[str, bool]]:
    """Cut folded text into runs: (Han run, True) and (run of other letters and digits, False).

    Signs between two Han runs do not part them; they part words of other scripts.
    """
    if all_han(folded):
        return [(folded, True)]
    cut: list[tuple[str, bool]] = []
    parted = False
    for char in folded:
        if not char.isalnum() and char != "々":
            parted = True
            continue
        chinese = is_han(char)
        if cut and cut[-1][1] == chinese and (chinese or not parted):
            cut[-1] = (cut[-1][0] + char, chinese)
        else:
            cut.append((char, chinese))
        parted = False
    return cut


def _phrase_parts(han: str) -> list[str]:
    """A run of Han cut where no known phrase goes across, so that each part is read alone."""
    spoken = map(_pairs().__contains__, map(add, han, han[1:]))
    cuts = [place for place, together in enumerate(spoken, 1) if not together]
    return [han[start:end] for start, end in pairwise((0, *cuts, len(han)))]


@lru_cache(maxsize=4096)
def _usual_reading(han: str) -> tuple[str, ...]:
    """Each character by the longest known phrase around it, else as it is mostly read."""
    return tuple(chain.from_iterable(map(_part_reading, _phrase_parts(han))))


@lru_cache(maxsize=8192)
def _part_reading(han: str) -> tuple[str, ...]:
    alone, phrases, wavering, pairs = _single, _phrases(), _wavering(), _pairs()
    said = [alone(char) for char in han]
    for place, char in enumerate(han):
        # a phrase of which it is a part holds it with a neighbour
        if char in wavering and (han[place : place + 2] in pairs or han[max(0, place - 1) : place + 1] in pairs):
            said[place] = _in_phrase(han, place, phrases) or said[place]
    return tuple(said)


def _in_phrase(han: str, place: int, phrases: Phrases) -> str:
    for size in range(min(LONGEST_PHRASE, len(han)), 1, -1):
        for start in range(max(0, place - size + 1), min(place, len(han) - size) + 1):
            said = phrases.get(han[start : start + size])
            if said:
                return _toned(said[place - start][0])
    return ""


@lru_cache(maxsize=32768)
def _single(char: str) -> str:
    from pypinyin.constants import PINYIN_DICT  # noqa: PLC0415 (slow: loads its dictionaries)

    return _toned(PINYIN_DICT.get(ord(char), "").split(",")[0])


@cache
def _phrases() -> Phrases:
    """The phrases in which some character is read otherwise than alone, or could be, as the dictionary writes them."""
    from pypinyin.constants import PHRASES_DICT  # noqa: PLC0415 (slow: loads its dictionaries)

    return {phrase: said for phrase, said in PHRASES_DICT.items() if len(phrase) == len(said) <= LONGEST_PHRASE}


@cache
def _pairs() -> frozenset[str]:
    """Two characters that stand side by side in some phrase."""
    return frozenset(chain.from_iterable(map(add, phrase, phrase[1:]) for phrase in _phrases()))


@cache
def _wavering() -> frozenset[str]:
    """The characters that some phrase reads otherwise."""
    met = {(char, said[0]) for phrase, whole in _phrases().items() for char, said in zip(phrase, whole, strict=True)}
    return frozenset(char for char, marked in met if _toned(marked) != _single(char))


@cache
def _toned(marked: str) -> str:
    """`zhāng` to `zhang1`, `lǜ` to `lv4`, `le` to `le5`; nothing for what is no syllable."""
    tone, letters = "5", ""
    for char in unicodedata.normalize("NFD", marked):
        if char in _TONE_MARKS:
            tone = str(_TONE_MARKS.index(char) + 1)
        elif char == "\u0308":
            letters = letters[:-1] + "v"
        elif char.isascii():
            letters += char
    return _SOUNDS.get(letters, letters).lower() + tone if letters.isalpha() else ""


@cache
def _syllables() -> tuple[frozenset[str], frozenset[str]]:
    """All syllables, and all their openings (`z`, `zh`, `zha` …)."""
    from pypinyin.constants import PINYIN_DICT  # noqa: PLC0415 (slow: loads its dictionaries)

    toned = {_single(chr(point)) for point in PINYIN_DICT}
    toned |= {_toned(each[0]) for said in _phrases().values() for each in said}
    known = frozenset(spelled(syllable.rstrip("12345")) for syllable in toned) - {""}
    return known, frozenset(syllable[:size] for syllable in known for size in range(1, len(syllable) + 1))
