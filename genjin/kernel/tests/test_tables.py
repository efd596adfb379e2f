"""Reading sheets and finding the table in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genjin.kernel.tables import Cell, Sheet, Table, Unreadable, find_table, read_sheets

FILES = Path(__file__).parent / "files"
Rows = Sequence[Sequence[object]]


def xlsx(*sheets: tuple[str, Rows], merges: Sequence[str] = ()) -> bytes:
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


def table_of(rows: Rows, *, merges: Sequence[str] = ()) -> Table:
    return find_table(read_sheets(xlsx(("表", rows), merges=merges), "表.xlsx")[0])


def with_entry(content: bytes, name: str, text: bytes) -> bytes:
    """The workbook with one entry replaced or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, text)
    return stream.getvalue()


def test_the_follow_up_sheet_is_read() -> None:
    path = FILES / "客户跟进记录统计表.xlsx"
    sheet = read_sheets(path.read_bytes(), path.name)[0]
    table = find_table(sheet)
    assert " ".join(table.header) == "编号 姓名 客户类型 跟进日期 跟进方式 跟进进度 客户意向 跟进结果 成交日期 业务员"
    assert table.title == "客户跟进记录统计表"
    assert table.header_rows == (3, 4)
    assert [number for number, _ in table.rows] == list(range(5, 21))
    assert table.rows[0][1][:6] == ["A001", "客户1", "一般客户", date(2020, 2, 1), "现场跟进", 0.45]
    assert table.rows[-1] == (20, [None] * 5 + [0.45] + [None] * 3 + ["业务员16"])
    assert "查询日期(起)" in table.notes[0]


def test_legacy_xls_is_read() -> None:
    table = find_table(read_sheets((FILES / "客户.xls").read_bytes(), "客户.xls")[0])
    assert table.header == ["客户名称", "手机", "成交日期", "金额"]
    assert table.rows == [
        (2, ["苏州晶砺", "13812345678", date(2020, 2, 1), 65.5]),
        (3, ["无锡精镭邦", 13912345678, date(2020, 3, 2), 100]),
    ]


