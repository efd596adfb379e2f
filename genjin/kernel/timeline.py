"""What happened to a row, newest first: one index range of the ledger, with words for actions and fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.utils.dateparse import parse_date, parse_datetime

from genjin.kernel import people
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.aliases import merged_into
from genjin.kernel.doors import demand_sight
from genjin.kernel.fields import DateTime, Field, RecordRef, Sensitivity
from genjin.kernel.fields.numbers import Number
from genjin.kernel.fields.own import PREFIX
from genjin.kernel.fields.veiled import Veiled
from genjin.kernel.masking import HIDDEN
from genjin.kernel.models.events import EventLink
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, RecordType, type_of
from genjin.kernel.titles import titles_of
from genjin.kernel.wording import listed

PERSONAL = {Sensitivity.PERSONAL, Sensitivity.SENSITIVE}
LAST = 2**63 - 1
# read with every record's page, hence one statement; note and changes as the text of their JSON
HAPPENED = """
SELECT event.id, event.at, event.member_id, event.surface, event.action, event.note::text, payload.changes::text
  FROM kernel_eventlink AS link
  JOIN kernel_event AS event ON event.id = link.event_id
  LEFT JOIN kernel_eventpayload AS payload ON payload.row_id = link.row_id AND payload.event_id = link.event_id
 WHERE link.row_id = %(row)s AND link.event_id < %(before)s
 ORDER BY link.event_id DESC LIMIT %(most)s
"""
# the same of a record and those merged into it; of an event that concerns several of them, its own part
HAPPENED_TO_ALL = """
SELECT DISTINCT ON (event.id)
       event.id, event.at, event.member_id, event.surface, event.action, event.note::text, payload.changes::text
  FROM kernel_eventlink AS link
  JOIN kernel_event AS event ON event.id = link.event_id
  LEFT JOIN kernel_eventpayload AS payload ON payload.row_id = link.row_id AND payload.event_id = link.event_id
 WHERE link.row_id = ANY(%(rows)s) AND link.event_id < %(before)s
 ORDER BY event.id DESC, link.row_id = %(row)s DESC LIMIT %(most)s
"""


class _Happened(NamedTuple):
    """A row of HAPPENED."""

    event_id: int
    at: datetime
    member_id: int | None
    surface: str
    action: str
    note: str
    changes: str | None


@dataclass(frozen=True)
class Change:
    """One field's change in words."""

    field: Field
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One event as the record's timeline shows it."""

    event_id: int
    at: datetime
    who: str
    member_id: int | None
    surface: str
    action: str
    label: str
    note: dict[str, Any]
    changes: list[Change] = field(default_factory=list)


def latest(actor: Actor, record: Record, action: str) -> tuple[datetime, str, dict[str, Any]] | None:
    """(when, who, note) of the last time an action was done to a record; None when it never was. Raises NotFound."""
    demand_sight(actor, record)
    links = EventLink.objects.filter(row_id=record.pk, event__action=action).select_related("event")
    link = links.order_by("-event_id").first()
    if link is None:
        return None
    who = people.directory().member_name(link.event.member_id, actor.stamp) if link.event.member_id else ""
    return link.event.at, who, link.event.note


def timeline(actor: Actor, record: Record, *, before: int | None = None, most: int = 20) -> tuple[list[Entry], bool]:
    """(entries newest first, whether there are earlier ones), those of records that were merged into it among them.
    `before`: an event id. One query, and one per type of record that changes name."""
    demand_sight(actor, record)
    asked: dict[str, Any] = {"row": record.pk, "before": before or LAST, "most": most + 1}
    merged = merged_into(record)
    with connection.cursor() as cursor:
        cursor.execute(HAPPENED_TO_ALL if merged else HAPPENED, asked | {"rows": [record.pk, *merged]})
        found = [_Happened(*row) for row in cursor.fetchall()]
    changes = [json.loads(one.changes) if one.changes else {} for one in found[:most]]
    titles = titles_pointed_at(actor, [(type_of(record), each) for each in changes])
    entries = [_entry(actor, record, one, each, titles) for one, each in zip(found, changes, strict=False)]
    if actor.rights:
        entries = [entry for entry, each in zip(entries, changes, strict=True) if not _is_hidden(actor, entry, each)]
        if not entries and len(found) > most:
            return timeline(actor, record, before=found[most - 1].event_id, most=most)
    return entries, len(found) > most


