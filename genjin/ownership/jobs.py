"""Reads of sealed events by ownership: whoever receives a record or a place in a team is told."""

from __future__ import annotations

from collections.abc import Sequence

from genjin.kernel.models.events import Event, EventLink, EventPayload, Notification
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.sealing import consumer


@consumer("ownership_notifications")
def notify(events: Sequence[Event]) -> None:
    """One notification per new owner or teammate and record; never for what somebody did himself."""
    wanted = {e.pk: e for e in events if e.action.endswith((".transfer", ".add_teammate"))}
    if not wanted:
        return
    made = []
    for event_id, row_id, row_type in EventLink.objects.filter(event_id__in=wanted).values_list(
        "event_id", "row_id", "row_type"
    ):
        event = wanted[event_id]
        receiver = _receiver(event, row_id)
        record_type = RECORD_TYPES.get(row_type)
        if record_type is None or record_type.owner_link():
            continue
        if receiver and receiver != event.member_id:
            kind = event.action.rsplit(".", 1)[1]
            made.append(
                Notification(
                    member_id=receiver, event_id=event_id, kind=kind, row_type=row_type, row_id=row_id, at=event.at
                )
            )
    Notification.objects.bulk_create(made, ignore_conflicts=True, batch_size=500)


def _receiver(event: Event, row_id: int) -> int | None:
    if event.action.endswith(".add_teammate"):
        teammate = event.note.get("teammate")
        return int(teammate) if teammate else None
    payload = EventPayload.objects.filter(row_id=row_id, event_id=event.pk).first()
    owner = (payload.changes.get("owner_id") or [None, None])[1] if payload else None
    return int(owner) if owner else None
