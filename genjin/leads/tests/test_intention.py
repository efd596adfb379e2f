"""客户意向 of a lead (B1, S0-79): filled in by hand, brought by talks, found by lists; pools tell nothing of it."""

from __future__ import annotations

from django.test import Client

from genjin.followups.actions.correcting import edit_followup, void_followup
from genjin.kernel.lists import page, read_query
from genjin.leadforms.declared import offered
from genjin.leads.actions.leads import edit_lead
from genjin.leads.actions.pools import return_lead
from genjin.leads.models import Lead
from genjin.leads.record import LEAD
from genjin.leads.tests.factories import follow, make_lead, make_lead_pool
from genjin.ownership.standing import at_pool
from genjin.testing.cast import Cast


def wanted(lead: Lead) -> str:
    return Lead.objects.get(pk=lead.pk).customer_intention


def test_B1_S0_79_a_talk_brings_the_intention_and_a_correction_follows(cast: Cast) -> None:
    owner = cast.actor("owner")
    lead = make_lead(owner, customer_intention="初步了解")
    assert wanted(lead) == "learning"
    talk = follow(owner, lead, intention="certain")
    assert wanted(lead) == "certain"
    follow(owner, lead)  # says nothing of it
    follow(owner, lead, intention="none", occurred_at="2026-01-05 10:00", late_reason="补录")
    assert wanted(lead) == "certain", "an older talk changes nothing"
    edit_followup.run(owner, talk, {"intention": "wavering"})
    assert wanted(lead) == "wavering"
    edit_lead.run(owner, lead.pk, {"customer_intention": "none"})
    edit_followup.run(owner, talk, {"intention": "certain"})
    assert wanted(lead) == "none", "what somebody put there by hand stays"
    newest = follow(owner, lead, intention="wavering")
    assert wanted(lead) == "wavering"
    void_followup.run(owner, newest, {})
    assert wanted(lead) == "certain", "what the talks that are left say"


def test_B1_S0_79_lists_find_it_forms_ask_for_it_pools_tell_nothing(cast: Cast) -> None:
    owner = cast.actor("owner")
    lead, other = make_lead(owner), make_lead(owner, "昆山拓维 周小姐")
    follow(owner, lead, intention="certain")
    found = page(owner, read_query(owner, LEAD, {"customer_intention.in": ["certain"]}), LEAD.columns).rows
    assert [row.id for row in found] == [lead.pk]
    assert other.customer_intention == ""
    assert "customer_intention" in offered(owner.stamp)
    pool = make_lead_pool()
    return_lead.run(owner, lead.pk, {"reason": "no_response", "pool": str(pool.pk)})
    standing, _pool = at_pool(cast.actor("owner"), pool.pk)
    assert "customer_intention" not in LEAD.seen_by(standing).keys


def test_B1_a_form_takes_it_and_the_page_and_the_list_show_it(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.owner)
    assert 'name="customer_intention"' in client.get("/leads/new").content.decode()
    lead = make_lead(cast.actor("owner"))
    assert 'name="customer_intention"' in client.get(f"/leads/{lead.pk}/edit").content.decode()
    edit_lead.run(cast.actor("owner"), lead.pk, {"customer_intention": "徘徊犹豫"})
    assert "有意向徘徊犹豫" in client.get(f"/leads/{lead.pk}").content.decode()
    follow(cast.actor("owner"), lead)
    assert "有意向徘徊犹豫" in client.get("/leads?view=following").content.decode()
    assert lead.name not in client.get("/leads?customer_intention.in=certain").content.decode()
