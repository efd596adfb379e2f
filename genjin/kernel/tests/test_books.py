"""Opening files of tables: their kinds, encodings, sheets and cells."""

from __future__ import annotations

import io
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genjin.kernel.tables import UNCOMPUTED, Cell, Unreadable, fault_of, open_book, xlsx_survey
from genjin.kernel.tables.csv_writing import csv_table
from genjin.kernel.tables.text_files import encoding_of, separator_of
from genjin.kernel.tests.workbooks import FILES, PLAIN, read, table, with_cells, with_entry, with_strings, xlsx


def test_legacy_xls_is_read(tmp_path: Path) -> None:
    layout, rows = table(tmp_path, (FILES / "客户.xls").read_bytes(), "客户.xls")
    assert layout.header == ["客户名称", "手机", "成交日期", "金额"]
    assert rows == [
        (2, ["苏州晶砺", "13812345678", date(2020, 2, 1), 65.5]),
        (3, ["无锡精镭邦", 13912345678, date(2020, 3, 2), 100]),
    ]


def test_legacy_xls_has_times_merged_cells_and_hidden_sheets(tmp_path: Path) -> None:
    layout, rows = table(tmp_path, (FILES / "分组.xls").read_bytes(), "分组.xls")
    assert (layout.title, layout.header) == ("客户名单", ["客户", "联系人", "下次联系", "时刻", "有效"])
    assert rows == [
        (3, ["甲公司", "张伟", datetime.fromisoformat("2024-05-01T10:30"), time(8, 30), True]),
        (4, ["甲公司", "李娜", date(2024, 5, 2), None, False]),
        (5, ["乙公司", None, None, None, None]),
    ]
    with open_book(FILES / "分组.xls", "分组.xls") as book:
        assert [(s.name, s.rows, s.hidden) for s in book.sheets] == [("分组", 5, False), ("隐藏", 1, True)]
        assert book.head("隐藏").rows == [["x"]]


GOOGLE = """Name,Given Name,Family Name,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Company
张伟,伟,张,* myContacts,* Work,zw@example.com,Mobile,+86 138 1234 5678 ::: 13900001111,晶砺
"""
OUTLOOK = """"称谓","名","中间名","姓","后缀","公司","部门","职务","商务地址","商务电话","移动电话","邮件地址","生日"
"","伟","","张","","晶砺","采购部","经理","","","13812345678","zw@example.com","1985/3/15"
"","娜","","李","","","","","","","","",""
"""


@pytest.mark.parametrize(
    ("text", "encoding", "columns", "rows"),
    [(GOOGLE, "utf-8", 9, 1), (OUTLOOK, "gbk", 13, 2), (OUTLOOK, "utf-16", 13, 2)],
)
def test_contacts_of_mail_programs_come_with_their_headings(
    text: str, encoding: str, columns: int, rows: int, tmp_path: Path
) -> None:
    layout, found = table(tmp_path, text.encode(encoding), "contacts.csv")
    assert (layout.columns, layout.header_rows, len(found)) == (columns, (1,), rows)
    assert layout.header == [heading.strip('"') for heading in text.splitlines()[0].split(",")]
    assert found[0][1][-1] == text.splitlines()[1].rsplit(",", 1)[1].strip('"')


