"""What a salesperson records on the way: a follow-up first, then a plan, a customer."""

from __future__ import annotations

from genjin.customers.record import CUSTOMER
from genjin.followups.actions import create_followup
from genjin.kernel.actions import ACTIONS
from genjin.plans.record import PLAN
from genjin.ui.quick import Quick, register_quick

register_quick(
    Quick(
        key="followup",
        label=create_followup.label,
        icon="message-2",
        address="/followups/new",
        needs=create_followup.needs,
        order=10,
        shortcut="f",
    )
)
for _order, _type in ((20, PLAN), (30, CUSTOMER)):
    _create = ACTIONS[_type.grant("create")]
    register_quick(
        Quick(
            key=_type.key,
            label=_create.label,
            icon=_type.icon,
            address=f"/{_type.plural}/new",
            needs=_create.needs,
            order=_order,
        )
    )
