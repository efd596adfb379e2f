"""Comparing the ways of choosing on the past, in the order of time: learnt from what was known on a day, judged by what
followed. Nobody can know what would have come of a record with somebody else: only where a way would have chosen who
really had it does the outcome count for that way. The model's own expectation is shown, and proves nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import Any

from genjin.allocation.rules.assigning import assign, fair_places
from genjin.allocation.rules.chance import drawn
from genjin.allocation.rules.fit import Learnt, Tally
from genjin.allocation.rules.modes import Mode
from genjin.allocation.rules.turns import Turns, lined_up, next_in, took
from genjin.allocation.rules.weights import next_by_weight

LEARNT_PART = 0.7
ENOUGH = 30
NARROW = 0.10
"""Half of an interval: wider ones tell ways apart by luck."""
WAYS = (Mode.TURNS, Mode.WEIGHTED, Mode.CHANCE, Mode.FIT)
Z95 = 1.959964


@dataclass(frozen=True)
class Case:
    """A record of the past: when it came, what it was like, who had it, on which day it was won (None: not)."""

    created: date
    values: tuple[str, ...]
    seller: int
    won_on: date | None


@dataclass(frozen=True)
class Share:
    """Won of some records, with the interval that holds the true share 19 times of 20 (Wilson)."""

    count: int
    won: int
    low: float
    high: float

    @property
    def enough(self) -> bool:
        """Whether it tells anything."""
        return self.count >= ENOUGH and (self.high - self.low) / 2 <= NARROW


def share(won: int, count: int) -> Share:
    """Wilson's interval, which also holds for few and for none."""
    if not count:
        return Share(0, 0, 0.0, 1.0)
    rate, square = won / count, Z95 * Z95
    middle = (rate + square / (2 * count)) / (1 + square / count)
    half = Z95 * sqrt(rate * (1 - rate) / count + square / (4 * count * count)) / (1 + square / count)
    return Share(count, won, max(0.0, middle - half), min(1.0, middle + half))


def split(cases: Sequence[Case]) -> tuple[list[Case], list[Case], date | None]:
    """(the earlier ones, the later ones, the day between): no day on both sides."""
    if not cases:
        return [], [], None
    ordered = sorted(cases, key=lambda case: case.created)
    day = ordered[min(len(ordered) - 1, int(len(ordered) * LEARNT_PART))].created
    return [case for case in ordered if case.created < day], [case for case in ordered if case.created >= day], day


def learnt_by(cases: Sequence[Case], day: date, traits: int, young: int) -> Learnt:
    """What was known on a day of the records that were old enough by then; whether won is what was known then, too."""
    past: dict[tuple[str, ...], dict[int, Tally]] = {}
    for case in cases:
        if case.created < day - timedelta(days=young):
            cell = past.setdefault(case.values, {})
            cell[case.seller] = cell.get(case.seller, Tally()) + Tally(1, int(_known_won(case, day)))
    return Learnt(past, traits)


def rate_on(cases: Sequence[Case], day: date, young: int) -> float:
    """The share that was known to be won on a day, of the records that were old enough."""
    old = [case for case in cases if case.created < day - timedelta(days=young)]
    return sum(_known_won(case, day) for case in old) / len(old) if old else 0.0


def _known_won(case: Case, day: date) -> bool:
    return case.won_on is not None and case.won_on < day


def compare(
    cases: Sequence[Case], weights: Mapping[int, int], *, traits: int, least: int, young: int
) -> dict[str, Any]:
    """The whole comparison as plain numbers; `weights`: the people of the scheme with their weights."""
    known = [case for case in cases if case.seller in weights]
    earlier, later, day = split(known)
    if day is None:
        return {"learnt": 0, "judged": 0, "ways": []}
    learnt = learnt_by(earlier, day, traits, young)
    members = list(weights)
    rate = rate_on(earlier, day, young)
    rates = [_rates(learnt, case, members, least) for case in later]
    ways = [_way(mode, later, weights, rates) for mode in WAYS]
    real = share(sum(case.won_on is not None for case in later), len(later))
    return {
        "learnt": len(earlier),
        "judged": len(later),
        "day": day.isoformat(),
        "people": len(members),
        "by_fit": sum(known is not None for known in rates),
        "real": _plain(real) | _loads([case.seller for case in later], len(members)),
        "ways": ways,
        "guess": _guess(later, rates, rate),
        "enough": all(way["share"]["enough"] for way in ways),
    }


