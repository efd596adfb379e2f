"""Reading rows by their rules: each column gets its reader once, then every row goes through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from genjin.kernel.actor import Actor
from genjin.kernel.fields import FieldError
from genjin.kernel.tables import Cell
from genjin.surfaces.imports.kinds import EXTRA, PIECE, Kind
from genjin.surfaces.imports.rules import CellProblem, Problem, Rule

Raw: TypeAlias = dict[str, dict[str, Any]]
"""{part key: {input key: raw}}; a second and third contact of a row are `contact.2`, `contact.3`; whose the row is
stands in `owner` as {"owner": member id}."""


@dataclass(frozen=True)
class Compiled:
    """The readers of a table."""

    actor: Actor
    kind: Kind
    rules: tuple[Rule, ...]

    def read(self, cells: Sequence[Cell]) -> tuple[Raw, list[Problem]]:
        """What a row brings, and what is said about its cells."""
        raw: Raw = {}
        problems: list[Problem] = []
        targets = self.kind.targets(self.actor)
        for rule in self.rules:
            cell = cells[rule.index] if rule.index < len(cells) else None
            if cell is None or not rule.target or rule.target not in targets:
                continue
            target = targets[rule.target]
            if target.name.startswith((EXTRA, PIECE)):
                continue
            try:
                raw.setdefault(target.part, {})[target.field.key] = read_cell(self.actor, self.kind, rule, cell)
            except CellProblem as problem:
                problems.append(Problem(rule.index, problem.words, problem.suggestion))
        return raw, problems


def prepare(actor: Actor, kind: Kind, rules: Sequence[Rule]) -> Compiled:
    """The readers of a table, ready for many rows. Raises Refused("bad_rule") for targets that are not there."""
    return Compiled(actor, kind, tuple(rules))


def read_cell(actor: Actor, kind: Kind, rule: Rule, cell: Cell) -> Any:
    """What the field's `parse` takes. Raises CellProblem."""
    target = kind.targets(actor)[rule.target]
    try:
        return target.field.parse(cell, actor)
    except FieldError as error:
        raise CellProblem(str(error)) from None
