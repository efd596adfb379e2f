"""Who goes cold (B7): a member's customers whose day to follow up has come, on the workbench and in the digest.

Not here: the list of them, which is the view 该跟进了 of the customers (`record.py`).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from genjin.customers.models import WORKED, Customer
from genjin.customers.record import CUSTOMER
from genjin.customers.rhythm import local_day
from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_to
from genjin.kernel.ready import DAY, MARK, Ready
from genjin.reminders.digest import DigestSection, register_section

COLD_LIST = "/customers?view=cold"
MOST_LINES = 5
MOST_COLD = 99


class Cold(NamedTuple):
    """A customer that goes cold."""

    id: int
    name: str
    level: str
    last_effective_at: datetime | None
    follow_by: date
    department_id: int | None


def cold_of(actor: Actor, member_id: int) -> list[Cold]:
    """A member's customers whose day to follow up has come (B7), as far as the actor sees them; the longest overdue
    first, at most MOST_COLD + 1. One query, two when some lie outside the actor's scope."""
    scope = actor.grants.get(CUSTOMER.grant("see"))
    if scope is None:
        return []
    today = local_day(actor.now())
    found = [Cold(*row) for row in _ready.rows(member_id, today)]
    if all(scope.holds(member_id, one.department_id) for one in found):
        return found
    return [Cold(*row) for row in _cold(visible_to(actor, Customer), member_id, today)]


def _cold(rows: QuerySet[Customer], member_id: int, today: date) -> QuerySet[Customer, tuple[Any, ...]]:
    due = rows.filter(WORKED, owner_id=member_id, follow_by__lte=today).order_by("follow_by", "pk")
    return due.values_list(*Cold._fields)[: MOST_COLD + 1]


_ready = Ready(lambda member_id, today: _cold(Customer.objects.all(), member_id, today), MARK, DAY)


def digest(actor: Actor) -> DigestSection | None:
    """The morning's line: one's own customers that go cold, the longest overdue first."""
    if actor.member_id is None or not actor.may(CUSTOMER.grant("see")):
        return None
    found = cold_of(actor, actor.member_id)
    if not found:
        return None
    lines = [(one.name, f"/customers/{one.id}") for one in found[:MOST_LINES]]
    return DigestSection(_("该跟进了"), lines, len(found), COLD_LIST)


register_section("cold", digest, order=40)
