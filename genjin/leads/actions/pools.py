"""The verbs by which leads go into pools and come out of them (B1, B4); what they do is the area of ownership's."""

from __future__ import annotations

from genjin.leads.record import LEAD
from genjin.ownership.actions import pool_actions

(
    claim_lead,
    unclaim_lead,
    assign_lead,
    unassign_lead,
    return_lead,
    unreturn_lead,
    lock_lead,
    unlock_lead,
    reclaim_lead,
    unreclaim_lead,
    move_lead,
    protect_lead,
) = pool_actions(LEAD)