def test_sheets_come_with_their_extent_and_hidden_ones_marked(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx(("客户", PLAIN), ("空", []), ("三", [[], [], ["x"]]))))
    book["空"].sheet_state = "hidden"
    book["三"].sheet_state = "veryHidden"
    book.create_chartsheet("图")
    book.save(tmp_path / "a.xlsx")
    with open_book(tmp_path / "a.xlsx", "a.xlsx") as opened:
        assert [(s.name, s.rows, s.hidden) for s in opened.sheets] == [
            ("客户", 3, False),
            ("空", 0, True),
            ("三", 3, True),
        ]
        assert opened.sheets[0].columns == 3
        head = opened.head("三")
        assert (head.rows, head.hidden) == ([[None], [None], ["x"]], True)
        assert opened.head("客户", most=2).rows == PLAIN[:2]


ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_texts_are_read_in_common_encodings(encoding: str, sign: str, tmp_path: Path) -> None:
    lines = [
        ["客户名称", "电话", "备注"],
        ["苏州晶砺", "13812345678", '"说了, 要; 来\n再说"'],
        ["镕䶮𠮷", "", "\t可以 "],
    ]
    lines[2][2] = "可以 "
    text = "\r\n".join(sign.join(line) for line in lines)
    layout, rows = table(tmp_path, text.encode(encoding), "客户.tsv")
    assert layout.header == ["客户名称", "电话", "备注"]
    assert rows == [(2, ["苏州晶砺", "13812345678", "说了, 要; 来\n再说"]), (3, ["镕䶮𠮷", None, "可以"])]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_encoding_is_known_where_the_first_million_bytes_are_plain(encoding: str) -> None:
    for before in range(4):
        plain = b"a,b\n" * (1 << 18) + b"x" * before
        assert encoding_of(io.BytesIO(plain + ("苏州晶砺," * 300_000).encode(encoding))) == encoding


def test_a_text_that_changes_its_encoding_says_where(tmp_path: Path) -> None:
    good = "客户名称,备注\n" + f"苏州晶砺,{'话' * 1_000}\n" * 500
    with pytest.raises(Unreadable, match=r"第 \d+ 行附近的文字编码"):
        table(tmp_path, good.encode() + "无锡".encode("gbk"), "a.csv")


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("a,b;c\n1,2;3", ","),
        ("a;b\n1,5;2,5\n3,5;1,0", ";"),
        ('"x,y,z"\t1\n"u,v"\t2', "\t"),
        ("名称\n甲", ","),
        ("a|b|c\n1|2|3", "|"),
    ],
)
def test_separator_is_the_sign_that_parts_all_lines_alike(text: str, sign: str) -> None:
    assert separator_of(text) == sign


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('="0012",\'=1+1', ["0012", "=1+1"]),
        ("'+8613800000000,''=a", ["+8613800000000", "'=a"]),
        ("'绝,-5", ["'绝", "-5"]),
        ("\t13812345678\t, 甲 ", ["13812345678", "甲"]),
        ('"a""b","x\r\ny"', ['a"b', "x\ny"]),
    ],
)
def test_texts_lose_what_only_keeps_spreadsheets_from_reckoning(text: str, cells: list[Cell], tmp_path: Path) -> None:
    assert read(tmp_path, f"名,值\n{text}".encode(), "a.csv")[1:] == [(2, cells)]


def test_what_is_written_as_csv_is_read_the_same(tmp_path: Path) -> None:
    values = ["=1+1", "+86 138", "-5", "＝x", "'=1", "@a", "甲\n乙", '"', "a,b;c\td", "0012", "123456789012345678"]
    stream = io.BytesIO()
    with csv_table(stream) as out:
        out.row(["列"])
        for value in values:
            out.row([value])
    assert [cells[0] for _, cells in read(tmp_path, stream.getvalue(), "a.csv")[1:]] == values


def test_a_line_that_tells_the_separator_is_obeyed(tmp_path: Path) -> None:
    assert read(tmp_path, b"sep=;\r\na;b,c\r\n1;2,3\r\n", "a.csv") == [(2, ["a", "b,c"]), (3, ["1", "2,3"])]


def test_a_text_named_xls_is_read_as_text(tmp_path: Path) -> None:
    assert read(tmp_path, "名称\t城市\n甲\t苏州".encode("gbk"), "导出.xls") == [
        (1, ["名称", "城市"]),
        (2, ["甲", "苏州"]),
    ]


