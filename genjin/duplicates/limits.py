"""How many records that he may not see a member has been told of: counted by events, limited per hour and day."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from genjin.duplicates.settings import TOLD_PER_DAY, TOLD_PER_HOUR
from genjin.kernel.actor import Actor
from genjin.kernel.models.events import Event

TELLING = "duplicates.tell"
MINUTES_KNOWN = 30
"""So long what was told is known: asking again costs nothing."""


def told_of(actor: Actor) -> set[int]:
    """What the member was told a short while ago."""
    since = timezone.now() - timedelta(minutes=MINUTES_KNOWN)
    notes = _events(actor).filter(at__gt=since).order_by("-id").values_list("note", flat=True)[:200]
    return {row_id for note in notes for row_id in note.get("told", ())}


def room_left(actor: Actor) -> int:
    """How many more the member may be told of now."""
    now = timezone.now()
    left = []
    for setting, hours in ((TOLD_PER_HOUR, 1), (TOLD_PER_DAY, 24)):
        most = int(setting.at(actor.stamp))
        events = _events(actor).filter(at__gt=now - timedelta(hours=hours)).order_by("-id")
        left.append(most - sum(len(note.get("told", ())) for note in events.values_list("note", flat=True)[:most]))
    return max(0, min(left))


def _events(actor: Actor) -> QuerySet[Event]:
    return Event.objects.filter(member_id=actor.member_id or 0, action=TELLING)  # rows: his own
