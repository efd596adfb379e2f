"""What an action writes down while it runs: rows saved, links with before/after, the note. Flushed as one event."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any, cast

from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db.models import Value
from django.db.models.expressions import RawSQL
from django.utils import timezone

from genjin.kernel import search_text
from genjin.kernel.actor import Actor
from genjin.kernel.aliases import found_by_too
from genjin.kernel.codes import parse_pattern
from genjin.kernel.codes_store import format_code, new_id_and_number, new_ids, pattern_of, serial_sequence
from genjin.kernel.copying import FEW, Load, body, copy_in, load_of
from genjin.kernel.field_files import settle
from genjin.kernel.models.events import Event, EventLink, EventPayload
from genjin.kernel.models.rows import Record, Row
from genjin.kernel.records import RecordType, type_of
from genjin.kernel.sights import searched_own, serials_of
from genjin.kernel.together import draw, insert, waiting
from genjin.kernel.updating import update_each
from genjin.kernel.working_out import work_out

EVENT_IDS = "kernel_event_id_seq"
LINK = ("row_id", "event_id", "row_type", "row_version", "digest")
PAYLOAD = ("row_id", "event_id", "changes", "salt")
_PLAIN = frozenset({str, int, bool, type(None)})
_as_text = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
_VECTOR = SearchVectorField()
_NO_DAY = date.min
SECRET = frozenset({"password", "token_hash", "code_hash", "locked"})


@dataclass
class Recording:
    """The event in the making of one action."""

    actor: Actor
    action: str
    at: datetime = field(default_factory=timezone.now)
    note: dict[str, Any] = field(default_factory=dict)
    links: dict[int, tuple[str, int, dict[str, list[Any]]]] = field(default_factory=dict)
    noted: bool = False

    def absorb(self, other: Recording) -> None:
        """Take the links of another recording of the same action along (bulk form); a row changed by both keeps the
        value before the first and after the last."""
        if self is other:
            return
        for row_id, (row_type, version, changes) in other.links.items():
            if row_id not in self.links:
                self.links[row_id] = (row_type, version, changes)
                continue
            kept = self.links[row_id][2]
            joined = {name: [kept[name][0] if name in kept else old, new] for name, (old, new) in changes.items()}
            self.links[row_id] = (row_type, version, {**kept, **joined})
        self.note.update(other.note)
        self.noted = self.noted or other.noted

    def flush(self) -> int | None:
        """Write the event with its links and payloads; its id, or None when it is written together with others."""
        together = waiting.get()
        if together is None:
            return write_events([self])[0]
        together.postpone(self, write_events, ledger_loads)
        return None

    def event(self) -> Event:
        """The event, not yet saved."""
        return Event(
            at=self.at,
            member_id=self.actor.member_id,
            on_behalf_of_id=self.actor.on_behalf_of,
            surface=self.actor.surface,
            action=self.action,
            note={**self.note, "token": self.actor.token} if self.actor.token else self.note,
            request_id=self.actor.request_id,
        )

    def parts(self, event_id: int) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
        """Link and payload of every row concerned: the values of LINK and PAYLOAD."""
        for row_id, (row_type, version, changes) in self.links.items():
            salt = secrets.token_bytes(16)
            text = _as_text(changes)
            digest = hashlib.sha256(salt + text.encode()).digest()
            yield (row_id, event_id, row_type, version, digest), (row_id, event_id, text, salt)

    def lines(self, event_id: int) -> tuple[list[str], list[str]]:
        """The same as lines to be copied."""
        links, payloads = [], []
        salts = secrets.token_bytes(16 * len(self.links))
        for place, (row_id, (row_type, version, changes)) in enumerate(self.links.items()):
            salt = salts[16 * place : 16 * place + 16]
            text = _as_text(changes)
            digest = hashlib.sha256(salt + text.encode()).hexdigest()
            links.append(f"{row_id}\t{event_id}\t{row_type}\t{version}\t\\\\x{digest}")
            # JSON has neither tabs nor line ends in its texts, only backslashes
            escaped = text.replace("\\", "\\\\")
            payloads.append(f"{row_id}\t{event_id}\t{escaped}\t\\\\x{salt.hex()}")
        return links, payloads


def write_events(recordings: list[Recording]) -> list[int]:
    """Write events in the order of their moments; their ids in that order."""
    in_order = sorted(recordings, key=lambda each: each.at)
    events = [each.event() for each in in_order]
    if len(events) == 1:
        Event.objects.bulk_create(events)
    else:
        _number(events)
        copy_in(Event, events)
    if sum(len(each.links) for each in in_order) < FEW:
        parts = [part for each, event in zip(in_order, events, strict=True) for part in each.parts(event.pk)]
        EventLink.objects.bulk_create([EventLink(**dict(zip(LINK, link, strict=True))) for link, _payload in parts])
        EventPayload.objects.bulk_create(
            [
                EventPayload(**{**dict(zip(PAYLOAD, payload, strict=True)), "changes": json.loads(payload[2])})
                for _link, payload in parts
            ]
        )
    else:
        for load in _link_loads(in_order, events):
            load.write()
    return [event.pk for event in events]


def ledger_loads(recordings: list[Recording]) -> list[Load]:
    """The same to be copied in later."""
    in_order = sorted(recordings, key=lambda each: each.at)
    events = [each.event() for each in in_order]
    _number(events)
    return [load_of(Event, events), *_link_loads(in_order, events)] if events else []


def _number(events: list[Event]) -> None:
    for event, number in zip(events, draw(EVENT_IDS, len(events)), strict=True):
        event.pk = number


def _link_loads(recordings: list[Recording], events: list[Event]) -> Iterator[Load]:
    written = [each.lines(event.pk) for each, event in zip(recordings, events, strict=True)]
    for place, (model, columns) in enumerate(((EventLink, LINK), (EventPayload, PAYLOAD))):
        yield Load(model._meta.db_table, columns, body(chain.from_iterable(lines[place] for lines in written)))


current: ContextVar[Recording | None] = ContextVar("recording", default=None)
batch: ContextVar[dict[str, Recording] | None] = ContextVar("batch", default=None)
standing_note: ContextVar[Mapping[str, Any]] = ContextVar("standing_note", default={})  # noqa: B039 - never written


def in_batch() -> bool:
    """Whether the running action is one row of a bulk run, where nobody can be asked."""
    return batch.get() is not None


def moment() -> datetime:
    """When the running action happens: what `created_at` of its new rows will say. Raises RuntimeError outside one."""
    recording = current.get()
    if recording is None:
        raise RuntimeError("rows are written inside actions only")
    return recording.at


def record(actor: Actor, row: Row, /, **note: Any) -> None:
    """Save the row and write the change down in the running action's event (before/after is taken here).

    A new row gets id, code and first version. Raises RuntimeError outside an action.
    """
    recording = _running(actor)
    creating = row._state.adding
    if creating:
        _prepare_new(actor, row)
        row.created_at = recording.at
    if isinstance(row, Record):
        _derive(row, creating, actor.stamp)
        settle(actor, row, creating)
    changes = row.changes()
    recording.noted = True
    recording.note.update(note)
    if not changes and not creating:
        recording.links.setdefault(row.id, (row.row_type, row.version, {}))
        return
    _save(row, changes, creating, recording.at)
    _link(recording, row, changes)
    row.remember()
    together = waiting.get()
    if together and isinstance(row, Record):
        if creating:
            together.bear(row)
        together.know(row)


def record_many(actor: Actor, rows: Sequence[Row], attributes: Sequence[str], /, **note: Any) -> None:
    """Save these attributes of many (stored, locked) rows of one model and write the changes down, as `record` does for
    each: one statement for all. For attributes from which nothing is derived and by which nothing is found; the rows
    need not be loaded whole. Raises RuntimeError outside an action."""
    recording = _running(actor)
    recording.noted = True
    recording.note.update(note)
    changed = []
    for row in rows:
        before = row._loaded
        changes = {name: (before[name], now) for name in attributes if before[name] != (now := getattr(row, name))}
        if not changes:
            recording.links.setdefault(row.id, (row.row_type, row.version, {}))
            continue
        row.version += 1
        row.updated_at = recording.at
        _link(recording, row, changes)
        before.update({name: after for name, (_before, after) in changes.items()})
        changed.append(row)
    update_each(changed, [*attributes, "version", "updated_at"])


def record_removal(actor: Actor, row: Row, /, **note: Any) -> None:
    """Delete a row that is no record (a role, a view, a team place), keeping what it held in the event."""
    recording = _running(actor)
    if isinstance(row, Record):
        raise TypeError("records are voided, never deleted")
    recording.noted = True
    recording.note.update(note)
    _link(recording, row, _held(row))
    row.delete()


def record_deletion(actor: Actor, row: Record, /, **note: Any) -> None:
    """Delete a record for good, or one that goes with it, keeping what it held in the event. For verbs of the recycle
    bin only, which ask that the record was voided before (B1 L13)."""
    recording = _running(actor)
    recording.noted = True
    recording.note.update(note)
    held = {name: pair for name, pair in _held(row).items() if name not in row.unrecorded}
    _link(recording, row, held)
    kept = row.pk
    row.delete()
    row.pk = kept  # who called names the row that is gone


def record_removals(actor: Actor, rows: Sequence[Row], /, **note: Any) -> None:
    """Delete many rows of one model that are no records, keeping what each held. One statement."""
    recording = _running(actor)
    recording.note.update(note)
    for row in rows:
        recording.noted = True
        _link(recording, row, _held(row))
    if rows:
        type(rows[0])._default_manager.filter(pk__in=[row.pk for row in rows]).delete()


def _held(row: Row) -> dict[str, tuple[Any, Any]]:
    return {f.attname: (getattr(row, f.attname), None) for f in row._meta.concrete_fields if f.attname != "id"}


def note_event(actor: Actor, /, **note: Any) -> None:
    """Record an event that concerns no row (a sign-in that failed, an export)."""
    recording = _running(actor)
    recording.noted = True
    recording.note.update(note)


def _running(actor: Actor) -> Recording:
    recording = current.get()
    if recording is None:
        raise RuntimeError("rows are written inside actions only")
    if recording.actor.member_id != actor.member_id:
        raise RuntimeError("an action writes as the actor it was called with")
    return recording


def _prepare_new(actor: Actor, row: Row) -> None:
    if isinstance(row, Record):
        record_type = type_of(row)
        row.id, number = new_id_and_number(record_type)
        row.created_by_id = actor.member_id
        if not row.code:
            pattern = parse_pattern(pattern_of(record_type, actor.stamp))
            row.code = pattern.code(number, actor.now().date() if pattern.dated else _NO_DAY)
        for serial in serials_of(record_type, actor.stamp):
            (number,) = draw(serial_sequence(record_type.key, serial.key))
            row.custom.setdefault(serial.key, format_code(serial.pattern, number, actor.now().date()))
    elif not row.pk:
        row.id = new_ids(1)[0]


def _derive(row: Record, creating: bool, stamp: int) -> None:
    """Let the type keep its derived columns, and the search text when what it is made of changed."""
    record_type = type_of(row)
    if record_type.derive:
        record_type.derive(row)
    searched = record_type.searched
    sources = {*searched.names, *searched.phones, *searched.codes, *searched.others}
    changed: Collection[str] = () if creating else row.changes().keys()  # derived columns are found too
    if creating or changed:
        work_out(row, record_type, stamp, None if creating else changed)
    own = any(searched_own(record_type, stamp)) and "custom" in row.changes()  # formulas may have become others
    if creating or own or not sources.isdisjoint(changed):
        set_search(row, record_type, stamp)


def set_search(row: Record, record_type: RecordType, stamp: int = 0) -> None:
    """Compute search vector and re-check key of a record, by the fields of a stamp (0: as of now). In a row that waits
    to be copied in the vector is a text."""
    searched = record_type.searched

    def values(attributes: tuple[str, ...]) -> list[str]:
        return [v if type(v) is str else str(v) for v in [getattr(row, a) for a in attributes] if v]

    names, phones = values(searched.names), values(searched.phones)
    codes, others = values(searched.codes), values(searched.others)
    if row.custom:
        merged_codes, merged_titles = found_by_too(row, record_type.title)
        codes, others = [*codes, *merged_codes], [*others, *merged_titles]
        for known in searched_own(record_type, stamp):
            kept = str(row.custom.get(known.key) or "")
            if kept:
                (phones if known.kind == "phone" else others).append(kept)
    vector, row.search_key = search_text.found_by(names, phones, codes, others)
    copied = waiting.get() and row._state.adding
    row.search = cast("SearchVector", vector if copied else RawSQL("%s::tsvector", [vector], output_field=_VECTOR))


def _save(row: Row, changes: dict[str, Any], creating: bool, at: datetime) -> None:
    row.version += 1
    row.updated_at = at
    together = waiting.get()
    if creating or (together and together.holds(row)):
        insert(row)
        return
    names = {*changes, "version", "updated_at"}
    if together is None or not together.change(row, names):
        row.save(update_fields=[f.name for f in row._meta.concrete_fields if f.attname in names])


def _link(recording: Recording, row: Row, changes: dict[str, tuple[Any, Any]]) -> None:
    kept = recording.links.get(row.id)
    if kept is None and row.version == 1 and not SECRET & changes.keys():
        given = {
            name: [
                before if before is None else plain(before),
                value if type(value) in _PLAIN else plain(value),
            ]
            for name, (before, value) in changes.items()
            if name not in row.unrecorded
        }
        recording.links[row.id] = (row.row_type, 1, given)
        return
    merged = dict(kept[2]) if kept else {}
    for name, (before, after) in changes.items():
        if name in row.unrecorded:
            continue
        old, new = (None, "•••") if name in SECRET else (plain(before), plain(after))
        merged[name] = [merged[name][0] if name in merged else old, new]
    recording.links[row.id] = (row.row_type, row.version, merged)


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    if isinstance(value, Value):
        return plain(value.value)
    return value if value is None or isinstance(value, str | int | float | bool | dict) else str(value)
