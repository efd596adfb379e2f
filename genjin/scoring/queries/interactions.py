"""What salespeople and prospects did, for signals: follow-ups and plans of many records at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from genjin.followups.models import FollowUp
from genjin.kernel.models.rows import Life
from genjin.plans.models import Plan
from genjin.plans.rules import PlanState
from genjin.scoring.signals import Moment

COLUMNS = {"lead": "lead_id", "opportunity": "opportunity_id"}
GRACE = timedelta(days=1)
"""A plan that was done within a day of its time was kept."""


class Talk(NamedTuple):
    """What signals look at in a follow-up."""

    method: str
    call_result: str
    intention: str
    effective: bool


def talks(record_type: str, ids: Collection[int], since: datetime) -> Iterator[Moment]:
    """The follow-ups."""
    column = COLUMNS[record_type]
    rows = FollowUp.objects.filter(**{f"{column}__in": ids}, life=Life.LIVE, occurred_at__gte=since).order_by()
    for row_id, at, *seen in rows.values_list(column, "occurred_at", *Talk._fields):
        yield Moment(row_id, at, Talk(*seen))


def plans_done(record_type: str, ids: Collection[int], since: datetime) -> Iterator[Moment]:
    """The plans that were done; seen: whether in time."""
    column = COLUMNS[record_type]
    rows = Plan.objects.filter(
        **{f"{column}__in": ids}, life=Life.LIVE, state=PlanState.COMPLETED, closed_at__gte=since
    ).order_by()
    for row_id, closed_at, starts_at in rows.values_list(column, "closed_at", "starts_at"):
        if closed_at is not None:
            yield Moment(row_id, closed_at, closed_at <= starts_at + GRACE)


def of_talks(ids: Collection[int]) -> Iterable[tuple[str, int]]:
    """The records that follow-ups are about."""
    return _concerned(FollowUp.objects.filter(pk__in=ids).values_list("lead_id", "opportunity_id"))


def of_plans(ids: Collection[int]) -> Iterable[tuple[str, int]]:
    """The records that plans are for."""
    return _concerned(Plan.objects.filter(pk__in=ids).values_list("lead_id", "opportunity_id"))


def _concerned(rows: Iterable[tuple[int | None, int | None]]) -> Iterator[tuple[str, int]]:
    for lead_id, opportunity_id in rows:
        if lead_id is not None:
            yield "lead", lead_id
        if opportunity_id is not None:
            yield "opportunity", opportunity_id
