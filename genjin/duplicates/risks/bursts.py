"""Many registrations in a short time (S2-62): by one person, from one source, with numbers of one range."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from genjin.duplicates.models import Trace, TraceKind
from genjin.duplicates.registering import By
from genjin.duplicates.risks.settings import MANY_BY_MEMBER, MANY_BY_RANGE, MANY_BY_SOURCE, MINUTES

KINDS = {By.MEMBER: TraceKind.MEMBER, By.SOURCE: TraceKind.SOURCE, By.RANGE: TraceKind.RANGE}
MOST = 5_000


class Burst(NamedTuple):
    """A record within a burst: what they have in common, how many are many, the first others."""

    row_id: int
    by: By
    least: int
    others: tuple[int, ...]


def limits(stamp: int) -> dict[By, int]:
    """How many are many; without those that are not looked at."""
    found = {By.MEMBER: MANY_BY_MEMBER, By.SOURCE: MANY_BY_SOURCE, By.RANGE: MANY_BY_RANGE}
    return {by: most for by, setting in found.items() if (most := setting.at(stamp))}


def bursts(ids: Sequence[int], stamp: int, shown: int) -> list[Burst]:
    """Bursts in which some of these registrations lie, with all records that belong to them. Two queries."""
    minutes, found = timedelta(minutes=MINUTES.at(stamp)), []
    wanted = {KINDS[by]: (by, most) for by, most in limits(stamp).items()}
    mine = Trace.objects.filter(record_id__in=ids, kind__in=list(wanted))  # rows: `wording` says who is told
    own = list(mine.values_list("kind", "key", "at"))
    if not own:
        return []
    first = min(at for _kind, _key, at in own) - minutes
    kinds, keys = {kind for kind, _key, _at in own}, {key for _kind, key, _at in own}
    near = Trace.objects.filter(kind__in=kinds, key__in=keys, at__gt=first)  # rows: as above
    by_key: dict[tuple[int, int], list[tuple[datetime, int]]] = defaultdict(list)
    rows = near.order_by("at", "record_id").values_list("kind", "key", "at", "record_id")
    for kind, key, at, row_id in rows[:MOST]:
        by_key[kind, key].append((at, row_id))
    for (kind, _key), moments in by_key.items():
        by, most = wanted[TraceKind(kind)]
        for row_id, together in crowded(moments, minutes, most).items():
            others = tuple(other for other in together if other != row_id)
            found.append(Burst(row_id, by, most, others[:shown]))
    return found


def crowded(moments: Sequence[tuple[datetime, int]], minutes: timedelta, most: int) -> Mapping[int, list[int]]:
    """{id: ids of the fullest span it lies in} of those in a span of time with `most` of them or more; `moments` in
    order."""
    found: dict[int, list[int]] = {}
    start = 0
    for end, (at, _row) in enumerate(moments):
        while moments[start][0] <= at - minutes:
            start += 1
        together = [row_id for _at, row_id in moments[start : end + 1]]
        if len(together) >= most:
            for row_id in together:
                if len(found.get(row_id, ())) < len(together):
                    found[row_id] = together
    return found
