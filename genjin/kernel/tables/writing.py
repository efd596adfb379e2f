"""Writing a spreadsheet: one sheet of an .xlsx file, row by row, so that a long table needs no memory.

Text is written as text and marked so: a cell can never become a formula, whatever it begins with.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from enum import IntEnum
from typing import IO, TypeAlias
from xml.sax.saxutils import escape

from genjin.kernel.tables.reading import LONGEST_CELL, Merge

Value: TypeAlias = str | int | float | date | None
MOST_ROWS = 1_048_576
_EPOCH = date(1899, 12, 30)
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class Look(IntEnum):
    """How a cell looks: the number of its format in `_STYLES`."""

    PLAIN = 0
    DATE = 1
    PERCENT = 2
    TITLE = 3
    HEADING = 4


class Sheet:
    """A sheet being written; made by `workbook`."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream, self.name, self.rows = stream, name, 0

    def row(self, values: Sequence[Value], look: Look = Look.PLAIN) -> None:
        """Write the next row; `look` is for texts, dates and numbers below one know their own. None is an empty cell
        (drawn all the same where `look` has a frame)."""
        self.rows += 1
        cells = (self._cell(place, value, look) for place, value in enumerate(values))
        self._stream.write(f'<row r="{self.rows}">{"".join(cells)}</row>'.encode())

    def _cell(self, place: int, value: Value, look: Look) -> str:
        at = f'<c r="{letters(place)}{self.rows}"'
        if value is None or value == "":
            return f'{at} s="{look}"/>' if look else ""
        if isinstance(value, date):
            return f'{at} s="{Look.DATE}"><v>{(value - _EPOCH).days}</v></c>'
        if isinstance(value, float):
            return f'{at} s="{Look.PERCENT}"><v>{value:.10g}</v></c>'
        if isinstance(value, int):
            return f'{at} s="{look}"><v>{value}</v></c>'
        text = escape(_UNWRITABLE.sub("", value)[:LONGEST_CELL])
        return f'{at} t="inlineStr" s="{look}"><is><t xml:space="preserve">{text}</t></is></c>'


@contextmanager
def workbook(
    file: IO[bytes], name: str, *, widths: Sequence[float] = (), merges: Sequence[Merge] = (), frozen: int = 0
) -> Iterator[Sheet]:
    """A workbook with one sheet in `file`: column widths in characters, merged ranges, rows that stay when scrolled."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for path, content in _PARTS.items():
            archive.writestr(path, content)
        archive.writestr("xl/workbook.xml", _workbook(name))
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as stream:
            stream.write(_before(widths, frozen).encode())
            yield Sheet(stream, name)
            stream.write(_after(merges).encode())


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
    return f'{_HEAD}<worksheet xmlns="{_MAIN}">{views}{f"<cols>{columns}</cols>" if columns else ""}<sheetData>'


def _after(merges: Sequence[Merge]) -> str:
    ranges = "".join(
        f'<mergeCell ref="{letters(left)}{top + 1}:{letters(right)}{bottom + 1}"/>'
        for top, left, bottom, right in merges
    )
    merged = f'<mergeCells count="{len(merges)}">{ranges}</mergeCells>' if merges else ""
    page = '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
    return f"</sheetData>{merged}{page}</worksheet>"


def _workbook(name: str) -> str:
    plain = escape(re.sub(r"[\[\]:*?/\\]", " ", name)[:31], {'"': "&quot;"})
    sheets = f'<sheets><sheet name="{plain}" sheetId="1" r:id="rId1"/></sheets>'
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">{sheets}</workbook>'


def _format(number: int, font: int = 0, border: int = 0, centred: bool = False) -> str:
    aligned = '<alignment horizontal="center" vertical="center"/>' if centred else ""
    return (
        f'<xf numFmtId="{number}" fontId="{font}" fillId="0" borderId="{border}" xfId="0" quotePrefix="1"'
        f' applyNumberFormat="1" applyFont="1" applyBorder="1" applyAlignment="1">{aligned}</xf>'
    )


_THIN = "".join(f'<{side} style="thin"><color auto="1"/></{side}>' for side in ("left", "right", "top", "bottom"))
_FORMATS = [_format(0), _format(164), _format(9), _format(0, 1, centred=True), _format(0, 2, 1, centred=True)]
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy/m/d"/></numFmts>'
    '<fonts count="3"><font><sz val="11"/><name val="宋体"/></font><font><b/><sz val="16"/><name val="宋体"/></font>'
    '<font><b/><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    f'</fills><borders count="2"><border/><border>{_THIN}</border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    f'<cellXfs count="{len(_FORMATS)}">{"".join(_FORMATS)}</cellXfs></styleSheet>'
)
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": _STYLES,
}
