"""Values of fields as JSON, both ways: what is shown of a record, and what a sent value must look like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field, RecordRef
from genjin.kernel.models.rows import Life
from genjin.kernel.recording import plain
from genjin.kernel.refusal import Invalid
from genjin.kernel.titles import titles_of

LIFE = {Life.LIVE: "live", Life.ARCHIVED: "archived", Life.VOIDED: "voided"}
# What names the thing in a value that is shown as an object; such an object may be sent back as it came.
NAMED_BY = {"person": "id", "department": "id", "record": "id", "region": "code", "industry": "code"}
SEVERAL = frozenset({"multichoice", "tags"})
FILES = "/api/v1/files"
TEXTS = frozenset(
    {"text", "longtext", "phone", "email", "url", "date", "birthday", "datetime", "choice", "oneof", "password"}
)
Scalar = str | int | Decimal


class Shaper:
    """Shows values to one actor; the titles of all records referred to are read at once."""

    def __init__(self, actor: Actor, fields: Sequence[Field], rows: Iterable[Mapping[str, Any]]) -> None:
        self.actor, self.fields = actor, fields
        wanted: defaultdict[str, set[Any]] = defaultdict(set)
        references = [f for f in fields if isinstance(f, RecordRef)]
        for row in rows:
            for field in references:
                wanted[field.to].add(row[field.key])
        self.titles = {to: titles_of(actor, to, ids) for to, ids in wanted.items()}

    def values(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """{field key: JSON value} of one row."""
        return {field.key: self.value(field, row[field.key]) for field in self.fields}

    def value(self, field: Field, value: Any) -> Any:
        """One value. What the actor may not see of a record referred to is null, its id too."""
        if field.kind == "files":
            return [{**one, "href": f"{FILES}/{one['id']}"} for one in field.to_json(value)]
        if field.kind not in NAMED_BY:
            return plain(field.to_json(value))
        if value in (None, ""):
            return None
        if isinstance(field, RecordRef):
            title = self.titles.get(field.to, {}).get(value)
            return {"id": value if title is not None else None, "title": title}
        return {NAMED_BY[field.kind]: value, "name": field.text(value, self.actor)}


def raw_inputs(fields: Iterable[Field], sent: Mapping[str, Any]) -> dict[str, Any]:
    """The sent values as fields parse them. Raises Invalid where a value has a shape its field cannot read."""
    by_key = {field.key: field for field in fields}
    raw: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for key, value in sorted(sent.items()):
        field = by_key.get(key)
        if field is None:
            raw[key] = value  # refused by the action, with its name
            continue
        plain_value = _unwrapped(field, value)
        if _fits(field, plain_value):
            raw[key] = plain_value
        else:
            errors[key] = _("「%(field)s」的值类型不对") % {"field": field.label}
    if errors:
        raise Invalid(errors)
    return raw


def _unwrapped(field: Field, value: Any) -> Any:
    name = NAMED_BY.get(field.kind)
    return value[name] if name and isinstance(value, dict) and name in value else value


def _fits(field: Field, value: Any) -> bool:
    if value is None:
        return True
    if field.kind in SEVERAL:
        return isinstance(value, str) or (isinstance(value, list) and all(isinstance(v, str) for v in value))
    if field.kind == "files":
        return isinstance(value, str | list)  # its field reads the rest
    if field.kind in {"number", "percent"} or field.kind in NAMED_BY or field.kind in TEXTS:
        return isinstance(value, Scalar) and not isinstance(value, bool)
    if field.kind == "yesno":
        return isinstance(value, bool | str)
    if field.kind == "json":
        return isinstance(value, str | list | dict)
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else [value]
    return all(isinstance(v, Scalar) for v in inner)  # kinds of an area's own: its field reads the rest
