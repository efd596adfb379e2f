"""What a verb on many rows made of each, for verbs of which that is worth telling: which customer a lead became.

Areas register theirs. Not here: rows that were refused (`bulk`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from genjin.kernel.actions import Action
from genjin.kernel.actor import Actor


@dataclass(frozen=True)
class Became:
    """A row, what happened to it, and what it is now (`url`: '' where the reader does not see it)."""

    title: str
    words: str
    name: str = ""
    url: str = ""


Telling = Callable[[Actor, Sequence[int]], list[Became]]
_tellings: dict[str, Telling] = {}


def register_telling(action: str, telling: Telling) -> None:
    """Say what became of rows on which this action was run."""
    _tellings[action] = telling


def became(actor: Actor, action: Action[Any, Any], row_ids: Sequence[int]) -> list[Became]:
    """What became of these rows, in their order; nothing for an action of which it is not told."""
    telling = _tellings.get(action.name)
    return telling(actor, row_ids) if telling else []
