"""A form as the public sees it: its controls with what was typed and what is wrong. The page and the preview in the
editor draw the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from genjin.kernel import industries, regions
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice, Field
from genjin.leadforms.declared import fields_of
from genjin.leadforms.models import LeadForm

PREFIX = "f_"
TYPES = {
    "phone": "tel", "email": "email", "url": "url", "date": "date", "datetime": "datetime-local", "number": "text",
    "percent": "text",
}  # fmt: skip
FILLED_BY = {
    "contact_name": "name", "company": "organization", "mobile": "tel", "phone": "tel", "email": "email",
    "position": "organization-title", "address": "street-address",
}  # fmt: skip
KEYBOARDS = {"phone": "tel", "email": "email", "url": "url", "number": "decimal", "percent": "decimal"}
FEW_OPTIONS = 5
Options = list[tuple[str, str]]


@dataclass(frozen=True)
class PublicControl:
    """One input. `shape`: text, long, select, radio, many, tick; `groups`: options under headings."""

    name: str
    shape: str
    label: str
    help: str = ""
    required: bool = False
    error: str = ""
    value: str = ""
    values: tuple[str, ...] = ()
    type: str = "text"
    keyboard: str = ""
    autocomplete: str = "on"
    most: int = 200
    unit: str = ""
    options: Options = field(default_factory=list)
    groups: list[tuple[str, Options]] = field(default_factory=list)


def controls_of(
    actor: Actor, form: LeadForm, typed: Mapping[str, Any], errors: Mapping[str, str]
) -> list[PublicControl]:
    """All inputs of a form, in order."""
    return [
        _control(actor, f, typed.get(f.key, ""), errors.get(f.key, ""))
        for _asked, f in fields_of(form.fields, actor.stamp)
    ]


def _control(actor: Actor, f: Field, typed: Any, error: str) -> PublicControl:
    several = [str(each) for each in typed] if isinstance(typed, list | tuple) else []
    facts: dict[str, Any] = {
        "name": PREFIX + f.key,
        "label": str(f.label),
        "help": str(f.help),
        "required": f.required,
        "error": error,
        "value": "" if several else str(typed),
        "values": tuple(several),
        "unit": str(getattr(f, "unit", "") or "").strip(),
    }
    if isinstance(f, Choice):
        options = [(option.key, str(option.label)) for option in f.live(actor)]
        few = "radio" if len(options) <= FEW_OPTIONS else "select"
        return PublicControl(shape="many" if f.kind == "multichoice" else few, options=options, **facts)
    if f.kind == "region":
        return PublicControl(shape="select", groups=_places(), **facts)
    if f.kind == "industry":
        return PublicControl(shape="select", options=_industries(), **facts)
    if f.kind in ("yesno", "longtext"):
        most = min(getattr(f, "most", 2_000), 2_000)
        return PublicControl(shape="tick" if f.kind == "yesno" else "long", most=most, **facts)
    return PublicControl(
        shape="text",
        type=TYPES.get(f.kind, "text"),
        keyboard=KEYBOARDS.get(f.kind, ""),
        autocomplete=FILLED_BY.get(f.key, "on"),
        most=getattr(f, "most", 0) or 40,
        **facts,
    )


@cache
def _places() -> list[tuple[str, Options]]:
    """Cities by province: no script is needed to choose one."""
    return [
        (province.name, [(each.code, each.name) for each in regions.children(province.code) or (province,)])
        for province in regions.children()
    ]


@cache
def _industries() -> Options:
    return [(each.code, each.name) for each in industries.children()]
