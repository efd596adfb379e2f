"""Restating the day by which customers want to be followed up, after what it is made of was set differently (B7)."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext_lazy

from genjin.customers.models import Customer
from genjin.customers.rhythm import follow_by
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.grants import declare_grants
from genjin.kernel.stamps import current_stamp

AT_ONCE = 1_000
MADE_OF = ("level", "category", "lifecycle", "deal_date", "last_effective_at", "created_at", "life", "paused")
UPDATE = """
    UPDATE customers_customer SET follow_by = changed.day
    FROM unnest(%s::bigint[], %s::date[]) AS changed (id, day) WHERE customers_customer.id = changed.id
"""

declare_grants(
    gettext_lazy("系统"), ("customers.restate", gettext_lazy("重算客户的应跟进日")), scoped=False, internal=True
)


@action(
    "customers.restate_rhythm",
    on=None,
    needs="customers.restate",
    label=gettext_lazy("重算应跟进日"),
    silent="a derived day follows a change of settings, which is written down itself",
    listed=False,
)
def restate_rhythm(actor: Actor, *, after: int) -> int | None:  # noqa: ARG001 - every action gets it
    """Work out the day of the next 1,000 customers behind an id anew, by the settings as they are now. The id to go on
    after; None when there are no more."""
    rows = Customer.objects.filter(pk__gt=after).order_by("pk").select_for_update()
    found = list(rows.only(*MADE_OF, "follow_by")[:AT_ONCE])
    stamp = current_stamp()
    days = {customer.pk: follow_by(customer, stamp) for customer in found}
    changed = {customer.pk: days[customer.pk] for customer in found if customer.follow_by != days[customer.pk]}
    if changed:
        with connection.cursor() as cursor:  # one statement; bulk_update is a branch per row
            cursor.execute(UPDATE, [list(changed), list(changed.values())])
    return found[-1].pk if len(found) == AT_ONCE else None
