"""The demo company's sharing rules: what its departments show each other. Made through the actions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from genjin.customers.record import CUSTOMER
from genjin.kernel.actor import Actor
from genjin.sharing.actions import declare_sharing
from genjin.sharing.queries import company_day

JIANGSU = "320000"
FAIR = timedelta(days=120)


def share(administrator: Actor, departments: Mapping[str, int]) -> None:
    """Agents in Jiangsu are looked after together until the fair is over; who serves machines keeps the facts of their
    buyers up to date."""
    declare_sharing(
        administrator,
        name="江苏客户给渠道部看（行业展期间）",
        record_type=CUSTOMER.key,
        departments=[departments["华东销售部"]],
        conditions={"region.in": [JIANGSU]},
        to_departments=[departments["渠道部"]],
        until=company_day() + FAIR,
    )
    declare_sharing(
        administrator,
        name="老客户交客户服务部维护",
        record_type=CUSTOMER.key,
        departments=[departments["华东销售部"], departments["华南销售部"], departments["华北销售部"]],
        conditions={"lifecycle.in": ["old"]},
        to_departments=[departments["客户服务部"]],
        writes=True,
    )
