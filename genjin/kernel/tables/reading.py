"""The cells of a spreadsheet file: xlsx, xls, csv. Sheets are refused before a hostile one can fill the memory."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, time, timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from genjin.kernel.archives import check_archive, unpack_watched
from genjin.kernel.tables.cells import LONGEST_CELL, Cell, Sheet, Unreadable
from genjin.kernel.tables.shielding import unshielded

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

MOST_BYTES = 50 << 20
MOST_UNPACKED = 600 << 20
MOST_ROWS = 200_000
MOST_COLUMNS = 256
MOST_CELLS = 5_000_000
MOST_SHEETS = 50


def read_sheets(content: bytes, filename: str) -> list[Sheet]:
    """All sheets of an xlsx, xls or csv file. Raises Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable(_("文件太大，最多 %(most)s MB") % {"most": MOST_BYTES >> 20})
    if not content.strip():
        raise Unreadable(_("文件是空的"))
    ending = PurePath(filename.lower()).suffix
    if content.startswith(b"PK\x03\x04"):
        _refuse_hostile_workbook(content)
        return _workbook(content)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _workbook(content)
    if ending in (".csv", ".txt", ".tsv"):
        return [Sheet(PurePath(filename).stem, _csv_rows(_decoded(content)))]
    raise Unreadable(_("只能读取 xlsx、xls 和 csv 文件"))


def _refuse_hostile_workbook(content: bytes) -> None:
    checked = check_archive(content, most_unpacked=MOST_UNPACKED)
    if checked.ok and "xl/workbook.xml" not in checked.names:
        raise Unreadable(_("只能读取 xlsx、xls 和 csv 文件"))
    reason = checked.reason or unpack_watched(content, _Extent().watch, most_unpacked=MOST_UNPACKED)
    if reason:
        raise Unreadable(reason)


class _Extent:
    """How far the cells of each sheet reach: the reader takes memory for the whole rectangle."""

    _far = re.compile(rb"""\br\s*=\s*["'][A-Z]{0,3}(\d{5,})["']""")
    _wide = re.compile(rb"""\br\s*=\s*["']([A-Z]{2,})\d""")
    _tail_size = 40

    def __init__(self) -> None:
        self.entry = ""
        self.tail = b""
        self.rows = 0
        self.columns = 0

    def watch(self, entry: str, piece: bytes) -> str:
        if entry != self.entry:
            self.entry, self.tail, self.rows, self.columns = entry, b"", 10_000, 26
        text = self.tail + piece
        self.tail = text[-self._tail_size :]
        self.rows = max([self.rows, *(int(number[:9]) for number in set(self._far.findall(text)))])
        self.columns = max([self.columns, *map(_column, set(self._wide.findall(text)))])
        return _too_large(self.rows, self.columns)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters[:6]:
        number = number * 26 + letter - ord("A") + 1
    return number


def _too_large(rows: int, columns: int) -> str:
    if rows > MOST_ROWS:
        return _("行数太多：最多 %(most)s 行，请分成几个文件") % {"most": MOST_ROWS}
    if columns > MOST_COLUMNS:
        return _("列数太多：最多 %(most)s 列") % {"most": MOST_COLUMNS}
    if rows * columns > MOST_CELLS:
        return _("单元格太多：请分成几个文件，或删去表格右边的空列")
    return ""


def _workbook(content: bytes) -> list[Sheet]:
    from python_calamine import (  # noqa: PLC0415 (slow)
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetVisibleEnum,
    )

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        shown = {meta.name: meta.visible is SheetVisibleEnum.Visible for meta in book.sheets_metadata}
        return [_sheet(book.get_sheet_by_name(name), hidden=not shown.get(name, True)) for name in _named(book)]
    except PasswordError:
        raise Unreadable(_("文件加了密码，请去掉密码后再上传")) from None
    except (CalamineError, ValueError, OSError):
        raise Unreadable(_broken()) from None
    except BaseException as fault:
        # The reader's own crash is no Exception; it must not end the worker.
        if type(fault).__name__ != "PanicException":
            raise
        raise Unreadable(_broken()) from None


def _broken() -> str:
    return _("文件已损坏，或不是真正的 Excel 文件；请用 Excel 另存为 xlsx 后再试")


def _named(book: CalamineWorkbook) -> list[str]:
    from python_calamine import SheetTypeEnum  # noqa: PLC0415 (slow)

    tables = [meta.name for meta in book.sheets_metadata if meta.typ is SheetTypeEnum.WorkSheet]
    return tables[:MOST_SHEETS]


def _sheet(sheet: CalamineSheet, *, hidden: bool) -> Sheet:
    reason = _too_large(sheet.total_height, sheet.total_width)
    if reason:
        raise Unreadable(reason)
    rows = [[_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    merges = tuple((top, left, bottom, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ())
    return Sheet(sheet.name, rows, merges, hidden)


def _cell(value: str | float | date | time | timedelta) -> Cell:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def _text(value: str) -> str | None:
    return value.replace("\x00", "").replace("\r\n", "\n").strip()[:LONGEST_CELL] or None


def _decoded(content: bytes) -> str:
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if marked else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("文件的文字编码认不出，请另存为 UTF-8 编码的 csv"))


def _csv_rows(text: str) -> list[list[Cell]]:
    if "\x00" in text:
        raise Unreadable(_("这不是文本格式的 csv 文件"))
    rows: list[list[Cell]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            reason = _too_large(len(rows) + 1, len(row))
            if reason:
                raise Unreadable(reason)
            rows.append([_text(unshielded(value)) for value in row])
    except csv.Error:
        raise Unreadable(_("csv 文件里的引号不成对，或有太长的单元格")) from None
    width = max(map(len, rows), default=0)
    if len(rows) * width > MOST_CELLS:
        raise Unreadable(_too_large(len(rows), width))
    return [row + [None] * (width - len(row)) for row in rows]


def _delimiter(text: str) -> str:
    """The sign that parts most of the first lines into as many cells."""
    unquoted = re.sub(r'"[^"]*"', "", text[:65536])
    lines = [line for line in unquoted.splitlines() if line.strip()][:20]

    def regular(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines]
        usual = max(set(counts), key=counts.count, default=0)
        return (counts.count(usual) if usual else 0, usual)

    return max(",\t;|", key=regular)
