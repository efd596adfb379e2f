"""What the past says to a scheme by fit, as it is kept: read by who gives records, cell by cell. Kept by
`actions.learning`; how it is added up stands in `queries`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from genjin.allocation.models import Past, PastCell, Scheme
from genjin.allocation.rules.fit import Learnt, Tally, Values

FRESH = timedelta(days=2)
"""It is added up every night; what is older than this was forgotten and does not count."""


class Kept(Learnt):
    """The past of a scheme, of which only those cells are read that are asked for, each once."""

    def __init__(self, scheme_id: int, traits: int) -> None:
        super().__init__({}, traits)
        self._scheme_id = scheme_id

    def prepare(self, values: Iterable[Values]) -> None:
        """Read the cells of these records: one query, none for what was read before."""
        wanted = {alike for each in values for alike in self.leading(each)} - self._cells.keys()
        if not wanted:
            return
        self._cells.update({alike: {} for alike in wanted})
        rows = PastCell.objects.filter(  # rows: sums of the past, no records
            scheme_id=self._scheme_id, alike__in=[list(alike) for alike in wanted]
        )
        for alike, tallies in rows.values_list("alike", "tallies"):
            self._cells[tuple(alike)] = {int(member): Tally(*tally) for member, tally in tallies.items()}

    def cell(self, alike: Values) -> Mapping[int, Tally]:
        """Read when it was not."""
        if alike not in self._cells:
            self.prepare([alike])
        return self._cells[alike]


def kept_past(scheme: Scheme, traits: Sequence[str], members: Sequence[int], now: datetime) -> Kept | None:
    """The past of a scheme as it is kept for these traits and (at least) these people; None when it is not, or no more.
    One query."""
    kept = Past.objects.filter(scheme_id=scheme.pk or 0, made_at__gt=now - FRESH)  # rows: sums of the past, no records
    past = kept.first()
    if past is None or past.traits != list(traits) or not set(members) <= set(past.members):
        return None
    return Kept(past.scheme_id, len(traits))
