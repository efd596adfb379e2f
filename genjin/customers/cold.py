"""Who goes cold (B7), in the morning's digest. The list of them is the view 该跟进了 of the customers (`record.py`)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from genjin.customers.queries import cold_of
from genjin.customers.record import CUSTOMER
from genjin.kernel.actor import Actor
from genjin.kernel.seeing import whole
from genjin.reminders.digest import DigestSection, register_section

COLD_LIST = "/customers?view=cold"
MOST_LINES = 5


def digest(actor: Actor) -> DigestSection | None:
    """The morning's line: one's own customers that go cold, the longest overdue first."""
    if actor.member_id is None or not actor.may(CUSTOMER.grant("see")) or not whole(actor, CUSTOMER, "follow_by"):
        return None
    found = cold_of(actor, actor.member_id)
    if not found:
        return None
    lines = [(one.name, f"/customers/{one.id}") for one in found[:MOST_LINES]]
    return DigestSection(_("该跟进了"), lines, len(found), COLD_LIST)


register_section("cold", digest, order=40)
