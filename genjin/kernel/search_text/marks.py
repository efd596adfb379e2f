"""Where the hit is: spans of a shown text to mark, and a line of pinyin that explains a pinyin hit."""

from __future__ import annotations

from collections.abc import Iterator

from genjin.kernel.pinyin import spelled
from genjin.kernel.search_text.query import Check, SearchQuery, Section
from genjin.kernel.search_text.reading import Reading, Spoken, read_text

Spans = list[tuple[str, bool]]
MOST_UNITS_BEFORE = 2

_Sounded = tuple[Spoken, int, list[int]]
"""A way to say the text, the first unit hit, and how many letters of each unit from there are hit."""


def highlight(text: str, query: SearchQuery) -> Spans:
    """The text in pieces; True for a piece that was hit (a pinyin hit marks its characters)."""
    reading = read_text(text)
    marked = [False] * len(text)
    for ways in query.rechecks:
        for first, last in _places(reading, ways):
            marked[first : last + 1] = [True] * (last + 1 - first)
    return _pieces([(char, mark) for char, mark in zip(text, marked, strict=True)])


def pinyin_hint(text: str, query: SearchQuery) -> Spans | None:
    """`suzhou` **j**`ing`**l**`i`**b**`an…` for the first part hit by its sound; None if none is."""
    reading = read_text(text)
    for ways in query.rechecks:
        if not any(_in_text(reading, check) for check in ways):
            for check in ways:
                sounded = next(_in_sound(reading, check), None)
                if sounded and any(sounded[0].syllabic[sounded[1] : sounded[1] + len(sounded[2])]):
                    return _hint(*sounded)
    return None


def _places(reading: Reading, ways: tuple[Check, ...]) -> list[tuple[int, int]]:
    """First and last place of every hit of the first check that has any."""
    for check in ways:
        found = _in_text(reading, check)
        if not found:
            sounded = list(_in_sound(reading, check))[:1]
            found = [(way.places[start], way.places[start + len(letters) - 1]) for way, start, letters in sounded]
        if found:
            return found
    return []


def _in_text(reading: Reading, check: Check) -> list[tuple[int, int]]:
    if check.section not in (Section.TEXT, Section.NUMBERS):
        return []
    found = []
    start = reading.squashed.find(check.needle)
    while start >= 0:
        end = start + len(check.needle)
        found.append((reading.places[start], reading.places[end - 1]))
        start = reading.squashed.find(check.needle, end)
    return found


def _in_sound(reading: Reading, check: Check) -> Iterator[_Sounded]:
    for spoken in reading.spoken:
        if check.section is Section.INITIALS:
            start = spoken.initials.find(check.needle)
            if start >= 0:
                yield spoken, start, [1] * len(check.needle)
        elif check.section is Section.PINYIN:
            for start in range(len(spoken.sounds)):
                letters = _letters_hit(spoken, start, check.needle)
                if letters:
                    yield spoken, start, letters


def _letters_hit(spoken: Spoken, start: int, needle: str) -> list[int]:
    letters: list[int] = []
    rest = needle
    for sound, syllabic in zip(spoken.sounds[start:], spoken.syllabic[start:], strict=True):
        hit = min(len(sound), len(rest))
        if not (syllabic and sound) or spelled(sound)[:hit] != rest[:hit]:
            return []
        letters.append(hit)
        rest = rest[hit:]
        if not rest:
            return letters
    return []


def _hint(spoken: Spoken, start: int, letters: list[int]) -> Spans:
    end = start + len(letters)
    before = "".join(spoken.sounds[max(0, start - MOST_UNITS_BEFORE) : start])
    lead = ("…" if start > MOST_UNITS_BEFORE else "") + before + (" " if before else "")
    spans: Spans = [(lead, False)]
    for sound, hit in zip(spoken.sounds[start:end], letters, strict=True):
        spans += [(sound[:hit], True), (sound[hit:], False)]
    spans.append(("…" if end < len(spoken.sounds) else "", False))
    return _pieces(spans)


def _pieces(spans: Spans) -> Spans:
    """Neighbours of one kind joined, empty ones dropped."""
    joined: Spans = []
    for piece, marked in spans:
        if joined and joined[-1][1] == marked:
            joined[-1] = (joined[-1][0] + piece, marked)
        elif piece:
            joined.append((piece, marked))
    return joined
