"""Capped counts: never a full COUNT over a big table."""

from __future__ import annotations

from dataclasses import replace

from genjin.kernel.actor import Actor
from genjin.kernel.lists.pages import narrowed
from genjin.kernel.lists.planning import for_counting
from genjin.kernel.lists.reading import ListQuery

CAP = 10_000


def count_capped(actor: Actor, query: ListQuery, cap: int = CAP) -> int:
    """How many rows the list has; cap + 1 means more than `cap`."""
    parts = for_counting(actor, narrowed(actor, replace(query.without_page(), sort=None)), cap)
    slices = [rows.values_list("id", flat=True)[: cap + 1] for rows in parts]
    if not slices:
        return 0
    if len(slices) == 1:
        return slices[0].count()
    return min(slices[0].union(*slices[1:]).count(), cap + 1)
