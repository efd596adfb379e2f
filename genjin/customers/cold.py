"""Who goes cold (B7): a member's customers whose day to follow up has come, on the workbench and in the digest.

Not here: the list of them, which is the view 该跟进了 of the customers (`record.py`).
"""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from genjin.customers.models import WORKED, Customer
from genjin.customers.record import CUSTOMER
from genjin.customers.rhythm import local_day
from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_to
from genjin.reminders.digest import DigestSection, register_section

COLD_LIST = "/customers?view=cold"
MOST_LINES = 5
MOST_COLD = 99


def cold_of(actor: Actor, member_id: int, most: int) -> list[Customer]:
    """A member's customers whose day to follow up has come (B7), as far as the actor sees them; the longest overdue
    first."""
    return list(_cold(actor, member_id).defer("search", "search_key").order_by("follow_by", "pk")[:most])


def count_cold(actor: Actor, member_id: int) -> int:
    """How many there are, counted to MOST_COLD + 1."""
    return _cold(actor, member_id).order_by()[: MOST_COLD + 1].count()


def _cold(actor: Actor, member_id: int) -> QuerySet[Customer]:
    due = Q(owner_id=member_id, follow_by__lte=local_day(actor.now()))
    return visible_to(actor, Customer).filter(WORKED & due)


def digest(actor: Actor) -> DigestSection | None:
    """The morning's line: one's own customers that go cold, the longest overdue first."""
    if actor.member_id is None or not actor.may(CUSTOMER.grant("see")):
        return None
    found = cold_of(actor, actor.member_id, MOST_LINES)
    if not found:
        return None
    lines = [(customer.name, f"/customers/{customer.pk}") for customer in found]
    return DigestSection(_("该跟进了"), lines, count_cold(actor, actor.member_id), COLD_LIST)


register_section("cold", digest, order=40)
