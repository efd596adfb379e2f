"""Where the table of a sheet stands, and its rows while they stream by. Found in `finding`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from genjin.kernel.tables.cells import Cell, Merge, Row

_FOOTER = re.compile(
    r"(?:合\s*计|总\s*计|小\s*计|备\s*注|说\s*明|注|制\s*表|填\s*表|审\s*核|审\s*批|复\s*核|签\s*字)(?:人|日期|表)?\s*(?:[:：].*)?$"
)
_TOTAL = re.compile(r"(?:合|总|小)\s*计[:：]?$")
_FOOTERS_BEGIN = frozenset("合总小备说注制填审复签")


@dataclass(frozen=True)
class Layout:
    """The table in a sheet: headings (each once), where they stand, and what stands around. Rows count from 1."""

    header: list[str] = field(default_factory=list)
    header_rows: tuple[int, ...] = ()
    first_column: int = 0
    columns: int = 0
    title: str = ""
    notes: list[str] = field(default_factory=list)
    as_written: list[list[str]] = field(default_factory=list)
    """The header rows as they stand in the sheet: where they come again on a later page, they are skipped."""

    @property
    def first_row(self) -> int:
        """The number of the first row below the header."""
        return (self.header_rows[-1] if self.header_rows else 0) + 1

    def to_json(self) -> dict[str, Any]:
        """For a JSON column; `from_json` gives the same layout again."""
        return asdict(self) | {"header_rows": list(self.header_rows)}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Layout:
        """The layout that `to_json` gave."""
        return cls(**(stored | {"header_rows": tuple(stored["header_rows"])}))


def rows_of(rows: Iterable[Row], layout: Layout, merges: Sequence[Merge] = ()) -> Iterator[Row]:
    """The rows of the table: cells under their headings, merged ones filled down; nothing else that stands below."""
    start, width = layout.first_column, layout.columns
    begin = layout.first_row
    again = [row for row in layout.as_written if any(row)]
    telling = frozenset(heading for row in again for heading in row if heading)
    fillings = _Fillings(layout, merges) if merges else None
    for number, row in rows:
        if number < begin:
            continue
        cells = row[start : start + width]
        filled = len(cells) - cells.count(None)
        if not filled:
            continue
        first = cells[0] if cells[0] is not None else next(cell for cell in cells if cell is not None)
        if type(first) is str:
            if first[:1] in _FOOTERS_BEGIN and is_footer(first, filled, width):
                continue
            if filled == 1 and first == layout.title:
                continue
            if first in telling and any(_same(written, cells, filled) for written in again):
                continue
        cells += [None] * (width - len(cells))
        if fillings:
            fillings.fill(number, cells)
        yield number, cells


def is_footer(first: str, filled: int, width: int) -> bool:
    """Totals, and rows with little but a remark or a signature."""
    return bool(_TOTAL.match(first)) or (bool(_FOOTER.match(first)) and filled <= max(1, width // 2))


def _same(written: list[str], cells: list[Cell], filled: int) -> bool:
    """Whether a row is this header row again; a single word is not enough where there are several headings."""
    if filled < 2 and len(written) > 1:
        return False
    return all(cell is None or cell == heading for heading, cell in zip(written, cells, strict=False))


class _Fillings:
    """Vertically merged cells: their value belongs to each row that they span."""

    def __init__(self, layout: Layout, merges: Sequence[Merge]) -> None:
        columns = range(layout.first_column, layout.first_column + layout.columns)
        self._spans = [
            (top + 1, bottom + 1, left - columns.start)
            for top, left, bottom, _right in merges
            if bottom > top >= layout.first_row - 1 and left in columns
        ]
        self._spans.sort(reverse=True)
        self._open: dict[int, tuple[int, Cell]] = {}

    def fill(self, number: int, cells: list[Cell]) -> None:
        while self._spans and self._spans[-1][0] <= number:
            top, bottom, column = self._spans.pop()
            self._open[column] = (bottom, cells[column] if top == number else None)
        if not self._open:
            return
        for column, (bottom, value) in list(self._open.items()):
            if number > bottom:
                del self._open[column]
            elif cells[column] is None:
                cells[column] = value
