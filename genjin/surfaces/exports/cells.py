"""A stored value as a cell: as exact as a table can hold it, so that bringing it in again changes nothing.

Not here: how cells are written (`kernel.tables`), how they are drawn on pages (`ui.lists.cells`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Date, DateTime, Field, Number, Percent, RecordRef, Sensitivity
from genjin.kernel.fields.base import Access
from genjin.kernel.records import RecordType
from genjin.kernel.tables.writing import Value
from genjin.surfaces.exports.grants import FULL

Cell = Callable[[Any], Value]
HIDDEN = {Sensitivity.PERSONAL, Sensitivity.SENSITIVE}
WRITTEN_OUT = {"text", "longtext", "phone", "email", "url"}
REPEATED = {"choice", "person", "department", "region", "industry"}
FIRST_YEAR = 1900


def cell_of(actor: Actor, record_type: RecordType, field: Field, titles: Mapping[int, str]) -> Cell:
    """What makes the cells of a column. Personal values are masked as in lists unless the actor may export them in
    full; what a role only sees masked stays so. `titles`: of the records that a RecordRef column points at."""
    if is_masked(actor, record_type, field):
        return lambda value: field.masked(value, actor) if value not in (None, "") else None
    if isinstance(field, RecordRef):
        return titles.get
    if isinstance(field, DateTime):
        zone = actor.zone
        return lambda value: value.astimezone(zone).replace(tzinfo=None, microsecond=0) if value else None
    if isinstance(field, Date):
        return lambda value: (value if value.year >= FIRST_YEAR else field.text(value, actor)) if value else None
    if isinstance(field, Percent):
        return lambda value: None if value is None else f"{value:f}%" if value % 1 else f"{int(value)}%"
    if isinstance(field, Number):
        return lambda value: value
    if field.kind in WRITTEN_OUT:
        return lambda value: value
    if field.kind in REPEATED:
        return _remembered(lambda value: field.text(value, actor))
    return lambda value: field.text(value, actor)


def is_masked(actor: Actor, record_type: RecordType, field: Field) -> bool:
    """Whether this actor's exports hold a column's values masked only."""
    if record_type.access(actor, field) is Access.MASKED:
        return True
    return is_personal(field) and not actor.may(FULL)


def is_personal(field: Field) -> bool:
    """Whether lists mask the field's values; a kind without a masked form shows itself in lists as well."""
    return type(field).masked is not Field.masked and field.sensitivity in HIDDEN


def _remembered(make: Callable[[Any], str]) -> Cell:
    """Names, options and regions repeat down a column."""
    known: dict[Any, str] = {}

    def remembered(value: Any) -> str:
        found = known.get(value)
        if found is None:
            found = known[value] = make(value)
        return found

    return remembered