def _rates(learnt: Learnt, case: Case, members: Sequence[int], least: int) -> Mapping[int, float] | None:
    found = learnt.chances(case.values, members, least)
    return found.rates if found else None


def _way(
    mode: Mode, later: Sequence[Case], weights: Mapping[int, int], rates: Sequence[Mapping[int, float] | None]
) -> dict[str, Any]:
    """One way played over the later records, one after the other."""
    player = _Player(mode, weights)
    chosen = [
        player.next(case, known, str(place)) for place, (case, known) in enumerate(zip(later, rates, strict=True))
    ]
    same = [case for case, member in zip(later, chosen, strict=True) if member == case.seller]
    guessed = [known[member] for known, member in zip(rates, chosen, strict=True) if known is not None]
    found = share(sum(case.won_on is not None for case in same), len(same))
    return {
        "mode": str(mode),
        "share": _plain(found),
        "expected": sum(guessed) / len(guessed) if guessed else None,
        **_loads(chosen, len(weights)),
    }


class _Player:
    def __init__(self, mode: Mode, weights: Mapping[int, int]) -> None:
        self.mode, self.weights = mode, weights
        self.turns = lined_up(Turns(), list(weights))
        self.credits: dict[int, int] = {}
        self.day: date | None = None
        self.taken: dict[int, int] = {}

    def next(self, case: Case, rates: Mapping[int, float] | None, seed: str) -> int:
        """Who would have got it."""
        if case.created != self.day:
            self.day, self.taken = case.created, {}
        member = self._chosen(rates, seed)
        self.taken[member] = self.taken.get(member, 0) + 1
        return member

    def _chosen(self, rates: Mapping[int, float] | None, seed: str) -> int:
        if self.mode is Mode.CHANCE:
            return drawn(seed, self.weights) or 0
        if self.mode is Mode.WEIGHTED:
            member, self.credits = next_by_weight(self.credits, self.weights)
            return member or 0
        if self.mode is Mode.FIT and rates is not None:
            places = fair_places(list(self.weights), self.taken, 1, {})
            return assign([rates], places, self.taken)[0]
        member = next_in(self.turns, self.weights.keys()) or 0
        self.turns = took(self.turns, member)
        return member


def _loads(chosen: Sequence[int], people: int) -> dict[str, Any]:
    """How concentrated the loads are: the greatest share, and by how many people the same would be shared evenly."""
    if not chosen:
        return {"most": 0.0, "even": 0.0, "without": people}
    counts = Counter(chosen)
    parts = [count / len(chosen) for count in counts.values()]
    return {"most": max(parts), "even": 1 / sum(part * part for part in parts), "without": people - len(counts)}


def _guess(later: Sequence[Case], rates: Sequence[Mapping[int, float] | None], rate: float) -> dict[str, Any] | None:
    """Whether the model guesses the pairs that really were better than the team's rate alone: the mean squared error
    of both, and the interval of their difference."""
    gains, model, plain = [], 0.0, 0.0
    for case, known in zip(later, rates, strict=True):
        if known is None:
            continue
        won = float(case.won_on is not None)
        mine, theirs = (known[case.seller] - won) ** 2, (rate - won) ** 2
        model, plain = model + mine, plain + theirs
        gains.append(theirs - mine)
    count = len(gains)
    if count < 2:
        return None
    mean = sum(gains) / count
    spread = sqrt(sum((gain - mean) ** 2 for gain in gains) / (count - 1) / count) * Z95
    return {"count": count, "model": model / count, "plain": plain / count, "low": mean - spread, "high": mean + spread}


def _plain(found: Share) -> dict[str, Any]:
    rate = found.won / found.count if found.count else None
    return {"count": found.count, "won": found.won, "rate": rate, "low": found.low, "high": found.high} | {
        "enough": found.enough
    }
