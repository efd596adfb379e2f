"""What is said beside a form while it is filled in: areas register who answers, and which fields make it ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from genjin.kernel.actor import Actor
from genjin.kernel.records import RecordType


@dataclass(frozen=True)
class Hint:
    """An address that answers a POST of the form with a few lines, asked when one of these fields changes."""

    address: str
    fields: tuple[str, ...]

    @property
    def trigger(self) -> str:
        """For hx-trigger: half a second after the last key."""
        asked = (f"input from:#f-{key} delay:500ms, change from:#f-{key} delay:500ms" for key in self.fields)
        return ", ".join(asked)


_hints: list[Callable[[Actor, RecordType], Hint | None]] = []


def register_hint(hint: Callable[[Actor, RecordType], Hint | None]) -> None:
    """Let an area answer while a new record of a type is filled in; None where it has nothing to say."""
    _hints.append(hint)


def hints_for(actor: Actor, record_type: RecordType) -> list[Hint]:
    """Who wants to answer."""
    return [hint for each in _hints if (hint := each(actor, record_type))]
