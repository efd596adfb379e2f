"""The texts that the cells of a workbook share. A long list lies in a temporary file, so that memory stays small."""

from __future__ import annotations

import os
import re
import tempfile
from array import array
from collections.abc import Iterator
from typing import IO

from genjin.kernel.tables.cells import LONGEST_CELL, broken, text_cell
from genjin.kernel.tables.xmlparts import DEEPEST, local, parser, pieces

MOST_TEXTS = 13_000_000
TEXTS_IN_MEMORY = 100_000
CHARACTERS_IN_MEMORY = 8 << 20
KEPT = 20_000
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Strings:
    """`text(n)` is the n-th text, cleaned; None when it is empty. Raises IndexError; Unreadable when made."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._texts: list[str | None] = []
        self._characters = 0
        self._ends = array("Q", [0])
        self._file: IO[bytes] | None = None
        self._kept: dict[int, str | None] = {}
        for batch in _texts(stream):
            self._add(batch)
        self.text = self._texts.__getitem__ if self._file is None else self._from_file

    def _from_file(self, number: int) -> str | None:
        if number in self._kept:
            return self._kept[number]
        if self._file is None or number < 0:
            raise IndexError
        start, end = self._ends[number], self._ends[number + 1]
        text = os.pread(self._file.fileno(), end - start, start).decode() or None
        if len(self._kept) >= KEPT:
            self._kept.clear()
        self._kept[number] = text
        return text

    def close(self) -> None:
        """Let the temporary file go."""
        if self._file is not None:
            self._file.close()

    def _add(self, batch: list[str | None]) -> None:
        self._texts += batch
        self._characters += sum(len(text) for text in batch if text)
        if self._file or len(self._texts) > TEXTS_IN_MEMORY or self._characters > CHARACTERS_IN_MEMORY:
            self._spill()

    def _spill(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the book)
        for text in self._texts:
            written = (text or "").encode("utf-8", "replace")
            self._file.write(written)
            self._ends.append(self._ends[-1] + len(written))
        self._file.flush()
        self._texts.clear()
        if len(self._ends) > MOST_TEXTS:
            raise broken()


def unescaped(text: str) -> str:
    """Characters that XML cannot hold are written `_x000D_` there."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _texts(stream: IO[bytes]) -> Iterator[list[str | None]]:
    reader = _Reader()
    made = parser()
    made.StartElementHandler = reader.start
    made.EndElementHandler = reader.end
    made.CharacterDataHandler = reader.characters
    for _piece in pieces(made, stream):
        yield reader.found
        reader.found = []


class _Reader:
    """Joins the runs of each text; what explains how to pronounce it (`rPh`) is left out."""

    def __init__(self) -> None:
        self.found: list[str | None] = []
        self._text = ""
        self._heard = self._aside = False
        self._depth = 0

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise broken()
        if name == "t" or (":" in name and local(name) == "t"):
            self._heard = not self._aside
        elif name == "si" or local(name) == "si":
            self._text = ""
        elif local(name) == "rPh":
            self._aside = True

    def end(self, name: str) -> None:
        self._depth -= 1
        if name == "t" or (":" in name and local(name) == "t"):
            self._heard = False
        elif name == "si" or local(name) == "si":
            text = self._text
            self.found.append(text_cell(unescaped(text) if "_x" in text else text))
        elif local(name) == "rPh":
            self._aside = False

    def characters(self, text: str) -> None:
        if self._heard and len(self._text) <= LONGEST_CELL:
            self._text += text
