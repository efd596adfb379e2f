"""Taking a merge back (B3): what was moved goes back, values return unless changed since, the alias ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.aliases import INTO, MERGED, into, merged_into
from genjin.kernel.doors import OWN, row_for
from genjin.kernel.editing import get_value, set_value
from genjin.kernel.models.events import EventPayload
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.moves import LIFE
from genjin.kernel.recording import plain, record, set_search
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.sights import in_force
from genjin.merging.actions.moving import Back
from genjin.merging.models import Merge, Shift
from genjin.merging.queries.merges import event_of, restored_values
from genjin.merging.reach import SETTLERS


def take_apart(actor: Actor, record_type: RecordType, master_id: int, merge_id: int) -> Record:
    """The step. Raises NotFound, Forbidden, Refused."""
    merge = Merge.objects.select_for_update().filter(pk=merge_id, master=master_id, record_type=record_type.key).first()
    if merge is None or merge.within_id is not None:
        raise NotFound
    ids = sorted({master_id, *merge.merged})
    rows = {pk: row_for(actor, record_type.model, pk, to=OWN, lock=True) for pk in ids}
    _demand(actor, merge, rows[master_id])
    back = Back(actor)
    for part in merge.parts.filter(undone_at=None).select_for_update().order_by("-id"):
        _undo(actor, back, part, _rows_of(part))
    kept = _undo(actor, back, merge, rows)
    told = {"merge": merge.pk, "unmerged": merge.merged}
    if kept:
        told["kept_values"] = kept
    if back.kept:
        told["kept_rows"] = len(back.kept)
    record(actor, rows[master_id], **told)
    return rows[master_id]


def _demand(actor: Actor, merge: Merge, master: Record) -> None:
    if merge.undone_at is not None:
        raise Refused("undone", _("这次合并已经撤销过了"))
    if actor.now() > merge.until:
        raise Refused("too_late", _("合并已超过 30 天，不能撤销；请新建一条记录，再把需要的内容移过去"))
    if into(master) is not None:
        raise Refused("merged_further", _("主记录后来又合并到了别的记录，请先撤销那一次合并"))


def _rows_of(part: Merge) -> dict[int, Any]:
    model = RECORD_TYPES[part.record_type].model
    rows = model._default_manager.filter(pk__in=[part.master, *part.merged]).order_by("pk")
    return {row.pk: row for row in rows.select_for_update(of=("self",))}


def _undo(actor: Actor, back: Back, merge: Merge, rows: dict[int, Any]) -> list[str]:
    """One merge back; the keys of values that were changed since and stay."""
    record_type, master = RECORD_TYPES[merge.record_type], rows[merge.master]
    others = [rows[pk] for pk in merge.merged]
    kept = _give_back(actor, merge, record_type, master)
    _without_aliases(master, others)
    set_search(master, record_type, actor.stamp)
    record(actor, master)
    for row in others:
        LIFE.move(row, Life.LIVE)
        row.life = merge.lives[str(row.pk)]
        row.custom = {key: value for key, value in row.custom.items() if key != INTO}
        record(actor, row)
    back.take(Shift.objects.filter(merge=merge).order_by("id"))
    for settle in SETTLERS.get(record_type.key, ()):
        for row in (master, *others):
            settle(actor, row, None)
    merge.undone_at = actor.now()
    record(actor, merge)
    return kept


def _without_aliases(master: Any, others: Sequence[Any]) -> None:
    gone = {pk for row in others for pk in (row.pk, *merged_into(row))}
    left = [pk for pk in merged_into(master) if pk not in gone]
    rest = {key: value for key, value in master.custom.items() if key != MERGED}
    master.custom = {**rest, MERGED: left} if left else rest


def _give_back(actor: Actor, merge: Merge, record_type: RecordType, master: Any) -> list[str]:
    """Put the values from before on the master; the keys of those that stay."""
    event_id = event_of(merge)
    payload = EventPayload.objects.filter(event_id=event_id, row_id=master.pk).first() if event_id else None
    if payload is None:
        return list(merge.fields)  # erased since
    fields = {f.key: f for f in in_force(record_type, actor.stamp).fields}
    going, kept = restored_values(merge, fields, payload.changes, lambda f: plain_value(master, f))
    for known, value in going:
        set_value(master, known, value)
    return kept


def plain_value(row: Any, known: Any) -> Any:
    """A value as an event keeps it."""
    value = get_value(row, known)
    return known.stored(value) if known.own else plain(value)
