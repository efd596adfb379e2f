"""The verbs around sales clashes of customers (B3); what they do is the area of clashes'."""

from __future__ import annotations

from genjin.clashes.actions import clash_actions
from genjin.customers.record import CUSTOMER

declare_customer_clash, rule_customer_clash, withdraw_customer_clash = clash_actions(CUSTOMER)
