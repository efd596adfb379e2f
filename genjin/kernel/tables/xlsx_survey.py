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
_ROW = re.compile(rb"""<(?:[\w.-]+:)?row\b[^>]{0,400}?\br\s*=\s*["'](\d{1,7})["']""")


@dataclass
class Survey:
    """The last row with a value, a guess at the columns, and merged ranges by first row."""

    rows: int = 0
    columns: int = 0
    merges: list[Merge] = field(default_factory=list)


def survey(stream: IO[bytes]) -> Survey:
    """Look through the raw sheet once."""
    found = Survey()
    before = b""
    inside = True
    counted = 0
    while piece := stream.read(PIECE):
        text = before + piece
        if not before:
            extent = _EXTENT.search(text)
            found.columns = min(column_of(extent[1].decode()) + 1, MOST_COLUMNS) if extent else 0
        end = _END.search(text, text.rfind(b"sheetData") - 50) if inside and b"sheetData" in text else None
        cells = text[: end.start()] if end else text
        if inside:
            found.rows, counted = _last_row(cells, piece, found.rows, counted)
        if end:
            inside, text = False, text[end.end() :]
        if not inside:
            _add_merges(found.merges, text)
        before = text[max(text.rfind(b"<"), len(text) - _OVERLAP, 0) :] if not inside else text[-_OVERLAP:]
    found.merges.sort()
    found.merges = [merge for n, merge in enumerate(found.merges) if not n or merge != found.merges[n - 1]]
    return found


def column_of(letters: str) -> int:
    """0 for A, 26 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _last_row(text: bytes, piece: bytes, last: int, counted: int) -> tuple[int, int]:
    """The number of the last row with a value so far; rows are counted for sheets that do not number them."""
    counted += piece.count(b"<row")
    value = max(text.rfind(b"v>"), text.rfind(b"is>"))
    if value < 0:
        return last, counted
    start = text.rfind(b"<row", 0, value)
    start = text.rfind(b":row", 0, value) - 20 if start < 0 else start
    row = _ROW.search(text, max(start, 0), value) if start > -20 else None
    if row:
        return min(int(row[1]), MOST_ROWS), counted
    return max(last, min(counted, MOST_ROWS)) if not last or start >= 0 else last, counted


def _add_merges(merges: list[Merge], text: bytes) -> None:
    for found in _MERGE.finditer(text):
        if len(merges) >= MOST_MERGES:
            return
        left, top, right, bottom = found.groups()
        merges.append((int(top) - 1, column_of(left.decode()), int(bottom) - 1, column_of(right.decode())))
