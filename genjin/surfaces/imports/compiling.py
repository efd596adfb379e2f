"""Reading rows by their rules: each column gets its reader once, then every row goes through them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, TypeAlias

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.importing import IMPORTABLES
from genjin.kernel.refusal import Refused
from genjin.kernel.tables import Cell
from genjin.surfaces.imports.composing import Row, compose
from genjin.surfaces.imports.kinds import EXTRA, PIECE, Kind, Target
from genjin.surfaces.imports.rules import CellProblem, Problem, Rule
from genjin.surfaces.imports.values import Asked, Found, reader_for

Raw: TypeAlias = dict[str, dict[str, Any]]
"""{part key: {input key: raw}}; a second and third contact of a row are `contact.2`, `contact.3`; whose the row is
stands in `owner` as {"owner": member id}. Empty cells give no key, parts without a key are not there."""

MOST_KEPT = 20_000
LONGEST_KEPT = 100
# Their values hardly come twice, or are read as quickly as looked up.
_UNKEPT = frozenset({"text", "longtext", "phone", "email", "url"})
# How the example row of a template begins, and in which columns: it is not for bringing in.
EXAMPLES = ("示例：", "示例:", "Example: ", "Example:")
MARKED = frozenset(
    {
        "customer.name",
        "contact.name",
        "plan.content",
        *(f"{key}.{one.record_type.title}" for key, one in IMPORTABLES.items()),
    }
)
_MISSING: Final = object()
_SPECIAL = frozenset({Problem, Found})


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is read: its place, heading, target and reader."""

    index: int
    heading: str
    target: Target
    read: Callable[[Cell], Any]


class Compiled:
    """The readers of a table. `read` gives what a row brings and what is said about its cells."""

    def __init__(self, actor: Actor, kind: Kind, columns: Sequence[Column]) -> None:
        self.actor, self.kind, self.columns = actor, kind, tuple(columns)
        plain = [c for c in columns if not c.target.name.startswith((EXTRA, PIECE))]
        self._aside = tuple(c for c in columns if c.target.name.startswith((EXTRA, PIECE)))
        self._parts = tuple(
            (part, tuple((c.index, c.target.field.key, c.read, c) for c in grouped))
            for part, grouped in groupby(sorted(plain, key=lambda c: c.target.part), key=lambda c: c.target.part)
        )
        self._marked = tuple(c.index for c in columns if c.target.name in MARKED)
        self._width = max((c.index for c in columns), default=-1) + 1

    def read(self, cells: Sequence[Cell]) -> tuple[Raw, list[Problem]]:
        """What a row brings by part and input, and the problems and remarks on its cells."""
        if len(cells) < self._width:
            cells = [*cells, *[None] * (self._width - len(cells))]
        raw: Raw = {}
        special: list[tuple[Column, Any]] = []
        for part, columns in self._parts:
            values: dict[str, Any] = {}
            for index, key, read, column in columns:
                cell = cells[index]
                value = read(cell) if cell is not None else None
                if value is None:
                    continue
                if type(value) in _SPECIAL:
                    special.append((column, value))
                else:
                    values[key] = value
            if values:
                raw[part] = values
        aside = [(column, cells[column.index]) for column in self._aside if cells[column.index] is not None]
        problems = [value for _column, value in special if isinstance(value, Problem)]
        if special or aside or self._nameless(raw):
            found = [(column, value) for column, value in special if isinstance(value, Found)]
            compose(Row(self.actor, self.kind, raw, problems), found, aside)
        for index in self._marked:
            cell = cells[index]
            if type(cell) is str and cell.startswith(EXAMPLES):
                problems.append(Problem(index, _("这是模板里的示例行，不会导入")))
        return raw, problems

    def _nameless(self, raw: Raw) -> bool:
        return "contact" in raw and self.kind.main != "contact" and "name" not in raw["contact"]


def prepare(actor: Actor, kind: Kind, rules: Sequence[Rule]) -> Compiled:
    """The readers of a table, ready for many rows. Raises Refused("bad_rule") for a target that is not there,
    Refused("target_twice") when two columns bring the same field."""
    targets = kind.targets(actor)
    columns: list[Column] = []
    taken: dict[str, str] = {}
    for rule in rules:
        if not rule.target:
            continue
        target = targets.get(rule.target)
        if target is None:
            raise Refused("bad_rule", _("列「%s」的匹配设置不对，请重新选择") % rule.heading[:40], "rules")
        if rule.target in taken and not rule.target.startswith(EXTRA):
            words = _("「%(one)s」和「%(other)s」都对应「%(field)s」，请为其中一列另选字段或不导入")
            facts = {"one": taken[rule.target], "other": rule.heading, "field": target.label}
            raise Refused("target_twice", words % facts, "rules")
        taken[rule.target] = rule.heading
        columns.append(Column(rule.index, rule.heading, target, _reading(actor, kind, rule, target)))
    return Compiled(actor, kind, columns)


def read_cell(actor: Actor, kind: Kind, rule: Rule, cell: Cell) -> Any:
    """What the field's `parse` takes; None for an empty cell. Raises CellProblem."""
    found = prepare(actor, kind, [rule]).columns[0].read(cell)
    if isinstance(found, Problem):
        raise CellProblem(found.words, found.suggestion)
    return found.value if isinstance(found, Found) else found


def _reading(actor: Actor, kind: Kind, rule: Rule, target: Target) -> Callable[[Cell], Any]:
    """A reader whose problems are values, and which remembers what it read where texts come again."""
    part = kind.by_key.get(target.part)
    at_hand = frozenset(part.inputs(actor)) if part else frozenset[str]()
    reader = reader_for(Asked(actor, rule, target.field, at_hand), target.name)

    def read(cell: Cell) -> Any:
        try:
            return reader(cell)
        except CellProblem as problem:
            return Problem(rule.index, problem.words, problem.suggestion)

    if target.field.kind in _UNKEPT and target.name != "followup.author":
        return read
    kept: dict[str, Any] = {}

    def read_once(cell: Cell) -> Any:
        if type(cell) is not str:
            return read(cell)
        value = kept.get(cell, _MISSING)
        if value is _MISSING:
            value = read(cell)
            if len(kept) < MOST_KEPT and len(cell) <= LONGEST_KEPT:
                kept[cell] = value
        return value

    return read_once
