"""What refers to a record, found by declarations: foreign keys, links of record types, every table that names a row by
type and id, fields of a company's own. All of it follows when the record is merged (B3), unless an area says here that
it stays and why; so nothing that is added later can be forgotten. A test looks for columns that nobody decided about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Field as Column
from django.db.models import Model

from genjin.kernel.fields.base import Label
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, RecordType

if TYPE_CHECKING:
    from genjin.kernel.actor import Actor
    from genjin.merging.actions.moving import Moving

NAMED = (("record_type", "record_id"), ("row_type", "row_id"))


@dataclass(frozen=True)
class Reference:
    """A column that holds ids of records. `named`: the column that says of which type ('' for one of a single type);
    `carries`: its rows carry the owner of the record (`belongs` links)."""

    model: type[Model]
    column: str
    named: str = ""
    carries: bool = False

    @property
    def place(self) -> str:
        """Its name: "plans.Plan.customer_id"."""
        return f"{self.model._meta.label}.{self.column}"


@dataclass(frozen=True)
class Mergeable:
    """A type whose records can be merged. `keeps`: fields that stay as the master's; `strict`: yes/no fields that are
    yes when one of them is; `alike`: fields by which records of this type that come together are the same."""

    record_type: RecordType
    keeps: tuple[str, ...] = ()
    strict: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()


Settle = Callable[["Actor", Any, "Moving | None"], None]
"""Restates what follows from what hangs on a (locked) record, after rows came to it or left it. What it changes goes
through `moving`, so that it can be taken back; None while a merge is taken back."""
Unite = Callable[["Moving", Record, Sequence[Record]], None]
MERGEABLE: dict[str, Mergeable] = {}
STAYS: dict[str, str] = {}
UNITES: dict[str, Unite] = {}
SETTLERS: dict[str, list[Settle]] = {}
COUNTED: dict[str, Label] = {}


def stays(*places: str, because: str) -> None:
    """Say that what these columns ("plans.Plan.series") hold does not follow, and why."""
    for place in places:
        STAYS[place] = because


def unites(place: str, unite: Unite, counted: Label = "") -> None:
    """Let an area bring rows together itself, where they say more than to whom they belong."""
    UNITES[place] = unite
    if counted:
        COUNTED[place] = counted


def counts(place: str, label: Label) -> None:
    """Have the rows of a table that is no record type's counted before merging, under a name."""
    COUNTED[place] = label


def settles(record_type: str, settle: Settle) -> None:
    """Let an area restate what it keeps on records of a type."""
    SETTLERS.setdefault(record_type, []).append(settle)


def followers(record_type: RecordType) -> Iterator[Reference]:
    """What follows when a record of this type is merged."""
    return (one for one in references(record_type) if one.place not in STAYS and one.place not in UNITES)


@cache
def _references(key: str) -> tuple[Reference, ...]:
    target = RECORD_TYPES[key]
    found: dict[str, Reference] = {}
    for model in own_models():
        for one in _of_model(model, target):
            found[one.place] = one
    return tuple(found.values())


def references(record_type: RecordType) -> tuple[Reference, ...]:
    """Every column that may hold ids of records of a type, fields of a company's own aside."""
    return _references(record_type.key)


def own_models() -> Iterator[type[Model]]:
    """The tables of this product."""
    return (model for model in apps.get_models() if model.__module__.startswith("genjin."))


def _of_model(model: type[Model], target: RecordType) -> Iterator[Reference]:
    declared = RECORD_TYPES.get(getattr(model, "row_type", "")) if issubclass(model, Record) else None
    links = {link.column: link for link in declared.links if link.to == target.key} if declared else {}
    names = {column.attname for column in model._meta.concrete_fields}
    for column in model._meta.concrete_fields:
        if column.is_relation and column.related_model is target.model:
            link = links.pop(column.attname, None)
            yield Reference(model, column.attname, carries=bool(link and link.belongs))
    for name, link in links.items():
        yield Reference(model, name, carries=link.belongs)
    for named, column_name in NAMED:
        if {named, column_name} <= names:
            yield Reference(model, column_name, named=named)


def once_together(reference: Reference) -> list[tuple[tuple[str, ...], Any, bool]]:
    """[(the other columns, condition, whether empty ones clash)] of what may be there only once for a record."""
    meta = reference.model._meta
    column = next(c for c in meta.concrete_fields if c.attname == reference.column)
    found = [(_others(c.fields, column), c.condition, c.nulls_distinct is False) for c in unique(meta.constraints)
             if column.name in c.fields]  # fmt: skip
    return found + ([((), None, False)] if column.unique else [])


def unique(constraints: Iterable[Any]) -> Iterator[Any]:
    """The unique ones."""
    return (one for one in constraints if hasattr(one, "nulls_distinct"))


def _others(names: Sequence[str], column: Column[Any, Any]) -> tuple[str, ...]:
    return tuple(name for name in names if name != column.name)
