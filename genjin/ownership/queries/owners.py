"""Reads of ownership: the team branch of visibility, a record's team, its owners over time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, To, demand_sight, register_branch
from genjin.kernel.expressions import Within, among
from genjin.kernel.models.rows import Record
from genjin.ownership.models import Period, Teammate


def team_branch(actor: Actor, right: To, row_by_row: bool) -> QuerySet[Any, Any] | None:
    """Ids of records in whose team I or my subordinates are (B5, S2-30). Writing asks for my own read-write place."""
    if actor.member_id is None:
        return None
    rows = Teammate.objects.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))
    if right is SEE:
        people = Within if row_by_row else among
        rows = rows.filter(people("member_id", actor.people))
    else:
        rows = rows.filter(member_id=actor.member_id, writes=True)
    return rows.values("record_id")


register_branch("team", team_branch, typed="record_type")


def team_of(actor: Actor, record: Record) -> list[Teammate]:
    """The team of a record the actor sees, in order of joining; expired places are left out. Raises NotFound."""
    demand_sight(actor, record)
    now = timezone.now()
    rows = Teammate.objects.filter(record_id=record.pk).select_related("member").order_by("id")
    return [t for t in rows if t.expires_at is None or t.expires_at > now]


def places_of(record_ids: Collection[int]) -> list[Teammate]:
    """The places in the teams of records that give something now, whoever asks (for telling who sees them)."""
    rows = Teammate.objects.filter(record_id__in=record_ids)
    return list(rows.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now())).order_by("id"))


def places_count(member_id: int, cap: int) -> int:
    """In how many teams a member has a place now, to cap + 1."""
    rows = Teammate.objects.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()), member_id=member_id)
    return rows.order_by()[: cap + 1].count()


def periods_of(actor: Actor, record: Record, most: int = 50) -> list[Period]:
    """Who owned the record, newest first."""
    demand_sight(actor, record)
    rows = Period.objects.filter(record_id=record.pk).select_related("owner", "changed_by")
    return list(rows.order_by("-id")[:most])


def owner_on(actor: Actor, record: Record, moment: datetime) -> Period | None:
    """Whose the record was at a moment, and by which rule. Raises NotFound."""
    demand_sight(actor, record)
    rows = Period.objects.filter(record_id=record.pk, since__lte=moment)
    return rows.filter(Q(until=None) | Q(until__gt=moment)).order_by("-id").first()
