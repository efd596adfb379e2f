"""The verbs by which the performance of customers is divided (B15); what they do is the area of ownership's."""

from __future__ import annotations

from genjin.customers.record import CUSTOMER
from genjin.ownership.actions import split_actions
from genjin.ownership.grants import declare_split_grants

declare_split_grants(CUSTOMER)
(
    split_customer,
    propose_customer_split,
    accept_customer_split,
    decline_customer_split,
    withdraw_customer_split,
    unsplit_customer,
) = split_actions(CUSTOMER)
