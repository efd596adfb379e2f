"""Rows as they were checked, put into the database in one stream: a step of the action that checks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from genjin.kernel.tables import Cell
from genjin.surfaces.imports.checking import Checked, cells_as_json, packed
from genjin.surfaces.imports.models import RowState

TEXTS = ("title", "name_key", "fuzzy_key", "phone", "credit_code", "external_code", "code")
COLUMNS = ("state", "cells", "values", "problems", *TEXTS)
_QUOTED = ", ".join(f'"{name}"' for name in COLUMNS)
_COPY = f"COPY surfaces_importrow (batch_id, number, {_QUOTED}, fixes, duplicate_why, decision) FROM STDIN"


@dataclass(slots=True)
class Staged:
    """A checked row, ready to be kept."""

    number: int
    state: int
    cells: list[Any]
    brings: dict[str, dict[str, Any]]
    problems: list[Any]
    texts: tuple[str, ...]

    @staticmethod
    def columns() -> tuple[str, ...]:
        """The columns of `values()`."""
        return COLUMNS

    def values(self) -> tuple[Any, ...]:
        """What is kept."""
        return (self.state, self.cells, self.brings, self.problems, *self.texts)


def staged_row(number: int, cells: Sequence[Cell], checked: Checked) -> Staged:
    """A row as it is kept: with problems it is bad, else ready."""
    return Staged(
        number,
        RowState.BAD if checked.bad else RowState.READY,
        cells_as_json(cells),
        packed(checked.values),
        [[p.index, p.words, p.suggestion, p.blocking] for p in checked.problems],
        tuple(getattr(checked, name) for name in TEXTS),
    )


def stage(batch_id: int, rows: Sequence[Staged]) -> None:
    """Insert the rows."""
    dumps = json.dumps
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        write = copy.write_row
        for row in rows:
            packed_ = [dumps(each, ensure_ascii=False) for each in (row.cells, row.brings, row.problems)]
            write((batch_id, row.number, row.state, *packed_, *row.texts, "{}", "", ""))