@pytest.mark.parametrize(
    ("xml", "cell"),
    [
        (b'<c r="A1"><v>5</v></c>', 5),
        (b'<c r="A1"><v>1.38E+10</v></c>', 13800000000),
        (b'<c r="A1"><v>123456789012345680</v></c>', 1.2345678901234568e17),
        (b'<c r="A1" t="b"><v>1</v></c>', True),
        (b'<c r="A1" t="e"><v>#N/A</v></c>', "#N/A"),
        (b'<c r="A1" t="str"><f>A2&amp;"x"</f><v>&#30002; x</v></c>', "甲 x"),
        (b'<c r="A1" t="str"><f>""</f><v></v></c>', None),
        (b'<c r="A1"><f>SUM(B1:B9)</f><v></v></c>', UNCOMPUTED),
        (b'<c r="A1"><f>SUM(B1:B9)</f></c>', UNCOMPUTED),
        (b'<c r="A1"><f t="shared" si="0"/><v>7</v></c>', 7),
        (b'<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t> b</t></r><rPh><t>x</t></rPh></is></c>', "a b"),
        (b'<c r="A1" t="inlineStr"><is><t>a_x000D_\nb</t></is></c>', "a\nb"),
        (b'<c r="A1" t="d"><v>2024-05-01T10:30:00Z</v></c>', datetime.fromisoformat("2024-05-01T10:30")),
        (b'<c r="A1" t="d"><v>2024-05-01</v></c>', date(2024, 5, 1)),
        (b"<c><v>3</v></c>", 3),
    ],
)
def test_cells_are_read_as_excel_shows_them(xml: bytes, cell: Cell, tmp_path: Path) -> None:
    rows = read(tmp_path, with_cells(b"<row>" + xml + b'<c r="C1"><v>9</v></c></row>'))
    assert rows == ([(1, [cell, None, 9])] if cell is not None else [(1, [9])])


def test_names_with_prefixes_are_the_same_names(tmp_path: Path) -> None:
    sheet = (
        b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        b'<x:row r="2"><x:c r="B2"><x:v>1</x:v></x:c></x:row><x:row r="3"><x:c r="B3"><x:v>2</x:v></x:c></x:row>'
        b'</x:sheetData><x:mergeCells><x:mergeCell ref="A2:A3"/></x:mergeCells></x:worksheet>'
    )
    content = with_entry(xlsx(("表", PLAIN)), "xl/worksheets/sheet1.xml", sheet)
    assert read(tmp_path, content) == [(2, [1]), (3, [2])]
    (tmp_path / "a.xlsx").write_bytes(content)
    with open_book(tmp_path / "a.xlsx", "a.xlsx") as book:
        assert (book.sheets[0].rows, book.head("表").merges) == (3, ((1, 0, 2, 0),))


def test_formulas_without_result_and_errors_say_so() -> None:
    assert "保存后再上传" in fault_of(UNCOMPUTED)
    assert "#N/A" in fault_of("#N/A")
    assert not any(map(fault_of, [None, 5, "甲", "#1 店", "#", True]))


def test_long_lists_of_texts_are_kept_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = with_strings([[f"客户{n % 70}", f"说明 & {n}", " "] for n in range(200)])
    plain = read(tmp_path, content)
    monkeypatch.setattr("genjin.kernel.tables.xlsx_strings.TEXTS_IN_MEMORY", 20)
    monkeypatch.setattr("genjin.kernel.tables.xlsx_strings.KEPT", 7)
    assert read(tmp_path, content) == plain
    assert (len(plain), plain[199]) == (200, (200, ["客户59", "说明 & 199"]))


