"""停滞的商机 (B9): longer in their stage than it allows, or nobody in touch for so many days; the view, its counts and
the workbench name the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Access
from genjin.kernel.lists import page, read_query
from genjin.kernel.refusal import Refused
from genjin.opportunities.models import Opportunity
from genjin.opportunities.queries.cards import stalled_of
from genjin.opportunities.record import OPPORTUNITY
from genjin.opportunities.tests.factories import make_opportunity
from genjin.testing.cast import Cast, limit
from genjin.ui.tests.visitors import visitor


def found(actor: Actor, reason: str) -> set[str]:
    asked = read_query(actor, OPPORTUNITY, {"outcome.in": ["open"], f"stalls.{reason}": ["1"]})
    return {row.title for row in page(actor, asked, OPPORTUNITY.columns).rows}


def of_all_kinds(cast: Cast) -> None:
    """One over its stage, one of which nobody heard, one whose customer was heard, a fresh one."""
    owner, now = cast.actor("owner"), timezone.now()
    made = {
        name: make_opportunity(owner, name, make_customer(owner, f"{name}公司"))
        for name in ("超期", "沉默", "有人问", "新的")
    }
    ago = {"created_at": now - timedelta(days=40), "stalls_on": (now + timedelta(days=40)).date()}
    Opportunity.objects.filter(pk__in=[made["沉默"].pk, made["有人问"].pk]).update(**ago)
    Opportunity.objects.filter(pk=made["超期"].pk).update(stalls_on=(now - timedelta(days=3)).date())
    heard = {"last_followed_at": now - timedelta(days=2)}
    Customer.objects.filter(pk=made["有人问"].customer_id).update(**heard)


def test_B9_both_reasons_are_in_the_view_on_the_workbench_and_in_the_filter(cast: Cast) -> None:
    of_all_kinds(cast)
    owner = cast.actor("owner")
    assert found(owner, "stage") == {"超期"}
    assert found(owner, "quiet") == {"沉默"}
    assert found(owner, "any") == {"超期", "沉默"}
    assert {card.name for card in stalled_of(owner, cast.owner.pk, 9)} == {"超期", "沉默"}
    client = visitor(cast.owner)
    shown = client.get("/opportunities?view=stalled").content.decode()
    assert [name for name in ("超期", "沉默", "有人问", "新的") if f">{name}</a>" in shown] == ["超期", "沉默"]
    assert "阶段超期或久未跟进" in shown
    data = client.get("/api/v1/opportunities?stalls.quiet=1").json()
    assert [row["fields"]["name"] for row in data["items"]] == ["沉默"]
    assert found(cast.actor("stranger"), "any") == set()


def test_B9_what_is_hidden_is_not_told_by_the_filter(cast: Cast) -> None:
    of_all_kinds(cast)
    limit("salesperson", "customer.last_followed_at", Access.HIDDEN)
    owner = cast.actor("owner")
    assert found(owner, "any") == {"超期"}
    with pytest.raises(Refused):
        found(owner, "quiet")
    limit("salesperson", "opportunity.stalls_on", Access.HIDDEN)
    assert found(cast.actor("owner"), "any") == set()
