"""What limits of a stage come to on the company's own data: before they are saved, and beside those in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F

from genjin.customers.rhythm import local_day
from genjin.kernel.actor import Actor
from genjin.opportunities.models import OPEN, Opportunity, Stay
from genjin.opportunities.record import MANAGE

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Example:
    """A stage on own data: open ones standing there, how long stays took on average in the last year (None without
    any), how many would count as stalled and how many the next night would close."""

    standing: int
    average: float | None
    stalled: int
    closed: int


def example(actor: Actor, stage: str, allowed_days: int | None, close_days: int | None) -> Example:
    """The company's own opportunities under such limits. Raises Forbidden for whoever does not set them."""
    actor.demand(MANAGE)
    now, today = actor.now(), local_day(actor.now())
    rows = Opportunity.objects.filter(OPEN, stage=stage)
    over = rows.filter(stage_entered_at__lt=now - timedelta(days=allowed_days + 1)) if allowed_days else rows.none()
    ending = rows.filter(opened_on__lt=today - timedelta(days=close_days)) if close_days else rows.none()
    return Example(rows.count(), averages(actor).get(stage), over.count(), ending.count())


def averages(actor: Actor) -> dict[str, float]:
    """{stage: average days of the stays that ended within a year}."""
    spent = ExpressionWrapper(F("left_at") - F("entered_at"), DurationField())
    rows = Stay.objects.filter(left_at__gte=actor.now() - YEAR).values_list("stage").annotate(mean=Avg(spent))
    return {stage: round(time / timedelta(days=1), 1) for stage, time in rows if time is not None}


def standing(actor: Actor) -> dict[str, int]:
    """{stage: open opportunities}."""
    actor.demand(MANAGE)
    return dict(Opportunity.objects.filter(OPEN).order_by().values_list("stage").annotate(Count("pk")))