@pytest.mark.parametrize("piece", [64, 1_000, 4_200, 1 << 18])
def test_a_sheet_is_surveyed_the_same_in_any_pieces(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_survey, "PIECE", piece)
    rows = [b'<row r="%d" spans="1:3"><c r="A%d"><v>%d</v></c></row>' % (n, n, n) for n in range(3, 900, 7)]
    long = b'<row r="1000"><c r="A1000" t="inlineStr"><is><t>' + b"long " * 4_000 + b"</t></is></c></row>"
    empty = [b'<row r="%d" s="1"/>' % n for n in range(1_001, 3_000)]
    merges = [b'<mergeCell ref="A%d:B%d"/>' % (n, n + 1) for n in range(2_000, 3, -5)]
    sheet = [
        b'<worksheet><dimension ref="A1:F3000"/><sheetData>',
        *rows,
        long,
        *empty,
        b"</sheetData><mergeCells>",
        *merges,
    ]
    found = xlsx_survey.survey(io.BytesIO(b"".join(sheet)))
    assert (found.rows, found.columns, found.exact, len(found.merges)) == (1_000, 6, True, len(merges))
    assert found.merges[:2] == [(4, 0, 5, 1), (9, 0, 10, 1)]
    unnumbered = b"<worksheet><sheetData>" + b"<row><c><v>1</v></c></row>" * 500 + b"</sheetData></worksheet>"
    assert not xlsx_survey.survey(io.BytesIO(unnumbered)).exact


EARLY = [date(1900, 1, 1), date(1900, 2, 28), date(1900, 3, 1)]
LATE = [datetime.fromisoformat("1999-12-31T23:59:59"), date(9999, 12, 31)]
NUMBERS = [0, 1, 0.45, 1.5, 59, 60, 61, 65.5, 43862, 43862.4166666667]
LARGE = [-1, 1e14, 1e15, 1e20, 0.1 + 0.2]
AS_NUMBERS = ["General", "0.00%", "#,##0.00", "@", '"d"0', "[Red]0.0", "0.00E+00", "_(* #,##0_)", "0年"]
AS_TIMES = ["yyyy-mm-dd", "yyyy/m/d h:mm", "h:mm:ss", "[$-804]yyyy年m月d日", "m/d", "yyyy\\年", "[h]:mm:ss", "mm:ss.0"]
TIMES = [time(8, 30), datetime.fromisoformat("2024-05-01T10:30"), timedelta(hours=30, minutes=5), timedelta(days=2)]


@pytest.mark.parametrize("since_1904", [False, True])
def test_the_streaming_reader_gives_the_cells_of_the_compiled_one(since_1904: bool, tmp_path: Path) -> None:
    from python_calamine import CalamineWorkbook

    book = openpyxl.Workbook()
    if since_1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = book.active
    for code in [*AS_NUMBERS, *AS_TIMES]:
        sheet.append([*NUMBERS, *LARGE] if code in AS_NUMBERS else NUMBERS)
        for cell in sheet[sheet.max_row]:
            cell.number_format = code
    sheet.append([*([] if since_1904 else EARLY), *LATE, *TIMES, True, False, "甲", " 乙 ", None, "x"])
    sheet.append([])
    sheet["Z40"] = "远"
    book.save(tmp_path / "a.xlsx")
    for path in (tmp_path / "a.xlsx", FILES / "客户跟进记录统计表.xlsx"):
        told = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        with open_book(path, path.name) as opened:
            head = opened.head(opened.sheets[0].name)
        assert head.rows == [[_as_ours(cell) for cell in row] for row in told.to_python(skip_empty_area=False)]
        merges = told.merged_cell_ranges or []
        assert set(head.merges) == {(top, left, bottom, right) for (top, left), (bottom, right) in merges}


def _as_ours(cell: object) -> object:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    return cell.strip() or None if isinstance(cell, str) else cell


@settings(max_examples=30)
@given(st.binary(max_size=200), st.sampled_from(["a.xlsx", "a.xls", "a.csv", "a.vcf"]))
def test_any_bytes_are_read_or_refused(content: bytes, filename: str) -> None:
    with TemporaryDirectory() as folder:
        for start in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"BEGIN:VCARD\n"):
            with suppress(Unreadable):
                read(Path(folder), start + content, filename)
