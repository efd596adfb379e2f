"""Who joins the team of a customer may join its open opportunities at once (B5, 同时添加)."""

from __future__ import annotations

from genjin.customers.tests.factories import make_customer
from genjin.kernel.actions import ACTIONS
from genjin.opportunities.models import Opportunity
from genjin.opportunities.tests.factories import make_opportunity
from genjin.ownership.models import Teammate
from genjin.testing.cast import Cast
from genjin.ui.tests.visitors import HTMX, visitor

ADD = ACTIONS["customers.add_teammate"]


def test_B5_a_teammate_comes_into_open_opportunities_where_it_is_chosen(cast: Cast) -> None:
    owner, stranger, member = cast.actor("owner"), cast.actor("stranger"), str(cast.stranger.pk)
    customer = make_customer(owner)
    first, second, ended = (make_opportunity(owner, name, customer) for name in ("一期", "二期", "已输"))
    ACTIONS["opportunities.lose"].run(owner, ended.pk, {"reason": "price"})
    ADD.run(owner, customer.pk, {"member": member})
    assert set(Teammate.objects.values_list("record_id", flat=True)) == {customer.pk}
    ACTIONS["opportunities.add_teammate"].run(owner, first.pk, {"member": member, "writes": "1"})
    ADD.run(owner, customer.pk, {"member": member, "along": "1"})
    places = dict(Teammate.objects.values_list("record_id", "writes"))
    assert places == {customer.pk: False, first.pk: True, second.pk: False}, "a wider right stays"
    assert not Opportunity.objects.filter(owner_id=cast.stranger.pk).exists()
    assert visitor(cast.stranger).get(f"/opportunities/{second.pk}").status_code == 200
    assert stranger.member_id == cast.stranger.pk
    form = visitor(cast.owner).get(f"/customers/{customer.pk}/actions/add_teammate", headers=HTMX).content.decode()
    assert "同时加入进行中的商机" in form


def test_B5_only_teams_that_the_actor_manages(cast: Cast) -> None:
    """An opportunity of a colleague at one's customer keeps its team; a member who owns one joins it not."""
    owner = cast.actor("owner")
    customer = make_customer(owner)
    ADD.run(owner, customer.pk, {"member": str(cast.stranger.pk), "writes": "1"})
    theirs = make_opportunity(cast.actor("stranger"), "别人的", customer)
    ADD.run(owner, customer.pk, {"member": str(cast.teammate.pk), "along": "1"})
    ADD.run(owner, customer.pk, {"member": str(cast.stranger.pk), "along": "1"})
    assert not Teammate.objects.filter(record_id=theirs.pk).exists()
