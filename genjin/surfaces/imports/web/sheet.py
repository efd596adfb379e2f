"""The first rows of a sheet as it is: headings and imported columns marked; which rows may be the header."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from genjin.kernel.fields import Field
from genjin.kernel.tables import Cell
from genjin.surfaces.imports.models import Import
from genjin.surfaces.imports.rules import Rule
from genjin.surfaces.imports.web.masked import shown

MOST_ROWS = 14
MOST_COLUMNS = 60
MOST_HEADERS = 30


@dataclass(frozen=True)
class Column:
    """A column of the sheet: its letter, whether anything of it is imported."""

    letter: str
    used: bool


@dataclass(frozen=True)
class CellBox:
    """A cell with the width it covers."""

    text: str
    used: bool
    span: int = 1


@dataclass(frozen=True)
class SheetRow:
    """A row: `role` is "above" (title, notes), "head" or ""."""

    number: int
    role: str
    cells: list[CellBox]


@dataclass(frozen=True)
class SheetView:
    """What the card of the sheet draws."""

    sheets: list[dict[str, Any]]
    header_row: int
    header_choices: list[int]
    columns: list[Column]
    rows: list[SheetRow]
    notes: list[str]


def sheet_view(
    row: Import, sheets: list[dict[str, Any]], first_rows: Sequence[Sequence[Cell]], fields: dict[str, Field]
) -> SheetView:
    """The card for an import whose sheet begins with these rows; `fields` by target mask personal columns."""
    layout = row.layout
    headers = [int(n) for n in layout.get("header_rows", [])] or [1]
    first, width = int(layout.get("first_column", 0)), int(layout.get("columns", 0))
    rules = {first + Rule.from_json(given).index: Rule.from_json(given) for given in row.rules}
    used = {place for place, rule in rules.items() if rule.target}
    columns = range(min(first + width, MOST_COLUMNS))
    begin = max(0, headers[0] - 4)
    shown_rows = list(enumerate(first_rows, start=1))[begin : begin + MOST_ROWS]
    masks = {place: fields.get(rule.target) for place, rule in rules.items()}
    return SheetView(
        sheets=sheets,
        header_row=headers[-1],
        header_choices=list(range(1, max(len(first_rows[:MOST_HEADERS]), headers[-1]) + 1)),
        columns=[Column(letter_of(place), place in used) for place in columns],
        rows=[
            SheetRow(number, _role(number, headers), _cells(cells, columns, used, masks, number <= headers[-1]))
            for number, cells in shown_rows
        ],
        notes=[str(note) for note in layout.get("notes", [])],
    )


def letter_of(place: int) -> str:
    """A, B … Z, AA …"""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _role(number: int, headers: Sequence[int]) -> str:
    if number in headers:
        return "head"
    return "above" if number < headers[0] else ""


def _cells(
    cells: Sequence[Cell], columns: range, used: set[int], masks: dict[int, Field | None], plain: bool
) -> list[CellBox]:
    texts = [shown(cells[n] if n < len(cells) else None, None if plain else masks.get(n)) for n in columns]
    return [CellBox(text, place in used) for place, text in zip(columns, texts, strict=True)]
