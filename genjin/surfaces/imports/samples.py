"""The distinct values of each column of a table, as far as memory allows: what columns are matched and asked by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from genjin.kernel.tables import Cell

MOST_DISTINCT = 2_000
LONGEST_KEPT = 200


class Samples:
    """{value: rows} for each column, in the order in which the values come. Values beyond `most` distinct ones are
    counted in `more` only; long texts are cut."""

    def __init__(self, width: int, most: int = MOST_DISTINCT) -> None:
        self.columns: list[dict[Cell, int]] = [{} for _column in range(width)]
        self.more = [0] * width
        self.rows = 0
        self._most = most

    @classmethod
    def of(cls, rows: Iterable[Sequence[Cell]], width: int, most: int = MOST_DISTINCT) -> Samples:
        """The samples of these rows."""
        samples = cls(width, most)
        for cells in rows:
            samples.add(cells)
        return samples

    def add(self, cells: Sequence[Cell]) -> None:
        """Take one more row into account."""
        self.rows += 1
        for index, cell in enumerate(islice(cells, len(self.columns))):
            if cell is None or cell == "":
                continue
            value = cell[:LONGEST_KEPT] if isinstance(cell, str) else cell
            seen = self.columns[index]
            if value in seen:
                seen[value] += 1
            elif len(seen) < self._most:
                seen[value] = 1
            else:
                self.more[index] += 1

    def values(self, index: int, most: int | None = None) -> list[Cell]:
        """The distinct values of a column, the first ones first."""
        return list(islice(self.columns[index], most)) if index < len(self.columns) else []

    def count(self, index: int) -> int:
        """How many rows have a value in this column."""
        return sum(self.columns[index].values()) + self.more[index] if index < len(self.columns) else 0
