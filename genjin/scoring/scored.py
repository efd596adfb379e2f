"""Which record types are scored: declared once, read by counting, lists and pages."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.db.models import Q

from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import NotFound
from genjin.scoring.models import Score
from genjin.scoring.rules import Scheme


@dataclass(frozen=True)
class Scored:
    """A type that is scored: the table of its scores, which of its records are (those still to be won), the scheme in
    force until the company makes its own, and who of some ids takes no part."""

    key: str
    table: type[Score]
    open: Q
    declared: Scheme
    objecting: Callable[[Collection[int]], set[int]]

    @property
    def record_type(self) -> RecordType:
        """Its declaration."""
        return RECORD_TYPES[self.key]


SCORED: dict[str, Scored] = {}


def declare_scored(scored: Scored) -> None:
    """Let records of a type be scored."""
    SCORED[scored.key] = scored


def scored_type(key: str) -> Scored:
    """Raises NotFound for a type that is not scored."""
    if key not in SCORED:
        raise NotFound
    return SCORED[key]


def scored_types() -> list[tuple[str, object]]:
    """(key, label) of the types that are scored."""
    return [(key, RECORD_TYPES[key].many) for key in SCORED]
