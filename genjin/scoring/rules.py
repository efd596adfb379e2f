"""How a score comes about (B20), without a database: parts, bounds, cooling, bands, and when time alone changes it.

Not here: whether a rule holds for a record (`queries.reckoning`), what rules may ask about (`asking`), their words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy, pgettext_lazy

MOST_PART = 50
"""Each of the two parts lies between 0 and this."""
MOST_RULES = 40
MOST_POINTS = 50
SIGNAL = "@"
"""Before the name of a signal, where rules name fields otherwise."""
RECENT = "recent"
"""The operator of signals: at least so many within so many days."""
MOST_DAYS = 730
"""Nothing older counts: two years without a word are as long as three."""


class Part(TextChoices):
    """The two halves of a score."""

    MATCH = "match", gettext_lazy("匹配度")
    INTENTION = "intention", gettext_lazy("意向度")


class Band(TextChoices):
    """What a score means for whom to turn to first."""

    HOT = "hot", pgettext_lazy("score", "热")
    WARM = "warm", pgettext_lazy("score", "温")
    COLD = "cold", pgettext_lazy("score", "冷")


@dataclass(frozen=True)
class Rule:
    """Points for what a record is or does. `of`: a field's key, or `@` and a signal's; `operator` and `values` as in a
    list's filter, of a signal (at least, days)."""

    part: Part
    of: str
    operator: str
    values: tuple[str, ...]
    points: int

    @property
    def signal(self) -> str:
        """The signal's key; '' for a rule about a field."""
        return self.of.removeprefix(SIGNAL) if self.of.startswith(SIGNAL) else ""

    @property
    def least(self) -> int:
        """How often a signal is wanted."""
        return int(self.values[0])

    @property
    def days(self) -> int:
        """Within how many days."""
        return int(self.values[1])


@dataclass(frozen=True)
class Scheme:
    """The rules of a type, from which points on it is hot or warm, and by how many per cent it cools for every so many
    days without interaction. `version`: of the stored row, 0 while the declared one is in force."""

    rules: tuple[Rule, ...]
    hot: int = 70
    warm: int = 40
    percent: int = 10
    period: int = 30
    version: int = 0

    def band(self, total: int) -> Band:
        """What a total means."""
        return Band.HOT if total >= self.hot else Band.WARM if total >= self.warm else Band.COLD


@dataclass(frozen=True)
class Score:
    """A score with its parts. `cooled`: points lost to silence; `steps`: how many whole periods it lasted; `held`:
    which rules hold; `changes_in`: the days after which time alone may change it, None for never."""

    match: int
    intention: int
    cooled: int
    steps: int
    held: tuple[bool, ...]
    changes_in: int | None

    @property
    def total(self) -> int:
        """0 to 100."""
        return self.match + self.intention - self.cooled


def score(
    scheme: Scheme, held: Sequence[bool], ages: Mapping[str, Sequence[int]], quiet: int, boundary: int | None = None
) -> Score:
    """The score of one record. `held`: for each rule about a field whether it holds (what stands there for signals does
    not count); `ages`: {signal: days since each time, ascending}; `quiet`: days since the last interaction;
    `boundary`: the days after which a date that rules ask about passes one of their limits."""
    holds = tuple(
        _recent(rule, ages) if rule.signal else bool(known) for rule, known in zip(scheme.rules, held, strict=True)
    )
    parts = {part: part_of(scheme.rules, holds, part) for part in Part}
    full = sum(parts.values())
    steps = max(quiet, 0) // scheme.period if scheme.percent else 0
    left = cooled_down(full, scheme.percent, steps)
    waits = [*_falling_out(scheme, holds, ages), *([boundary] if boundary else [])]
    if left and scheme.percent:
        waits.append(scheme.period * (steps + 1) - max(quiet, 0))
    return Score(parts[Part.MATCH], parts[Part.INTENTION], full - left, steps, holds, min(waits) if waits else None)


def part_of(rules: Sequence[Rule], held: Sequence[bool], part: Part) -> int:
    """The points of one part, 0 to 50."""
    points = sum(rule.points for rule, holds in zip(rules, held, strict=True) if holds and rule.part is part)
    return min(max(points, 0), MOST_PART)


def cooled_down(points: int, percent: int, steps: int) -> int:
    """What is left of points after so many periods, rounded half up."""
    left = Decimal(points) * (Decimal(100 - percent) / 100) ** steps
    return int(left.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def counted(rule: Rule, ages: Mapping[str, Sequence[int]]) -> int:
    """How often the signal of a rule was seen within its days."""
    return sum(age <= rule.days for age in ages.get(rule.signal, ()))


def _recent(rule: Rule, ages: Mapping[str, Sequence[int]]) -> bool:
    return counted(rule, ages) >= rule.least


def _falling_out(scheme: Scheme, held: Sequence[bool], ages: Mapping[str, Sequence[int]]) -> list[int]:
    """After how many days each signal that counts now is too long ago."""
    return [
        rule.days - ages[rule.signal][rule.least - 1] + 1
        for rule, holds in zip(scheme.rules, held, strict=True)
        if holds and rule.signal
    ]
