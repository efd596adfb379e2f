"""States move only along a table: drawn, tested over its whole cross product, shown in the interface (house rule 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.fields.base import Label
from genjin.kernel.models.rows import Life
from genjin.kernel.refusal import Refused

TABLES: dict[str, Moves] = {}


@dataclass(frozen=True)
class Moves:
    """The allowed moves of one state attribute: {from: {to, …}}; `words` says why a state cannot be left."""

    name: str
    attribute: str
    states: type[Enum]
    table: Mapping[Any, frozenset[Any]]
    words: Mapping[Any, Label] = field(default_factory=dict)

    def __post_init__(self) -> None:
        TABLES[self.name] = self

    def allows(self, before: Any, after: Any) -> bool:
        """Whether the move is listed."""
        return after in self.table.get(before, frozenset())

    def move(self, row: Any, after: Any) -> None:
        """Set the state. Raises Refused("bad_move") when the move is not listed."""
        before = self.states(getattr(row, self.attribute))
        if not self.allows(before, after):
            words = self.words.get(before) if before != after else None
            label = getattr(before, "label", before.name)
            raise Refused("bad_move", str(words or _("当前状态是「%s」，不能这样操作") % label))
        setattr(row, self.attribute, after)


LIFE = Moves(
    name="life",
    attribute="life",
    states=Life,
    table={
        Life.LIVE: frozenset({Life.ARCHIVED, Life.VOIDED}),
        Life.ARCHIVED: frozenset({Life.LIVE, Life.VOIDED}),
        Life.VOIDED: frozenset({Life.LIVE}),
    },
)
