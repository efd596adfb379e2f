"""The follow-up statistics of a period (客户跟进记录统计表, S0-33): closed households, lines, per salesperson."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, QuerySet

from genjin.followups.models import FollowUp
from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_to
from genjin.kernel.models.rows import Life

MOST_LINES = 200


@dataclass
class Salesperson:
    """One salesperson's part: follow-ups and customers by follow-up date, closed households by deal date."""

    member_id: int | None
    name: str
    followups: int = 0
    customers: int = 0
    deals: int = 0


@dataclass(frozen=True)
class Statistics:
    """The whole: 成交户数, follow-ups, customers followed, by salesperson; the lines newest first, and whether the
    list of lines was cut off."""

    deals: int
    followups: int
    customers: int
    people: list[Salesperson] = field(default_factory=list)
    lines: list[FollowUp] = field(default_factory=list)
    more: bool = False


def statistics(actor: Actor, start: date, end: date) -> Statistics:
    """What the actor may see of the follow-ups of a period, both days included. A closed household is a customer with
    a deal date in the period, however many deals it made (S0-33, S0-39)."""
    rows = visible_to(actor, FollowUp).filter(life=Life.LIVE)
    closed = rows.filter(deal_date__range=(start, end))
    held = rows.filter(occurred_at__gte=_midnight(start, actor), occurred_at__lt=_midnight(end, actor, days=1))
    total = held.aggregate(followups=Count("id"), customers=Count("customer", distinct=True))
    lines = held.order_by("-occurred_at", "-id")[: MOST_LINES + 1]
    found = list(lines)
    return Statistics(
        deals=closed.aggregate(n=Count("customer", distinct=True))["n"],
        followups=total["followups"],
        customers=total["customers"],
        people=_people(actor, held, closed),
        lines=found[:MOST_LINES],
        more=len(found) > MOST_LINES,
    )


def _midnight(day: date, actor: Actor, *, days: int = 0) -> datetime:
    return dt.datetime.combine(day + dt.timedelta(days=days), dt.time(), tzinfo=actor.zone)


def _people(actor: Actor, held: QuerySet[FollowUp], closed: QuerySet[FollowUp]) -> list[Salesperson]:
    found: dict[tuple[int | None, str], Salesperson] = {}

    def person(member_id: int | None, written: str) -> Salesperson:
        name = people.directory().member_name(member_id, actor.stamp) if member_id else written
        return found.setdefault((member_id, written), Salesperson(member_id, name))

    grouped = held.order_by().values_list("author_id", "author_name")
    for member_id, written, followups, customers in grouped.annotate(Count("id"), Count("customer", distinct=True)):
        line = person(member_id, written)
        line.followups, line.customers = followups, customers
    deals = closed.order_by().values_list("author_id", "author_name").annotate(Count("customer", distinct=True))
    for member_id, written, count in deals:
        person(member_id, written).deals = count
    return sorted(found.values(), key=lambda one: (-one.deals, -one.followups, one.name))
