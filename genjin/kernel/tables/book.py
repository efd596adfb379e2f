"""A file of tables, open: which reader it needs, its sheets, and the rows of a table. Nothing is kept in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path, PurePath

from django.utils.translation import gettext as _

from genjin.kernel.tables.cells import (
    MOST_BYTES,
    MOST_COLUMNS,
    Cell,
    Row,
    Sheet,
    SheetInfo,
    Source,
    Unreadable,
    too_many_columns,
)
from genjin.kernel.tables.finding import find_layout
from genjin.kernel.tables.layout import Layout, rows_of
from genjin.kernel.tables.text_files import TextTable
from genjin.kernel.tables.vcard import Cards, is_vcard
from genjin.kernel.tables.xls import OldWorkbook
from genjin.kernel.tables.xlsx import Workbook

HEAD = 300
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|\?xml|table|meta|head|body)", re.IGNORECASE)
_NO_TEXT = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_INSTEAD = (".xlsm", ".xlsb", ".ods", ".numbers")
_TEXTS = (".csv", ".tsv", ".txt", ".xls", ".xlsx", ".et")


class Book:
    """What `open_book` gives. Sheets are asked by name; rows can be asked again and again."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.sheets: list[SheetInfo] = source.sheets
        self._places = {info.name: place for place, info in reversed(list(enumerate(source.sheets)))}

    def head(self, name: str, most: int = HEAD) -> Sheet:
        """The first rows of a sheet with their merged ranges. Raises Unreadable, KeyError."""
        place = self._places[name]
        rows: list[list[Cell]] = []
        for number, cells in takewhile(lambda row: row[0] <= most, self._source.rows(place)):
            if len(cells) > MOST_COLUMNS and None not in cells[MOST_COLUMNS - 1 : MOST_COLUMNS + 1]:
                raise too_many_columns()
            rows += [[] for _missing in range(number - len(rows) - 1)]
            rows.append(cells[:MOST_COLUMNS])
        width = max(map(len, rows), default=0)
        merges = tuple(merge for merge in self._source.merges(place) if merge[0] < len(rows))
        padded = [row + [None] * (width - len(row)) for row in rows]
        return Sheet(name, padded, merges, self.sheets[place].hidden)

    def rows(self, name: str, layout: Layout) -> Iterator[Row]:
        """The rows of the table as they stream by. Raises Unreadable (also on the way), KeyError."""
        place = self._places[name]
        return rows_of(self._source.rows(place), layout, self._source.merges(place))


@contextmanager
def open_book(path: Path, filename: str) -> Iterator[Book]:
    """Open a file of tables: .xlsx .xls .csv .tsv .txt .vcf, told by its content first. Raises Unreadable."""
    source = _source(path, filename)
    try:
        yield Book(source)
    finally:
        source.close()


def best_sheet(book: Book) -> str:
    """The name of the visible sheet with the longest table; the first of all when there is none. Raises Unreadable."""
    best, most = book.sheets[0].name, -1
    for info in book.sheets:
        layout = Layout() if info.hidden else find_layout(book.head(info.name))
        rows = info.rows - layout.first_row + 1
        if layout.columns and rows > most:
            best, most = info.name, rows
    return best


def _source(path: Path, filename: str) -> Source:
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise Unreadable(_("文件太大，最多 %(most)s MB，请分成几个文件") % {"most": MOST_BYTES >> 20})
    with path.open("rb") as file:
        start = file.read(4_096)
    if size < 4_096 and not start.strip():
        raise Unreadable(_("文件是空的"))
    source = _reader(path, start, PurePath(filename))
    if not source.sheets:
        raise Unreadable(_("文件里没有工作表"))
    return source


def _reader(path: Path, start: bytes, name: PurePath) -> Source:
    ending = name.suffix.lower()
    if start.startswith(_ZIP):
        if ending in _INSTEAD:
            raise Unreadable(_instead(ending))
        return Workbook(path)
    if start.startswith(_OLE):
        return OldWorkbook(path)
    if is_vcard(start):
        return Cards(path)
    if ending == ".vcf":
        raise Unreadable(_("这不是 vcf 联系人文件：应以 BEGIN:VCARD 开头；请从手机或邮箱重新导出"))
    if _MARKUP.match(start):
        raise Unreadable(_("这是网页或 XML 格式的表格：请用 Excel 打开后另存为 xlsx 再上传"))
    if ending in _TEXTS and not start.startswith(_NO_TEXT):
        return TextTable(path, name.stem or name.name)
    raise Unreadable(_instead(ending))


def _instead(ending: str) -> str:
    """What to do with a file of another kind."""
    if ending == ".xlsm":
        return _("xlsm 文件可能带宏：请在 Excel 里另存为 xlsx 后再上传")
    if ending in (".xlsb", ".ods", ".numbers"):
        return _("%(ending)s 文件不能直接读取：请另存为 xlsx 或 csv 后再上传") % {"ending": ending[1:]}
    return _("只能读取 xlsx、xls、csv 和 vcf 文件；其他表格请先另存为 xlsx")
