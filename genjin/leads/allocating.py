"""Leads are allocated (分配, B20): what describes one, and when it counts as won: when it was converted."""

from __future__ import annotations

from genjin.allocation.actions.allocating import allocatable
from genjin.leads.record import LEAD

allocate_lead = allocatable(LEAD, traits=("source", "region", "industry", "quality"), won_on="deal_date")
