"""Giving a lead up where it can go nowhere (B1 L6): what is refused says how to mend it."""

from __future__ import annotations

import pytest

from genjin.kernel.models.events import Event
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import bump_stamp
from genjin.leads.actions.pools import return_lead
from genjin.leads.models import Lead
from genjin.leads.tests.factories import make_lead, make_lead_pool
from genjin.testing.cast import Cast


def test_a_return_without_any_pool_names_what_helps_and_changes_nothing_B1_L6(cast: Cast) -> None:
    owner = cast.actor("owner")
    lead = make_lead(owner)
    before = Lead.objects.filter(pk=lead.pk).values().get()

    def refused() -> str:
        with pytest.raises(Refused) as told:
            return_lead.run(cast.actor("owner"), lead.pk, {"reason": "no_demand"})
        assert told.value.code == "no_pool"
        return told.value.message

    assert refused() == "还没有启用的公海，请管理员先在「公海规则」里建立"
    pool = make_lead_pool()
    pool.members = {"people": [cast.stranger.pk]}
    pool.save()
    bump_stamp()
    assert refused() == "负责人和您都不在任何公海的成员里，请管理员在「公海规则」里加上"
    assert before == Lead.objects.filter(pk=lead.pk).values().get()
    assert not Event.objects.filter(action="leads.return").exists()
    pool.members = {"people": [cast.owner.pk]}
    pool.save()
    bump_stamp()
    return_lead.run(cast.actor("owner"), lead.pk, {"reason": "no_demand"})
    assert Lead.objects.get(pk=lead.pk).pool_id == pool.pk
