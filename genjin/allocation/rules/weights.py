"""Sharing by weights (B20, weighted ratio 2:1), smoothly: with the same people, any run of as many records as the
weights add up to holds each person exactly as often as his weight says, spread as evenly as can be."""

from __future__ import annotations

from collections.abc import Mapping

Credits = dict[int, int]


def next_by_weight(credits: Mapping[int, int], weights: Mapping[int, int]) -> tuple[int | None, Credits]:
    """(whose turn it is, the credits afterwards). `weights`: of those who can take one now, in the scheme's order; who
    cannot neither gains nor loses. None when nobody can."""
    if not weights:
        return None, dict(credits)
    grown = dict(credits) | {member: credits.get(member, 0) + weight for member, weight in weights.items()}
    chosen = max(weights, key=lambda member: grown[member])  # the first of equals
    grown[chosen] -= sum(weights.values())
    return chosen, grown


def given_back(credits: Mapping[int, int], member: int, total: int) -> Credits:
    """The credits when somebody passed what he was chosen for."""
    return dict(credits) | {member: credits.get(member, 0) + total}


def kept(credits: Mapping[int, int], before: Mapping[int, int], now: Mapping[int, int]) -> Credits:
    """The credits while the scheme has the same people with the same weights; otherwise all begin anew."""
    return dict(credits) if before == now else {}
