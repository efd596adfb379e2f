"""Files of tables for tests: made by openpyxl, or bent by hand into what other programs and hostile people write."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl  # type: ignore[import-untyped]

from genjin.kernel.tables import Cell, Layout, find_layout, open_book
from genjin.kernel.tables.writing import letters

FILES = Path(__file__).parent / "files"
Rows = Sequence[Sequence[object]]
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PLAIN: list[list[object]] = [["客户名称", "电话", "金额"], ["甲公司", "13812345678", 5], ["乙公司", None, 7]]


def xlsx(*sheets: tuple[str, Rows], merges: Sequence[str] = ()) -> bytes:
    """A workbook as openpyxl writes it."""
    book = openpyxl.Workbook()
    del book[book.sheetnames[0]]
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for merge in merges:
            sheet.merge_cells(merge)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_entry(content: bytes, name: str, text: bytes | Iterable[bytes]) -> bytes:
    """The workbook with one entry replaced or added."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        with new.open(name, "w", force_zip64=True) as out:
            for piece in [text] if isinstance(text, bytes) else text:
                out.write(piece)
    return stream.getvalue()


def with_strings(rows: Sequence[Sequence[str | None]]) -> bytes:
    """A workbook whose cells share their texts, as Excel writes it."""
    texts = {text: place for place, text in enumerate(dict.fromkeys(text for row in rows for text in row if text))}
    cells = "".join(
        f'<row r="{n}">'
        + "".join(
            f'<c r="{letters(c)}{n}" t="s"><v>{texts[text]}</v></c>' for c, text in enumerate(row) if text is not None
        )
        + "</row>"
        for n, row in enumerate(rows, 1)
    )
    items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts)
    strings = f'<sst xmlns="{_MAIN.decode()}">{items}</sst>'
    return with_entry(with_cells(cells.encode()), STRINGS, strings.encode())


def with_cells(cells: bytes | Iterable[bytes], after: bytes = b"", before: bytes = b"") -> bytes:
    """A workbook whose only sheet has just these rows, as they are written in XML."""

    def pieces() -> Iterable[bytes]:
        yield b'<?xml version="1.0"?>' + before + b'<worksheet xmlns="' + _MAIN + b'"><sheetData>'
        yield from [cells] if isinstance(cells, bytes) else cells
        yield b"</sheetData>" + after + b"</worksheet>"

    return with_entry(xlsx(("表", PLAIN)), SHEET, pieces())


def read(folder: Path, content: bytes, filename: str = "表.xlsx", sheet: int = 0) -> list[tuple[int, list[Cell]]]:
    """All filled rows of a sheet, wherever a table may be."""
    return table(folder, content, filename, sheet, header_row=0)[1]


def table(
    folder: Path, content: bytes, filename: str = "表.xlsx", sheet: int = 0, header_row: int | None = None
) -> tuple[Layout, list[tuple[int, list[Cell]]]]:
    """The layout of a sheet, and the rows of its table."""
    path = folder / "stored"
    path.write_bytes(content)
    with open_book(path, filename) as book:
        name = book.sheets[sheet].name
        layout = find_layout(book.head(name), header_row)
        return layout, list(book.rows(name, layout))
