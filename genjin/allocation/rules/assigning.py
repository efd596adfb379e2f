"""Giving many records to people at once, so that the sum of their chances is greatest (S2-42): an assignment with
capacities. One record is the smallest case of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil

SPREAD = 2
"""Nobody gets more than twice what an even share of the day would be: chances are guesses, loads are facts."""


def fair_places(
    members: Sequence[int], taken: Mapping[int, int], coming: int, places: Mapping[int, int | None]
) -> dict[int, int]:
    """How many of the coming records each can get: what caps and capacities leave him, and no more than `SPREAD` even
    shares of all of today's."""
    if not members:
        return {}
    share = ceil(SPREAD * (sum(taken.get(member, 0) for member in members) + coming) / len(members))
    fair = {member: max(0, share - taken.get(member, 0)) for member in members}
    left = {member: places.get(member) for member in members}
    return {member: min(fair[member], coming if (room := left[member]) is None else max(0, room)) for member in members}


def assign(chances: Sequence[Mapping[int, float]], places: Mapping[int, int], taken: Mapping[int, int]) -> list[int]:
    """The person of each record (0: nobody had a place left), with the greatest sum of chances. Of equal chances the
    one with fewer records today."""
    open_places = {member: count for member, count in places.items() if count > 0}
    if not chances or not open_places:
        return [0] * len(chances)
    if len(chances) == 1:
        return [max(sorted(open_places), key=lambda member: (chances[0].get(member, 0.0), -taken.get(member, 0)))]
    return _solved(chances, open_places, taken)


def _solved(chances: Sequence[Mapping[int, float]], places: Mapping[int, int], taken: Mapping[int, int]) -> list[int]:
    import numpy as np  # noqa: PLC0415 - slow: only many records at once by fit need it
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - slow: only many records at once by fit need it

    slots = [member for member in sorted(places) for _place in range(min(places[member], len(chances)))]
    order: dict[int, int] = {}
    gain = np.zeros((len(chances), len(slots)))
    for column, member in enumerate(slots):
        order[member] = order.get(member, -1) + 1
        load = (taken.get(member, 0) + order[member]) * 1e-9
        gain[:, column] = [known.get(member, 0.0) - load for known in chances]
    chosen = [0] * len(chances)
    rows, columns = linear_sum_assignment(gain, maximize=True)
    for row, column in zip(rows, columns, strict=True):
        chosen[int(row)] = slots[int(column)]
    return chosen
