"""What a record is found by, as one text for the database. Names of Han alone and numbers of ASCII alone are read
in few steps, other names once where they come again; everything else is read by `tokens`. All ways give the same tokens
and the same key.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import repeat
from operator import add

from genjin.kernel.folding import all_han, fold
from genjin.kernel.pinyin import LONGEST_PERSON_NAME, sounds_of
from genjin.kernel.search_text.reading import ASCII_PARTS
from genjin.kernel.search_text.tokens import (
    LONGEST_CODE,
    MOST_TOKENS,
    NUMBERS,
    TAIL,
    Said,
    as_tsvector,
    index_tokens,
    said,
    search_key,
    tails,
)

LONGEST_QUICK = 150
_MOBILE_DIGITS = 11


class _Unread(Exception):
    """Something here must be read letter by letter."""


def found_by(
    names: Sequence[str], phones: Sequence[str] = (), codes: Sequence[str] = (), others: Sequence[str] = ()
) -> tuple[str, str]:
    """A text for `%s::tsvector` with the tokens of `index_tokens`, and the `search_key`, in which the others are said
    as names are."""
    try:
        return _put_together(names, phones, codes, others)
    except _Unread:
        tokens = index_tokens(names=names, phones=phones, codes=codes, others=others)
        return as_tsvector(tokens), search_key([*names, *others], phones, codes)


def _put_together(
    names: Sequence[str], phones: Sequence[str], codes: Sequence[str], others: Sequence[str]
) -> tuple[str, str]:
    if others or sum(map(len, names)) > LONGEST_QUICK:
        raise _Unread
    tokens: list[str] = []
    lines: list[list[str]] = [[], [], [], []]
    for name in names:
        read = _read(name, tokens) or _read_once(name, tokens)
        for place, texts in enumerate(read):
            lines[place].extend(texts)
    lines[3] += [_phone(phone, tokens) for phone in phones]
    lines[3] += [_code(code, tokens) for code in codes]
    key = "\n".join([line[0] if len(line) == 1 else " ".join(filter(None, dict.fromkeys(line))) for line in lines])
    return " ".join(tokens), key


def _read(name: str, tokens: list[str]) -> Said | None:
    """Letters, initials and sounds of a name of Han alone; None for others, and for a short one: it may be a person's
    and be read in two ways."""
    letters = fold(name)
    if len(letters) <= LONGEST_PERSON_NAME or not all_han(letters):
        return None
    sounds = sounds_of(letters)
    if not all(sounds):
        return None  # a character without a reading
    initials = "".join([sound[0] for sound in sounds])
    twos = [*map(add, initials, initials[1:])]
    dotted = map(add, map(add, sounds, repeat(".")), sounds[1:])
    tokens += (
        "'" + "' '".join((*letters, *map(add, letters, letters[1:]))) + "'",
        "'p." + "' 'p.".join(sounds) + "'",
        "'pp." + "' 'pp.".join(dotted) + "'",
        "'i." + "' 'i.".join((*initials, *twos, *map(add, twos, initials[2:]))) + "'",
    )
    return (letters,), (initials,), ("".join(sounds),)


def _read_once(name: str, tokens: list[str]) -> Said:
    """The same of any other name."""
    vector, lines = _by_letters(name)
    if vector:
        tokens.append(vector)
    return lines


@lru_cache(maxsize=4096)
def _by_letters(name: str) -> tuple[str, Said]:
    tokens = index_tokens(names=[name])
    if len(tokens) > MOST_TOKENS // 2:
        raise _Unread  # how many there are of all is bounded
    return as_tsvector(tokens), said(name)


def _phone(phone: str, tokens: list[str]) -> str:
    if len(phone) != _MOBILE_DIGITS or not (phone.isascii() and phone.isdigit()):
        raise _Unread
    tokens.append(f"'d.{phone[-TAIL:]}'")
    return phone


def _code(code: str, tokens: list[str]) -> str:
    if not code.isascii() or len(code) > LONGEST_CODE:
        raise _Unread
    whole = code.lower() if code.isalnum() else "".join(ASCII_PARTS.findall(code.lower()))
    if whole:
        tokens.append(f"'c.{whole}'")
        numbers = NUMBERS.findall(whole)
        ends = numbers[0][-TAIL:] if len(numbers) == 1 else ""  # tails() gives it twice
        if len(ends) == TAIL:
            tokens.append(f"'d.{ends}'")
        elif len(numbers) > 1:
            tokens += [f"'d.{tail}'" for tail in tails(whole)]
    return whole
