"""Reads of follow-ups: the door; those of a customer, contact or plan newest first; what hangs on them; the last facts
of a customer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from genjin.customers.record import CUSTOMER
from genjin.followups.models import FirstContact, FollowUp
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, To, first_visible, row_for, seen_among
from genjin.kernel.models.events import EventLink
from genjin.kernel.models.files import File
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.ready import Ready
from genjin.kernel.titles import titles_of
from genjin.kernel.together import declare_kin
from genjin.org.queries import organisation

# what hangs on the lines of a page: files, and how many comments (those without a name)
BESIDE = """
SELECT record_id, id, name FROM kernel_file
 WHERE record_id = ANY(%(ids)s) AND record_type = %(type)s AND field = '' AND removed_at IS NULL
UNION ALL
SELECT record_id, count(*), NULL FROM comments_comment
 WHERE record_id = ANY(%(ids)s) AND record_type = %(type)s AND taken_back_at IS NULL GROUP BY record_id
 ORDER BY 2
"""


def followup_for(actor: Actor, followup_id: int, *, to: To, lock: bool = False) -> FollowUp:
    """The follow-up's one door. Raises NotFound or Forbidden."""
    return row_for(actor, FollowUp, followup_id, to=to, lock=lock)


def followups_of(actor: Actor, of: Record, *, before: int | None = None, most: int = 20) -> tuple[list[FollowUp], bool]:
    """(follow-ups of a customer, lead, contact or plan newest first, whether there are earlier ones). `before`: the id
    of a follow-up. The page is found by an index however many there are."""
    column = f"{of.row_type}_id"
    if before is None:
        newest = _newest(column, most + 1).rows(of.pk)
        found = seen_among(actor, newest, lambda: _followups(column, of.pk), most + 1)
    else:
        edge = followup_for(actor, before, to=SEE)
        rows = _followups(column, of.pk).filter(occurred_at__lte=edge.occurred_at)
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
    """Files and comments of these follow-ups, one query for all of them."""
    found = Beside({}, {})
    if not ids:
        return found
    with connection.cursor() as cursor:
        cursor.execute(BESIDE, {"ids": list(ids), "type": FollowUp.row_type})
        for record_id, number, name in cursor.fetchall():
            if name is None:
                found.comments[record_id] = number
            else:
                found.files.setdefault(record_id, []).append(File(id=number, name=name))
    return found


@dataclass(frozen=True)
class LastFacts:
    """What all live follow-ups of a customer, lead … say together."""

    occurred_at: datetime | None
    effective_at: datetime | None
    deal_date: date | None


def last_facts(of: Record) -> LastFacts:
    """Latest contact, latest effective one and latest deal of a customer, lead …, whoever may see them."""
    rows = FollowUp.objects.filter(life=Life.LIVE, **{f"{of.row_type}_id": of.pk})
    found = rows.aggregate(
        last=Max("occurred_at"),
        effective=Max("occurred_at", filter=Q(effective=True)),
        deal=Max("deal_date"),
    )
    return LastFacts(found["last"], found["effective"], found["deal"])


class OpenRun(NamedTuple):
    """An open run of the clock 首次联系时限 and whose it is."""

    customer_id: int
    gained_at: datetime
    due_at: datetime
    name: str
    owner_id: int | None
    department_id: int | None


def first_contacts_due(actor: Actor, owner_id: int, most: int) -> list[OpenRun]:
    """The open runs of the clock 首次联系时限 of an owner with customers that the actor sees, the first to run out
    first. One query; more only when a customer lies outside the actor's scope."""
    scope = actor.grants.get(CUSTOMER.grant("see"))
    found = [OpenRun(*row) for row in _runs(most).rows(owner_id)]
    outside = [run.customer_id for run in found if scope is None or not scope.holds(run.owner_id, run.department_id)]
    hidden = set(outside) - set(titles_of(actor, "customer", outside))
    return [run for run in found if run.customer_id not in hidden]


@cache
def _runs(most: int) -> Ready[Any]:
    columns = ("customer_id", "gained_at", "due_at", "customer__name", "customer__owner_id", "customer__department_id")
    open_runs = FirstContact.objects.filter(ended_at=None).order_by("due_at", "id")
    return Ready(lambda owner_id: open_runs.filter(owner_id=owner_id).values_list(*columns)[:most])


def waits_for(owner_id: int, late_at: datetime | None) -> Q:
    """Customers whose first contact clock runs for this owner; with a moment those whose clock ran out by then."""
    runs = FirstContact.objects.filter(ended_at=None, owner_id=owner_id, customer_id=OuterRef("pk"))
    return Q(Exists(runs.filter(due_at__lte=late_at) if late_at else runs))


def voided_by(followup: FollowUp) -> int | None:
    """Who voided it last."""
    links = EventLink.objects.filter(row_id=followup.pk, event__action="followups.void")
    return links.order_by("-event_id").values_list("event__member_id", flat=True).first()


def author_named(actor: Actor, name: str) -> int | None:
    """The id of the one active member with exactly this name or sign-in name; None when none or several."""
    active = [p for p in organisation(actor).people.values() if p.active]
    found = [p.id for p in active if p.sign_in == name] or [p.id for p in active if p.name == name]
    return found[0] if len(found) == 1 else None


declare_kin(FollowUp, "customer_id", "lead_id", "opportunity_id")
