"""B16 and P9: opportunities that go along with their customer are part of the handover, each handed over once."""

from __future__ import annotations

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.handover import work
from genjin.handover.models import Item
from genjin.handover.rules import Standing
from genjin.handover.tests.factories import handed_over, to
from genjin.kernel.actions import ACTIONS
from genjin.kernel.undo import undo_event
from genjin.opportunities.models import Opportunity
from genjin.opportunities.tests.factories import fresh, make_opportunity
from genjin.testing.cast import Cast


def test_b16_opportunities_that_followed_their_customer_are_handed_over_and_come_back(cast: Cast) -> None:
    mine, boss = cast.actor("owner"), cast.actor("manager")
    customer = make_customer(mine)
    deal = make_opportunity(mine, customer=customer)
    theirs = owned_by(cast, customer)
    row = handed_over(boss, cast.owner, cast.teammate, kind="move")
    assert fresh(deal).owner_id == cast.teammate.pk
    assert set(Item.objects.values_list("state", flat=True)) == {Standing.MOVED}
    work.undo_handover(boss, row.pk, waiting=True)
    customer.refresh_from_db()
    assert (customer.owner_id, fresh(deal).owner_id) == (cast.owner.pk, cast.owner.pk)
    assert fresh(theirs).owner_id == cast.teammate.pk
    assert set(Item.objects.values_list("state", flat=True)) == {Standing.BACK}
    parts = {"opportunity": to(cast.stranger)}
    handed_over(boss, cast.owner, cast.teammate, kind="move", parts=parts)
    assert fresh(deal).owner_id == cast.stranger.pk


def test_p9_undoing_a_transfer_takes_back_only_what_came_along(cast: Cast) -> None:
    mine = cast.actor("owner")
    customer = make_customer(mine)
    deal, theirs = make_opportunity(mine, customer=customer), owned_by(cast, customer)
    given = ACTIONS["customers.transfer"].run(mine, customer.pk, {"owner": str(cast.teammate.pk)})
    assert (fresh(deal).owner_id, fresh(theirs).owner_id) == (cast.teammate.pk, cast.teammate.pk)
    assert given.event_id
    undo_event(mine, given.event_id)
    assert (fresh(deal).owner_id, fresh(theirs).owner_id) == (cast.owner.pk, cast.teammate.pk)


def owned_by(cast: Cast, customer: Customer) -> Opportunity:
    """An opportunity of the teammate with somebody else's customer."""
    deal = make_opportunity(cast.actor("owner"), "别人的商机", customer=customer)
    ACTIONS["opportunities.transfer"].run(cast.actor("manager"), deal.pk, {"owner": str(cast.teammate.pk)})
    return fresh(deal)
