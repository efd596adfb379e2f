"""Customers are allocated (分配): what describes one, and when it counts as won."""

from __future__ import annotations

from genjin.allocation.actions.allocating import allocatable
from genjin.customers.record import CUSTOMER

allocate_customer = allocatable(CUSTOMER, traits=("region", "industry", "source", "level", "size"), won_on="deal_date")
