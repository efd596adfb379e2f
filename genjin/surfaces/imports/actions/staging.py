"""Rows as they were checked, put into the database in one stream: a step of the action that checks."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final

from genjin.kernel.copying import NULL, Load, body, line
from genjin.kernel.tables import Cell
from genjin.surfaces.imports.checking import Checked, cells_as_json, packed
from genjin.surfaces.imports.models import RowState

TEXTS: Final = ("title", "name_key", "fuzzy_key", "phone", "credit_code", "external_code", "code")
COLUMNS = ("state", "cells", "values", "problems", "keys", *TEXTS)
WRITTEN = ("batch_id", "number", *COLUMNS, "fixes", "duplicate_why", "decision")
_as_text = json.JSONEncoder(ensure_ascii=False).encode


_texts_of = attrgetter(*TEXTS)


@dataclass(slots=True)
class Staged:
    """A checked row, ready to be kept."""

    number: int
    state: int
    cells: list[Any]
    brings: dict[str, dict[str, Any]]
    problems: list[Any]
    keys: dict[str, Any]
    texts: tuple[str, ...]

    @staticmethod
    def columns() -> tuple[str, ...]:
        """The columns of `values()`."""
        return COLUMNS

    def values(self) -> tuple[Any, ...]:
        """What is kept."""
        return (self.state, self.cells, self.brings, self.problems, self.keys, *self.texts)


def staged_row(number: int, cells: Sequence[Cell], checked: Checked) -> Staged:
    """A row as it is kept: with problems it is bad, left out where the import leaves such rows out, else ready."""
    state = RowState.BAD if checked.bad else RowState.READY
    return Staged(
        number,
        RowState.SKIPPED if checked.left_out else state,
        cells_as_json(cells),
        packed(checked.values),
        [[p.index, p.words, p.suggestion, p.blocking] for p in checked.problems],
        checked.keys,
        _texts_of(checked),
    )


@dataclass(frozen=True, slots=True)
class Chunk:
    """Checked rows behind `after` up to `last`, ready to be put in; `seconds`: what it took to check them."""

    after: int
    last: int
    count: int
    load: Load
    seconds: float


def chunk_of(batch_id: int, after: int, rows: Sequence[Staged], begun: float) -> Chunk:
    """Rows as they are put in, `begun` on the clock of this machine."""
    lines = []
    for row in rows:
        keys = _as_text(row.keys) if row.keys else "{}"
        json_texts = (_as_text(row.cells), _as_text(row.brings), _as_text(row.problems) if row.problems else "[]", keys)
        texts = row.texts if NULL not in row.texts else [text.replace(NULL, "N") for text in row.texts]
        lines.append(line((str(batch_id), str(row.number), str(row.state), *json_texts, *texts, "{}", "", "")))
    load = Load("surfaces_importrow", WRITTEN, body(lines))
    return Chunk(after, rows[-1].number, len(rows), load, time.perf_counter() - begun)
