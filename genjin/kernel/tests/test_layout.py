"""Where the table of a sheet stands, and which of its rows are rows."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genjin.kernel.tables import Cell, Layout, Sheet, best_sheet, find_layout, open_book
from genjin.kernel.tables.layout import rows_of
from genjin.kernel.tests.workbooks import FILES, PLAIN, Rows, table, xlsx


def of(rows: Rows, folder: Path, *, merges: list[str] | None = None) -> tuple[Layout, list[tuple[int, list[Cell]]]]:
    return table(folder, xlsx(("表", rows), merges=merges or []))


def test_the_follow_up_sheet_is_read() -> None:
    path = FILES / "客户跟进记录统计表.xlsx"
    with open_book(path, path.name) as book:
        layout = find_layout(book.head(best_sheet(book)))
        rows = list(book.rows(best_sheet(book), layout))
    assert " ".join(layout.header) == "编号 姓名 客户类型 跟进日期 跟进方式 跟进进度 客户意向 跟进结果 成交日期 业务员"
    assert (layout.title, layout.header_rows, layout.first_row) == ("客户跟进记录统计表", (3, 4), 5)
    assert [number for number, _ in rows] == list(range(5, 21))
    assert rows[0][1][:6] == ["A001", "客户1", "一般客户", date(2020, 2, 1), "现场跟进", 0.45]
    assert rows[-1] == (20, [None] * 5 + [0.45] + [None] * 3 + ["业务员16"])
    assert "查询日期(起)" in layout.notes[0]
    assert Layout.from_json(json.loads(json.dumps(layout.to_json()))) == layout


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
        ([["客户表"], *PLAIN, ["客户表"], PLAIN[0], ["丙公司", None, 1]], ["客户名称", "电话", "金额"], [3, 4, 7]),
        ([*PLAIN, ["客户名称", None, 1]], ["客户名称", "电话", "金额"], [2, 3, 4]),
        ([["客户名称", "电话", "金额"], ["合计印务", "1", 5], ["小计", None, 5]], ["客户名称", "电话", "金额"], [2]),
    ],
)
def test_table_is_found(rows: Rows, header: list[str], numbers: list[int], tmp_path: Path) -> None:
    layout, found = of(rows, tmp_path)
    assert layout.header == header
    assert [number for number, _ in found] == numbers
    assert all(len(cells) == len(header) == layout.columns for _, cells in found)


TWO_ROWS: list[list[object]] = [
    ["编号", "联系人", None, "金额", "备注"],
    [None, "姓名", "电话", None, None],
    ["A1", "张伟", "138", 5, "无"],
    ["编号", "联系人", None, "金额", "备注"],
    [None, "姓名", "电话", None, None],
    ["A2", "李娜", "139", 6, None],
]


@pytest.mark.parametrize("merges", [[], ["B1:C1", "A1:A2", "D1:D2", "E1:E2"]])
def test_header_of_two_rows_is_joined(merges: list[str], tmp_path: Path) -> None:
    layout, rows = of(TWO_ROWS, tmp_path, merges=merges)
    assert layout.header == ["编号", "姓名", "电话", "金额", "备注"]
    assert [number for number, _ in rows] == [3, 6]


def test_equal_names_under_two_groups_keep_their_group(tmp_path: Path) -> None:
    rows: Rows = [
        ["编号", "甲方", None, "乙方", None, "备注"],
        [None, "姓名", "电话", "姓名", "电话"],
        ["1", "张", "1", "李", "2", "无"],
    ]
    assert of(rows, tmp_path)[0].header == ["编号", "甲方 姓名", "甲方 电话", "乙方 姓名", "乙方 电话", "备注"]


def test_merged_title_over_a_header_stays_a_title(tmp_path: Path) -> None:
    layout, _rows = of([["客户名单", None, None], *PLAIN], tmp_path, merges=["A1:C1"])
    assert (layout.title, layout.header_rows) == ("客户名单", (2,))


def test_what_stands_around_becomes_notes(tmp_path: Path) -> None:
    layout, _rows = of([["起", "2020-01-01"], *PLAIN, ["合计", None, 12], ["备注：以上为准"]], tmp_path)
    assert layout.notes == ["起 2020-01-01", "合计 12", "备注：以上为准"]


def test_cells_merged_downwards_belong_to_each_row(tmp_path: Path) -> None:
    rows: Rows = [
        ["客户", "联系人", "电话", "地区"],
        ["甲公司", "张伟", "138", "苏州"],
        [None, "李娜", "139", None],
        [None, None, None, None],
        ["乙公司", "王芳", "137", None],
        [None, "赵六", "136", "无锡"],
    ]
    layout, found = of(rows, tmp_path, merges=["A2:A4", "D2:D3", "A5:A6", "B1:B1", "C5:D5"])
    assert layout.header == ["客户", "联系人", "电话", "地区"]
    assert found == [
        (2, ["甲公司", "张伟", "138", "苏州"]),
        (3, ["甲公司", "李娜", "139", "苏州"]),
        (5, ["乙公司", "王芳", "137", None]),
        (6, ["乙公司", "赵六", "136", "无锡"]),
    ]


def test_a_header_can_be_pointed_at(tmp_path: Path) -> None:
    content = xlsx(("表", [["编号", "名称", "城市"], [1, "甲", "苏州"], ["序号", 2020, None], [2, "乙", None]]))
    layout, rows = table(tmp_path, content, header_row=3)
    assert (layout.header, layout.header_rows) == (["序号", "2020"], (3,))
    assert rows == [(4, [2, "乙"])]
    assert table(tmp_path, content, header_row=99)[0].columns == 0


def test_a_table_may_have_no_headings(tmp_path: Path) -> None:
    layout, rows = table(tmp_path, xlsx(("表", [[None, "甲", 1], [None, "乙", None]])), header_row=0)
    assert (layout.header, layout.first_column) == (["第 2 列", "第 3 列"], 1)
    assert rows == [(1, ["甲", 1]), (2, ["乙", None])]


def test_the_longest_visible_table_is_proposed(tmp_path: Path) -> None:
    content = xlsx(("说明", [["请先看这里"]]), ("客户", PLAIN), ("空", []))
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with open_book(path, "a.xlsx") as book:
        assert [(sheet.name, sheet.rows) for sheet in book.sheets] == [("说明", 1), ("客户", 3), ("空", 0)]
        assert best_sheet(book) == "客户"
        assert find_layout(book.head("空")) == Layout()


CELLS = st.one_of(st.none(), st.sampled_from(["名称", "甲", "合计"]), st.integers(), st.dates(), st.text(max_size=5))


@settings(max_examples=60)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=8), st.one_of(st.none(), st.integers(0, 9)))
def test_any_sheet_gives_a_table_of_one_width(rows: list[list[Cell]], header_row: int | None) -> None:
    layout = find_layout(Sheet("a", rows), header_row)
    found = list(rows_of(enumerate(rows, 1), layout))
    assert len(set(layout.header)) == len(layout.header) == layout.columns
    assert all(len(cells) == layout.columns for _, cells in found)
    assert [number for number, _ in found] == sorted({number for number, _ in found})
    assert Layout.from_json(json.loads(json.dumps(layout.to_json()))) == layout
