"""What becomes of what hangs on customers and contacts when some of them are merged (B3)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from genjin.customers.models import Contact, Customer
from genjin.merging.actions.moving import Moving
from genjin.merging.reach import counts, settles, stays

stays("customers.Rest.customer_id", because="why that customer rested; the master rests for reasons of its own")
stays("customers.Proposal.customer_id", because="the end of a month asked about that customer; it is none any more")
stays("customers.Grade.customer_id", because="what the rules said of that customer; the master is graded itself")
counts("customers.Address.customer_id", _("地址"))


def one_primary(_actor: Any, customer: Customer, moving: Moving | None) -> None:
    """A customer has one primary contact: the one it had before, else the first that came."""
    if moving is None:
        return
    rows = moving.load(Contact, Q(customer_id=customer.pk, primary=True), ("primary", "customer_id"))
    came = {pk for (_model, column, _b, _a), ids in moving.kept.items() if column == "customer_id" for pk in ids}
    for row in sorted(rows, key=lambda row: (row.pk in came, row.pk))[1:]:
        row.primary = False
    moving.put(rows, ("primary",))


settles("customer", one_primary)
