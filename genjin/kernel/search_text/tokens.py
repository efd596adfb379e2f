"""What is stored with a record so that it can be found: tokens for the index, one key to check hits against."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

from genjin.kernel.search_text.reading import Spoken, Word, cut, read_text

LONGEST_WORD = 20
LONGEST_CODE = 32
LONGEST_LEXEME = 200
MOST_TOKENS = 2_000
TAIL = 4
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_TO_QUOTE = re.compile(r"['\\\x00\ud800-\udfff]")
_NO_DIGIT = re.compile(r"[^0-9]+")
Said: TypeAlias = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
NUMBERS = re.compile(r"\d+", re.ASCII)
_COUNTRY = re.compile(r"(?:\+|00)?86(?=1[3-9]\d{9}$)")


def index_tokens(
    *, names: Sequence[str], phones: Sequence[str] = (), codes: Sequence[str] = (), others: Sequence[str] = ()
) -> list[str]:
    """The distinct tokens of a record. `others` are found by their words only, not by pinyin."""
    found: list[str] = []
    for name in names:
        reading = read_text(name)
        found += _word_tokens(reading.words)
        for spoken in reading.spoken:
            found += initial_grams(spoken.initials, whole=True)
            found += _syllable_tokens(spoken)
    for text in others:
        found += _word_tokens(cut(text))
    for phone in phones:
        found += _tail_tokens(phone)
    for code in codes:
        found += _code_tokens(code)
    return list(dict.fromkeys(found))[:MOST_TOKENS]


def as_tsvector(tokens: Iterable[str]) -> str:
    """A text for `%s::tsvector`, whatever the tokens hold."""
    distinct = [token for token in dict.fromkeys(tokens) if token]
    if not distinct:
        return ""
    if _TO_QUOTE.search("".join(distinct)) or max(map(len, distinct)) > LONGEST_LEXEME:
        return " ".join(map(quoted, distinct))
    return "'" + "' '".join(distinct) + "'"


def quoted(token: str) -> str:
    """One lexeme as PostgreSQL reads it in `::tsvector` and `::tsquery`."""
    storable = _UNSTORABLE.sub("", token)[:LONGEST_LEXEME]
    return "'" + storable.replace("\\", "\\\\").replace("'", "''") + "'"


def search_key(
    names: Sequence[str], phones: Sequence[str] = (), codes: Sequence[str] = (), others: Sequence[str] = ()
) -> str:
    """Four lines: squashed texts, initials, pinyin, numbers. `like_patterns` and `matches` read it."""
    read = [said(name) for name in names]
    texts, initials, sounds = ([text for lines in read for text in lines[place]] for place in range(3))
    texts += [squashed(text) for text in others]
    texts += [code for code in map(squashed, codes) if not code.isascii()]
    numbers = [phone_digits(phone) for phone in phones] + [squashed(code) for code in codes]
    lines = (texts, initials, sounds, numbers)
    return "\n".join(" ".join(filter(None, dict.fromkeys(line))) for line in lines)


def said(name: str) -> Said:
    """What a name says in the first three lines of the key."""
    reading = read_text(name)
    initials = tuple([way.initials for way in reading.spoken])
    return (reading.squashed,), initials, tuple([_full_pinyin(way) for way in reading.spoken])


def squashed(text: str) -> str:
    """Folded letters and digits only."""
    return "".join(word.letters for word in cut(text))


def phone_digits(phone: str) -> str:
    """The digits of a phone number, without the country code of a mainland mobile."""
    digits = _NO_DIGIT.sub("", phone if phone.isascii() else unicodedata.normalize("NFKC", phone))
    return _COUNTRY.sub("", digits) if "86" in digits else digits


def grams(letters: str, size: int) -> list[str]:
    """All parts of `size` letters that stand side by side."""
    return [letters[start : start + size] for start in range(len(letters) - size + 1)]


def initial_grams(initials: str, *, whole: bool) -> list[str]:
    """Tokens of initials. `whole`: every gram of one to three letters (index); else just enough to ask for all."""
    sizes = (1, 2, 3) if whole else (min(3, len(initials)),)
    found = ["i." + initials[start : start + size] for size in sizes for start in range(len(initials) - size + 1)]
    return [gram for gram in found if " " not in gram] if " " in initials else found


def _word_tokens(words: Sequence[Word]) -> list[str]:
    found: list[str] = []
    for word in words:
        if word.kind in ("han", "kana"):
            found += word.letters
            found += grams(word.letters, 2)
        else:
            found += [word.letters[start : start + LONGEST_WORD] for start in word.starts]
    return found


def _syllable_tokens(spoken: Spoken) -> Iterator[str] | list[str]:
    if all(spoken.syllabic) and all(spoken.sounds):
        return [*map("p.".__add__, spoken.sounds), *[f"pp.{one}.{two}" for one, two in pairwise(spoken.sounds)]]
    return _syllables_apart(spoken)


def _syllables_apart(spoken: Spoken) -> Iterator[str]:
    previous = ""
    for sound, syllabic in zip(spoken.sounds, spoken.syllabic, strict=True):
        if not (syllabic and sound):
            previous = ""
            continue
        yield f"p.{sound}"
        if previous:
            yield f"pp.{previous}.{sound}"
        previous = sound


def tails(phone: str) -> list[str]:
    """Tails of the whole number and of its groups, so that an extension does not hide the number."""
    groups = (phone_digits(phone), *NUMBERS.findall(phone))
    return [digits[-TAIL:] for digits in groups if len(digits) >= TAIL]


def _tail_tokens(phone: str) -> list[str]:
    return ["d." + tail for tail in tails(phone)]


def _code_tokens(code: str) -> Iterator[str]:
    words = cut(code)
    whole = "".join(word.letters for word in words)
    if whole:
        yield f"c.{whole[:LONGEST_CODE]}"
    for word in words:
        if word.kind == "latin":
            if word.letters != whole:
                yield f"c.{word.letters[:LONGEST_CODE]}"
            yield from _tail_tokens(word.letters)
        else:
            yield from _word_tokens((word,))


def _full_pinyin(spoken: Spoken) -> str:
    pairs = zip(spoken.sounds, spoken.syllabic, strict=True)
    return "".join(sound if syllabic and sound else " " for sound, syllabic in pairs).strip()
