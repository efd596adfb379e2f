"""Whom to turn to first: the hot and warm records of a member with whom nobody was in touch today."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet, Value

from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_to
from genjin.kernel.workdays import day_start
from genjin.scoring.queries.explaining import POINTS
from genjin.scoring.schemes import scheme_at
from genjin.scoring.scored import SCORED, Scored


class Foremost(NamedTuple):
    """A record with its score, and when it was last followed."""

    key: str
    id: int
    title: str
    total: int
    last: datetime | None


def foremost_of(actor: Actor, member_id: int, most: int) -> list[Foremost]:
    """A member's, the highest score first, of the types whose score the actor may know (B20). One query."""
    known = [scored for scored in SCORED.values() if POINTS in scored.record_type.seen_by(actor).own_fields]
    parts = [_rows(actor, scored, member_id)[:most] for scored in known]
    if not parts:
        return []
    found = parts[0] if len(parts) == 1 else parts[0].union(*parts[1:], all=True)
    return sorted((Foremost(*row) for row in found), key=lambda one: (-one.total, -one.id))[:most]


def _rows(actor: Actor, scored: Scored, member_id: int) -> QuerySet[Any, Any]:
    today = day_start(actor.now().date(), actor.zone)
    declared, least = scored.record_type, scheme_at(scored.key, actor.stamp).warm
    untouched = Q(last_followed_at=None) | Q(last_followed_at__lt=today)
    rows = visible_to(actor, declared.model).filter(scored.open, untouched, owner_id=member_id)
    rows = rows.filter(Q(score__total__gte=least)).order_by("-score__total", "-pk")
    told: QuerySet[Any, Any] = rows.annotate(of_type=Value(scored.key), called=F(declared.title))
    return told.values_list("of_type", "pk", "called", "score__total", "last_followed_at")
