"""Reading cells in tests without a database: an actor of nobody, a field, a column's rule."""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from genjin.kernel.actor import Actor, Surface
from genjin.kernel.fields import Field
from genjin.kernel.tables import Cell
from genjin.surfaces.imports.rules import CellProblem, Rule
from genjin.surfaces.imports.values import Asked, Found, reader_for

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
ACTOR = Actor(1, "周牧远", Surface.IMPORT, MappingProxyType({}), moment=NOW)


def found(field: Field, cell: Cell, target: str = "", actor: Actor = ACTOR, **facts: Any) -> Found:
    """All that a cell says. Raises CellProblem."""
    rule = Rule.from_json({"index": 0, "heading": "列", "target": target or f"x.{field.key}", **facts})
    asked = Asked(actor, rule, field, frozenset({"phone", "telephone", "gender", "position", "address"}))
    value = reader_for(asked, target)(cell)
    return value if isinstance(value, Found) else Found(value)


def read(field: Field, cell: Cell, target: str = "", actor: Actor = ACTOR, **facts: Any) -> Any:
    """The value of a cell. Raises CellProblem."""
    return found(field, cell, target, actor, **facts).value


def refused(field: Field, cell: Cell, target: str = "", actor: Actor = ACTOR, **facts: Any) -> CellProblem:
    """What is wrong with a cell."""
    try:
        value = read(field, cell, target, actor, **facts)
    except CellProblem as problem:
        return problem
    raise AssertionError(f"{cell!r} was read as {value!r}")
