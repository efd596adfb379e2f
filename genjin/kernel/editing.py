"""Setting many fields of a row at once without overwriting anybody: the version rule for edits."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.actions import expected_version
from genjin.kernel.actor import Actor
from genjin.kernel.fields.base import Access, Field, Values
from genjin.kernel.models.events import EventLink, EventPayload
from genjin.kernel.models.rows import Record
from genjin.kernel.recording import plain
from genjin.kernel.records import type_of
from genjin.kernel.refusal import Forbidden, Stale


def apply_values(actor: Actor, row: Record, values: Values) -> None:
    """Set the given fields; one the actor may not edit raises Forbidden.

    When the editor saw an older version (`expected_version`), fields that only they changed
    are set, untouched ones are left as they are now, and a field both changed raises Stale with theirs and mine."""
    record_type = type_of(row)
    fields = record_type.own_fields
    seen = expected_version.get()
    if seen is not None and seen < row.version:
        values = _mine(row, values, fields, seen)
    for key in values:
        if record_type.access(actor, fields[key]) is not Access.EDIT:
            raise Forbidden(_("您不能修改「%s」") % fields[key].label)
    for key, value in values.items():
        set_value(row, fields[key], value)


def set_value(row: Record, field: Field, value: Any) -> None:
    """Store one parsed value on the row (column or custom field)."""
    attribute = field.attribute
    if attribute.startswith("custom__"):
        row.custom[attribute.removeprefix("custom__")] = field.to_json(value)
    else:
        setattr(row, attribute, value)


def get_value(row: Record, field: Field) -> Any:
    """The stored value of a field."""
    attribute = field.attribute
    if attribute.startswith("custom__"):
        return row.custom.get(attribute.removeprefix("custom__"))
    return getattr(row, attribute)


def _mine(row: Record, values: Values, fields: dict[str, Field], seen: int) -> Values:
    """The values this editor really changed. Raises Stale where somebody else changed the same field."""
    theirs = _changed_since(row.pk, seen)
    mine = Values()
    differences: dict[str, tuple[Any, Any]] = {}
    for key, value in values.items():
        attribute = fields[key].attribute
        if attribute not in theirs:
            mine[key] = value
            continue
        submitted = plain(fields[key].to_json(value))
        current = plain(get_value(row, fields[key]))
        if submitted == theirs[attribute] or submitted == current:
            continue
        differences[key] = (get_value(row, fields[key]), value)
    if differences:
        raise Stale(differences, row.version)
    return mine


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
    return before | {f"custom__{key}": olds.get(key) for key in {**olds, **news} if olds.get(key) != news.get(key)}
