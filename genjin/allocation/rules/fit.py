"""By fit (S2-42, B20): what came of similar records with each person, drawn towards the team's rate (empirical Bayes).

Similar: alike in as many of the scheme's traits as the past has enough records for. No trait is a person's: which may
be chosen says `traits.describable`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

USUAL_STRENGTH = 20.0
LEAST_STRENGTH, MOST_STRENGTH = 5.0, 200.0
TELLING = 5
"""So many records of a person tell something of how far rates lie apart."""


@dataclass(frozen=True)
class Tally:
    """How many records, and how many of them were won."""

    count: int = 0
    won: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.count + other.count, self.won + other.won)

    @property
    def rate(self) -> float:
        """Won of all; 0 without any."""
        return self.won / self.count if self.count else 0.0


Values = tuple[str, ...]
Past = Mapping[Values, Mapping[int, Tally]]
"""{values of all traits: {person: tally}}"""


@dataclass(frozen=True)
class Chances:
    """What the past says of one record: the traits by which it found similar ones, the team's tally and rate with them,
    how strongly the single rates are drawn towards it, and each person's tally and drawn rate."""

    alike: int
    team: Tally
    strength: float
    tallies: Mapping[int, Tally]
    rates: Mapping[int, float]


class Learnt:
    """The past, added up for every number of leading traits."""

    def __init__(self, past: Past, traits: int) -> None:
        self.traits = traits
        self._found: dict[tuple[Values, tuple[int, ...], int], Chances | None] = {}
        self._cells: dict[Values, dict[int, Tally]] = {}
        for values, by_member in past.items():
            for alike in self.leading(values):
                cell = self._cells.setdefault(alike, {})
                for member, tally in by_member.items():
                    cell[member] = cell.get(member, Tally()) + tally

    def leading(self, values: Values) -> list[Values]:
        """The traits by which records like this one may be found, the fewest first; none behind one that is empty."""
        known = values[: values.index("")] if "" in values else values
        return [known[:size] for size in range(1, min(self.traits, len(known)) + 1)]

    def cells(self) -> Mapping[Values, Mapping[int, Tally]]:
        """All sums."""
        return self._cells

    def cell(self, alike: Values) -> Mapping[int, Tally]:
        """The sums of the records that are alike in these leading traits."""
        return self._cells.get(alike, {})

    def prepare(self, values: Iterable[Values]) -> None:
        """Say for which records will be asked: who reads cells one by one reads them together."""

    def chances(self, values: Values, members: Sequence[int], least: int) -> Chances | None:
        """By the most traits that the team has at least `least` similar records for; None when even the first alone
        has too few. Worked out once for records that are alike."""
        asked = values, tuple(members), least
        if asked not in self._found:
            self._found[asked] = self._chances(*asked)
        return self._found[asked]

    def _chances(self, values: Values, members: Sequence[int], least: int) -> Chances | None:
        self.prepare([values])
        for alike in reversed(self.leading(values)):
            cell = self.cell(alike)
            tallies = {member: cell.get(member, Tally()) for member in members}
            team = sum(tallies.values(), Tally())
            if team.count >= max(least, 1):
                strength = strength_of(list(tallies.values()))
                rates = {member: shrunk(tally, team.rate, strength) for member, tally in tallies.items()}
                return Chances(len(alike), team, strength, tallies, rates)
        return None


def shrunk(tally: Tally, rate: float, strength: float) -> float:
    """A person's rate, drawn towards the team's as if he had `strength` more records at that rate."""
    return (tally.won + strength * rate) / (tally.count + strength)


def strength_of(tallies: Sequence[Tally]) -> float:
    """How many records the team's rate is worth, by the method of moments for a beta-binomial: much when the single
    rates lie no further apart than chance alone would bring them."""
    telling = [tally for tally in tallies if tally.count >= TELLING]
    if len(telling) < 3:
        return USUAL_STRENGTH
    team = sum(telling, Tally())
    chance = team.rate * (1 - team.rate)
    if chance == 0:
        return USUAL_STRENGTH
    weight = sum(tally.count for tally in telling)
    spread = sum(tally.count * (tally.rate - team.rate) ** 2 for tally in telling) / weight
    by_chance = chance * fmean(1 / tally.count for tally in telling)
    beyond = spread - by_chance
    if beyond <= 0:
        return MOST_STRENGTH
    return min(MOST_STRENGTH, max(LEAST_STRENGTH, chance / beyond - 1))
