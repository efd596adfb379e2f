"""A text as search sees it: squashed letters, the words in it, its initials and its pinyin.

Tokens and keys are made of a Reading in `tokens`, marks in `marks`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from genjin.kernel.folding import fold_char, is_han, is_unspaced
from genjin.kernel.pinyin import syllables_of

LONGEST_TEXT = 300
ASCII_PARTS = re.compile(r"[a-z]+|[0-9]+")
_HAN = {"han"}


@dataclass(frozen=True, slots=True)
class Word:
    """A run of letters of one kind (`han`, `kana`, `latin`, `other`), with the place of each in the text."""

    letters: str
    places: tuple[int, ...]
    kind: str
    starts: tuple[int, ...] = ()
    """Where a word begins inside the run: `GTX-Pro2` is the run `gtxpro2` with starts 0, 3, 6."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One way to say a text: units (a syllable, or the letter itself of a Latin word) with their places.

    A unit with an empty sound parts what stands before from what stands after.
    """

    sounds: tuple[str, ...]
    places: tuple[int, ...]
    syllabic: tuple[bool, ...]

    @property
    def initials(self) -> str:
        return "".join([sound[:1] or " " for sound in self.sounds])


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole text, cut and read."""

    squashed: str
    places: tuple[int, ...]
    words: tuple[Word, ...]
    spoken: tuple[Spoken, ...]


@lru_cache(maxsize=8192)
def read_text(text: str) -> Reading:
    """Cut a name into words and say it (twice when it may begin with a surname of two readings)."""
    words = cut(text)
    if len(words) == 1 and words[0].kind == "han":
        word = words[0]
        syllabic = (True,) * len(word.letters)
        said = tuple(Spoken(sounds, word.places, syllabic) for sounds in syllables_of(word.letters))
        return Reading(word.letters, word.places, words, said)
    squashed = "".join(word.letters for word in words)
    places = tuple(place for word in words for place in word.places)
    return Reading(squashed, places, words, _say(words))


@lru_cache(maxsize=4096)
def cut(text: str) -> tuple[Word, ...]:
    """Fold a text and cut it where the kind of letter changes; signs and spaces fall away."""
    simple = _cut_simple(text) if len(text) <= LONGEST_TEXT else None
    return _cut_mixed(text) if simple is None else simple


def _cut_simple(text: str) -> tuple[Word, ...] | None:
    """The same for what most names and numbers are: Han alone, or ASCII alone. None for all else."""
    if text.isascii():
        parts = [(found.start(), found[0]) for found in ASCII_PARTS.finditer(text.lower())]
        if not parts:
            return ()
        places = [place for start, part in parts for place in range(start, start + len(part))]
        starts = accumulate((len(part) for _start, part in parts[:-1]), initial=0)
        return (Word("".join(part for _start, part in parts), tuple(places), "latin", tuple(starts)),)
    folded = "".join(map(fold_char, text))
    if len(folded) == len(text) and set(map(_kind, folded)) == _HAN:
        return (Word(folded, tuple(range(len(folded))), "han", (0,)),)
    return None


def _cut_mixed(text: str) -> tuple[Word, ...]:
    words: list[tuple[str, list[str], list[int], list[int]]] = []
    parted = True
    for place, original in enumerate(text[:LONGEST_TEXT]):
        for char in fold_char(original):
            kind = _kind(char)
            if kind == "sign":
                parted = True
                continue
            if not words or words[-1][0] != kind:
                words.append((kind, [], [], []))
                parted = True
            _, letters, places, starts = words[-1]
            if parted or (letters and letters[-1].isdigit() != char.isdigit()):
                starts.append(len(letters))
            letters.append(char)
            places.append(place)
            parted = False
    return tuple(Word("".join(word[1]), tuple(word[2]), word[0], tuple(word[3])) for word in words)


@lru_cache(maxsize=16384)
def _kind(char: str) -> str:
    if is_han(char):
        return "han"
    if not char.isalnum():
        return "sign"
    if char.isascii():
        return "latin"
    return "kana" if is_unspaced(char) else "other"


def _say(words: tuple[Word, ...]) -> tuple[Spoken, ...]:
    ways = max((len(syllables_of(word.letters)) for word in words if word.kind == "han"), default=1)
    return tuple(_say_once(words, way) for way in range(ways))


def _say_once(words: tuple[Word, ...], way: int) -> Spoken:
    sounds: list[str] = []
    syllabic: list[bool] = []
    for word in words:
        sounds += _sounds(word, way)
        syllabic += [word.kind == "han"] * len(word.letters)
    places = tuple(place for word in words for place in word.places)
    return Spoken(tuple(sounds), places, tuple(syllabic))


def _sounds(word: Word, way: int) -> tuple[str, ...]:
    if word.kind == "han":
        known = syllables_of(word.letters)
        return known[min(way, len(known) - 1)]
    return tuple(word.letters) if word.kind == "latin" else ("",) * len(word.letters)
