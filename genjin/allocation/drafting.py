"""A scheme as its form holds it: read from a browser, from what is kept, and as the actions take it. No queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from genjin.allocation.conditions import OPERATOR
from genjin.allocation.models import Scheme
from genjin.allocation.portraits import askable, offered_types
from genjin.allocation.rules.modes import Mode
from genjin.kernel.actor import Actor
from genjin.kernel.records import RECORD_TYPES, RecordType

IF = "if:"
PLAIN = ("name", "mode", "least", "begins", "ends", "priority", "offer_minutes", "fallback")
MOST_LINES = 50


@dataclass
class Line:
    """A step in the form: one field with its values, the people, how among them."""

    key: str
    values: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    mode: str = Mode.TURNS


@dataclass
class Draft:
    """The form's values as texts."""

    record_type: str
    plain: dict[str, str]
    days: list[str]
    traits: list[str]
    conditions: dict[str, list[str]]
    seats: list[dict[str, str]]
    lines: list[Line]
    on_entry: bool = False

    def raw(self) -> dict[str, Any]:
        """As the actions take it, but for the type."""
        steps = [
            {"conditions": {f"{line.key}.{OPERATOR}": line.values} if line.values else {}}
            | {"members": line.members, "mode": line.mode}
            for line in self.lines
        ]
        return {
            **self.plain,
            "seats": self.seats,
            "steps": steps,
            "conditions": {name: values for name, values in self.conditions.items() if values},
            "traits": self.traits,
            "days": self.days,
            "on_entry": "on" if self.on_entry else "",
        }


def blank(key: str) -> Draft:
    """A new scheme."""
    plain = dict.fromkeys(PLAIN, "") | {"mode": Mode.TURNS, "least": "30", "priority": "100", "offer_minutes": "0"}
    return Draft(key, plain | {"begins": "00:00", "ends": "00:00"}, [str(day) for day in range(1, 8)], [], {}, [], [])


def kept(scheme: Scheme) -> Draft:
    """A scheme as it is kept."""
    plain = {name: str(getattr(scheme, name)) for name in PLAIN if name != "fallback"}
    lines = [
        Line(
            next(iter(step["conditions"]), "").rpartition(".")[0],
            [str(value) for values in step["conditions"].values() for value in values],
            [str(member) for member in step["members"]],
            step["mode"],
        )
        for step in scheme.steps
    ]
    return Draft(
        scheme.record_type,
        plain | {"fallback": str(scheme.fallback_id or "")},
        [str(day) for day in scheme.days],
        list(scheme.traits),
        dict(scheme.conditions),
        [{key: str(value) for key, value in seat.items()} for seat in scheme.seats],
        lines,
        scheme.on_entry,
    )


def sent(actor: Actor, record_type: RecordType, post: QueryDict) -> Draft:
    """What a browser sent; inputs of people who are no longer chosen do not count."""
    seats = []
    for member in dict.fromkeys(post.getlist("members")):
        given = {key: post.get(f"{key}.{member}", "").strip() for key in ("weight", "cap", "begins", "ends")}
        seats.append({"member": member} | {key: value for key, value in given.items() if value})
    lines = [
        Line(
            post.get(f"step.{number}.field", ""),
            post.getlist(f"step.{number}.values"),
            post.getlist(f"step.{number}.members"),
            post.get(f"step.{number}.mode", ""),
        )
        for number in post.getlist("step")[:MOST_LINES]
    ]
    asked = {f"{one.key}.{OPERATOR}" for one in askable(record_type, actor.stamp)}
    conditions = {name: post.getlist(f"{IF}{name}") for name in asked}
    return Draft(
        record_type.key,
        {name: post.get(name, "").strip() for name in PLAIN},
        post.getlist("days"),
        post.getlist("traits"),
        conditions,
        seats,
        lines,
        post.get("on_entry") == "on",
    )


def type_asked(given: QueryDict) -> RecordType:
    """The type a form is about, else the first."""
    known = dict(offered_types())
    key = given.get("record_type", "")
    return RECORD_TYPES[key if key in known else next(iter(known))]


def moved(lines: list[Line], change: str, fields: list[str]) -> list[Line]:
    """The steps after a press of a button: `add`, `drop.2`, `up.2`; anything else leaves them."""
    verb, _dot, number = change.partition(".")
    place = int(number) if number.isdecimal() and len(number) < 4 else -1
    if verb == "add" and len(lines) < MOST_LINES and fields:
        return [*lines, Line(fields[0])]
    if verb == "drop" and 0 <= place < len(lines):
        return lines[:place] + lines[place + 1 :]
    if verb == "up" and 0 < place < len(lines):
        return [*lines[: place - 1], lines[place], lines[place - 1], *lines[place + 1 :]]
    return lines
