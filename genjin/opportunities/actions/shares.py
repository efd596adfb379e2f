"""The verbs by which the performance of opportunities is divided (B15); what they do is the area of ownership's."""

from __future__ import annotations

from genjin.opportunities.record import OPPORTUNITY
from genjin.ownership.actions import split_actions
from genjin.ownership.grants import declare_split_grants

declare_split_grants(OPPORTUNITY)
(
    split_opportunity,
    propose_opportunity_split,
    accept_opportunity_split,
    decline_opportunity_split,
    withdraw_opportunity_split,
    unsplit_opportunity,
) = split_actions(OPPORTUNITY)
