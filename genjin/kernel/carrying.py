"""Rows that go on from one step made ahead to the next (`together.apart`): each as the last step leaves it, although
that need not be written yet. Who writes the steps finds out whether somebody else came between.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model

from genjin.kernel.models.rows import Row

MOST = 5_000
R = TypeVar("R", bound=Row)


class Moved(Exception):
    """A row does not stand as a step took it: the step is made anew."""


@dataclass(frozen=True, slots=True)
class Unmoved:
    """Rows that a step goes by: {id: the version that it took for the newest}."""

    model: type[Model]
    versions: dict[Any, int]

    def write(self) -> None:
        """Lock them. Raises Moved."""
        rows = self.model._default_manager.filter(pk__in=self.versions).order_by("pk")
        stand = dict(rows.select_for_update(of=("self",)).values_list("pk", "version"))
        if stand != self.versions:
            raise Moved


class Carried:
    """The rows that later steps may ask for: of models of which every change is another version."""

    def __init__(self) -> None:
        self._rows: dict[tuple[type[Model], Any], Any] = {}
        self._dropped = False

    def forgets(self, model: type[Model], ids: Iterable[Any]) -> bool:
        """Whether one of these may have been dropped since it was changed: all is to be written before it is read."""
        return self._dropped and any((model, row_id) not in self._rows for row_id in ids)

    def rows(self, model: type[Model], ids: Sequence[Any]) -> list[Any] | None:
        """The rows as they stand after all steps so far; those that no step has met as they are stored. None when one
        is not there."""
        asked = [row_id for row_id in ids if (model, row_id) not in self._rows]
        stored = {row.pk: row for row in model._default_manager.filter(pk__in=asked)} if asked else {}
        found: list[Any] = [self._rows.get((model, row_id)) or stored.get(row_id) for row_id in ids]
        return None if None in found else [as_loaded(row) for row in found]

    def keep(self, rows: Iterable[Any]) -> None:
        """Carry rows on, as they are now. The first ones go when there are too many."""
        for row in rows:
            self._rows.pop((type(row), row.pk), None)
            self._rows[type(row), row.pk] = as_loaded(row)
        while len(self._rows) > MOST:
            self._rows.pop(next(iter(self._rows)))
            self._dropped = True


def as_loaded(row: R) -> R:
    """A row without what was found out about it meanwhile."""
    taken = type(row).__new__(type(row))
    known = row.__dict__
    names = (field.attname for field in row._meta.concrete_fields)
    taken.__dict__.update({name: known[name] for name in names if name in known})
    taken._state = known["_state"]
    taken.remember()
    return taken
