"""Reads of follow-ups: the door; those of a customer, contact or plan newest first; what hangs on them; the last facts
of a customer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.db.models import Count, Max, Q, QuerySet

from genjin.comments.models import Comment
from genjin.customers.models import Contact, Customer
from genjin.followups.models import FirstContact, FollowUp
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, To, first_visible, row_for, seen_among
from genjin.kernel.models.events import EventLink
from genjin.kernel.models.files import File
from genjin.kernel.models.rows import Life
from genjin.kernel.ready import Ready
from genjin.kernel.together import declare_kin
from genjin.org.queries import organisation
from genjin.plans.models import Plan


def followup_for(actor: Actor, followup_id: int, *, to: To, lock: bool = False) -> FollowUp:
    """The follow-up's one door. Raises NotFound or Forbidden."""
    return row_for(actor, FollowUp, followup_id, to=to, lock=lock)


def followups_of(
    actor: Actor, of: Customer | Contact | Plan, *, before: int | None = None, most: int = 20
) -> tuple[list[FollowUp], bool]:
    """(follow-ups of a customer, contact or plan newest first, whether there are earlier ones). `before`: the id of a
    follow-up. The page is found by an index however many there are."""
    if before is None:
        newest = _newest(of.row_type, most + 1).rows(of.pk)
        found = seen_among(actor, newest, lambda: _followups(of.row_type, of.pk), most + 1)
    else:
        edge = followup_for(actor, before, to=SEE)
        rows = _followups(of.row_type, of.pk).filter(occurred_at__lte=edge.occurred_at)
        rows = rows.filter(Q(occurred_at__lt=edge.occurred_at) | Q(pk__lt=edge.pk))
        found = first_visible(actor, rows, most + 1)
    return found[:most], len(found) > most


def _followups(link: str, linked_id: int) -> QuerySet[FollowUp]:
    rows = FollowUp.objects.filter(**{link: linked_id}, life=Life.LIVE).order_by("-occurred_at", "-id")
    return rows.select_related("contact").defer("search", "search_key", "contact__search", "contact__search_key")


@cache
def _newest(link: str, most: int) -> Ready[FollowUp]:
    return Ready(lambda linked_id: _followups(link, linked_id)[:most])


@dataclass(frozen=True)
class Beside:
    """What hangs on follow-ups that were seen through their door: {id: files} and {id: how many comments}."""

    files: dict[int, list[File]]
    comments: dict[int, int]


def beside(ids: Sequence[int]) -> Beside:
    """Files and comments of these follow-ups, two queries for all of them."""
    files: dict[int, list[File]] = {}
    if not ids:
        return Beside(files, {})
    found = File.objects.filter(record_id__in=ids, record_type=FollowUp.row_type, removed_at=None)
    for file in found.only("id", "name", "record_id").order_by("id"):
        files.setdefault(file.record_id, []).append(file)
    said = Comment.objects.filter(record_id__in=ids, record_type=FollowUp.row_type, taken_back_at=None)
    return Beside(files, dict(said.values_list("record_id").annotate(Count("id"))))


@dataclass(frozen=True)
class LastFacts:
    """What all live follow-ups of a customer say together."""

    occurred_at: datetime | None
    effective_at: datetime | None
    deal_date: date | None


def last_facts(customer: Customer) -> LastFacts:
    """Latest contact, latest effective one and latest deal of a customer, whoever may see them."""
    rows = FollowUp.objects.filter(customer_id=customer.pk, life=Life.LIVE)
    found = rows.aggregate(
        last=Max("occurred_at"),
        effective=Max("occurred_at", filter=Q(effective=True)),
        deal=Max("deal_date"),
    )
    return LastFacts(found["last"], found["effective"], found["deal"])


def first_contacts_due(owner_id: int, most: int) -> list[FirstContact]:
    """The open runs of the clock 首次联系时限 of an owner, the first to run out first. One query."""
    return list(FirstContact.objects.filter(owner_id=owner_id, ended_at=None).order_by("due_at", "id")[:most])


def voided_by(followup: FollowUp) -> int | None:
    """Who voided it last."""
    links = EventLink.objects.filter(row_id=followup.pk, event__action="followups.void")
    return links.order_by("-event_id").values_list("event__member_id", flat=True).first()


def author_named(actor: Actor, name: str) -> int | None:
    """The id of the one active member with exactly this name; None when none or several."""
    found = [p.id for p in organisation(actor).people.values() if p.active and p.name == name]
    return found[0] if len(found) == 1 else None


declare_kin(FollowUp, "customer_id")
