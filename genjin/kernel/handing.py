"""What changes hands when somebody leaves or moves on, beside records with owners (B16): areas register their parts.

Records need no part: each record type without a record above it is handed over by its declaration, and what belongs to
its records follows. A part is whatever else makes a member responsible: open plans, places in teams, shared views.
Whoever adds a column that names a member declares it here (`covers`); a guard looks for those that nobody named.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from genjin.kernel.actor import Actor
from genjin.kernel.fields.base import Label


@dataclass(frozen=True)
class Handed:
    """A row that changed hands: its version afterwards, and what is needed to give it back."""

    row_id: int
    version: int = 0
    note: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Passing:
    """What a step came to: rows that changed hands, and {row: why it did not}."""

    done: list[Handed] = field(default_factory=list)
    kept: dict[int, str] = field(default_factory=dict)


Rows = Callable[[int], QuerySet[Any, Any]]
Move = Callable[[Actor, Sequence[int], int, "int | None"], Passing]
Back = Callable[[Actor, Sequence[Handed], int, "int | None"], Passing]
Titles = Callable[[Actor, Collection[int]], Mapping[int, str]]


@dataclass(frozen=True, kw_only=True)
class Part:
    """Something that a leaver has and a receiver gets.

    `rows(member)`: the query of what is his, any model with an id. `move(actor, ids, leaver, receiver)` and
    `move_back(actor, handed, leaver, receiver)` are steps of actions: they lock the rows, ask again whether they still
    are his (or still are as they were handed over), and write through `record`. `ends`: nobody receives it, it ends
    with the leaver (`receiver` is None). `along`: (record type, attribute) of the records that it goes with when they
    change hands too, with the first that it names. `leaving_only`: somebody who only moves to other work keeps it.
    `covers`: the columns it answers for, "plans.Plan.assignee".
    """

    key: str
    label: Label
    covers: tuple[str, ...]
    rows: Rows
    move: Move
    move_back: Back
    titles: Titles = lambda _actor, _ids: {}
    ends: bool = False
    along: Callable[[], Sequence[tuple[str, str]]] = tuple
    leaving_only: bool = False
    order: int = 100


PARTS: dict[str, Part] = {}


def register_part(part: Part) -> Part:
    """Let a part be handed over. Raises ValueError when its key is taken."""
    if part.key in PARTS:
        raise ValueError(f"part {part.key} is registered twice")
    PARTS[part.key] = part
    return part


def parts(*, leaving: bool) -> list[Part]:
    """The parts in their order; those of who only moves to other work, unless he is `leaving`."""
    return sorted((p for p in PARTS.values() if leaving or not p.leaving_only), key=lambda p: (p.order, p.key))
