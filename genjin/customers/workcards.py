"""Customers on the workbench: who goes cold (B7), and what the end of the month left to decide (S3-13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from genjin.customers.monthend.queries import CAP, waiting_of
from genjin.customers.queries import MOST_COLD, cold_of
from genjin.customers.record import CUSTOMER
from genjin.kernel.seeing import teller, whole
from genjin.ui.addresses import list_url, record_url
from genjin.ui.formats import Due
from genjin.ui.jinja import maybe_url
from genjin.ui.pages import PageRequest
from genjin.ui.shell import formats_for
from genjin.ui.workbench import Lead, Workcard, register_workcard

SHOWN = 6


@dataclass(frozen=True)
class Line:
    """A customer that goes cold, as the card lists it."""

    id: int
    name: str
    url: str
    level: str
    last: str
    due: Due


def cold_card(request: PageRequest, member_id: int) -> Workcard | None:
    """该跟进了: a member's customers whose day has come, the longest overdue first. One query."""
    actor = request.actor
    if not actor.may(CUSTOMER.grant("see")) or not whole(actor, CUSTOMER, "follow_by"):
        return None
    found = cold_of(actor, member_id)
    if not found:
        return None
    fmt, level = formats_for(actor), teller(actor, CUSTOMER, "level")
    dated = whole(actor, CUSTOMER, "last_followed_at")
    lines = [
        Line(
            id=one.id,
            name=one.name,
            url=record_url(CUSTOMER, one.id),
            level=level(one.level),
            last=fmt.when(one.last_effective_at) if one.last_effective_at and dated else "",
            due=fmt.due(one.follow_by),
        )
        for one in found[:SHOWN]
    ]
    count = len(found)
    words = f"{MOST_COLD}+" if count > MOST_COLD else str(count)
    all_url = f"{list_url(CUSTOMER)}?f=1&owner.in={member_id}&follow_by.past=0&sort=follow_by"
    context: dict[str, Any] = {"cold": lines, "cold_count": words, "all_cold_url": all_url}
    writes = member_id == actor.member_id and actor.may("followups.create")
    context["write_url"] = maybe_url("new-followup") if writes else ""
    return Workcard("customers/cold_card.html", context, (Lead(words, _("个客户该跟进了"), "warn"),))


def month_end_card(request: PageRequest, member_id: int) -> Workcard | None:
    """月末整理: how many proposals of the last month's end wait for this member."""
    count = waiting_of(request.actor, member_id)
    if not count:
        return None
    url = f"{reverse('month-end')}?owner={member_id}"
    context = {"proposals": f"{CAP}+" if count >= CAP else str(count), "month_end_url": url}
    return Workcard("customers/month_end_card.html", context)


register_workcard("cold", cold_card, order=30)
register_workcard("month-end", month_end_card, order=60, side=True)
