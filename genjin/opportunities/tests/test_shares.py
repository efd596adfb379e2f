"""B15: the performance of opportunities is divided as that of customers is; what falls into a pool with its customer is
shared by nobody."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from genjin.customers.tests.factories import make_customer
from genjin.kernel.actions import ACTIONS
from genjin.kernel.refusal import Refused
from genjin.kernel.undo import undo_event
from genjin.opportunities.models import Opportunity
from genjin.opportunities.tests.factories import make_opportunity
from genjin.ownership.models import Split, SplitState
from genjin.ownership.queries.shares import shares_on
from genjin.ownership.rules import company_day
from genjin.ownership.tests.pool_worlds import make_pool
from genjin.testing.cast import Cast

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def held(row: Opportunity) -> dict[int | None, Decimal]:
    """Whom its performance counts for today."""
    return {part.member_id: part.percent for part in shares_on([row.pk], company_day(timezone.now()))[row.pk].portions}


@pytest.mark.long
def test_b15_an_opportunity_is_shared_by_proposal_and_decision_and_ends_in_a_pool(cast: Cast) -> None:
    owner, manager, mine, mate = cast.actor("owner"), cast.actor("manager"), cast.owner.pk, cast.teammate.pk
    make_pool("华东公海", mine)
    customer = make_customer(owner)
    row = make_opportunity(owner, customer=customer)
    assert held(row) == {mine: Decimal(100)}
    half: Any = [{"member": mine, "percent": "50"}, {"member": mate, "percent": "50"}]
    propose, accept = ACTIONS["opportunities.propose_split"], ACTIONS["opportunities.accept_split"]
    propose.run(owner, row.pk, {"shares": half, "reason": "一起跑现场"})
    with pytest.raises(Refused):
        accept.run(owner, row.pk, {})
    accepted = accept.run(manager, row.pk, {"answer": "同意"}).event_id
    assert held(row) == {mine: Decimal(50), mate: Decimal(50)}
    undo_event(manager, accepted or 0)
    assert Split.objects.get().state == SplitState.PROPOSED
    accept.run(manager, row.pk, {})

    client = Client()
    client.force_login(cast.owner)
    url = f"/opportunities/{row.pk}/shares"
    assert "许星河" in client.get(url).content.decode()
    assert "业绩份额" in client.get(f"/opportunities/{row.pk}/related", headers=HTMX).content.decode()
    assert "申请调整业绩份额" in client.get(f"{url}/edit", headers=HTMX).content.decode()
    told = client.get(f"/api/v1{url}").json()
    assert {(each["member"], each["percent"]) for each in told["shares"]} == {(mine, "50"), (mate, "50")}
    client.force_login(cast.stranger)
    assert {client.get(at).status_code for at in (url, f"{url}/edit", f"/api/v1{url}")} == {404}

    # with its customer it goes into the pool and comes back: taken back at once nothing has happened
    back = ACTIONS["customers.return"].run(owner, customer.pk, {"reason": "no_demand"})
    assert held(row) == {None: Decimal(100)}
    undo_event(owner, back.event_id or 0)
    assert held(row) == {mine: Decimal(50), mate: Decimal(50)}
    ACTIONS["customers.return"].run(owner, customer.pk, {"reason": "no_demand"})
    ACTIONS["customers.assign"].run(cast.actor("administrator"), customer.pk, {"receiver": str(mate)})
    row.refresh_from_db()
    assert held(row) == {row.owner_id: Decimal(100)}
