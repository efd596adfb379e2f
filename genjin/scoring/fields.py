"""The fields that lists know of a score: the number, and what it means for whom to turn to first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Q

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Number
from genjin.kernel.fields.base import Operator
from genjin.kernel.options import Option
from genjin.kernel.stamps import current_stamp
from genjin.plans.fields import Fixed
from genjin.scoring.queries.reckoning import points_now
from genjin.scoring.rules import MOST_PART, Band, Scheme
from genjin.scoring.schemes import scheme_at, scheme_known

TONES = {Band.HOT: "bad", Band.WARM: "warn", Band.COLD: "info"}
BANDS: Sequence[Option] = tuple(Option(band.value, band.label, TONES[band], order) for order, band in enumerate(Band))


@dataclass(frozen=True, kw_only=True)
class Points(Number):
    """The score, 0 to 100. Nobody fills it in."""

    column: str = "score__total"
    editable: bool = False
    sortable: bool = True
    least: int | None = 0
    greatest: int | None = 100
    adds_up: bool = False
    beside: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class Half(Points):
    """One of the two parts of a score, 0 to 50."""

    greatest: int | None = MOST_PART


@dataclass(frozen=True, kw_only=True)
class BandOf(Fixed):
    """Hot, warm or cold: what the score is by the limits of today."""

    column: str = "score__total"
    editable: bool = False
    known: Sequence[Option] = BANDS
    of: str
    beside: ClassVar[bool] = True

    def _band(self, value: Any, scheme: Scheme) -> Band | None:
        if isinstance(value, str) and value in Band.values:
            return Band(value)
        return None if value in (None, "") else scheme.band(int(value))

    def text(self, value: Any, actor: Actor) -> str:
        """热."""
        found = self._band(value, scheme_at(self.of, actor.stamp))
        return str(found.label) if found else ""

    def colour(self, value: Any, actor: Actor) -> str:
        """Its tone."""
        found = self._band(value, scheme_at(self.of, actor.stamp))
        return TONES[found] if found else ""

    def compared(self, row: Any, value: Any) -> Any:
        """Its key, by which schemes of allocation give it: what was just made is counted now."""
        points = points_now(self.of, row.pk) if value is None else int(value)
        return "" if points is None else scheme_at(self.of, current_stamp()).band(points).value

    def to_json(self, value: Any) -> Any:
        """Its key."""
        found = self._band(value, scheme_known(self.of)) if value not in (None, "") else None
        return found.value if found else None

    def compare(self, operator: Operator, values: list[Any], actor: Actor) -> Q:
        """Ranges of the score; not hot is what is warm or cold."""
        scheme = scheme_at(self.of, actor.stamp)
        ranges = {
            Band.HOT: Q(**{f"{self.path}__gte": scheme.hot}),
            Band.WARM: Q(**{f"{self.path}__gte": scheme.warm, f"{self.path}__lt": scheme.hot}),
            Band.COLD: Q(**{f"{self.path}__lt": scheme.warm}),
        }
        wanted = set(Band) - set(values) if operator.key == "not" else {Band(value) for value in values}
        found = Q(pk__in=[])
        for band in wanted:
            found |= ranges[band]
        return found

    def emptiness(self) -> Q:
        """It has no score."""
        return Q(**{f"{self.path}__isnull": True})
