"""Which component draws a field in a form, and with what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from genjin.kernel import regions
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice, Field, FieldError
from genjin.kernel.fields.own_files import OwnFiles, ids_of
from genjin.kernel.file_kinds import KINDS
from genjin.kernel.files import usable
from genjin.kernel.records import by_plural
from genjin.ui.addresses import fixed_url

MOST_IN_SELECT = 12
MOST_OPEN = 8
PLAIN = {
    "text": "input",
    "longtext": "textarea",
    "number": "number",
    "percent": "number",
    "date": "date",
    "datetime": "datetime",
    "phone": "phone",
    "email": "email",
    "url": "web_address",
}


@dataclass(frozen=True)
class Control:
    """One control: the component's name, the field it fills, the keywords for the component."""

    component: str
    name: str
    label: str
    given: dict[str, Any] = field(default_factory=dict)


def control(actor: Actor, declared: Field, raw: Any, *, source: str, error: str = "") -> Control:
    """The control of a field. `raw`: what it is filled with (a form value, or what was sent). `source`: the record
    type's plural or the action's name, by which drop-downs ask for their choices."""
    given: dict[str, Any] = {"help": str(declared.help), "error": error}
    if declared.kind != "yesno":
        given["required"] = declared.required
    make = _SPECIAL.get(declared.kind)
    if make is not None:
        component, more = make(actor, declared, raw, source)
    else:
        component, more = PLAIN.get(declared.kind, "input"), {"value": raw} | _limits(declared)
    return Control(component, declared.key, str(declared.label), given | more)


def _limits(declared: Field) -> dict[str, Any]:
    """What the browser may hint at; the server decides."""
    most, unit = getattr(declared, "most", 0), str(getattr(declared, "unit", ""))
    return ({"maxlength": most} if most else {}) | ({"unit": unit} if unit else {})


def _choice(actor: Actor, declared: Field, raw: Any, source: str) -> tuple[str, dict[str, Any]]:
    assert isinstance(declared, Choice)
    live = [(o.key, declared.text(o.key, actor)) for o in declared.live(actor)]
    if len(live) > MOST_IN_SELECT:
        return _one_of_many(actor, declared, raw, source)
    if raw and raw not in dict(live):
        live.append((str(raw), declared.text(raw, actor)))
    return "select", {"value": raw, "options": live, "empty": "—"}


def _one_of_few(actor: Actor, declared: Any, raw: Any, _source: str) -> tuple[str, dict[str, Any]]:
    return "select", {"value": raw, "options": [(key, str(label)) for key, label in declared.offered_to(actor)]}


def _one_of_many(actor: Actor, declared: Field, raw: Any, source: str) -> tuple[str, dict[str, Any]]:
    return "combobox", {
        "value": raw or "",
        "text": words_of(actor, declared, raw),
        "src": choices_url(source, declared),
    }


def _several(actor: Actor, declared: Field, raw: Any, source: str) -> tuple[str, dict[str, Any]]:
    values: Sequence[Any] = raw if isinstance(raw, list | tuple) else [v for v in str(raw or "").split(",") if v]
    chosen = [(value, words_of(actor, declared, [value]) or value) for value in values]
    return "multi_combobox", {"chosen": chosen, "src": choices_url(source, declared), "wide": True}


def _some_of_few(actor: Actor, declared: Field, raw: Any, source: str) -> tuple[str, dict[str, Any]]:
    """A few options stand open with their colours; many, or one that is retired, are searched for."""
    assert isinstance(declared, Choice)
    values: Sequence[Any] = raw if isinstance(raw, list | tuple) else [v for v in str(raw or "").split(",") if v]
    live = {o.key: o for o in declared.live(actor)}
    if not 0 < len(live) <= MOST_OPEN or set(values) - set(live):
        return _several(actor, declared, raw, source)
    options = [(key, Choice.text(declared, key, actor), o.colour) for key, o in live.items()]
    return "choices", {"value": values, "options": options, "multiple": True}


def _yes_no(_actor: Actor, _declared: Field, raw: Any, _source: str) -> tuple[str, dict[str, Any]]:
    return "check", {"value": raw not in ("", None, False, "0", "off", "false")}


def _region(_actor: Actor, _declared: Field, raw: Any, _source: str) -> tuple[str, dict[str, Any]]:
    steps = [step.code for step in regions.path(str(raw or ""))]
    path = []
    for above, chosen in zip(["", *steps], [*steps, ""], strict=True):
        below = [(one.code, one.name) for one in regions.children(above)]
        if below:
            path.append((chosen, below))
    return "region", {"value": raw or "", "path": path, "src": fixed_url("regions")}


def _files(actor: Actor, declared: Field, raw: Any, source: str) -> tuple[str, dict[str, Any]]:
    """Files as they are kept, or by the ids that were sent: what was uploaded stays in a form that was refused."""
    assert isinstance(declared, OwnFiles)
    given: Sequence[Any] = raw if isinstance(raw, list | tuple) else ids_of(raw) or []
    sent = ids_of([one for one in given if not isinstance(one, dict)]) or []
    known: dict[int, Any] = dict(usable(actor, sent)) if sent else {}
    chosen = [one if isinstance(one, dict) else known.get(int(one)) for one in given if isinstance(one, dict) or sent]
    endings = [ending for kind in KINDS.values() if kind.group in declared.groups for ending in kind.endings]
    return "files", {
        "chosen": [one for one in chosen if one is not None],
        "src": fixed_url("held-files", source, declared.key) if by_plural(source) else "",
        "most": declared.most,
        "accept": ",".join(f".{ending}" for ending in endings),
        "note": declared.in_words(),
    }


_SPECIAL = {
    "files": _files,
    "choice": _choice,
    "oneof": _one_of_few,
    "multichoice": _some_of_few,
    "tags": _several,
    "yesno": _yes_no,
    "person": _one_of_many,
    "department": _one_of_many,
    "record": _one_of_many,
    "industry": _one_of_many,
    "region": _region,
}


def choices_url(source: str, declared: Field) -> str:
    """Where a field's drop-down asks."""
    return fixed_url("choices", source, declared.key)


def words_of(actor: Actor, declared: Field, raw: Any) -> str:
    """What a chosen value is called; the value itself when it means nothing."""
    if raw in (None, "", []):
        return ""
    try:
        return declared.text(declared.parse(raw, actor), actor)
    except (FieldError, ValueError):
        return str(raw[0] if isinstance(raw, list) else raw)


def controls(
    actor: Actor, fields: Sequence[Field], values: Mapping[str, Any], *, source: str, errors: Mapping[str, str]
) -> list[Control]:
    """The controls of several fields."""
    return [
        control(actor, declared, values.get(declared.key, ""), source=source, error=errors.get(declared.key, ""))
        for declared in fields
    ]
