"""How many records that he may not see a member has been told of: counted by events, limited per hour and day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from genjin.duplicates.rules import Entry
from genjin.duplicates.settings import TOLD_PER_DAY, TOLD_PER_HOUR, TOLD_PER_IMPORT
from genjin.kernel.actor import Actor
from genjin.kernel.models.events import Event

TELLING = "duplicates.tell"
QUEUE = 7_204_763
MINUTES_KNOWN = 30
"""So long what was told is known: asking again costs nothing."""


@dataclass(frozen=True)
class Room:
    """What the member was told a short while ago, and of how many more he may be told now."""

    known: set[int] = field(default_factory=set)
    left: int = 0


def queue_told(actor: Actor) -> None:
    """Let whatever else this member asks at the same moment wait until this transaction is over, so that each finds
    what the others were told."""
    with connection.cursor() as cursor:  # rows: a lock, no row
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [QUEUE, actor.member_id or 0])


def room_of(actor: Actor) -> Room:
    """One query over what was told within a day, to whomever."""
    now = timezone.now()
    known: set[int] = set()
    hour = day = 0
    for at, note in _told_today(actor, now):
        if note.get("entry") == Entry.IMPORT:
            continue
        ids = note.get("told", ())
        day += len(ids)
        hour += len(ids) if at > now - timedelta(hours=1) else 0
        known |= set(ids) if at > now - timedelta(minutes=MINUTES_KNOWN) else set()
    left = min(TOLD_PER_HOUR.at(actor.stamp) - hour, TOLD_PER_DAY.at(actor.stamp) - day)
    return Room(known, max(0, left))


def import_room(actor: Actor) -> Room:
    """The same of what imports told him within a day: all of it is known, and limited by itself."""
    notes = [note for _at, note in _told_today(actor, timezone.now()) if note.get("entry") == Entry.IMPORT]
    known = {row_id for note in notes for row_id in note.get("told", ())}
    return Room(known, max(0, TOLD_PER_IMPORT.at(actor.stamp) - len(known)))


def _told_today(actor: Actor, now: datetime) -> Iterator[tuple[datetime, dict[str, Any]]]:
    told = Event.objects.filter(action=TELLING)  # rows: his own, below
    earlier = told.filter(at__lte=now - timedelta(days=1)).order_by("-id").values("pk")[:1]
    mine = told.filter(member_id=actor.member_id or 0, pk__gt=Coalesce(earlier, Value(0)))
    yield from mine.values_list("at", "note")


def told_of(actor: Actor) -> set[int]:
    """What the member was told a short while ago."""
    return room_of(actor).known


def room_left(actor: Actor) -> int:
    """How many more the member may be told of now."""
    return room_of(actor).left
