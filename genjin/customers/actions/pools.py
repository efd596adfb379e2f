"""The verbs by which customers go into pools and come out of them (B4); what they do is the area of ownership's."""

from __future__ import annotations

from genjin.customers.record import CUSTOMER
from genjin.ownership.actions import pool_actions

(
    claim_customer,
    unclaim_customer,
    assign_customer,
    unassign_customer,
    return_customer,
    unreturn_customer,
    lock_customer,
    unlock_customer,
    reclaim_customer,
    unreclaim_customer,
    move_customer,
    protect_customer,
) = pool_actions(CUSTOMER)
