"""How far a sheet of a workbook reaches, and its merged ranges, which stand behind the cells. Reads no cell."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import IO

from genjin.kernel.tables.cells import MOST_COLUMNS, MOST_ROWS, Merge

PIECE = 1 << 18
MOST_MERGES = 300_000
_OVERLAP = 4_096
_END = re.compile(rb"</(?:[\w.-]+:)?sheetData\s*>|<(?:[\w.-]+:)?sheetData\s*/>")
_MERGE = re.compile(
    rb"""mergeCell\s[^<>]{0,400}?ref\s*=\s*["']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})["']"""
)
_EXTENT = re.compile(rb"""dimension\s[^<>]{0,400}?ref\s*=\s*["'](?:[A-Z]{1,3}\d{1,7}:)?([A-Z]{1,3})(\d{1,7})["']""")
_ROW = re.compile(rb"""[<:]row\s[^>]{0,2000}?\br\s*=\s*["'](\d{1,7})["']""")


@dataclass
class Survey:
    """The last row with a value, a guess at the columns, and merged ranges by first row."""

    rows: int = 0
    columns: int = 0
    merges: list[Merge] = field(default_factory=list)
    exact: bool = True
    """Whether `rows` is sure: nothing below needs to be read."""


def survey(stream: IO[bytes]) -> Survey:
    """Look through the raw sheet once."""
    found = Survey()
    rows = _Rows()
    before = b""
    inside = True
    while piece := stream.read(PIECE):
        text = before + piece
        if not before:
            extent = _EXTENT.search(text)
            found.columns = min(column_of(extent[1].decode()) + 1, MOST_COLUMNS) if extent else 0
        end = _END.search(text, max(text.rfind(b"sheetData") - 50, 0)) if inside and b"sheetData" in text else None
        if inside:
            rows.see(text[: end.start()] if end else text, len(before))
        if end:
            inside, text = False, text[end.end() :]
        if not inside:
            _add_merges(found.merges, text)
        before = text[-_OVERLAP:] if inside else text[max(text.rfind(b"<"), len(text) - _OVERLAP, 0) :]
    found.rows, found.exact = min(rows.last, MOST_ROWS), rows.exact and not inside
    found.merges.sort()
    found.merges = [merge for n, merge in enumerate(found.merges) if not n or merge != found.merges[n - 1]]
    return found


class _Rows:
    """The number of the last row with a value. Rows without numbers are counted, which is no more than an estimate."""

    def __init__(self) -> None:
        self.last = 0
        self.exact = True
        self._begun = 0

    def see(self, text: bytes, known: int) -> None:
        """Look at a piece of the sheet; it begins with the end of the one before, `known` bytes long."""
        new = max(known - 2, 0)
        value = max(text.rfind(b"v>", new), text.rfind(b"s>", new), text.rfind(b"t>", new))
        if value >= 0:
            self.last = self._number_before(text, value)
        # A tag may be cut at the end of the piece.
        self._begun = self._number_before(text, text.rfind(b">") + 1)

    def _number_before(self, text: bytes, place: int) -> int:
        """The number of the row that is open at a place."""
        start = max(text.rfind(b"<row", 0, place), text.rfind(b":row", 0, place))
        if start < 0:
            return self._begun
        row = _ROW.match(text, start)
        if row is None:
            self.exact = False
            return self._begun + text.count(b"<row", _OVERLAP, place)
        return int(row[1])


def column_of(letters: str) -> int:
    """0 for A, 26 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _add_merges(merges: list[Merge], text: bytes) -> None:
    for found in _MERGE.finditer(text):
        if len(merges) >= MOST_MERGES:
            return
        left, top, right, bottom = found.groups()
        merges.append((int(top) - 1, column_of(left.decode()), int(bottom) - 1, column_of(right.decode())))
