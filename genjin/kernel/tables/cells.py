"""What every reader of tables gives: cells, sheets, and the words for what cannot be read. No reading here."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from django.utils.translation import gettext as _

MOST_BYTES = 200 << 20
MOST_ROWS = 1_048_576
MOST_COLUMNS = 256
MOST_SHEETS = 50
LONGEST_CELL = 32_767

Cell: TypeAlias = str | int | float | bool | date | datetime | time | timedelta | None
Merge: TypeAlias = tuple[int, int, int, int]
"""First row, first column, last row, last column, counted from 0."""
Row: TypeAlias = tuple[int, list[Cell]]
"""The number of a row as the sheet shows it, from 1, and its cells from the first column to the last filled one."""

UNCOMPUTED = "#未计算!"
"""Stands in a cell whose formula was never calculated: files written by programs have such."""
_ERRORS = frozenset(
    ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA")
)


class Unreadable(Exception):
    """The file cannot be read as a table; the message says why and how to mend it, in the reader's language."""


@dataclass(frozen=True)
class Sheet:
    """The cells of a sheet, or its first ones. `rows[0]` is row 1, all rows are as wide; an empty cell is None."""

    name: str
    rows: list[list[Cell]]
    merges: tuple[Merge, ...] = ()
    hidden: bool = False


@dataclass(frozen=True)
class SheetInfo:
    """A sheet of a book: `rows` is the number of its last filled row (an estimate in long texts)."""

    name: str
    rows: int
    columns: int
    hidden: bool = False


class Source(ABC):
    """One kind of file, open: its sheets, and the filled rows of one, which never stand in memory together."""

    sheets: list[SheetInfo]

    @abstractmethod
    def rows(self, place: int) -> Iterator[Row]:
        """The filled rows of a sheet in order. At most MOST_COLUMNS + 1 cells each. Raises Unreadable on the way."""

    def merges(self, place: int) -> list[Merge]:  # noqa: ARG002 (texts have none)
        """The merged ranges of a sheet, by first row."""
        return []

    def close(self) -> None:  # noqa: B027 (most have nothing open)
        """Let the file go."""


def text_cell(value: str) -> str | None:
    """A text without padding; None when nothing remains."""
    if "\x00" in value or "\r" in value:
        value = value.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    return value.strip()[:LONGEST_CELL] or None


def number_cell(value: float) -> int | float:
    """Whole numbers as int, as far as a float is exact."""
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def fault_of(cell: Cell) -> str:
    """What is wrong with a cell itself (a formula without result, an error of Excel), in words; "" when nothing is."""
    if not isinstance(cell, str) or not cell.startswith("#"):
        return ""
    if cell == UNCOMPUTED:
        return _("公式还没有计算结果：请用 Excel 打开文件，保存后再上传")
    if cell in _ERRORS:
        return _("单元格是 Excel 的错误值 %(error)s：请改正公式，或直接填写内容") % {"error": cell}
    return ""


def too_many_rows() -> Unreadable:
    """More rows than a sheet of Excel holds."""
    return Unreadable(_("行数太多：最多 %(most)s 行，请分成几个文件") % {"most": MOST_ROWS})


def too_many_columns() -> Unreadable:
    """A table wider than any record."""
    return Unreadable(_("列数太多：最多 %(most)s 列，请删去不用的列") % {"most": MOST_COLUMNS})


def broken(why: str = "") -> Unreadable:
    """A workbook that is no sound one; `why` is a clause for those who look closer."""
    if why:
        return Unreadable(_("文件已损坏（%(why)s）；请用 Excel 打开后另存为 xlsx 再试") % {"why": why})
    return Unreadable(_("文件已损坏，或不是真正的 Excel 文件；请用 Excel 另存为 xlsx 后再试"))
