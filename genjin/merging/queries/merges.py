"""Reads of merges that were made: the door, those of a record, what would stay if one were taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, demand_sight, row_for
from genjin.kernel.editing import get_value
from genjin.kernel.fields import Field
from genjin.kernel.models.events import Event, EventLink, EventPayload
from genjin.kernel.models.rows import Record
from genjin.kernel.recording import plain
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import NotFound
from genjin.merging.models import Merge
from genjin.merging.rules.choosing import without

MOST = 50


def merge_for(actor: Actor, record_type: RecordType, merge_id: int) -> tuple[Merge, Record]:
    """(a merge, its master) for who may see the master. Raises NotFound."""
    merge = Merge.objects.filter(pk=merge_id, record_type=record_type.key, within=None).first()
    if merge is None:
        raise NotFound
    return merge, row_for(actor, record_type.model, merge.master, to=SEE)


def merges_of(actor: Actor, record: Record) -> list[Merge]:
    """What was merged into a record the actor sees, newest first; what was taken back is left out."""
    demand_sight(actor, record)
    rows = Merge.objects.filter(master=record.pk, undone_at=None, within=None)
    return list(rows.order_by("-id")[:MOST])


def latest_merge(master_id: int) -> Merge | None:
    """The last merge into a record that stands."""
    return Merge.objects.filter(master=master_id, undone_at=None, within=None).order_by("-id").first()


def event_of(merge: Merge) -> int | None:
    """The event by which it was made."""
    links = EventLink.objects.filter(row_id=merge.within_id or merge.pk).order_by("event_id")
    return links.values_list("event_id", flat=True).first()


def maker_of(merge: Merge) -> int | None:
    """Who made it."""
    return Event.objects.filter(pk=event_of(merge) or 0).values_list("member_id", flat=True).first()


def restored_values(
    merge: Merge, fields: Mapping[str, Field], changes: Mapping[str, Any], now: Callable[[Field], Any]
) -> tuple[list[tuple[Field, Any]], list[str]]:
    """([(field, value from before)], keys of those that stay because they were changed since). `changes`: of the
    merge's event; `now(field)`: its value as events keep it."""
    going: list[tuple[Field, Any]] = []
    kept: list[str] = []
    custom: Any = changes.get("custom") or ({}, {})
    for key in merge.fields:
        known = fields.get(key)
        if known is None:
            continue
        if known.own:
            before, after = ((custom[side] or {}).get(key) for side in (0, 1))
        else:
            before, after = changes.get(known.attribute, (None, None))
        value, goes = without(now(known), before, after)
        if goes:
            model = RECORD_TYPES[merge.record_type].model
            going.append((known, known.loaded(value) if known.own else _read(model, known, value)))
        else:
            kept.append(key)
    return going, kept


def would_stay(actor: Actor, merge: Merge, master: Record) -> list[Field]:
    """The fields whose values were changed since, as far as the actor may know of them."""
    seen = RECORD_TYPES[merge.record_type].seen_by(actor)
    payload = EventPayload.objects.filter(event_id=event_of(merge) or 0, row_id=master.pk).first()

    def now(known: Field) -> Any:
        value = get_value(master, known)
        return known.stored(value) if known.own else plain(value)

    known = {key: f for key, f in seen.own_fields.items() if key in merge.fields}
    _going, kept = restored_values(merge, known, payload.changes if payload else {}, now)
    return [known[key] for key in kept]


def _read(model: Any, known: Field, value: Any) -> Any:
    return model._meta.get_field(known.attribute).to_python(value)
