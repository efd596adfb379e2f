"""What a form sent, as raw inputs of an action; and which fields the sender really changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import QueryDict

from genjin.kernel.fields import Field

SEVERAL = {"multichoice", "tags", "files"}


def raw_inputs(fields: Iterable[Field], sent: QueryDict, keys: Iterable[str] | None = None) -> dict[str, Any]:
    """{key: raw value} of the fields the form drew (`keys`, else its hidden `drawn`); an unticked box is ''."""
    drawn = set(sent.get("drawn", "").split(",") if keys is None else keys)
    return {field.key: _raw(field, sent) for field in fields if field.key in drawn}


def _raw(field: Field, sent: QueryDict) -> Any:
    if field.kind in SEVERAL:
        return sent.getlist(field.key)
    return sent.get(field.key, "").replace("\r\n", "\n")


def sendable(field: Field, value: Any) -> Any:
    """A form value as the browser will send it back: to tell afterwards whether it was changed."""
    if field.kind in SEVERAL:
        return [str(v["id"] if isinstance(v, dict) else v) for v in value or ()]
    if field.kind == "yesno":
        return "on" if value else ""
    return str(value) if value not in (None, "") else ""


def only_changed(raw: dict[str, Any], was: str) -> dict[str, Any]:
    """The inputs that differ from what the form was filled with (its hidden `was`, JSON)."""
    try:
        before = json.loads(was or "{}")
    except ValueError:
        before = {}
    return {key: value for key, value in raw.items() if key not in before or before[key] != value}


def decided(raw: dict[str, Any], sent: QueryDict) -> dict[str, Any]:
    """Without the fields of which the editor chose the other person's value."""
    return {key: value for key, value in raw.items() if sent.get(f"take.{key}") != "theirs"}


def ids(sent: QueryDict, most: int) -> Sequence[int]:
    """The chosen rows (`ids`), without repeats, at most `most`."""
    found = [int(text) for text in sent.getlist("ids") if text.isdecimal() and len(text) < 19]
    return list(dict.fromkeys(found))[:most]
