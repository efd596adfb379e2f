"""Writing a spreadsheet: one sheet of an .xlsx file, row by row, so that a long table needs no memory.

Text is written as text and marked so: a cell can never become a formula, whatever it begins with. Whose file it is
stands at the edge of its printed pages and in its properties, never in a cell: read again, it is the same table. The
parts of the package that are the same for all files: `packaging`.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum
from functools import cache
from typing import IO, TypeAlias
from xml.sax.saxutils import escape

from genjin.kernel.tables.cells import LONGEST_CELL, Merge
from genjin.kernel.tables.helping import CellHelp, validations_part
from genjin.kernel.tables.packaging import HEAD, MAIN, PARTS, Properties, properties_part, workbook_part

Value: TypeAlias = str | int | float | Decimal | date | None
"""A float is a part of one (85 % is 0.85); a moment is a datetime without zone, as its reader's clock shows it."""
MOST_ROWS = 1_048_576
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets know no zones
_EPOCH_DAY = _EPOCH.toordinal()
_SURE_DAY = date(1900, 3, 1).toordinal()  # of days before, spreadsheets differ
MOST_DIGITS = 15
"""More than a spreadsheet keeps of a number: longer ones are written as text."""

# control characters, and what would be read as a character written by its number
_SPECIAL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")

_TO_ESCAPE = re.compile(f"[&<>]|{_SPECIAL.pattern}")


class Look(IntEnum):
    """How a cell looks: the number of its format in `_STYLES`."""

    PLAIN = 0
    DATE = 1
    PERCENT = 2
    TITLE = 3
    HEADING = 4
    MOMENT = 5


class Sheet:
    """A sheet being written; made by `workbook`."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream, self.name, self.rows = stream, name, 0

    def row(self, values: Sequence[Value], look: Look = Look.PLAIN) -> None:
        """Write the next row; `look` is for texts, dates and numbers below one know their own. None is an empty cell
        (drawn all the same where `look` has a frame)."""
        self.rows += 1
        number, cell = self.rows, _cell
        cells = [cell(letters(place), number, value, look) for place, value in enumerate(values)]
        self._stream.write(f'<row r="{number}">{"".join(cells)}</row>'.encode())


def _cell(column: str, row: int, value: Value, look: Look) -> str:
    at = f'<c r="{column}{row}"'
    if value is None or value == "":
        return f'{at} s="{look:d}"/>' if look else ""
    if isinstance(value, str):
        return f'{at} t="inlineStr" s="{look:d}"><is><t xml:space="preserve">{_text(value)}</t></is></c>'
    if isinstance(value, date) and value.toordinal() < _SURE_DAY:
        return _cell(column, row, value.isoformat()[:10], look)
    if isinstance(value, datetime):
        since = value - _EPOCH
        return f'{at} s="5"><v>{since.days + since.seconds / 86_400:.10f}</v></c>'
    if isinstance(value, date):
        return f'{at} s="1"><v>{value.toordinal() - _EPOCH_DAY}</v></c>'
    if isinstance(value, float):
        return f'{at} s="2"><v>{value:.10g}</v></c>'
    digits = f"{value:f}" if isinstance(value, Decimal) else str(int(value))
    if len(digits) > MOST_DIGITS:
        return _cell(column, row, digits, look)
    return f'{at} s="{look:d}"><v>{digits}</v></c>'


def _text(value: str) -> str:
    if len(value) <= LONGEST_CELL and not _TO_ESCAPE.search(value):
        return value
    plain = escape(value[:LONGEST_CELL])
    return _SPECIAL.sub(_by_number, plain) if _SPECIAL.search(plain) else plain


def _by_number(found: re.Match[str]) -> str:
    """A carriage return and a literal `_` are kept by their number, what no spreadsheet can hold is left out."""
    return {"_": "_x005F_", "\r": "_x000D_"}.get(found[0], "")


@contextmanager
def workbook(
    file: IO[bytes],
    name: str,
    *,
    widths: Sequence[float] = (),
    merges: Sequence[Merge] = (),
    frozen: int = 0,
    note: str = "",
    properties: Properties | None = None,
    helps: Sequence[CellHelp] = (),
) -> Iterator[Sheet]:
    """A workbook with one sheet in `file`: column widths in characters, merged ranges, rows that stay when scrolled;
    `note` stands below every printed page, `helps` beside cells."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for path, content in PARTS.items():
            archive.writestr(path, content)
        archive.writestr("docProps/core.xml", properties_part(properties or Properties()))
        archive.writestr("xl/workbook.xml", workbook_part(name))
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as stream:
            stream.write(_before(widths, frozen).encode())
            yield Sheet(stream, name)
            stream.write(_after(merges, note, validations_part(helps)).encode())


@cache
def letters(column: int) -> str:
    """A, B … Z, AA: the name of a column counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _before(widths: Sequence[float], frozen: int) -> str:
    pane = f'<pane ySplit="{frozen}" topLeftCell="A{frozen + 1}" activePane="bottomLeft" state="frozen"/>'
    views = f'<sheetViews><sheetView workbookViewId="0">{pane if frozen else ""}</sheetView></sheetViews>'
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(widths, 1)
    )
    return f'{HEAD}<worksheet xmlns="{MAIN}">{views}{f"<cols>{columns}</cols>" if columns else ""}<sheetData>'


def _after(merges: Sequence[Merge], note: str, helps: str) -> str:
    ranges = "".join(
        f'<mergeCell ref="{letters(left)}{top + 1}:{letters(right)}{bottom + 1}"/>'
        for top, left, bottom, right in merges
    )
    merged = f'<mergeCells count="{len(merges)}">{ranges}</mergeCells>' if merges else ""
    page = '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
    words = _text(note.replace("&", "&&")[:200])
    footer = f"<headerFooter><oddFooter>&amp;L{words}&amp;R&amp;P / &amp;N</oddFooter></headerFooter>" if note else ""
    return f"</sheetData>{merged}{helps}{page}{footer}</worksheet>"
