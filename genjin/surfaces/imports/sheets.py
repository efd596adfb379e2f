"""A stored file as sheets, a table and rows: the import's own view of `kernel.tables`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.refusal import Refused
from genjin.kernel.tables import Book, Cell, Layout, Unreadable, best_sheet, find_layout, open_book
from genjin.surfaces.imports.samples import Samples

FIRST = 300
LOOKED_AT = 50_000


@dataclass(frozen=True)
class Look:
    """What a file holds: its sheets, the one that is looked at, how its table lies, first rows, about how many there
    are, and the distinct values of its columns."""

    sheets: list[dict[str, Any]]  # {name, rows, columns, hidden}
    sheet: str
    layout: dict[str, Any]  # Layout.to_json()
    first: list[tuple[int, list[Cell]]]
    total: int
    samples: Samples


def look(path: Path, filename: str, *, sheet: str = "", header_row: int | None = None) -> Look:
    """Open a file and find the table (of the named sheet, else of the fullest). Raises Refused("unreadable"),
    Refused("no_table")."""
    with opened(path, filename) as book:
        named = {info.name for info in book.sheets}
        chosen = sheet if sheet in named else best_sheet(book)
        layout = find_layout(book.head(chosen), header_row)
        return _looked(book, chosen, layout)


def look_again(path: Path, filename: str, sheet: str, layout: Mapping[str, Any]) -> Look:
    """The same with the layout as it was found. Raises Refused."""
    with opened(path, filename) as book:
        return _looked(book, sheet, Layout.from_json(dict(layout)))


def rows_of_file(path: Path, filename: str, sheet: str, layout: Mapping[str, Any]) -> Iterator[tuple[int, list[Cell]]]:
    """(row number of the sheet, cells of the layout's columns), one after the other. Raises Refused."""
    with opened(path, filename) as book:
        yield from book.rows(sheet, Layout.from_json(dict(layout)))


@contextmanager
def opened(path: Path, filename: str) -> Iterator[Book]:
    """The file as a book; what cannot be read is refused with its reason."""
    try:
        with open_book(path, filename) as book:
            yield book
    except Unreadable as unreadable:
        raise Refused("unreadable", str(unreadable), "file") from None
    except FileNotFoundError:
        raise Refused("file_gone", _("文件已按保留期限删除，请重新上传")) from None


def _looked(book: Book, chosen: str, layout: Layout) -> Look:
    samples = Samples(layout.columns)
    first: list[tuple[int, list[Cell]]] = []
    for number, cells in islice(book.rows(chosen, layout) if layout.columns else iter(()), LOOKED_AT):
        samples.add(cells)
        if len(first) < FIRST:
            first.append((number, cells))
    if not first:
        raise Refused("no_table", _("文件里没有找到表格：需要一行列名（如 姓名、跟进日期），下面是数据"), "file")
    facts = [{"name": i.name, "rows": i.rows, "columns": i.columns, "hidden": i.hidden} for i in book.sheets]
    known = next(info for info in book.sheets if info.name == chosen)
    total = samples.rows if samples.rows < LOOKED_AT else max(LOOKED_AT, known.rows - layout.first_row + 1)
    return Look(facts, chosen, layout.to_json(), first, total, samples)
