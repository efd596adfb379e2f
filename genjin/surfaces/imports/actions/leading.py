"""Rows that others of the file follow, because these bring something for the same customer: what became of them. A step
of the import's own action.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from genjin.surfaces.imports.models import Brought, Import, ImportRow, RowState

if TYPE_CHECKING:
    from genjin.surfaces.imports.actions.bringing import Fate

OPEN = (RowState.READY, RowState.DUPLICATE)
MOST = 100_000


class Leaders:
    """Of one import. What is kept need not be written yet; what is not kept is asked for."""

    def __init__(self, batch: Import, record_type: str) -> None:
        self._batch, self._type = batch.pk, record_type
        self._numbers: frozenset[int | None] | None = None
        self._became: dict[int, int] = {}

    def became(self, numbers: Collection[int]) -> dict[int, int]:
        """{number of a row: the record that it is about}."""
        found = {number: self._became[number] for number in numbers if number in self._became}
        asked = [number for number in numbers if number not in found]
        if asked:
            rows = Brought.objects.filter(batch_id=self._batch, number__in=asked, record_type=self._type)
            found |= dict(rows.values_list("number", "record_id"))
        return found

    def keep(self, fates: Iterable[Fate]) -> set[int]:
        """Keep what became of those of these rows that others follow; the records."""
        numbers = self._followed()
        became = {fate.number: fate.customer_id for fate in fates if fate.number in numbers and fate.customer_id}
        self._became |= became
        return set(became.values())

    def _followed(self) -> frozenset[int | None]:
        """The numbers of rows that others follow; none where they are too many to be kept."""
        if self._numbers is None:
            rows = ImportRow.objects.filter(batch_id=self._batch, follows__isnull=False, state__in=OPEN).order_by()
            numbers = list(rows.values_list("follows", flat=True).distinct()[: MOST + 1])
            self._numbers = frozenset(numbers if len(numbers) <= MOST else ())
        return self._numbers
