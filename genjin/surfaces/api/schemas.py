"""JSON Schema of fields and records for the description: what is sent, what is shown."""

from __future__ import annotations

from typing import Any

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice, Field, Number, RecordRef, Tags, Text
from genjin.kernel.fields.fixed import Structured
from genjin.kernel.records import RecordType
from genjin.surfaces.api.shapes import NAMED_BY

Schema = dict[str, Any]
FILE: Schema = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string"},
        "size": {"type": "integer"},
        "href": {"type": "string"},
    },
}
FILED: dict[str, Schema] = {
    "file": {"type": "string", "format": "binary"},
    "files": {"type": "array", "items": {"anyOf": [{"type": "integer"}, FILE]}},
}
FORMATS = {"date": "date", "datetime": "date-time", "email": "email", "url": "uri"}


def input_schema(actor: Actor, fields: tuple[Field, ...], *, partial: bool = False) -> Schema:
    """The object that an action takes; with `partial` nothing is required."""
    schema: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {field.key: sent_schema(actor, field) for field in fields},
    }
    required = [field.key for field in fields if field.required]
    return schema | ({"required": required} if required and not partial else {})


def sent_schema(actor: Actor, field: Field) -> Schema:
    """A value as it is sent."""
    schema: Schema = {"title": str(field.label), **_sent(actor, field)}
    if field.help:
        schema["description"] = str(field.help)
    if not field.required and isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return schema


def record_schema(actor: Actor, record_type: RecordType) -> Schema:
    """A record as it is shown."""
    fields = {field.key: shown_schema(actor, field) for field in record_type.visible_fields(actor)}
    return {
        "type": "object",
        "title": str(record_type.label),
        "required": ["id", "version", "life", "title", "fields"],
        "properties": {
            "id": {"type": "integer"},
            "type": {"const": record_type.key},
            "version": {"type": "integer"},
            "life": {"enum": ["live", "archived", "voided"]},
            "title": {"type": "string"},
            "fields": {"type": "object", "properties": fields},
        },
    }


def shown_schema(actor: Actor, field: Field) -> Schema:
    """A value as it is shown."""
    title = str(field.label)
    if field.kind in NAMED_BY:
        name = NAMED_BY[field.kind]
        key: Schema = {"type": ["integer", "null"] if name == "id" else "string"}
        words = "title" if isinstance(field, RecordRef) else "name"
        properties = {name: key, words: {"type": ["string", "null"]}}
        return {"title": title, "type": ["object", "null"], "properties": properties}
    if field.kind == "files":
        return {"title": title, "type": "array", "items": FILE}
    if isinstance(field, Number):
        return {"title": title, "type": ["string" if field.places else "integer", "null"]}
    schema = _sent(actor, field)
    schema.pop("maxLength", None)
    if isinstance(field, Choice):
        schema = {"type": "array", "items": {"type": "string"}} if schema["type"] == "array" else {"type": "string"}
    nullable = schema["type"] == "string" and field.kind in {"date", "birthday", "datetime"}
    return {"title": title, **schema} | ({"type": ["string", "null"]} if nullable else {})


def _sent(actor: Actor, field: Field) -> Schema:
    if field.kind in NAMED_BY:
        return {"type": ["integer", "string", "null"] if NAMED_BY[field.kind] == "id" else "string"}
    if field.kind == "people":
        return {"type": "array", "items": {"type": ["integer", "string"]}}
    if field.kind in FILED:
        return dict(FILED[field.kind])
    if isinstance(field, Choice):
        return _choice(actor, field)
    if isinstance(field, Number):
        bounds = {"minimum": field.least, "maximum": field.greatest}
        kind = ["number", "string", "null"] if field.places else ["integer", "string", "null"]
        return {"type": kind} | {name: bound for name, bound in bounds.items() if bound is not None}
    if field.kind == "yesno":
        return {"type": "boolean"}
    if isinstance(field, Structured):
        return {"type": ["object" if field.named else "array", "string", "null"]}
    if field.kind in {"grants", "settings", "conditions"}:
        return {"type": "object"}
    schema: Schema = {"type": "string"}
    if field.kind in FORMATS:
        schema["format"] = FORMATS[field.kind]
    return schema | ({"maxLength": field.most} if isinstance(field, Text) else {})


def _choice(actor: Actor, field: Choice) -> Schema:
    options = list(field.live(actor))
    one: Schema = {"type": "string"}
    if not isinstance(field, Tags):
        one["enum"] = [option.key for option in options]
        one["description"] = "; ".join(f"{option.key}: {field.text(option.key, actor)}" for option in options)
    if field.kind in {"multichoice", "tags"}:
        return {"type": "array", "items": one}
    return one
