"""Time limits of leads (B1): when they ring, whom they tell, what stops them; working time; the setting that switches
leads off (S2-38).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from genjin.kernel.actor import system
from genjin.kernel.models.events import Notification
from genjin.kernel.notices import notices
from genjin.kernel.refusal import Forbidden
from genjin.kernel.workdays import WorkCalendar
from genjin.leads.actions.leads import create_lead, invalidate_lead
from genjin.leads.actions.pools import return_lead
from genjin.leads.actions.ringing import ring_leads
from genjin.leads.models import Lead
from genjin.leads.rules import Clocks
from genjin.leads.tests.factories import follow, make_lead, make_lead_pool
from genjin.org.actions.settings import change_settings
from genjin.testing.cast import Cast

SINCE = datetime(2026, 11, 20, 2, tzinfo=UTC)  # a Friday, ten o'clock in Shanghai
ZONE = ZoneInfo("Asia/Shanghai")


def test_B1_when_the_clocks_ring() -> None:
    plain = Clocks(unassigned=24, unfollowed=48, days=(3, 5, 7), calendar=None, zone=ZONE)
    assert plain.rings_at(SINCE, 0, owned=False) == SINCE + timedelta(hours=24)
    assert plain.rings_at(SINCE, 1, owned=False) is None
    assert [plain.rings_at(SINCE, step, owned=True) for step in range(5)] == [
        SINCE + timedelta(hours=48),
        SINCE + timedelta(days=3),
        SINCE + timedelta(days=5),
        SINCE + timedelta(days=7),
        None,
    ]
    off = Clocks(unassigned=0, unfollowed=0, days=(3, 5, 7), calendar=None, zone=ZONE)
    assert (off.rings_at(SINCE, 0, owned=False), off.rings_at(SINCE, 0, owned=True)) == (None, None)
    worked = Clocks(
        unassigned=24, unfollowed=48, days=(3, 5, 7), calendar=WorkCalendar({}, frozenset({2026})), zone=ZONE
    )
    assert worked.rings_at(SINCE, 0, owned=True) == SINCE + timedelta(hours=96)  # over a weekend


def late(lead: Lead, hours: float) -> Lead:
    """As if its time had begun so long ago."""
    row = Lead.objects.get(pk=lead.pk)
    since = timezone.now() - timedelta(hours=hours)
    owned = row.owner_id is not None
    row.owner_since, row.pooled_at = (since, None) if owned else (None, since)
    row.set_clock()
    row.save(update_fields=["owner_since", "pooled_at", "clock_at"])
    return row


def rings() -> list[tuple[str, int]]:
    ring_leads(system("leads.clock"))
    told = list(Notification.objects.filter(kind__startswith="lead_").values_list("kind", "member_id"))
    Notification.objects.all().delete()
    return sorted(told)


def test_B1_who_is_told_and_what_stops_it(cast: Cast) -> None:
    pool = make_lead_pool(admins={"people": [cast.manager.pk]})
    owner = cast.actor("owner")
    lead = make_lead(owner)
    assert rings() == []
    late(lead, 47.9)
    assert rings() == []
    late(lead, 48.1)
    assert rings() == [("lead_unfollowed", cast.owner.pk)]
    assert rings() == []  # once
    late(lead, 24 * 3 + 1)
    assert rings() == [("lead_unfollowed", cast.owner.pk)]
    late(lead, 24 * 5 + 1)
    assert rings() == sorted([("lead_unfollowed", cast.owner.pk), ("lead_unfollowed", cast.manager.pk)])
    assert not Lead.objects.get(pk=lead.pk).neglected
    late(lead, 24 * 7 + 1)
    assert rings() == sorted([("lead_neglected", cast.owner.pk), ("lead_neglected", cast.manager.pk)])
    row = Lead.objects.get(pk=lead.pk)
    assert (row.neglected, row.clock_at) == (True, None)
    follow(owner, lead)  # stops when followed
    row = Lead.objects.get(pk=lead.pk)
    assert (row.neglected, row.clock_at, row.owner_followed) == (False, None, True)
    return_lead.run(owner, lead.pk, {"reason": "no_demand", "pool": str(pool.pk)})
    assert Lead.objects.get(pk=lead.pk).clock_at is not None  # begins anew at return
    late(lead, 25)
    assert rings() == [("lead_unassigned", cast.manager.pk)]
    for each in (make_lead(owner, "甲", pool=str(pool.pk)), make_lead(owner, "乙", pool=str(pool.pk))):
        late(each, 25)
    ring_leads(system("leads.clock"))
    (message,) = notices(cast.actor("manager"))[0]  # he may see them at the pool only
    assert (message.words, message.place) == (
        "「线索公海」里有 2 条线索一直没有人领取，请指派",
        f"/leads/pools/{pool.pk}",
    )
    other = make_lead(owner, "无人接听")
    invalidate_lead.run(owner, other.pk, {"reason": "unreachable"})
    assert Lead.objects.get(pk=other.pk).clock_at is None


def test_S2_38_a_company_without_leads_has_none_anywhere(cast: Cast) -> None:
    lead, boss = make_lead(cast.actor("owner")), cast.actor("administrator")
    client = Client()
    client.force_login(cast.administrator)
    assert client.get("/leads").status_code == 200
    change_settings(boss, changes={"leads.used": False})
    assert not any(grant.startswith("leads.") for grant in cast.actor("administrator").grants)
    with pytest.raises(Forbidden):
        create_lead.run(cast.actor("owner"), None, {"name": "甲"})
    for address in ("/leads", f"/leads/{lead.pk}", "/leads/board", "/leads/ring", "/leads/pools", "/api/v1/leads"):
        assert client.get(address).status_code in (401, 403, 404), address
    home = client.get("/today").content.decode()
    assert "/leads" not in home
    assert "来电登记" not in home
    change_settings(cast.actor("administrator"), changes={"leads.used": True})
    assert client.get(f"/leads/{lead.pk}").status_code == 200
