"""A stored file as sheets, a table and rows: the import's own view of `kernel.tables`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.refusal import Refused
from genjin.kernel.tables import Cell, Unreadable, find_table, read_sheets

SAMPLES = 300


@dataclass(frozen=True)
class Look:
    """What a file holds: its sheets, the one that is looked at, how its table lies, first rows, how many there are."""

    sheets: list[dict[str, Any]]  # {name, rows, columns, hidden}
    sheet: str
    layout: dict[str, Any]  # {header, header_rows, first_column, columns, title, notes}
    samples: list[list[Cell]]
    total: int


def look(path: Path, filename: str, *, sheet: str = "", header_row: int | None = None) -> Look:
    """Open a file and find the table (of the named sheet, else of the fullest). Raises Refused("unreadable"),
    Refused("no_table")."""
    try:
        sheets = read_sheets(path.read_bytes(), filename)
    except Unreadable as unreadable:
        raise Refused("unreadable", str(unreadable), "file") from None
    tables = {s.name: find_table(s) for s in sheets if not s.hidden or s.name == sheet}
    chosen = sheet if sheet in tables else max(tables, key=lambda name: len(tables[name].rows), default="")
    if not chosen or not tables[chosen].rows:
        raise Refused("no_table", _("文件里没有找到表格：需要一行列名（如 姓名、跟进日期），下面是数据"), "file")
    table = tables[chosen]
    facts = [
        {"name": s.name, "rows": len(s.rows), "columns": max(map(len, s.rows), default=0), "hidden": s.hidden}
        for s in sheets
    ]
    layout = {
        "header": table.header,
        "header_rows": list(table.header_rows),
        "first_column": table.first_column,
        "columns": len(table.header),
        "title": table.title,
        "notes": table.notes,
    }
    return Look(facts, chosen, layout, [cells for _number, cells in table.rows[:SAMPLES]], len(table.rows))


def rows_of_file(
    path: Path, filename: str, sheet: str, layout: Mapping[str, Any]
) -> Iterator[tuple[int, list[Cell]]]:
    """(row number of the sheet, cells of the layout's columns), one after the other. Raises Refused."""
    del layout
    try:
        sheets = {s.name: s for s in read_sheets(path.read_bytes(), filename)}
    except (Unreadable, FileNotFoundError) as trouble:
        raise Refused("unreadable", str(trouble), "file") from None
    yield from find_table(sheets[sheet]).rows
