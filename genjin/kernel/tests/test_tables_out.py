"""What is written into a table comes back as it was, and never becomes a formula (trust flaw 9, ASVS V1.2.10)."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from genjin.kernel.tables import Cell, open_book
from genjin.kernel.tables.csv_writing import csv_table
from genjin.kernel.tables.packaging import Properties
from genjin.kernel.tables.shielding import shielded, unshielded
from genjin.kernel.tables.writing import Look, Value, workbook

STARTS = "=+-@\t\r\n＝＋－＠"
HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠a", "'=1", "''=1", '=HYPERLINK("http://x")',
    "+8613812345678", "-5.00", "00123", "123456789012345678", "1E10", "_x0041_", "_x000D_", "'", "'a", "a'b",
]  # fmt: skip
LATE, EARLY = datetime.fromisoformat("2026-11-24T23:59:59"), datetime.fromisoformat("2026-01-02T03:04:05")
TEXTS = st.text(st.sampled_from(STARTS + "'a1 ,;\"_x04中😀"), max_size=8) | st.text(max_size=20)


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_flaw9_a_shielded_text_starts_no_formula_and_comes_back_unchanged(text: str) -> None:
    written = shielded(text)
    assert not written.startswith(tuple(STARTS))
    assert unshielded(written) == text
    assert written == text or re.match(f"'*[{re.escape(STARTS)}]", text)


def written_csv(rows: list[list[Value]]) -> bytes:
    file = io.BytesIO()
    with csv_table(file) as table:
        for row in rows:
            table.row(row)
    return file.getvalue()


def written_xlsx(rows: list[list[Value]], **facts: object) -> bytes:
    file = io.BytesIO()
    with workbook(file, "客户", **facts) as sheet:  # type: ignore[arg-type]  # passed through
        sheet.row([f"列{number}" for number in range(len(rows[0]))], Look.HEADING)
        for row in rows:
            sheet.row(row)
    return file.getvalue()


def read(content: bytes, name: str, tmp_path: Path) -> list[list[Cell]]:
    """The rows below the heading, as an import reads them."""
    path = tmp_path / name
    path.write_bytes(content)
    with open_book(path, name) as book:
        return [list(row) for row in book.head(book.sheets[0].name).rows[1:]]


def test_flaw9_csv_has_its_mark_and_no_cell_that_starts_a_formula(tmp_path: Path) -> None:
    rows: list[list[Value]] = [["列"]]
    rows += [[text] for text in HOSTILE]
    content = written_csv(rows)
    assert content.startswith(b"\xef\xbb\xbf")
    cells = [row[0] for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))][1:]
    assert [cell for cell in cells if cell.startswith(tuple(STARTS))] == []
    assert [unshielded(cell) for cell in cells] == HOSTILE
    back = [row[0] for row in read(content, "a.csv", tmp_path)]
    assert [str(cell) for cell in back] == [text.strip() for text in HOSTILE]


def test_flaw9_a_number_is_a_number_and_needs_no_shield() -> None:
    lines = written_csv([[-5, Decimal("-1234567.89"), 0.85, date(2024, 2, 29), EARLY]])
    assert lines.decode("utf-8-sig").strip() == "-5,-1234567.89,85%,2024-02-29,2026-01-02 03:04:05"


def test_flaw9_xlsx_holds_texts_as_texts_and_no_formula(tmp_path: Path) -> None:
    content = written_xlsx([[text] for text in HOSTILE])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f" not in archive.read("xl/worksheets/sheet1.xml").replace(b"<fonts", b"")
    assert [str(row[0]) for row in read(content, "a.xlsx", tmp_path)] == [text.strip() for text in HOSTILE]


@given(st.lists(st.lists(TEXTS, min_size=3, max_size=3), min_size=1, max_size=3))
@settings(max_examples=15, deadline=None)
def test_flaw9_any_text_survives_xlsx(rows: list[list[str]]) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(written_xlsx([list(row) for row in rows]))).active
    for number, row in enumerate(rows, 2):
        for column, text in enumerate(row, 1):
            assert _numbered(str(sheet.cell(number, column).value or "")) == _holdable(text)


def _holdable(text: str) -> str:
    """Without the characters that no spreadsheet can hold."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)


def _numbered(text: str) -> str:
    """Characters written by their number, which this reader leaves as they are written."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def test_numbers_dates_and_moments_survive_xlsx(tmp_path: Path) -> None:
    values: list[Value] = [
        -5, Decimal("-1234567.89"), Decimal("4.5"), 10**17, date(2024, 2, 29), date(1850, 1, 2),
        LATE, EARLY,
    ]  # fmt: skip
    back = read(written_xlsx([values]), "a.xlsx", tmp_path)[0]
    assert back == [
        -5, -1234567.89, 4.5, str(10**17), date(2024, 2, 29), "1850-01-02", LATE,
        EARLY,
    ]  # fmt: skip


def test_whose_file_it_is_stands_at_the_edge_and_in_no_cell(tmp_path: Path) -> None:
    said = Properties("客户", "张三", "导出：张三", "2026-11-22T00:00:00Z")
    content = written_xlsx([["甲"]], note="导出：张三 & 李四", properties=said, frozen=1)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert (book.properties.creator, book.properties.title) == ("张三", "客户")
    assert "张三 && 李四" in (book.active.oddFooter.left.text or "")
    assert read(content, "a.xlsx", tmp_path) == [["甲"]]
