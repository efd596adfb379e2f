"""Tables in text files (.csv, .tsv, .txt): which encoding and separator they have, and their rows, as they come."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from genjin.kernel.tables.cells import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    Row,
    SheetInfo,
    Source,
    Unreadable,
    text_cell,
    too_many_rows,
)
from genjin.kernel.tables.shielding import unshielded

PROBE = 1 << 20
LONGEST_LINE = 4 << 20
_SIGNS = ",\t;|"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)
_SEPARATOR = re.compile(r"sep=([,;:|\t^~])\r?\n", re.IGNORECASE)


class TextTable(Source):
    """A text file as a book of one sheet. Raises Unreadable."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        with path.open("rb") as file:
            self.encoding = encoding_of(file)
        with self._opened() as stream:
            try:
                text = stream.read(1 << 16)
            except UnicodeError:
                raise _wrong_encoding() from None
        if "\x00" in text:
            raise Unreadable(_("这不是文本格式的 csv 文件；请用 Excel 打开后另存为 xlsx 再上传"))
        told = _SEPARATOR.match(text)
        self._told = bool(told)
        self._sign = told[1] if told else separator_of(text)
        lines = max(1, text.count("\n") or text.count("\r"))
        length = len(text.encode(self.encoding.removesuffix("-sig"), "replace")) / lines
        rows = lines if len(text) < 1 << 16 else int(path.stat().st_size / length)
        self.sheets = [SheetInfo(name, min(rows + 1, MOST_ROWS), min(self._widest(text), MOST_COLUMNS))]

        if rows > MOST_ROWS:
            # Better now than after a million rows; an estimate alone may be wrong.
            for _record in self._records():
                pass

    def rows(self, place: int) -> Iterator[Row]:  # noqa: ARG002 (there is one sheet)
        for number, row in self._records():
            if number > 1 or not self._told:
                yield number, [_cell(value) for value in row[: MOST_COLUMNS + 1]]

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        with self._opened() as stream:
            lines = iter(partial(_line, stream), "")
            number = 0
            try:
                for number, row in enumerate(csv.reader(lines, delimiter=self._sign), 1):
                    if number > MOST_ROWS:
                        raise too_many_rows()
                    yield number, row
            except csv.Error:
                raise Unreadable(
                    _("第 %(row)s 行附近的引号不成对，或单元格太长；请改正后再上传，或用 Excel 另存为 xlsx")
                    % {"row": number + 1}
                ) from None
            except UnicodeError:
                raise _wrong_encoding(number + 1) from None

    def _opened(self) -> io.TextIOWrapper:
        return self._path.open(encoding=self.encoding, newline="")

    def _widest(self, text: str) -> int:
        lines = text.splitlines()[:50]
        return max((line.count(self._sign) + 1 for line in lines), default=0)


def encoding_of(file: IO[bytes]) -> str:
    """Told by the mark at its start or by the first piece that is not plain ASCII. Raises Unreadable."""
    piece = file.read(PROBE)
    for mark, encoding in _MARKS:
        if piece.startswith(mark):
            return encoding
    if b"\x00" in piece:
        return _utf16(piece)
    while piece.isascii():
        piece = file.read(PROBE)
        if not piece:
            return "utf-8"
    for encoding in ("utf-8", "gb18030"):
        # A line can stand across two pieces: begin with a whole one, and leave the last character open.
        start = piece.find(b"\n") + 1 if not _decodes(piece, encoding) else 0
        if _decodes(piece[start:], encoding):
            return encoding
    raise _wrong_encoding()


def separator_of(text: str) -> str:
    """The sign that parts most of the first lines into as many cells."""
    unquoted = re.sub(r'"[^"]*"', "", text)
    lines = [line for line in unquoted.splitlines() if line.strip()][:20]

    def regular(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines]
        usual = max(set(counts), key=counts.count, default=0)
        return (counts.count(usual) if usual else 0, usual)

    return max(_SIGNS, key=regular)


def _decodes(piece: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(piece)
    except UnicodeError:
        return False
    return True


def _utf16(piece: bytes) -> str:
    """Without a mark: the order in which most characters are ones that tables hold."""
    shares = {}
    for encoding in ("utf-16-le", "utf-16-be"):
        if _decodes(piece, encoding):
            text = codecs.getincrementaldecoder(encoding)().decode(piece)
            plain = sum(1 for c in text[:20_000] if " " <= c <= "~" or c in "\r\n\t" or "\u3000" <= c <= "\u9fff")
            shares[encoding] = plain / max(1, min(len(text), 20_000))
    best = max(shares, key=lambda each: shares[each], default="")
    if not best or shares[best] < 0.7:
        raise Unreadable(_("这不是文本格式的 csv 文件；请用 Excel 打开后另存为 xlsx 再上传"))
    return best


def _line(stream: IO[str]) -> str:
    line = stream.readline(LONGEST_LINE)
    if len(line) >= LONGEST_LINE:
        raise Unreadable(_("文件里有一行太长，不像表格；请用 Excel 另存为 xlsx 后再上传"))
    return line


def _cell(value: str) -> Cell:
    if not value:
        return None
    first = value[0]
    if first == "'":
        value = unshielded(value)
    elif first == "=" and (found := _AS_TEXT.fullmatch(value)):
        value = found[1].replace('""', '"')
    if len(value) > LONGEST_CELL or "\x00" in value or "\r" in value:
        return text_cell(value)
    return value.strip() or None


def _wrong_encoding(row: int = 0) -> Unreadable:
    if row:
        return Unreadable(
            _("第 %(row)s 行附近的文字编码和前面不一致；请另存为 UTF-8 编码的 csv 后再上传") % {"row": row}
        )
    return Unreadable(_("文件的文字编码认不出，请另存为 UTF-8 编码的 csv"))
