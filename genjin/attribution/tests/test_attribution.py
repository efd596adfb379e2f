"""First and last touch, kept by the database through conversions, merges and voiding; figures, their rows and pages
(B20, B2-11).
"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from genjin.attribution.queries import credits
from genjin.attribution.rules import Credit, Way
from genjin.campaigns.models import Touch
from genjin.campaigns.tests.factories import make_campaign, touch
from genjin.conversion.actions import convert_lead
from genjin.customers.tests.factories import make_customer
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Access
from genjin.kernel.stamps import bump_stamp
from genjin.leads.actions.leads import edit_lead, void_lead
from genjin.leads.models import Lead
from genjin.leads.tests.factories import make_lead
from genjin.opportunities.actions.moves import win_opportunity
from genjin.opportunities.actions.opportunities import edit_opportunity
from genjin.opportunities.models import Opportunity
from genjin.opportunities.tests.factories import make_opportunity
from genjin.org.grants import ready_scope
from genjin.org.models import Role
from genjin.testing.cast import Cast, limit


def test_rates_divide_by_nothing_never() -> None:
    none = Credit()
    assert (none.conversion, none.cost_per_lead(Decimal(100)), none.roi(Decimal()), none.roi(None)) == (None,) * 4
    some = Credit(leads=3, converted=1, opportunities=2, won=1, revenue=Decimal(250))
    assert (some.conversion, some.cost_per_lead(Decimal(100)), some.roi(Decimal(100))) == (33, Decimal("33.33"), 150)
    assert some.cost_per_lead(None) is None
    assert Credit(revenue=Decimal(40)).roi(Decimal(100)) == -60
    assert (some + some).revenue == 500


def touches(row: Lead | Opportunity) -> tuple[int | None, int | None]:
    """Of its first and last touch the campaigns, as they stand."""
    fresh: Any = type(row)._default_manager.get(pk=row.pk)
    return fresh.first_campaign_id, fresh.last_campaign_id


def ago(days: int) -> str:
    return (timezone.now() - timedelta(days=days)).isoformat()


def test_B2_11_touches_go_along_from_lead_to_customer_and_opportunity(cast: Cast) -> None:
    manager = cast.actor("manager")
    fair, salon, web = (make_campaign(manager, name) for name in ("展会", "沙龙", "直播"))
    lead = make_lead(manager, campaign=str(fair.pk), company="苏州晶砺半导体有限公司")
    assert touches(lead) == (fair.pk, fair.pk)
    late = touch(manager, salon, lead)
    assert touches(lead) == (fair.pk, salon.pk)
    early = touch(manager, web, lead, touched_at=ago(5))
    assert touches(lead) == (web.pk, salon.pk)
    ACTIONS["touches.void"].run(manager, early.pk, {})
    assert touches(lead) == (fair.pk, salon.pk)
    edit_lead.run(manager, lead.pk, {"campaign": ""})
    assert touches(lead) == (salon.pk, salon.pk)
    edit_lead.run(manager, lead.pk, {"campaign": fair.pk})
    convert_lead.run(manager, lead.pk, {"opportunity": "1"})
    lead.refresh_from_db()
    assert lead.opportunity_id is not None
    deal = Opportunity.objects.get(pk=lead.opportunity_id)
    moved = Touch.objects.get(pk=late.pk)
    assert (moved.customer_id, deal.campaign_id, deal.customer_id) == (lead.customer_id, fair.pk, lead.customer_id)
    assert touches(deal) == (fair.pk, salon.pk)
    win_opportunity.run(manager, deal.pk, {"amount": "800", "on": ago(2)[:10]})
    assert touches(deal) == (fair.pk, fair.pk)  # what came after the end does not count
    customer = deal.customer
    other = make_opportunity(manager, "二期", customer)
    assert touches(other) == (fair.pk, salon.pk)
    touch(manager, web, customer)
    assert touches(other) == (fair.pk, web.pk)
    twin = make_customer(manager, "苏州晶砺（重复）")
    again = make_opportunity(manager, "三期", twin)
    assert touches(again) == (None, None)
    administrator = cast.actor("administrator")
    ACTIONS["customers.merge"].run(administrator, customer.pk, {"others": [twin.pk], "reason": "重复"})
    assert touches(again) == (fair.pk, web.pk)
    assert_recounted()


def assert_recounted() -> None:
    """What is kept is what comes out when all is worked out again."""
    before = [touches(row) for model in (Lead, Opportunity) for row in model._default_manager.order_by("pk")]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE leads_lead SET campaign_id = campaign_id")
        cursor.execute("UPDATE opportunities_opportunity SET campaign_id = campaign_id")
    assert [touches(row) for model in (Lead, Opportunity) for row in model._default_manager.order_by("pk")] == before


def test_B20_figures_are_what_the_reader_sees_and_open_their_rows(cast: Cast) -> None:
    widen()
    owner, manager, stranger = cast.actor("owner"), cast.actor("manager"), cast.actor("stranger")
    administrator = cast.actor("administrator")
    year = str(administrator.now().year)
    fair = make_campaign(administrator, "展会", starts_on=f"{year}-01-05", ends_on="", cost="3000", budget="5000")
    salon = make_campaign(administrator, "沙龙", starts_on=f"{year}-01-06", ends_on="")
    old = make_campaign(administrator, "前年的", starts_on="2019-01-06", ends_on="2019-01-07")
    leads = [make_lead(owner, f"线索 {n}", campaign=str(fair.pk), company=f"公司{n}") for n in range(3)]
    make_lead(stranger, "别人的线索", campaign=str(fair.pk), mobile="13900139000")
    touch(owner, salon, leads[0])
    convert_lead.run(owner, leads[0].pk, {"opportunity": "1"})
    void_lead.run(owner, leads[2].pk, {"reason": "广告"})
    leads[0].refresh_from_db()
    deal = Opportunity.objects.get(pk=leads[0].opportunity_id or 0)
    edit_opportunity.run(owner, deal.pk, {"amount": "9000"})
    win_opportunity.run(owner, deal.pk, {})
    make_opportunity(owner, "还没定", campaign=str(salon.pk), amount="500")
    assert figures(manager, Way.FIRST, fair.pk) == (2, 1, 1, 1, 9000)
    assert figures(manager, Way.LAST, fair.pk) == (1, 0, 0, 0, 0)
    assert figures(manager, Way.LAST, salon.pk) == (1, 1, 2, 1, 9000)
    assert figures(administrator, Way.FIRST, fair.pk) == (3, 1, 1, 1, 9000)
    assert figures(stranger, Way.FIRST, fair.pk) == (1, 0, 0, 0, 0)
    with CaptureQueriesContext(connection) as asked:
        credits(manager, Way.FIRST, [fair.pk, salon.pk, old.pk])
    assert len(asked) == 2
    client = Client()
    client.force_login(cast.administrator)
    for way in Way:
        shown = client.get(f"/campaigns/figures?way={way.value}").content.decode()
        assert "前年的" not in shown
        assert counted_rows(client, shown) >= 14
        panel = client.get(f"/campaigns/{fair.pk}/figures?way={way.value}").content.decode()
        assert counted_rows(client, panel) == 5
    assert ">费用 ÷ 线索<" in client.get(f"/campaigns/{fair.pk}").content.decode()
    assert "200%" in client.get("/campaigns/figures").content.decode()
    assert "2019 年" not in client.get("/campaigns/figures?year=2019").content.decode()
    assert client.get("/campaigns/figures?year=1999").status_code == 200
    client.force_login(cast.manager)
    partly = client.get(f"/campaigns/{fair.pk}/figures").content.decode()
    assert counted_rows(client, partly) == 5
    assert ">费用 ÷ 线索<" not in partly  # the whole cost is set against all that it brought, or not at all
    limit("manager", "lead.first_campaign", Access.HIDDEN)
    assert figures(cast.actor("manager"), Way.FIRST, fair.pk) == (0, 0, 1, 1, 9000)
    assert client.get(f"/leads?f=1&campaigns_of.first={year}").status_code == 200


def widen() -> None:
    """As companies have it: ready-made roles see the campaigns of the whole company."""
    for role in Role.objects.all():
        role.grants = {grant: ready_scope(grant) for grant in role.grants}
        role.save()
    bump_stamp()


def figures(actor: Actor, way: Way, campaign_id: int) -> tuple[Any, ...]:
    credit = credits(actor, way, [campaign_id]).get(campaign_id) or Credit()
    return credit.leads, credit.converted, credit.opportunities, credit.won, credit.revenue


LINK = re.compile(r'<a class="lnk[\w -]*" href="(/(?:leads|opportunities|touches)\?[^"]+)">(?:转换 )?([\d,]+)</a>')


def counted_rows(client: Client, shown: str) -> int:
    """How many numbers of a page were compared with the count of the list that each opens."""
    found = LINK.findall(shown)
    for address, number in found:
        path, query = unescape(address).split("?")
        count = re.sub(r"\D", "", client.get(f"{path}/count?{query}").content.decode())
        assert (address, count) == (address, number.replace(",", ""))
    return len(found)
