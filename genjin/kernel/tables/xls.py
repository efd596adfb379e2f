"""A workbook of old Excel (.xls): read by xlrd, plain Python that takes no memory for cells that are not there."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.tables.cells import (
    MOST_COLUMNS,
    MOST_SHEETS,
    Cell,
    Merge,
    Row,
    SheetInfo,
    Source,
    Unreadable,
    broken,
    number_cell,
    text_cell,
)
from genjin.kernel.tables.xlsx_cells import Times
from genjin.kernel.tables.xlsx_survey import MOST_MERGES

MOST_BYTES = 60 << 20
_TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR = 1, 2, 3, 4, 5
_BEGIN, _END, _MERGED = 0x0809, 0x000A, 0x00E5


class OldWorkbook(Source):
    """An .xls file. Raises Unreadable."""

    def __init__(self, path: Path) -> None:
        if path.stat().st_size > MOST_BYTES:
            raise Unreadable(
                _("xls 文件最大 %(most)s MB；请用 Excel 另存为 xlsx 后再上传") % {"most": MOST_BYTES >> 20}
            )
        content = path.read_bytes()
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise _locked()
        self._book = _opened(content)
        self._times = Times((), since_1904=bool(self._book.datemode))
        shown = list(self._book._sheet_visibility)
        self.sheets = []
        for place, name in enumerate(self._book.sheet_names()[:MOST_SHEETS]):
            sheet = self._sheet(place)
            hidden = bool(shown[place]) if place < len(shown) else False
            self.sheets.append(SheetInfo(name, sheet.nrows, min(sheet.ncols, MOST_COLUMNS), hidden))

    def rows(self, place: int) -> Iterator[Row]:
        sheet = self._sheet(place)
        for row in range(sheet.nrows):
            kinds, values = sheet.row_types(row), sheet.row_values(row)
            cells = [self._cell(kind, value) for kind, value in zip(kinds, values, strict=True)]
            if any(cell is not None for cell in cells):
                yield row + 1, cells

    def merges(self, place: int) -> list[Merge]:
        """xlrd tells merged ranges only together with all formats, which take more memory than the cells."""
        book = self._book
        try:
            return sorted(_merges(book.mem, book._sh_abs_posn[place]))
        except (struct.error, IndexError, TypeError, ValueError):
            return []

    def _sheet(self, place: int) -> Any:
        """One sheet at a time stands in memory."""
        for other in range(self._book.nsheets):
            if other != place and self._book.sheet_loaded(other):
                self._book.unload_sheet(other)
        try:
            return self._book.sheet_by_index(place)
        except _faults():
            raise broken() from None

    def _cell(self, kind: int, value: Any) -> Cell:
        if kind == _TEXT:
            return text_cell(str(value))
        if kind == _NUMBER:
            return number_cell(float(value))
        if kind == _DATE:
            return self._times.cell(float(value), "date")
        if kind == _BOOLEAN:
            return bool(value)
        return _errors().get(value, "#N/A") if kind == _ERROR else None


def _opened(content: bytes) -> Any:
    import xlrd  # type: ignore[import-untyped]  # noqa: PLC0415 (slow)

    try:
        return xlrd.open_workbook(file_contents=content, logfile=io.StringIO(), on_demand=True, ragged_rows=True)
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise _locked() from None
        raise broken() from None
    except _faults():
        raise broken() from None


def _faults() -> tuple[type[Exception], ...]:
    """What xlrd raises on a damaged file: its own error, and whatever Python says of wrong places and values."""
    from xlrd import XLRDError  # noqa: PLC0415 (slow)
    from xlrd.compdoc import CompDocError  # type: ignore[import-untyped]  # noqa: PLC0415 (slow)

    return (
        XLRDError, CompDocError, struct.error, LookupError, ValueError, AssertionError, TypeError, AttributeError,
        ArithmeticError, NotImplementedError, EOFError, RecursionError, MemoryError,
    )  # fmt: skip


def _errors() -> dict[int, str]:
    from xlrd import error_text_from_code  # noqa: PLC0415 (slow)

    return dict(error_text_from_code)


def _merges(memory: bytes, place: int) -> Iterator[Merge]:
    depth = found = 0
    while place + 4 <= len(memory):
        kind, length = struct.unpack_from("<HH", memory, place)
        depth += (kind == _BEGIN) - (kind == _END)
        if kind == _MERGED and depth == 1:
            for at in range(place + 6, place + 4 + length - 7, 8):
                top, bottom, left, right = struct.unpack_from("<4H", memory, at)
                yield top, left, bottom, right
                found += 1
        if depth <= 0 or found > MOST_MERGES:
            return
        place += 4 + length


def _locked() -> Unreadable:
    return Unreadable(_("文件加了密码，请去掉密码后再上传"))