def titles_pointed_at(
    actor: Actor, changed: Iterable[tuple[RecordType, dict[str, Any]]], others: Iterable[tuple[str, int]] = ()
) -> dict[int, str]:
    """{id: title} of the records that these changes name, and of others (type key, id), as far as the actor may see
    them: one query per type of record."""
    wanted: dict[str, set[int]] = {}
    for key, row_id in others:
        wanted.setdefault(key, set()).add(row_id)
    for record_type, changes in changed:
        changed_here = dict(one_by_one(changes))
        for known in record_type.visible_fields(actor):
            if isinstance(known, RecordRef) and known.attribute in changed_here:
                wanted.setdefault(known.to, set()).update(value for value in changed_here[known.attribute] if value)
    titles: dict[int, str] = {}
    for key, ids in wanted.items():
        titles |= titles_of(actor, key, ids)
    return titles


def _entry(actor: Actor, record: Record, event: _Happened, changes: dict[str, Any], titles: Mapping[int, str]) -> Entry:
    action = ACTIONS.get(event.action)
    who = people.directory().member_name(event.member_id, actor.stamp) if event.member_id else "系统"
    return Entry(
        event_id=event.event_id,
        at=event.at,
        who=who,
        member_id=event.member_id,
        surface=event.surface,
        action=event.action,
        label=str(action.label) if action else event.action,
        note=json.loads(event.note),
        changes=list(describe_changes(actor, type_of(record), changes, titles)),
    )


def describe_changes(
    actor: Actor, record_type: RecordType, changes: dict[str, Any], titles: Mapping[int, str]
) -> list[Change]:
    """The changes of fields the actor may know of; personal values are masked. `titles`: of `titles_pointed_at`."""
    by_attribute = {f.attribute: f for f in record_type.visible_fields(actor)}
    described = []
    for attribute, (before, after) in one_by_one(changes):
        known = by_attribute.get(attribute)
        if known is None:
            continue
        described.append(Change(known, _words(actor, known, before, titles), _words(actor, known, after, titles)))
    return described


def one_by_one(changes: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """(attribute, (before, after)) of an event's payload, the company's own fields each by itself."""
    for attribute, (before, after) in changes.items():
        if attribute != "custom":
            yield attribute, (before, after)
            continue
        olds, news = before or {}, after or {}
        for key in dict.fromkeys((*olds, *news)):
            if olds.get(key) != news.get(key):
                yield PREFIX + key, (olds.get(key), news.get(key))


def words_of_another(kept: Any) -> str:
    """A kept value of a field that has another kind by now."""
    return listed(str(one) for one in kept) if isinstance(kept, list) else "" if isinstance(kept, dict) else str(kept)


def _is_hidden(actor: Actor, entry: Entry, changes: dict[str, Any]) -> bool:
    """An edit of nothing that the actor may know of did not happen for him, nor was such a value shown to anybody."""
    kind, _dot, key = str(entry.note.get("revealed", "")).partition(".")
    shown = RECORD_TYPES.get(kind)
    if shown is not None and key not in shown.seen_by(actor).own_fields:
        return True
    return entry.action.endswith(".edit") and bool(changes) and not entry.changes


def _words(actor: Actor, known: Field, value: Any, titles: Mapping[int, str]) -> str:
    if value in (None, "", []):
        return ""
    if isinstance(known, RecordRef):
        return titles.get(value, "")
    if known.own:
        kept, value = value, known.loaded(value)
        if value in (None, "", []):  # of the kind that the field was then
            return HIDDEN if isinstance(known, Veiled) or known.sensitivity in PERSONAL else words_of_another(kept)
    elif known.kind == "datetime" or isinstance(known, DateTime):
        value = parse_datetime(value) or value
    elif known.kind in {"date", "birthday"}:
        value = parse_date(value) or value
    elif isinstance(known, Number) and isinstance(value, str):
        value = Decimal(value)  # events keep decimals as text
    shown = known.masked if known.sensitivity in PERSONAL else known.text
    return shown(value, actor)