def test_all_sheets_come_with_name_and_row_numbers() -> None:
    sheets = read_sheets(xlsx(("客户", [["名称"], ["甲"]]), ("空", []), ("三", [[], [], ["x"]])), "a.xlsx")
    assert [sheet.name for sheet in sheets] == ["客户", "空", "三"]
    assert find_table(sheets[1]) == Table([], [])
    assert sheets[2].rows[2] == ["x"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_csv_is_read_in_common_encodings(encoding: str, sign: str) -> None:
    text = (
        sign.join(["客户名称", "电话", "备注"])
        + "\r\n"
        + sign.join(["苏州晶砺", "13812345678", '"说了, 要; 来\n再说"'])
    )
    table = find_table(read_sheets(text.encode(encoding), "客户.csv")[0])
    assert table.header == ["客户名称", "电话", "备注"]
    assert table.rows == [(2, ["苏州晶砺", "13812345678", "说了, 要; 来\n再说"])]


PLAIN: list[list[object]] = [["客户名称", "电话", "金额"], ["甲公司", "13812345678", 5], ["乙公司", None, 7]]


@pytest.mark.parametrize(
    ("rows", "header", "numbers"),
    [
        (PLAIN, ["客户名称", "电话", "金额"], [2, 3]),
        ([["客户表"], [], *PLAIN], ["客户名称", "电话", "金额"], [4, 5]),
        ([["客户表"], ["制表：张伟", None, "2024-05-01"], *PLAIN], ["客户名称", "电话", "金额"], [4, 5]),
        ([["客户名称", "电话", "金额"], [None, None, None], *PLAIN[1:]], ["客户名称", "电话", "金额"], [3, 4]),
        ([*PLAIN, ["合计", None, 12], ["制表人：张伟"]], ["客户名称", "电话", "金额"], [2, 3]),
        ([["客户名称*", "联 系 电 话", "金额\n（元）"], *PLAIN[1:]], ["客户名称", "联系电话", "金额 （元）"], [2, 3]),
        ([["名称", "备注", "备注"], ["甲", "一", "二"]], ["名称", "备注", "备注 2"], [2]),
        ([["名称", None, "备注"], ["甲", "一", None], ["乙", "二", "三"]], ["名称", "第 2 列", "备注"], [2, 3]),
        ([["名称"], ["甲"], ["乙"]], ["名称"], [2, 3]),
        ([["名称", "城市"]], ["名称", "城市"], []),
        ([[None, None, "名称", "城市"], [None, None, "甲", "苏州"]], ["名称", "城市"], [2]),
    ],
)
def test_table_is_found(rows: Rows, header: list[str], numbers: list[int]) -> None:
    table = table_of(rows)
    assert table.header == header
    assert [number for number, _ in table.rows] == numbers
    assert all(len(cells) == len(header) for _, cells in table.rows)


TWO_ROWS: list[list[object]] = [
    ["编号", "联系人", None, "金额", "备注"],
    [None, "姓名", "电话", None, None],
    ["A1", "张伟", "138", 5, "无"],
]


@pytest.mark.parametrize("merges", [[], ["B1:C1", "A1:A2", "D1:D2", "E1:E2"]])
def test_header_of_two_rows_is_joined(merges: list[str]) -> None:
    table = table_of(TWO_ROWS, merges=merges)
    assert table.header == ["编号", "姓名", "电话", "金额", "备注"]
    assert [number for number, _ in table.rows] == [3]


def test_equal_names_under_two_groups_keep_their_group() -> None:
    rows: Rows = [
        ["编号", "甲方", None, "乙方", None, "备注"],
        [None, "姓名", "电话", "姓名", "电话"],
        ["1", "张", "1", "李", "2", "无"],
    ]
    assert table_of(rows).header == ["编号", "甲方 姓名", "甲方 电话", "乙方 姓名", "乙方 电话", "备注"]


def test_merged_title_over_a_header_stays_a_title() -> None:
    table = table_of([["客户名单", None, None], *PLAIN], merges=["A1:C1"])
    assert (table.title, table.header_rows) == ("客户名单", (2,))


def test_footers_become_notes() -> None:
    table = table_of([*PLAIN, ["合计", None, 12], ["备注：以上为准"]])
    assert table.notes == ["合计 12", "备注：以上为准"]


@pytest.mark.parametrize(
    ("content", "filename", "reason"),
    [
        (b"", "a.xlsx", "空的"),
        (b"%PDF-1.4", "a.pdf", "只能读取"),
        (b"<html><table></table></html>", "a.xls", "只能读取"),
        (b"PK\x03\x04rubbish", "a.xlsx", "损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "a.xls", "损坏"),
        (b"a,b\n\x00\x01", "a.csv", "不是文本"),
        (b"a,b\n\xff\xff\xff", "a.csv", "编码"),
        (("x," * 300).encode(), "a.csv", "列数太多"),
    ],
)
def test_what_is_no_sheet_is_refused(content: bytes, filename: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_sheets(content, filename)


SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "行数太多"),
        (b'<row r="1"><c r="XFD1"><v>1</v></c></row>', "列数太多"),
        (b"<row r='1'><c r = 'XFD1'><v>1</v></c></row>", "列数太多"),
        (b'<row r="1"><c r="IV1"><v>1</v></c></row><row r="190000"><c r="A190000"><v>1</v></c></row>', "单元格太多"),
    ],
)
def test_far_cells_are_refused_before_memory_is_taken(cells: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_sheets(with_entry(xlsx(("a", PLAIN)), SHEET, HEAD + cells + TAIL), "a.xlsx")


def test_bombs_are_refused() -> None:
    plain = xlsx(("a", PLAIN))
    with pytest.raises(Unreadable, match="压缩比"):
        read_sheets(with_entry(plain, "xl/media/a.bin", b"\0" * (30 << 20)), "a.xlsx")


@pytest.mark.parametrize("name", ["../x.xml", "/x.xml", "a\\..\\..\\x", "C:\\x"])
def test_workbook_with_paths_outside_is_refused(name: str) -> None:
    with pytest.raises(Unreadable, match="指向外面"):
        read_sheets(with_entry(xlsx(("a", PLAIN)), name, b"x"), "a.xlsx")


def test_word_file_is_refused_as_sheet() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(Unreadable, match="只能读取"):
        read_sheets(stream.getvalue(), "a.xlsx")


CELLS = st.one_of(st.none(), st.sampled_from(["名称", "甲", "合计"]), st.integers(), st.dates(), st.text(max_size=5))


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=8))
def test_any_sheet_gives_a_table_of_one_width(rows: list[list[Cell]]) -> None:
    table = find_table(Sheet("a", rows))
    assert len(set(table.header)) == len(table.header)
    assert all(len(cells) == len(table.header) for _, cells in table.rows)
    assert [number for number, _ in table.rows] == sorted({number for number, _ in table.rows})


@given(st.binary(max_size=200), st.sampled_from(["a.xlsx", "a.xls", "a.csv"]))
def test_any_bytes_are_read_or_refused(content: bytes, filename: str) -> None:
    for start in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        with suppress(Unreadable):
            read_sheets(start + content, filename)
