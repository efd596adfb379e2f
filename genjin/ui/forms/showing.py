"""Which fields of a form are shown and asked for, by the values that stand in it: on the server, and told to the script
that obeys the same conditions while people type. Nothing is written here.

A field that is not shown is not asked for: what was sent for it does not count, and what is stored stays.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from genjin.kernel.actor import Actor
from genjin.kernel.conditions import When
from genjin.kernel.editing import asked_about, told_values
from genjin.kernel.fields import Field, FieldError
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RecordType

Told = Mapping[str, Any]


def drawable(fields: Iterable[Field], given: Told) -> list[Field]:
    """The fields that a form draws: all but those whose condition no script can follow and that does not hold."""
    return [f for f in fields if f.shown_when is None or isinstance(f.shown_when, When) or f.shown_when(given)]


def standing(actor: Actor, record_type: RecordType | None, row: Record | None) -> dict[str, Any]:
    """{key: value as JSON} of the record as it is, of a new one as it begins: what conditions are asked of."""
    if record_type is None:
        return {}
    fields = record_type.seen_by(actor).fields
    return told_values(row, fields) if row is not None else {f.key: f.default for f in fields if f.default is not None}


def sent_values(actor: Actor, fields: Iterable[Field], raw: Told) -> dict[str, Any]:
    """What was sent for the fields that decide, as JSON; what is no value stays as it was sent."""
    deciding = {key for f in fields for key in asked_about(f)}
    return {f.key: _told(actor, f, raw[f.key]) for f in fields if f.key in deciding and f.key in raw}


def _told(actor: Actor, field: Field, raw: Any) -> Any:
    try:
        return field.to_json(field.parse(raw, actor))
    except FieldError:
        return raw


def not_shown(fields: Iterable[Field], stands: Told, sent: Told) -> set[str]:
    """The keys of the fields whose condition does not hold. One that is not shown decides with what is stored."""
    conditional = [(f.key, f.shown_when) for f in fields if isinstance(f.shown_when, When)]
    hidden: set[str] = set()
    while True:
        values = {**stands, **{key: value for key, value in sent.items() if key not in hidden}}
        more = {key for key, when in conditional if key not in hidden and not when(values)}
        if not more:
            return hidden
        hidden |= more


def without_hidden(actor: Actor, fields: Sequence[Field], stands: Told, raw: dict[str, Any]) -> dict[str, Any]:
    """What was sent, without what was sent for fields that are not shown."""
    hidden = not_shown(fields, stands, sent_values(actor, fields, raw))
    return {key: value for key, value in raw.items() if key not in hidden}


def told(fields: Iterable[Field], stands: Told) -> str:
    """The conditions of these fields for the script, '' when there are none: {"shown": {key: rules}, "required":
    {key: rules}, "stands": {key: value}}."""
    kept = list(fields)
    shown = {f.key: f.shown_when.to_json() for f in kept if isinstance(f.shown_when, When)}
    required = {f.key: f.required_when.to_json() for f in kept if isinstance(f.required_when, When)}
    if not shown and not required:
        return ""
    deciding = {key for f in kept for key in asked_about(f)}
    known = {key: stands[key] for key in sorted(deciding) if key in stands}
    return json.dumps({"shown": shown, "required": required, "stands": known}, ensure_ascii=False, default=str)


def opening(actor: Actor, fields: Iterable[Field]) -> dict[str, Any]:
    """The form values of a new record's defaults."""
    return {f.key: f.form_value(f.loaded(f.default), actor) for f in fields if f.default is not None}


def shown_facts(record: Record, fields: Sequence[Field]) -> set[str]:
    """The keys of the fields that a record's page shows."""
    if not any(isinstance(f.shown_when, When) for f in fields):
        return {f.key for f in fields}
    return {f.key for f in fields} - not_shown(fields, told_values(record, fields), {})


def decides(record_type: RecordType, key: str) -> bool:
    """Whether the value of a field decides about others."""
    return any(key in asked_about(f) for f in record_type.fields)
