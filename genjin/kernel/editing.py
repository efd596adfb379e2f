"""Setting many fields of a row at once without overwriting anybody: the version rule for edits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.actions import expected_version
from genjin.kernel.actor import Actor
from genjin.kernel.conditions import NOTHING, When
from genjin.kernel.fields.base import Access, Field, Values
from genjin.kernel.fields.own import PREFIX
from genjin.kernel.models.events import EventLink, EventPayload
from genjin.kernel.models.rows import Record
from genjin.kernel.recording import plain
from genjin.kernel.records import RECORD_TYPES, RecordType, type_of
from genjin.kernel.refusal import Forbidden, Invalid, Stale
from genjin.kernel.sights import in_force
from genjin.kernel.stamps import Stamped, current_stamp
from genjin.kernel.versions import known_version


def apply_values(actor: Actor, row: Record, values: Values) -> None:
    """Set the given fields; one the actor may not edit raises Forbidden.

    When the editor saw an older version (`expected_version`), fields that only they changed
    are set, untouched ones are left as they are now, and a field both changed raises Stale with theirs and mine."""
    record_type = type_of(row).seen_by(actor)
    fields, accesses = record_type.own_fields, record_type.accesses
    unknown = next((key for key in values if key not in fields), None) if values.keys() - fields.keys() else None
    if unknown is not None:
        raise Forbidden(_("您不能修改「%s」") % unknown)
    for key in values:
        if accesses.get(key, Access.EDIT) is not Access.EDIT:
            raise Forbidden(_("您不能修改「%s」") % fields[key].label)
    seen = expected_version.get()
    if seen is not None and seen < row.version:
        values = _mine(actor, row, values, fields, seen)
    columns = record_type.attributes
    for key, value in values.items():
        attribute = columns[key]
        if attribute.startswith(PREFIX):
            set_value(row, fields[key], value)
        else:
            setattr(row, attribute, value)
    if row.row_type in _ASKING.at(actor.stamp):
        _complete(actor, row, record_type, set(values))


def _load() -> frozenset[str]:
    stamp = current_stamp()
    types = ((key, in_force(record_type, stamp).fields) for key, record_type in RECORD_TYPES.items())
    return frozenset(key for key, fields in types if any(f.own or f.required_when is not None for f in fields))


_ASKING: Stamped[frozenset[str]] = Stamped(_load)
"""Types of which fields have defaults, or are required because of others."""


def _complete(actor: Actor, row: Record, record_type: RecordType, given: set[str]) -> None:
    """Defaults of a new record's own fields that were not given, and what has to be filled in because of other values.
    An edit is asked only for what it touches. Raises Invalid."""
    creating = row._state.adding
    if creating:
        for f in in_force(type_of(row), actor.stamp).fields:
            if f.own and f.default is not None and f.key not in given and f.key not in row.custom:
                row.custom[f.key] = f.default
    accesses = record_type.accesses
    asking = [f for f in record_type.fields if f.required_when is not None and accesses.get(f.key) is Access.EDIT]
    if not asking:
        return
    values = told_values(row, record_type.fields)
    errors = {
        f.key: _("请填写「%s」") % f.label
        for f in asking
        if values[f.key] in NOTHING and (creating or given & {f.key, *asked_about(f)}) and is_asked(f, values)
    }
    if errors:
        raise Invalid(errors)


def told_values(row: Record, fields: Iterable[Field]) -> dict[str, Any]:
    """{key: value as JSON}: what conditions are asked of."""
    return {f.key: f.to_json(get_value(row, f)) for f in fields if not f.beside}


def is_asked(f: Field, values: Mapping[str, Any]) -> bool:
    """Whether a field has to be filled in, given these values of the record."""
    if f.shown_when is not None and not f.shown_when(values):
        return False
    return f.required or (f.required_when is not None and f.required_when(values))


def asked_about(f: Field) -> set[str]:
    """The fields that decide whether a field is shown or has to be filled in."""
    return {key for when in (f.shown_when, f.required_when) if isinstance(when, When) for key in when.keys}


def set_value(row: Record, field: Field, value: Any) -> None:
    """Store one parsed value on the row: in its column, or under the key of a field of their own (empty: absent)."""
    attribute = field.attribute
    if not attribute.startswith(PREFIX):
        setattr(row, attribute, value)
    elif value in NOTHING:
        row.custom.pop(attribute.removeprefix(PREFIX), None)
    else:
        row.custom[attribute.removeprefix(PREFIX)] = field.stored(value)


def get_value(row: Record, field: Field) -> Any:
    """The value of a field."""
    attribute = field.attribute
    if attribute.startswith(PREFIX):
        return field.loaded(row.custom.get(attribute.removeprefix(PREFIX)))
    return field.read_beside(row) if field.beside else getattr(row, attribute)


def _mine(actor: Actor, row: Record, values: Values, fields: dict[str, Field], seen: int) -> Values:
    """The values this editor really changed. Raises Stale where somebody else changed the same field."""
    theirs = _changed_since(row.pk, seen)
    mine = Values()
    differences: dict[str, tuple[Any, Any]] = {}
    for key, value in values.items():
        attribute = fields[key].attribute
        if attribute not in theirs:
            mine[key] = value
            continue
        submitted = plain(_kept(fields[key], value))
        current = plain(_kept(fields[key], get_value(row, fields[key])))
        if submitted == theirs[attribute] or submitted == current:
            continue
        differences[key] = (get_value(row, fields[key]), value)
    if differences:
        raise Stale(differences, known_version(actor, row))
    return mine


def _kept(field: Field, value: Any) -> Any:
    """A value as an event keeps it."""
    return field.stored(value) if field.own else field.to_json(value)


def _changed_since(row_id: int, version: int) -> dict[str, Any]:
    """{attribute: value at `version`} of what changed after that version."""
    events = EventLink.objects.filter(row_id=row_id, row_version__gt=version).values_list("event_id", flat=True)
    payloads = EventPayload.objects.filter(row_id=row_id, event_id__in=list(events)).order_by("event_id")
    first: dict[str, Any] = {}
    for changes in payloads.values_list("changes", flat=True):
        for attribute, before in values_before(changes).items():
            first.setdefault(attribute, before)
    return first


def values_before(changes: dict[str, Any]) -> dict[str, Any]:
    """{attribute: value before} of an event's payload, custom fields one by one."""
    before = {attribute: old for attribute, (old, _new) in changes.items() if attribute != "custom"}
    olds, news = (part or {} for part in changes.get("custom", ({}, {})))
    return before | {f"{PREFIX}{key}": olds.get(key) for key in {**olds, **news} if olds.get(key) != news.get(key)}
