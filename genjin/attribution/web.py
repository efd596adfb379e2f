"""活动效果: what the campaigns of a year brought, compared; and on each campaign's page what it brought itself. Every
number opens its rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.attribution.drills import rows_of
from genjin.attribution.queries import campaigns_of_year, counts, credits, sees_all, years_of
from genjin.attribution.rules import NOTHING, Credit, Way
from genjin.campaigns.fields import OPTIONS
from genjin.campaigns.models import Campaign
from genjin.campaigns.queries import campaign_for, members_of
from genjin.campaigns.record import CAMPAIGN, TOUCH
from genjin.campaigns.rules import status_on
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE
from genjin.kernel.records import RecordType
from genjin.kernel.seeing import seen_value, whole
from genjin.leads.record import LEAD
from genjin.opportunities.record import OPPORTUNITY
from genjin.ui.addresses import list_url, record_url
from genjin.ui.details.cards import Drawn, register_panel
from genjin.ui.lists.heads import Way as Shown
from genjin.ui.lists.heads import register_way, ways_of
from genjin.ui.pages import PageRequest, fragment, page, respond

NEEDS = CAMPAIGN.grant("see")
MOST_BARS = 12
MOST_YEARS = 5


@dataclass(frozen=True)
class Sees:
    """What the reader is told: leads, opportunities, amounts, and what is set against the whole cost."""

    leads: bool
    opportunities: bool
    amounts: bool
    cost: bool
    rates: bool


@dataclass(frozen=True)
class Line:
    """A campaign with what it brought; without one all of a year. `costed`: of that, what campaigns brought whose cost
    is known; only this is set against it."""

    credit: Credit
    costed: Credit
    way: Way
    year: int
    cost: Decimal | None = None
    campaign: Campaign | None = None
    status: str = ""
    tone: str = ""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.campaign.name if self.campaign else _("合计")

    @property
    def url(self) -> str:
        """Its page."""
        return record_url(CAMPAIGN, self.campaign.pk) if self.campaign else ""

    @property
    def leads_url(self) -> str:
        """Its leads."""
        return self._rows(LEAD)

    @property
    def converted_url(self) -> str:
        """Those that were converted."""
        return self._rows(LEAD, ("state.in", "converted"))

    @property
    def opportunities_url(self) -> str:
        """Its opportunities."""
        return self._rows(OPPORTUNITY, ("outcome.not", "invalid"))

    @property
    def won_url(self) -> str:
        """Those that were won."""
        return self._rows(OPPORTUNITY, ("outcome.in", "won"))

    @property
    def cost_per_lead(self) -> Decimal | None:
        """线索成本."""
        return self.costed.cost_per_lead(self.cost)

    @property
    def roi(self) -> int | None:
        """投资回报率 in per cent."""
        return self.costed.roi(self.cost)

    def _rows(self, declared: RecordType, *more: tuple[str, str]) -> str:
        return rows_of(declared, self.way, self.campaign.pk if self.campaign else None, self.year, *more)


@page("campaigns/figures", name="campaign-figures", needs=NEEDS)
def overview(request: PageRequest) -> HttpResponse:
    """What the campaigns of a year (`?year=`) brought, by first or last touch (`?way=`)."""
    actor, way = request.actor, _way(request)
    years = years_of(actor)[:MOST_YEARS]
    year = _year(request, years)
    campaigns = campaigns_of_year(actor, year)
    found = credits(actor, way, [one.pk for one in campaigns])
    lines = [_line(actor, way, one, found.get(one.pk) or Credit()) for one in campaigns]
    lines.sort(key=lambda line: (-line.credit.revenue, -line.credit.leads, -line.credit.opportunities))
    return respond(
        request, "attribution/overview.html#figures", lines=lines, bars=lines[:MOST_BARS],
        total=_total(lines, way, year), way=way, year=year, sees=_sees(actor, way), ways=ways_of(CAMPAIGN),
        **_greatest(lines), **_tabs(years, way, year),
    )  # fmt: skip


def _greatest(lines: list[Line]) -> dict[str, Any]:
    """What the longest bars stand for, and of how many campaigns the cost is not known."""
    return {
        "most_leads": max((line.credit.leads for line in lines), default=0),
        "most_money": max((max(line.credit.revenue, line.cost or NOTHING) for line in lines), default=NOTHING),
        "unknown": sum(line.cost is None for line in lines),
    }


def _tabs(years: list[int], way: Way, year: int) -> dict[str, Any]:
    address = reverse("campaign-figures")
    tabs = [{"value": one, "label": str(one), "href": f"{address}?way={way.value}&year={one}"} for one in years]
    return {"years": tabs, "touches": _switch(address, f"&year={year}")}


@page("campaigns/<int:campaign_id>/figures", name="campaign-own-figures", needs=NEEDS)
def figures(request: PageRequest, campaign_id: int) -> HttpResponse:
    """What one campaign brought, by first or last touch (`?way=`), for its page."""
    campaign = campaign_for(request.actor, campaign_id, to=SEE)
    return fragment(request, "attribution/panel.html", **_panel(request, campaign))


def figures_panel(request: PageRequest, campaign: Campaign) -> Drawn:
    """The same, as its page is drawn first."""
    return Drawn("attribution/panel.html", _panel(request, campaign))


def _panel(request: PageRequest, campaign: Campaign) -> dict[str, Any]:
    actor, way = request.actor, _way(request)
    line = _line(actor, way, campaign, credits(actor, way, [campaign.pk]).get(campaign.pk) or Credit())
    members = members_of(actor, campaign, 0).count if actor.may(TOUCH.grant("see")) else None
    return {
        "line": line,
        "way": way,
        "sees": _sees(actor, way),
        "members": members,
        "members_url": f"{list_url(TOUCH)}?view=all&f=1&campaign.in={campaign.pk}",
        "touches": _switch(record_url(CAMPAIGN, campaign.pk), "", into="#figures"),
        "levels": _levels(line, members, _sees(actor, way)),
        "budget": seen_value(actor, campaign, "budget"),
        "target": seen_value(actor, campaign, "target"),
        "overview": f"{reverse('campaign-figures')}?way={way.value}&year={line.year}",
    }


def _levels(line: Line, members: int | None, sees: Sees) -> list[tuple[str, int, int, str]]:
    """(what, how many, in per cent of the greatest, its rows) from member to won opportunity."""
    credit = line.credit
    steps: list[tuple[str, int | None, str]] = [
        (
            str(TOUCH.many),
            members,
            f"{list_url(TOUCH)}?view=all&f=1&campaign.in={line.campaign.pk if line.campaign else 0}",
        ),
    ]
    if sees.leads:
        steps += [
            (str(LEAD.many), credit.leads, line.leads_url),
            (_("已转换线索"), credit.converted, line.converted_url),
        ]
    if sees.opportunities:
        steps += [
            (str(OPPORTUNITY.many), credit.opportunities, line.opportunities_url),
            (_("赢单"), credit.won, line.won_url),
        ]
    most = max((number or 0 for _name, number, _url in steps), default=0) or 1
    return [(name, number, round(100 * number / most), url) for name, number, url in steps if number is not None]


def _line(actor: Actor, way: Way, campaign: Campaign, credit: Credit) -> Line:
    status = OPTIONS[status_on(actor.now().date(), campaign.starts_on, campaign.ends_on).value]
    cost = seen_value(actor, campaign, "cost")
    return Line(credit, credit, way, campaign.starts_on.year, cost, campaign, str(status.label), status.colour)


def _total(lines: list[Line], way: Way, year: int) -> Line:
    known = [line for line in lines if line.cost is not None]
    cost = sum((line.cost or NOTHING for line in known), NOTHING) if known else None
    return Line(
        sum((line.credit for line in lines), Credit()), sum((line.credit for line in known), Credit()), way, year, cost
    )


def _sees(actor: Actor, way: Way) -> Sees:
    leads, opportunities = counts(actor, LEAD, way), counts(actor, OPPORTUNITY, way)
    amounts, cost = opportunities and whole(actor, OPPORTUNITY, "amount"), whole(actor, CAMPAIGN, "cost")
    return Sees(leads, opportunities, amounts, cost, sees_all(actor))


def _switch(address: str, rest: str, into: str = "") -> list[dict[str, Any]]:
    """The switch between first and last touch; `into`: what a record's page draws anew."""
    found = []
    for way in Way:
        href = f"{address}?way={way.value}{rest}"
        fetched = f"{address}/figures?way={way.value}"
        attrs = {"hx-get": fetched, "hx-target": into, "hx-swap": "outerHTML"} if into else {}
        found.append({"value": way, "label": str(way.label), "href": href, "attrs": attrs})
    return found


def _way(request: PageRequest) -> Way:
    asked = request.GET.get("way", "")
    return Way(asked) if asked in set(Way.values) else Way.FIRST


def _year(request: PageRequest, known: list[int]) -> int:
    asked, this = request.GET.get("year", ""), request.actor.now().year
    if asked.isdecimal() and len(asked) == 4 and int(asked) > 1900:
        return int(asked)
    return this if this in known or not known else known[0]


register_panel(CAMPAIGN.key, "figures", figures_panel, order=10)
register_way(CAMPAIGN.key, Shown("figures", gettext_lazy("活动效果"), "chart-bar", "campaign-figures"))
