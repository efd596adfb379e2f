"""Writing a .csv: UTF-8 with its mark, so that spreadsheets read Chinese; no cell can become a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import IO

from genjin.kernel.tables.shielding import shielded
from genjin.kernel.tables.writing import Value


class CsvTable:
    """A table being written; made by `csv_table`."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._write = csv.writer(stream).writerow
        self.rows = 0

    def row(self, values: Sequence[Value]) -> None:
        """Write the next row."""
        self.rows += 1
        self._write([written(value) for value in values])


@contextmanager
def csv_table(file: IO[bytes]) -> Iterator[CsvTable]:
    """A table in `file`, which stays open."""
    stream = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="")
    try:
        yield CsvTable(stream)
    finally:
        stream.detach()


def written(value: Value) -> str:
    """A cell as text. Numbers begin no formula, texts are shielded; a part of one is a percentage (0.85 is 85%)."""
    if isinstance(value, str):
        return shielded(value.replace("\x00", ""))
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S" if value.second else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value * 100:.10g}%"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
