"""Tables for tests: the real follow-up sheet, and small ones written on the spot."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import genjin.kernel.tests

SHEET = Path(genjin.kernel.tests.__file__).parent / "files" / "客户跟进记录统计表.xlsx"


def csv_file(*rows: Sequence[object]) -> bytes:
    """A csv file of these rows."""
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode()
