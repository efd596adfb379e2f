"""A workbook of Excel (.xlsx): its parts, sheets, styles and merged ranges. Cells are read in `xlsx_cells`."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from genjin.kernel.archives import check_archive_file
from genjin.kernel.tables.cells import (
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_SHEETS,
    Merge,
    Row,
    SheetInfo,
    Source,
    Unreadable,
    broken,
)
from genjin.kernel.tables.xlsx_cells import Times, sheet_rows
from genjin.kernel.tables.xlsx_strings import Strings
from genjin.kernel.tables.xlsx_survey import Survey, survey
from genjin.kernel.tables.xmlparts import each_element

MOST_UNPACKED = 6 << 30
_DAYS = {*range(14, 18), 22, *range(27, 32), *range(34, 37), *range(50, 59)}
_CLOCK = {*range(18, 22), 32, 33, 45, 47}
_LENGTHS = {46}
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)


class Workbook(Source):
    """An .xlsx file. Raises Unreadable."""

    def __init__(self, path: Path) -> None:
        self._archive = _open(path)
        self._names = {_plain(entry.filename): entry for entry in self._archive.infolist()}
        self._surveys: dict[int, Survey] = {}
        self._strings: Strings | None = None
        try:
            self._read_workbook()
        except BaseException:
            self.close()
            raise

    def rows(self, place: int) -> Iterator[Row]:
        found = self._survey(place)
        last = found.rows if found.exact else MOST_ROWS
        with self._part(self._parts[place]) as stream:
            yield from sheet_rows(stream, self._shared, self._times, last)

    def merges(self, place: int) -> list[Merge]:
        return self._survey(place).merges

    def close(self) -> None:
        if self._strings is not None:
            self._strings.close()
        self._archive.close()

    def _read_workbook(self) -> None:
        book = next((path for kind, path in self._related("").values() if kind == "officeDocument"), "")
        if book not in self._names:
            raise _no_workbook(self._names)
        related = self._related(book)
        shared = (path for kind, path in related.values() if kind == "sharedStrings")
        self._strings_path = next(shared, "xl/sharedstrings.xml")
        styles = next((path for kind, path in related.values() if kind == "styles"), "")
        named, since_1904 = self._sheets_of(book)
        found = [(name, hidden, *related.get(key, ("", ""))) for name, hidden, key in named]
        sheets = [(n, h, path) for n, h, kind, path in found if kind == "worksheet" and path in self._names]
        self._parts = [path for _name, _hidden, path in sheets[:MOST_SHEETS]]
        self._times = Times(self._styles(styles), since_1904=since_1904)
        self.sheets = [self._described(n, h, place) for place, (n, h, _path) in enumerate(sheets[:MOST_SHEETS])]

    def _described(self, name: str, hidden: bool, place: int) -> SheetInfo:
        found = self._survey(place)
        return SheetInfo(name, found.rows, min(found.columns, MOST_COLUMNS), hidden)

    def _sheets_of(self, book: str) -> tuple[list[tuple[str, bool, str]], bool]:
        """Name, whether hidden and key of each sheet; whether days count from 1904."""
        sheets: list[tuple[str, bool, str]] = []
        since_1904 = False

        def seen(name: str, attributes: dict[str, str]) -> None:
            nonlocal since_1904
            if name == "sheet" and len(sheets) < MOST_SHEETS * 4:
                key = next((value for each, value in attributes.items() if each.rpartition(":")[2] == "id"), "")
                shown = attributes.get("state", "visible") == "visible"
                sheets.append((attributes.get("name", "")[:100], not shown, key))
            elif name == "workbookPr":
                since_1904 = attributes.get("date1904", "") in ("1", "true")

        self._each(book, seen)
        return sheets, since_1904

    def _styles(self, path: str) -> list[str]:
        """For each format of cells what it shows: "date", "length" or ""."""
        codes: dict[int, str] = {}
        numbers: list[int] = []
        inside = False

        def seen(name: str, attributes: dict[str, str]) -> None:
            nonlocal inside
            if name == "numFmt":
                codes[_whole(attributes.get("numFmtId"))] = shows(attributes.get("formatCode", ""))
            elif name in ("cellXfs", "cellStyles", "cellStyleXfs", "dxfs"):
                inside = name == "cellXfs"
            elif name == "xf" and inside:
                numbers.append(_whole(attributes.get("numFmtId")))

        if path in self._names:
            self._each(path, seen)
        return [codes.get(number, _built_in(number)) for number in numbers]

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part points to inside the package: key → (kind, path)."""
        folder, name = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}

        def seen(element: str, attributes: dict[str, str]) -> None:
            if element == "Relationship" and attributes.get("TargetMode") != "External" and len(found) < 5_000:
                target = posixpath.normpath(
                    posixpath.join("/", folder, attributes.get("Target", "").replace("\\", "/"))
                )
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = (kind, _plain(target))

        path = _plain(posixpath.join(folder, "_rels", f"{name}.rels"))
        if path in self._names:
            self._each(path, seen)
        return found

    def _each(self, path: str, seen: object) -> None:
        with self._part(path) as stream:
            each_element(stream, seen)  # type: ignore[arg-type]

    def _survey(self, place: int) -> Survey:
        if place not in self._surveys:
            with self._part(self._parts[place]) as stream:
                self._surveys[place] = survey(stream)
        return self._surveys[place]

    def _shared(self) -> Strings:
        """The texts that cells share; read when the first cell asks."""
        if self._strings is None:
            if self._strings_path not in self._names:
                raise broken()
            with self._part(self._strings_path) as stream:
                self._strings = Strings(stream)
        return self._strings

    @contextmanager
    def _part(self, path: str) -> Iterator[IO[bytes]]:
        try:
            with self._archive.open(self._names[path]) as stream:
                yield stream
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
            raise broken() from None


def shows(code: str) -> str:
    """What a number format shows: "date" (also times of day), "length" of time, or "" for plain numbers."""
    bare = _QUOTED.sub("", code.lower().partition(";")[0])
    if re.search(r"\[(?:h+|m+|s+)\]", bare):
        return "length"
    if "general" in bare or re.search(r"[#0?%]", re.sub(r"s\.0+", "s", bare)):
        return ""
    return "date" if re.search(r"[ymdhse年月日]|上午|am/pm", bare) else ""


def _built_in(number: int) -> str:
    if number in _LENGTHS:
        return "length"
    return "date" if number in _DAYS or number in _CLOCK else ""


def _open(path: Path) -> zipfile.ZipFile:
    with path.open("rb") as file:
        checked = check_archive_file(file, most_unpacked=MOST_UNPACKED)
    if not checked.ok:
        raise Unreadable(_("%(reason)s；请用 Excel 打开后另存为 xlsx 再上传") % {"reason": checked.reason})
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
        raise broken() from None


def _no_workbook(names: dict[str, zipfile.ZipInfo]) -> Unreadable:
    if "xl/workbook.bin" in names:
        return Unreadable(_("这是 xlsb（二进制）工作簿：请在 Excel 里另存为 xlsx 后再上传"))
    if "content.xml" in names and "mimetype" in names:
        return Unreadable(_("这是 ods（OpenDocument）表格：请另存为 xlsx 或 csv 后再上传"))
    return Unreadable(_("这不是 Excel 表格：只能读取 xlsx、xls、csv 和 vcf 文件"))


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
