"""Reads of follow-ups: the door, a customer's follow-ups newest first, the last facts of a customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.db.models import Max, Q, QuerySet

from genjin.customers.models import Customer
from genjin.followups.models import FollowUp
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, To, first_visible, row_for, seen_among
from genjin.kernel.models.events import EventLink
from genjin.kernel.models.rows import Life
from genjin.kernel.ready import Ready
from genjin.org.queries import organisation


def followup_for(actor: Actor, followup_id: int, *, to: To, lock: bool = False) -> FollowUp:
    """The follow-up's one door. Raises NotFound or Forbidden."""
    return row_for(actor, FollowUp, followup_id, to=to, lock=lock)


def followups_of(
    actor: Actor, customer: Customer, *, before: int | None = None, most: int = 20
) -> tuple[list[FollowUp], bool]:
    """(follow-ups of a customer newest first, whether there are earlier ones). `before`: the id of a follow-up."""
    if before is None:
        newest = _newest(most + 1).rows(customer.pk)
        found = seen_among(actor, newest, lambda: _followups(customer.pk), most + 1)
    else:
        edge = followup_for(actor, before, to=SEE)
        earlier = Q(occurred_at__lt=edge.occurred_at) | Q(occurred_at=edge.occurred_at, pk__lt=edge.pk)
        rows = _followups(customer.pk).filter(earlier)
        found = first_visible(actor, rows, most + 1)
    return found[:most], len(found) > most


def _followups(customer_id: int) -> QuerySet[FollowUp]:
    rows = FollowUp.objects.filter(customer_id=customer_id, life=Life.LIVE).order_by("-occurred_at", "-id")
    return rows.select_related("contact").defer("search", "search_key", "contact__search", "contact__search_key")


@cache
def _newest(most: int) -> Ready[FollowUp]:
    return Ready(lambda customer_id: _followups(customer_id)[:most])


@dataclass(frozen=True)
class LastFacts:
    """What all live follow-ups of a customer say together."""

    occurred_at: datetime | None
    deal_date: date | None


def last_facts(customer: Customer) -> LastFacts:
    """Latest contact and latest deal of a customer, whoever may see them."""
    rows = FollowUp.objects.filter(customer_id=customer.pk, life=Life.LIVE)
    found = rows.aggregate(occurred_at=Max("occurred_at"), deal_date=Max("deal_date"))
    return LastFacts(found["occurred_at"], found["deal_date"])


def voided_by(followup: FollowUp) -> int | None:
    """Who voided it last."""
    links = EventLink.objects.filter(row_id=followup.pk, event__action="followups.void")
    return links.order_by("-event_id").values_list("event__member_id", flat=True).first()


def author_named(actor: Actor, name: str) -> int | None:
    """The id of the one active member with exactly this name; None when none or several."""
    found = [p.id for p in organisation(actor).people.values() if p.active and p.name == name]
    return found[0] if len(found) == 1 else None
