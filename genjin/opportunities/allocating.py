"""Opportunities are allocated (分配, S0-54): what describes one, and when it counts as won."""

from __future__ import annotations

from genjin.allocation.actions.allocating import allocatable
from genjin.opportunities.record import OPPORTUNITY

allocate_opportunity = allocatable(OPPORTUNITY, traits=("source", "kind"), won_on="won_on")
