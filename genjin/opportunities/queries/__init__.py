"""Reads of one opportunity: its door, who takes part, product lines, competitors, stays in stages, how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Max, Q, QuerySet, Sum

from genjin.followups.models import FollowUp
from genjin.kernel.actor import Actor
from genjin.kernel.doors import To, demand_sight, first_visible, row_for
from genjin.kernel.models.files import File
from genjin.kernel.models.rows import Life
from genjin.opportunities.models import OPEN, Closing, Competitor, Line, Opportunity, Participant, Stay
from genjin.opportunities.rules import Outcome

MOST_PARTS = 100


def opportunity_for(actor: Actor, opportunity_id: int, *, to: To, lock: bool = False) -> Opportunity:
    """The opportunity's one door. Raises NotFound or Forbidden."""
    return row_for(actor, Opportunity, opportunity_id, to=to, lock=lock)


def participants_of(actor: Actor, row: Opportunity) -> list[Participant]:
    """Who takes part, in the order in which they were named. Raises NotFound."""
    demand_sight(actor, row)
    return list(Participant.objects.filter(opportunity_id=row.pk).order_by("id")[:MOST_PARTS])


def lines_of(actor: Actor, row: Opportunity) -> list[Line]:
    """The product lines. Raises NotFound."""
    demand_sight(actor, row)
    return list(Line.objects.filter(opportunity_id=row.pk).order_by("id")[:MOST_PARTS])


def competitors_of(actor: Actor, row: Opportunity) -> list[Competitor]:
    """The competitors. Raises NotFound."""
    demand_sight(actor, row)
    return list(Competitor.objects.filter(opportunity_id=row.pk).order_by("id")[:MOST_PARTS])


def stays_of(actor: Actor, row: Opportunity) -> list[Stay]:
    """Its stays in stages, the first one first. Raises NotFound."""
    demand_sight(actor, row)
    return list(Stay.objects.filter(opportunity_id=row.pk).order_by("id")[:MOST_PARTS])


def closing_of(actor: Actor, row: Opportunity) -> Closing | None:
    """How it ended, if it has. Raises NotFound."""
    demand_sight(actor, row)
    return last_closing(row.pk)


def last_closing(opportunity_id: int) -> Closing | None:
    """How an opportunity ended, whoever may see it."""
    return Closing.objects.filter(opportunity_id=opportunity_id, until=None).select_related("by").first()


def sum_of_lines(opportunity_id: int) -> Decimal | None:
    """What the product lines come to; None without any."""
    total: Decimal | None = Line.objects.filter(opportunity_id=opportunity_id).aggregate(total=Sum("total"))["total"]
    return total


def talks_about(row: Opportunity, method: str) -> int:
    """Effective follow-ups about an opportunity, or with its customer since it was made and about none (B9)."""
    since = Q(opportunity_id=None, customer_id=row.customer_id, occurred_at__gte=row.created_at)
    found = FollowUp.objects.filter(Q(opportunity_id=row.pk) | since, life=Life.LIVE, effective=True)
    return found.filter(method=method).count() if method else found.count()


def has_rows(model: type[Participant | Line | Competitor], opportunity_id: int) -> bool:
    """Whether anything of a kind hangs on an opportunity."""
    return model._default_manager.filter(opportunity_id=opportunity_id).exists()


def opportunities_of(actor: Actor, customer_id: int, most: int) -> list[Opportunity]:
    """The opportunities of a customer that the actor sees, open ones first."""
    rows = Opportunity.objects.filter(customer_id=customer_id, life=Life.LIVE).defer("search", "search_key")
    found = first_visible(actor, rows.order_by("-closed_on", "-id"), most)
    return sorted(found, key=lambda row: (row.outcome != Outcome.OPEN, -row.pk))


def files_on(row: Opportunity) -> int:
    """How many files hang on it, whoever may see it."""
    return File.objects.filter(record_type=row.row_type, record_id=row.pk, removed_at=None).count()


def last_won(customer_id: int) -> date | None:
    """The last day on which an opportunity of a customer was won, whoever may see it (B4)."""
    rows = Opportunity.objects.filter(customer_id=customer_id, life=Life.LIVE, outcome=Outcome.WON)
    found: date | None = rows.aggregate(last=Max("closed_on"))["last"]
    return found


def won_by(customer_id: int) -> dict[int, date]:
    """{opportunity: the day on which it was won} of a customer, whoever may see them."""
    rows = Opportunity.objects.filter(customer_id=customer_id, life=Life.LIVE, outcome=Outcome.WON)
    return {pk: day for pk, day in rows.values_list("pk", "closed_on") if day}


def open_of(customer_ids: Sequence[int]) -> QuerySet[Opportunity]:
    """Open opportunities of customers, whoever may see them."""
    return Opportunity.objects.filter(OPEN, customer_id__in=customer_ids)
