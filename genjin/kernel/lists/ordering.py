"""The order of a list: where a page begins, where a window of it ends, and how rows are sorted."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.lookups import IsNull

from genjin.kernel.expressions import Unindexed
from genjin.kernel.fields.own import PREFIX
from genjin.kernel.models.rows import Record

KEEP_SECONDS = 30.0

Place = tuple[Any, int]
"""The sort value and id of a row."""


@dataclass(frozen=True)
class Order:
    """By `path` and id; `without`: only the rows that have no value there."""

    path: str
    without: str | None
    descending: bool

    def between(
        self, rows: QuerySet[Record], start: Place | None, edge: Place | None, *, first: bool = False
    ) -> QuerySet[Record]:
        """Rows of this order (with or without a value) after `start`, up to and with `edge`."""
        asked = self.without or self.path
        if asked != "id":
            beside = asked.rpartition("__")[0]
            if beside and not asked.startswith(PREFIX):  # every record has a row there: walked by that table's index
                rows = rows.filter(**{f"{beside}__isnull": False})
            column = Unindexed(F(asked), F(asked)) if first else F(asked)
            rows = rows.filter(IsNull(column, self.without is not None))
        if start is not None:
            rows = self._side(rows, start, beyond=self.descending)
        if edge is not None:
            rows = self._side(rows, (edge[0], edge[1] - (1 if self.descending else -1)), beyond=not self.descending)
        return rows

    def _side(self, rows: QuerySet[Record], place: Place, *, beyond: bool) -> QuerySet[Record]:
        """Below (or above) a place: a range that an index can begin at, then the tie."""
        side = "lt" if beyond else "gt"
        value, row_id = place
        if self.path == "id":
            return rows.filter(**{f"id__{side}": row_id})
        return rows.filter(**{f"{self.path}__{side}e": value}).filter(
            Q(**{f"{self.path}__{side}": value}) | Q(**{f"id__{side}": row_id})
        )

    def sort(self, rows: QuerySet[Record], *, first: bool) -> QuerySet[Record]:
        """In order; `first`: the hits are to be found before they are sorted. Rows without a value are read from the
        index of that column, whose order PostgreSQL only sees when the column is named."""
        keys: list[Any] = []
        named = [self.without] if self.without and not first else []
        for name in dict.fromkeys([*named, self.path, "id"]):
            column: Combinable = Unindexed(F(name), F(name)) if first else F(name)
            keys.append(column.desc() if self.descending else column.asc())  # type: ignore[attr-defined]  # both have them
        return rows.order_by(*keys)


_EDGES: dict[tuple[str, Order, int], tuple[float, Place | None]] = {}


def edge_of(model: type[Record], order: Order, start: Place | None, window: int, walked: Q) -> Place | None:
    """The place so many rows of the table's order after `start` (or the beginning), of those that are `walked`; None
    when there are fewer.

    For first pages of a whole table it is remembered for half a minute: new rows may lie before it, which does no harm.
    """
    key = (model._meta.db_table, order, window)
    kept = _EDGES.get(key)
    remembered = start is None and not walked
    if remembered and kept and kept[1] and time.monotonic() < kept[0]:
        return kept[1]
    asked = order.without or order.path
    if "__" in asked and not asked.startswith(PREFIX) and not walked:
        return _edge_beside(model, order, start, window)
    rows = order.sort(order.between(model._default_manager.filter(walked).order_by(), start, None), first=False)
    edge: Place | None = rows.values_list(order.path, "id")[window : window + 1].first()
    if remembered:
        _EDGES[key] = (time.monotonic() + KEEP_SECONDS, edge)
    return edge


def _edge_beside(model: type[Record], order: Order, start: Place | None, window: int) -> Place | None:
    """The same from the narrow table beside the records alone, whose key is theirs: from its index, without them."""
    relation, _dot, column = (order.without or order.path).partition("__")
    table: Any = model._meta.get_field(relation).related_model
    rows = table._default_manager.filter(**{f"{column}__isnull": order.without is not None})
    side = "lt" if order.descending else "gt"
    if start is not None and order.without:
        rows = rows.filter(**{f"pk__{side}": start[1]})
    elif start is not None:
        tie = Q(**{f"{column}__{side}": start[0]}) | Q(**{f"pk__{side}": start[1]})
        rows = rows.filter(tie, **{f"{column}__{side}e": start[0]})
    sign = "-" if order.descending else ""
    found = rows.order_by(f"{sign}{column}", f"{sign}pk").values_list(column, "pk")[window : window + 1].first()
    return found and ((found[1] if order.without else found[0]), found[1])


def forget() -> None:
    """Drop what is remembered (in tests)."""
    _EDGES.clear()
