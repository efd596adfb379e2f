"""A stored file as the page of columns needs it: its sheets, first rows, and the values of its columns. The last files
looked at are remembered, because each click on that page looks again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.refusal import Refused
from genjin.kernel.tables import Cell, Layout, Unreadable, open_book
from genjin.surfaces.imports.models import Import
from genjin.surfaces.imports.samples import Samples
from genjin.surfaces.imports.storage import path_of

REMEMBERED = 16
MOST_HEAD = 40
MOST_READ = 20_000


@dataclass(frozen=True)
class Opened:
    """What was seen in a file."""

    sheets: list[dict[str, Any]]  # {name, rows, hidden}
    first_rows: list[list[Cell]]
    samples: Samples


def opened(row: Import) -> Opened:
    """The file of an import. Raises Refused("file_gone"), Refused("unreadable")."""
    if not row.stored_as or not path_of(row.stored_as).is_file():
        raise Refused("file_gone", _("文件已按保留期限删除，请重新上传"))
    try:
        return _opened(row.stored_as, row.filename, row.sheet, json.dumps(row.layout, sort_keys=True))
    except Unreadable as unreadable:
        raise Refused("unreadable", str(unreadable)) from None


@lru_cache(maxsize=REMEMBERED)
def _opened(stored_as: str, filename: str, sheet: str, layout: str) -> Opened:
    with open_book(path_of(stored_as), filename) as book:
        sheets = [{"name": s.name, "rows": s.rows, "hidden": s.hidden} for s in book.sheets]
        head = book.head(sheet, MOST_HEAD)
        found = Layout.from_json(json.loads(layout))
        rows = islice(book.rows(sheet, found), MOST_READ)
        samples = Samples.of((cells for _number, cells in rows), found.columns)
        return Opened(sheets, head.rows, samples)
