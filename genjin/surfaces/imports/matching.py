"""Which column of a table is which field: by its heading, and where that leaves doubt by its values (S0-32)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from genjin.customers.actions.customers import create_customer
from genjin.followups.actions import create_followup
from genjin.kernel.actions import Action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice, Field, FieldError, MultiChoice
from genjin.kernel.fields.numbers import Percent
from genjin.kernel.tables import Cell, Table
from genjin.kernel.wording import in_every_language
from genjin.surfaces.imports.words import HEADINGS, plain_heading

LOOK_AT = 200
SURE = 0.8
FEWEST = 2


@dataclass(frozen=True)
class Part:
    """One record type that a row may bring: the action that creates it, and the inputs no column can give."""

    key: str
    action: Action[Any, Any]
    not_from_columns: frozenset[str]

    def inputs(self, actor: Actor) -> dict[str, Field]:
        """The fields a column may give."""
        return {f.key: f for f in self.action.inputs(actor) if f.key not in self.not_from_columns}


CUSTOMER = Part("customer", create_customer, frozenset({"owner", "duplicate_known", "parent", "referred_by"}))
FOLLOWUP = Part("followup", create_followup, frozenset({"customer", "contact"}))
PARTS = (CUSTOMER, FOLLOWUP)


@dataclass(frozen=True)
class Target:
    """A field of a part."""

    part: str
    field: Field

    @property
    def name(self) -> str:
        """`customer.level`."""
        return f"{self.part}.{self.field.key}"


@dataclass(frozen=True)
class Column:
    """A column: its place, heading and values, what it was matched to and by what ("name", "content" or "")."""

    index: int
    heading: str
    values: tuple[Cell, ...]
    target: Target | None = None
    how: str = ""

    @property
    def sample(self) -> str:
        """The first value, as text."""
        return str(self.values[0]) if self.values else ""

    @cached_property
    def fractions(self) -> bool:
        """Whether a percentage is written as a part of one (0.45), as spreadsheets keep it."""
        numbers = [v for v in self.values if isinstance(v, int | float) and not isinstance(v, bool)]
        return bool(numbers) and all(0 <= n <= 1 for n in numbers)


def match_columns(actor: Actor, table: Table) -> list[Column]:
    """Every column of the table in order, with the field it brings. A field is brought by one column at most."""
    targets = [Target(part.key, field) for part in PARTS for field in part.inputs(actor).values()]
    columns = [_column(table, index) for index in range(len(table.header))]
    chosen: dict[int, tuple[Target, str]] = {}
    for column in columns:
        free = [t for t in targets if t not in _taken(chosen)]
        named = _by_name(actor, column, free)
        if named:
            chosen[column.index] = named
    for column in columns:
        if column.index not in chosen:
            free = [t for t in targets if t not in _taken(chosen)]
            guessed = _by_content(actor, column, free)
            if guessed:
                chosen[column.index] = (guessed, "content")
    return [Column(c.index, c.heading, c.values, *chosen[c.index]) if c.index in chosen else c for c in columns]


def _column(table: Table, index: int) -> Column:
    values = [cells[index] for _number, cells in table.rows if index < len(cells) and cells[index] is not None]
    return Column(index, table.header[index], tuple(values[:LOOK_AT]))


def _taken(chosen: dict[int, tuple[Target, str]]) -> list[Target]:
    return [target for target, _how in chosen.values()]


def _by_name(actor: Actor, column: Column, targets: Sequence[Target]) -> tuple[Target, str] | None:
    """The field this heading means; of several, the one whose options the values are."""
    found = list(_named(plain_heading(column.heading), targets))
    if not found:
        return None
    best = max(found, key=lambda target: _share(actor, column, target))  # the first of equals
    if isinstance(best.field, Choice) and column.values and _share(actor, column, best) == 0:
        guessed = _by_content(actor, column, targets)
        if guessed:
            return guessed, "content"
    return best, "name" if len(found) == 1 else "content"


def _named(heading: str, targets: Sequence[Target]) -> Iterator[Target]:
    for target in targets:
        labels = [plain_heading(label) for label in in_every_language(target.field.label)]
        if heading.casefold() in [label.casefold() for label in (*labels, *HEADINGS.get(target.name, ()))]:
            yield target


def _by_content(actor: Actor, column: Column, targets: Sequence[Target]) -> Target | None:
    """The option list that nearly all values of an unknown column belong to."""
    if len(column.values) < FEWEST:
        return None
    lists = [t for t in targets if isinstance(t.field, Choice) and not isinstance(t.field, MultiChoice)]
    best = max(lists, key=lambda target: _share(actor, column, target), default=None)
    return best if best and _share(actor, column, best) >= SURE else None


def _share(actor: Actor, column: Column, target: Target) -> float:
    """How many of the values are options of the field, 0–1; 0 for fields without options."""
    if not isinstance(target.field, Choice) or not column.values:
        return 0
    return sum(_fits(actor, target.field, value) for value in column.values) / len(column.values)


def _fits(actor: Actor, field: Field, value: Cell) -> bool:
    try:
        return bool(field.parse(value, actor))
    except FieldError:
        return False


def is_percentage(column: Column) -> bool:
    """Whether a column of fractions brings a percentage."""
    return column.target is not None and isinstance(column.target.field, Percent) and column.fractions
