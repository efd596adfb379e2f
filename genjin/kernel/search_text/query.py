"""What a typed text asks for: a `tsquery`, and the checks that a hit must pass against its search key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from genjin.kernel.pinyin import segmentations, spelled
from genjin.kernel.search_text.reading import Word, cut
from genjin.kernel.search_text.tokens import (
    LONGEST_CODE,
    LONGEST_WORD,
    TAIL,
    grams,
    initial_grams,
    phone_digits,
    quoted,
)

LONGEST_QUERY = 120
MOST_PARTS = 10
MOST_TOKENS_OF_A_WAY = 12
_SPACED_PHONE = re.compile(r"(?<![\w.])(?:(?:\+|00)86[ -]?)?(1[3-9]\d)[ -]?(\d{4})[ -]?(\d{4})(?!\d)")
_ALL_PHONE = re.compile(r"\s*[+(（]?[\d\s()（）.+-]{6,}\d\s*", re.ASCII)
# Not the signs that stand inside a word or code: ' - . _ & @ +
_BETWEEN_PARTS = re.compile(r"[\s,，、;；/／|｜()（）\[\]【】{}<>《》〈〉“”\"‘’:：!！?？。·…~～=*]+")


class Section(IntEnum):
    """A line of the search key."""

    TEXT = 0
    INITIALS = 1
    PINYIN = 2
    NUMBERS = 3


@dataclass(frozen=True, slots=True)
class Check:
    """The line of the key that must contain the needle."""

    section: Section
    needle: str


@dataclass(frozen=True, slots=True)
class Way:
    """One way to find a part: tokens that must all be there (`wei*` is a prefix), and the check of the hit."""

    tokens: tuple[str, ...]
    check: Check


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """Every part must be found, each in at least one of its ways."""

    parts: tuple[tuple[Way, ...], ...]

    @property
    def tsquery(self) -> str:
        """A text for `%s::tsquery`."""
        return " & ".join(f"({' | '.join(_as_tsquery(way) for way in ways)})" for ways in self.parts)

    @property
    def words(self) -> tuple[str, ...]:
        """The tokens whose frequencies tell how many hits to expect; a prefix ends in `*`."""
        return tuple(dict.fromkeys(token for ways in self.parts for way in ways for token in way.tokens))

    @property
    def rechecks(self) -> tuple[tuple[Check, ...], ...]:
        """AND of ORs."""
        return tuple(tuple(dict.fromkeys(way.check for way in ways)) for ways in self.parts)

    def estimate(self, frequency: Callable[[str], int]) -> int:
        """At most how many records hold the tokens, given how many hold each of `words`."""
        return min(sum(min(frequency(token) for token in way.tokens) for way in ways) for ways in self.parts)


def parse_query(text: str) -> SearchQuery | None:
    """Read a typed text; None when it holds nothing to search for."""
    parts = tuple(ways for part in _parts(text[:LONGEST_QUERY]) for ways in _ways_of_part(part))
    return SearchQuery(tuple(dict.fromkeys(parts))[:MOST_PARTS]) if parts else None


def matches(query: SearchQuery, key: str) -> bool:
    """Does a search key pass the checks of the query?"""
    sections = (key.split("\n") + [""] * len(Section))[: len(Section)]
    return all(any(check.needle in sections[check.section] for check in ways) for ways in query.rechecks)


def like_patterns(query: SearchQuery) -> list[list[str]]:
    """The checks as LIKE patterns over the search key: every inner list needs one that fits."""
    return [[_like(check) for check in ways] for ways in query.rechecks]


def _like(check: Check) -> str:
    needle = re.sub(r"([\\%_])", r"\\\1", check.needle)
    # A key has exactly three line ends, so these hold the needle in its line.
    after = len(Section) - 1 - check.section
    return "%\n" * check.section + "%" + needle + "%" + "\n%" * after


def _parts(text: str) -> list[str]:
    if _ALL_PHONE.fullmatch(text) and not re.search(r"\d{4}\s+\d{4}\s*$", text.strip()[:9]):
        return [phone_digits(text)]
    joined = _SPACED_PHONE.sub(r" \1\2\3 ", text)
    return [part for part in _BETWEEN_PARTS.split(joined) if part]


def _ways_of_part(part: str) -> Iterator[tuple[Way, ...]]:
    for word in cut(part):
        ways = tuple(_ways(word))
        if ways:
            yield ways


def _ways(word: Word) -> Iterator[Way]:
    letters = word.letters
    if word.kind in ("han", "kana"):
        pairs = tuple(dict.fromkeys(grams(letters, 2)))[:MOST_TOKENS_OF_A_WAY]
        yield Way(pairs or (letters,), Check(Section.TEXT, letters))
        return
    yield Way((_opening(letters, LONGEST_WORD),), Check(Section.TEXT, letters))
    if word.kind != "latin":
        return
    yield from _number_ways(letters)
    if letters.isdigit() and len(letters) >= TAIL:
        return
    asked = tuple(dict.fromkeys(initial_grams(letters, whole=False)))[:MOST_TOKENS_OF_A_WAY]
    yield Way(asked, Check(Section.INITIALS, letters))
    if letters.isalpha() and len(letters) > 1:
        yield from _pinyin_ways(spelled(letters))


def _number_ways(letters: str) -> Iterator[Way]:
    if letters.isdigit() and len(letters) >= TAIL:
        yield Way((f"d.{letters[-TAIL:]}",), Check(Section.NUMBERS, letters))
    if any(char.isdigit() for char in letters):
        yield Way(("c." + _opening(letters, LONGEST_CODE),), Check(Section.NUMBERS, letters))


def _pinyin_ways(letters: str) -> Iterator[Way]:
    """Tokens of as long a beginning as can be cut in few ways; the check then sees all the letters."""
    for size in (24, 18, 12, 8, 5):
        cuts = segmentations(letters[:size])
        if cuts is not None:
            break
    for syllables in cuts or ():
        if len(syllables) == 1:
            tokens = [f"p.{syllables[0]}*"]
        else:
            pairs = [f"pp.{first}.{second}" for first, second in pairwise(syllables)]
            tokens = [*pairs[:-1], pairs[-1] + "*"]
        yield Way(tuple(dict.fromkeys(tokens)), Check(Section.PINYIN, letters))


def _opening(letters: str, most: int) -> str:
    return letters[:most] if len(letters) > most else letters + "*"


def _as_tsquery(way: Way) -> str:
    lexemes = [quoted(token[:-1]) + ":*" if token.endswith("*") else quoted(token) for token in way.tokens]
    return " & ".join(lexemes)
