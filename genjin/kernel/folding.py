"""Folding of characters: width, case, accents, traditional to simplified. One character at a time.

Folding looks at no neighbours, so a part of a folded text is always the folded part of the text: that is
what lets a substring be found. What a folded text is used for (search, duplicate keys) lives elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

# 乾 is 干 when it means "dry" but stays 乾 (qián) in names, which is where we meet it.
_KEPT = frozenset("乾")
_HAN_RANGES = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
_HAN_SINGLES = frozenset("〇々")
_ALL_HAN = re.compile("[{}{}]+".format("".join(f"{chr(low)}-{chr(high)}" for low, high in _HAN_RANGES), "〇々"))
# Kana and Hangul are written without spaces as well, so they are cut like Han.
_UNSPACED_RANGES = ((0x3040, 0x30FF), (0xAC00, 0xD7AF))


@cache
def is_han(char: str) -> bool:
    """True for a Chinese character (with 〇 and 々)."""
    point = ord(char)
    return any(low <= point <= high for low, high in _HAN_RANGES) or char in _HAN_SINGLES


def all_han(text: str) -> bool:
    """True for a text of Chinese characters alone."""
    return _ALL_HAN.fullmatch(text) is not None


def is_unspaced(char: str) -> bool:
    """True for a character of a script without spaces between words: Han, kana, Hangul."""
    point = ord(char)
    return any(low <= point <= high for low, high in _UNSPACED_RANGES) or is_han(char)


def simplified(text: str) -> str:
    """Traditional characters replaced one by one; the length is kept."""
    return text.translate(_simplified_table())


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """NFKC, lower case, without accents, simplified. `fold(a + b) == fold(a) + fold(b)`."""
    return "".join(map(fold_char, text))


@cache
def fold_char(char: str) -> str:
    """One folded character: none, one or several characters (`㎡` gives `m2`, a lone accent nothing)."""
    if char in "üÜ":
        return "v"  # as it is typed in pinyin
    decomposed = unicodedata.normalize("NFKD", char)
    bare = "".join(part for part in decomposed if not 0x300 <= ord(part) <= 0x36F)
    lowered = unicodedata.normalize("NFKC", bare).lower()
    # Lower case may bring an accent of its own (İ).
    plain = "".join(part for part in lowered if not 0x300 <= ord(part) <= 0x36F)
    return simplified(plain)


@cache
def _simplified_table() -> dict[int, str]:
    import opencc  # noqa: PLC0415 (slow: loads its dictionaries)

    chars = [chr(point) for low, high in _HAN_RANGES[:3] for point in range(low, high + 1)]
    converted = opencc.OpenCC("t2s").convert("\n".join(chars)).split("\n")
    pairs = zip(chars, converted, strict=True)
    # A simplified form outside the common block is rarer than what it replaces, and has no reading.
    return {ord(old): new for old, new in pairs if old != new and old not in _KEPT and "一" <= new <= "鿿"}
