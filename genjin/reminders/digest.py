"""The morning digest's lines: areas above register what a member should know when his day begins."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from genjin.kernel.actor import Actor

logger = logging.getLogger(__name__)

MOST_LINES = 8


@dataclass(frozen=True)
class DigestSection:
    """A heading, how many there are, and the first of them as (words, path in the product)."""

    title: str
    lines: Sequence[tuple[str, str]] = ()
    count: int | None = None
    path: str = ""

    @property
    def number(self) -> int:
        """How many there are."""
        return len(self.lines) if self.count is None else self.count


Make = Callable[[Actor], DigestSection | tuple[str, Sequence[tuple[str, str]]] | None]
_sections: dict[str, tuple[int, Make]] = {}


def register_section(key: str, make: Make, *, order: int = 100) -> None:
    """Add a section: `make(actor)` gives a DigestSection or (title, [(words, path)]) of what this member may see now,
    or None when there is nothing. Raises ValueError for a key that is taken."""
    if key in _sections:
        raise ValueError(f"digest section {key} is registered twice")
    _sections[key] = (order, make)


def sections_for(actor: Actor) -> list[DigestSection]:
    """What stands in this member's digest now, in order. A section that breaks is left out and logged."""
    found = []
    for key, (_order, make) in sorted(_sections.items(), key=lambda item: item[1][0]):
        try:
            made = make(actor)
        except Exception:
            logger.exception("digest section %s failed", key)
            continue
        section = DigestSection(*made) if isinstance(made, tuple) else made
        if section is not None and section.number:
            found.append(section)
    return found
