"""Asking without making anything: what a form in the making, or lines of a text, are like; told within limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from genjin.duplicates.actions.telling import note_told
from genjin.duplicates.comparing import compared_of, told_in_full
from genjin.duplicates.guarding import fresh_of
from genjin.duplicates.limits import queue_told, room_of
from genjin.duplicates.queries import rules_at
from genjin.duplicates.rules import COMPARED, Entry, Kind
from genjin.duplicates.telling import Hit, hits_of
from genjin.kernel import normal
from genjin.kernel.actor import Actor
from genjin.kernel.fields.base import FieldError
from genjin.kernel.records import RecordType

MOST_LINES = 200
LONGEST_LINE = 300
_PARTS = re.compile(r"[\t,，;；|]+")
_PHONE_IN = re.compile(
    r"(?<!\d)(?:\+?86[- ]?)?(?:1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}[- ]?\d{7,8}(?:-\d{1,6})?)(?!\d)"
)


@dataclass(frozen=True)
class Line:
    """A line that was asked about: as it was written, what of it was compared, and what was found."""

    text: str
    values: Mapping[str, str] = field(default_factory=dict)
    hits: list[Hit] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """What somebody is told. `cut`: some records are not told because he was told too many."""

    lines: list[Line]
    cut: bool = False


def can_ask(actor: Actor, record_type: RecordType, entry: Entry) -> bool:
    """Whether records of a type are compared there at all."""
    return record_type.key in COMPARED and bool(rules_at(record_type.key, entry, actor.stamp))


def ask_form(actor: Actor, record_type: RecordType, raw: Mapping[str, Any]) -> Answer:
    """While a record is filled in: only what the actor may fill in is compared; what cannot be read yet is not."""
    values: dict[str, Any] = {}
    editable = {f.key: f for f in record_type.seen_by(actor).editable_fields(actor)}
    known = compared_of(record_type.key, actor.stamp).values()
    for key in dict.fromkeys(key for one in known for key in (one.field, one.beside)):
        if key in editable and str(raw.get(key) or "").strip():
            try:
                values[key] = editable[key].parse(raw[key], actor)
            except FieldError:
                continue
    line = Line("", {}, hits_of(actor, record_type, values, Entry.CREATE))
    return _within_limits(actor, record_type, Entry.CREATE, [line])


def ask_lines(actor: Actor, record_type: RecordType, text: str) -> Answer:
    """Lines as they are pasted: a name, phone, credit code, or several of them in one line; at most MOST_LINES. Fields
    that the actor does not see in full are not compared."""
    texts = [line.strip()[:LONGEST_LINE] for line in text.splitlines() if line.strip()][:MOST_LINES]
    full = told_in_full(actor, record_type)
    known = {key: one for key, one in compared_of(record_type.key, actor.stamp).items() if key in full}
    lines = []
    for line in texts:
        values = {key: value for kind, value in read_line(line) for key, one in known.items() if one.kind is kind}
        lines.append(Line(line, values, hits_of(actor, record_type, values, Entry.TOOL)))
    return _within_limits(actor, record_type, Entry.TOOL, lines)


def read_line(line: str) -> list[tuple[Kind, str]]:
    """What stands in a line: parts between tabs and commas, or a number beside a name."""
    found: list[tuple[Kind, str]] = []
    for part in _PARTS.split(line):
        rest = part.strip()
        number = _PHONE_IN.search(rest)
        if number and normal.check_phone(number[0]).ok:
            found.append((Kind.PHONE, number[0]))
            rest = (rest[: number.start()] + " " + rest[number.end() :]).strip()
        kind = _kind(rest)
        found += [(kind, rest)] if kind else []
    return list(dict(found).items())


def _kind(text: str) -> Kind | None:
    if len(text) < 2:
        return None
    if normal.check_credit_code(text).ok:
        return Kind.CODE
    if "@" in text and normal.check_email(text).ok:
        return Kind.EMAIL
    return Kind.PHONE if normal.check_phone(text).ok else Kind.COMPANY


@transaction.atomic
def _within_limits(actor: Actor, record_type: RecordType, entry: Entry, lines: list[Line]) -> Answer:
    """Without what is more than he may be told; what he is told is written down. Who may be told of nothing more hears
    so of every question, whether there is something to tell or not."""
    hidden = list(dict.fromkeys(hit.row_id for line in lines for hit in line.hits if hit.hidden))
    queue_told(actor)
    room = room_of(actor)
    fresh = fresh_of(room, [hit for line in lines for hit in line.hits])
    kept = set(hidden) - set(fresh) | set([row_id for row_id in hidden if row_id in set(fresh)][: room.left])
    note_told(actor, record_type.key, entry, sorted(set(fresh) & kept))
    told = [Line(line.text, line.values, [h for h in line.hits if not h.hidden or h.row_id in kept]) for line in lines]
    return Answer(told, cut=not room.left or len(fresh) > room.left)
