"""What a role may not know of opportunities is told by no number that follows from it (trust flaw 4, B9, B13)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from genjin.customers.tests.factories import make_customer
from genjin.kernel.fields import Access
from genjin.kernel.refusal import Forbidden, Refused
from genjin.kernel.stamps import bump_stamp
from genjin.kernel.undo import undo_event
from genjin.opportunities.actions.moves import win_opportunity
from genjin.opportunities.models import Opportunity
from genjin.opportunities.record import OPPORTUNITY
from genjin.opportunities.tests.factories import make_opportunity
from genjin.org.models import Role
from genjin.testing.cast import Cast, limit
from genjin.ui.tests.visitors import visitor

PAGES = ("/opportunities/board?whose=mine", "/opportunities/funnel", "/opportunities/funnel/more")


def pages(cast: Cast, *more: str) -> str:
    client = visitor(cast.owner)
    return "".join(client.get(address).content.decode() for address in (*PAGES, *more))


@pytest.mark.parametrize("field", ["amount", "probability"])
def test_flaw_4_a_weighted_amount_tells_neither_amount_nor_probability(cast: Cast, field: str) -> None:
    row = make_opportunity(cast.actor("owner"), amount="4321", probability="37", expected_on=today())
    told = pages(cast)
    assert "1,598.77" in told  # 4 321 × 37 %
    limit("salesperson", f"opportunity.{field}", Access.HIDDEN)
    told = pages(cast, f"/opportunities/{row.pk}", "/opportunities?f=1&columns=weighted&sort=-weighted")
    assert "1,598.77" not in told
    assert "加权占合计" not in told
    seen = visitor(cast.owner).get(f"/api/v1/opportunities/{row.pk}").json()
    assert "weighted" not in seen["values"] if "values" in seen else "weighted" not in seen
    assert "weighted" not in OPPORTUNITY.seen_by(cast.actor("owner")).own_fields


def test_flaw_4_no_board_asks_for_expected_days_that_are_hidden(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    make_opportunity(owner, "这个月的", customer, expected_on=today())
    make_opportunity(owner, "以后的", customer, expected_on="2039-01-01")
    month = "/opportunities/board?whose=mine&period=month"
    assert "以后的" not in visitor(cast.owner).get(month).content.decode()
    limit("salesperson", "opportunity.expected_on", Access.HIDDEN)
    board = visitor(cast.owner).get(month).content.decode()
    assert "以后的" in board  # as without the question
    assert "预计成交" not in board
    assert "期内预测" not in pages(cast)
    assert "horizon" not in OPPORTUNITY.seen_by(cast.actor("owner")).own_fields


def test_B9_an_ending_is_undone_by_who_may_still_end(cast: Cast) -> None:
    """What lost its right meanwhile is refused, and nothing changes."""
    owner = cast.actor("owner")
    row = make_opportunity(owner, amount="1万")
    event = win_opportunity.run(owner, row.pk, {}).event_id
    assert event
    role = Role.objects.get(key="salesperson")
    role.grants.pop("opportunities.close")
    role.save()
    bump_stamp()
    with pytest.raises((Forbidden, Refused)):
        undo_event(cast.actor("owner"), event)
    assert Opportunity.objects.get(pk=row.pk).outcome == "won"


def test_B9_nothing_ends_tomorrow(cast: Cast) -> None:
    """Month ends: what is won today is not won in the next month."""
    owner = cast.actor("owner")
    row = make_opportunity(owner, amount="1万")
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(Refused) as refusal:
        win_opportunity.run(owner, row.pk, {"on": tomorrow.isoformat()})
    assert (refusal.value.code, Opportunity.objects.get(pk=row.pk).outcome) == ("future", "open")


def today() -> str:
    return timezone.localdate().isoformat()
