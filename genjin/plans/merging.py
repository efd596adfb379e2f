"""What becomes of plans when the customers or contacts they are about are merged (B3)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from genjin.customers.models import Customer
from genjin.kernel.actor import Actor
from genjin.kernel.aliases import merged_into
from genjin.merging.actions.moving import Moving
from genjin.merging.reach import settles, stays
from genjin.plans.models import DUE, Plan
from genjin.plans.planning import restate_next

stays("plans.Plan.series", "plans.Plan.recorded_as", because="ids of plans and follow-ups, which are not merged")
stays("plans.Plan.opportunity_id", because="opportunities are merged into no other")


def settle_plans(actor: Actor, customer: Customer, moving: Moving | None) -> None:
    """Open plans that the owner of a merged customer had for it are the master's owner's; those of others stay theirs.
    What comes next with the customer is the earliest of all."""
    if moving is not None and customer.owner_id:
        came = [pk for (label, _column, _b, _a), ids in moving.kept.items() if label == Plan._meta.label for pk in ids]
        others = Customer.objects.filter(pk__in=merged_into(customer))  # rows: the merge has locked them
        owners: set[Any] = set(others.values_list("owner_id", flat=True)) - {None, customer.owner_id}
        mine = Q(pk__in=came, assignee_id__in=owners) & DUE
        rows = moving.load(Plan, mine, ("assignee_id",)) if owners and came else []
        for row in rows:
            row.assignee_id = customer.owner_id
        moving.put(rows, ("assignee_id",))
    restate_next(actor, customer)


settles("customer", settle_plans)
