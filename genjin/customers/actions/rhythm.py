"""Restating the day by which customers want to be followed up, after what it is made of was set differently (B7)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from genjin.customers.models import Customer
from genjin.customers.rhythm import follow_by
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.grants import declare_grants
from genjin.kernel.stamps import current_stamp

AT_ONCE = 1_000

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
    found = list(rows.defer("search", "search_key")[:AT_ONCE])
    stamp = current_stamp()
    changed = []
    for customer in found:
        day = follow_by(customer, stamp)
        if customer.follow_by != day:
            customer.follow_by = day
            changed.append(customer)
    Customer.objects.bulk_update(changed, ["follow_by"])
    return found[-1].pk if len(found) == AT_ONCE else None
