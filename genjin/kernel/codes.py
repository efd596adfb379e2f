"""Codes of records by a pattern: `KH-{000000}` gives KH-000123. Numbers come from sequences, not from here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _

LONGEST_CODE = 40
MOST_DIGITS = 12
_PLACE = re.compile(r"\{([^{}]*)\}")
_LITERAL = re.compile(r"[\w\-./#·（）()]*")
_DATES = {"YYYY": "%Y", "YY": "%y", "MM": "%m", "DD": "%d"}


class BadPattern(ValueError):
    """The pattern cannot be used; the message says what is wrong, in the reader's language."""


@dataclass(frozen=True, slots=True)
class CodePattern:
    """A pattern read. Pieces are plain text or the inside of a place (`000000`, `YYYY`), told by `is_place`; `dated`:
    whether a code tells the day; `template`: the code of a number where it does not."""

    pieces: tuple[tuple[str, bool], ...]
    dated: bool
    template: str

    def code(self, number: int, day: date) -> str:
        """The code of a number; a number longer than its zeros keeps all its digits."""
        if not self.dated:
            return self.template % number
        return "".join(_filled(piece, number, day) if is_place else piece for piece, is_place in self.pieces)


@lru_cache(maxsize=64)
def parse_pattern(pattern: str) -> CodePattern:
    """Read a pattern: text, exactly one `{000…}`, any of {YYYY} {YY} {MM} {DD}. Raises BadPattern."""
    cut = _PLACE.split(pattern)
    pieces = tuple((piece, bool(place % 2)) for place, piece in enumerate(cut) if piece or place % 2)
    for piece, is_place in pieces:
        if is_place and piece not in _DATES and not re.fullmatch("0+", piece):
            raise BadPattern(
                _("编号规则里不认识 {%(piece)s}，可以用 {000000} {YYYY} {YY} {MM} {DD}") % {"piece": piece}
            )
        if not is_place and not _LITERAL.fullmatch(piece):
            raise BadPattern(_("编号规则里有不能用的字符：%(piece)s") % {"piece": piece})
    zeros = [piece for piece, is_place in pieces if is_place and piece.startswith("0")]
    if len(zeros) != 1:
        raise BadPattern(_("编号规则里要有且只有一处流水号，例如 {000000}"))
    if not 3 <= len(zeros[0]) <= MOST_DIGITS:
        raise BadPattern(_("流水号应为 3 至 %(most)s 位") % {"most": MOST_DIGITS})
    if sum(len(piece) for piece, _place in pieces) > LONGEST_CODE:
        raise BadPattern(_("编号太长，最多 %(most)s 个字符") % {"most": LONGEST_CODE})
    dated = any(is_place and piece in _DATES for piece, is_place in pieces)
    template = "".join(f"%0{len(piece)}d" if is_place else piece.replace("%", "%%") for piece, is_place in pieces)
    return CodePattern(pieces, dated, template)


def format_code(pattern: str, number: int, day: date) -> str:
    """`format_code("KH-{YYYY}{MM}-{000000}", 123, day)` gives `KH-202405-000123`. Raises BadPattern."""
    return parse_pattern(pattern).code(number, day)


def _filled(piece: str, number: int, day: date) -> str:
    return day.strftime(_DATES[piece]) if piece in _DATES else f"{number:0{len(piece)}d}"
