"""The button 转换 at the head of a lead; how many leads became customers, of whom, counted both ways (B2-13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.conversion.actions import CONVERT
from genjin.conversion.queries import conversions_of, made_of
from genjin.customers.record import CUSTOMER
from genjin.customers.rhythm import local_day
from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.doors import WRITE, may
from genjin.kernel.models.rows import Life
from genjin.kernel.seeing import seen_value
from genjin.kernel.titles import titles_of
from genjin.kernel.workdays import day_start
from genjin.leads.models import Lead
from genjin.leads.record import LEAD
from genjin.leads.rules import OPEN
from genjin.ownership.rules import company_zone
from genjin.ui.addresses import list_url, record_url
from genjin.ui.details.cards import Drawn, register_button
from genjin.ui.lists.heads import Way, register_way, ways_of
from genjin.ui.lists.outcomes import Became, register_telling
from genjin.ui.pages import PageRequest, page, render

PERIODS = {"month": gettext_lazy("本月"), "quarter": gettext_lazy("本季度"), "year": gettext_lazy("本年")}


@dataclass(frozen=True)
class Row:
    """What one member's leads came to; `url`: the leads."""

    who: str
    new: int
    existing: int
    url: str

    @property
    def total(self) -> int:
        """Both."""
        return self.new + self.existing


@page("leads/conversions", name="lead-conversions", needs=LEAD.grant("see"))
def conversions(request: PageRequest) -> HttpResponse:
    """By owner: leads that became new customers, and ones that joined customers that were there (`?period=`)."""
    actor, today = request.actor, local_day(request.actor.now())
    chosen = request.GET.get("period", "")
    period = chosen if chosen in PERIODS else "month"
    first = _first(period, today)
    start, end = (day_start(day, company_zone()) for day in (first, today + timedelta(days=1)))
    rows = [
        Row(people.directory().member_name(one.owner_id, actor.stamp), one.new, one.existing, _url(one.owner_id, first))
        for one in conversions_of(actor, start, end)
    ]
    total = Row(_("合计"), sum(row.new for row in rows), sum(row.existing for row in rows), _url(None, first))
    tabs = [{"value": key, "label": label, "href": f"{request.path}?period={key}"} for key, label in PERIODS.items()]
    context: dict[str, Any] = {"rows": rows, "total": total, "tabs": tabs, "period": period, "ways": ways_of(LEAD)}
    return render(request, "conversion/conversions.html", **context)


def _first(period: str, today: date) -> date:
    month = {"month": today.month, "quarter": today.month - (today.month - 1) % 3, "year": 1}[period]
    return date(today.year, month, 1)


def _url(owner_id: int | None, first: date) -> str:
    asked = {"view": "converted", "f": "1", "state.in": "converted", "converted_on.from": first.isoformat()}
    return f"{list_url(LEAD)}?{urlencode(asked | ({'owner.in': str(owner_id)} if owner_id else {}))}"


def convert_button(request: PageRequest, lead: Lead) -> Drawn | None:
    """转换, while it may be: what a lead is there for stands at its head, on the phone too."""
    open_now = lead.life == Life.LIVE and lead.state in OPEN and lead.owner_id is not None
    if not open_now or not may(request.actor, lead, CONVERT, WRITE):
        return None
    name = seen_value(request.actor, lead, "company") or seen_value(request.actor, lead, "name") or ""
    address = f"{record_url(LEAD, lead.pk)}/actions/convert?{urlencode({'name': name})}"
    return Drawn("conversion/convert_button.html", {"address": address})


def told_of_many(actor: Actor, lead_ids: Sequence[int]) -> list[Became]:
    """What many at once became: each lead with its customer, new or there before."""
    made = made_of(actor, lead_ids)
    leads = titles_of(actor, LEAD.key, [one.lead_id for one in made])
    customers = titles_of(actor, CUSTOMER.key, {one.customer_id for one in made})
    return [
        Became(
            title=leads.get(one.lead_id, "—"),
            words=_("转为新客户") if one.new else _("并入已有客户"),
            name=customers.get(one.customer_id, ""),
            url=record_url(CUSTOMER, one.customer_id) if one.customer_id in customers else "",
        )
        for one in made
    ]


register_telling(CONVERT, told_of_many)
register_button(LEAD.key, "convert", convert_button, order=10)
register_way(LEAD.key, Way("conversions", gettext_lazy("转换统计"), "chart-bar", "lead-conversions"))
