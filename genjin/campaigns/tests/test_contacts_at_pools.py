"""Contacts of customers that lie in a pool become members of campaigns by who administers the pool (S2-73, B4 P10)."""

from __future__ import annotations

import pytest

from genjin.campaigns.actions.joining import join_of_contact, join_of_customer
from genjin.campaigns.models import Touch
from genjin.campaigns.tests.factories import make_campaign, touch
from genjin.customers.models import Contact
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.kernel.actions import ACTIONS
from genjin.kernel.refusal import Refused
from genjin.ownership.tests.pool_worlds import drop, make_pool
from genjin.testing.cast import Cast
from genjin.ui.tests.visitors import HTMX, visitor


def test_S2_73_contacts_join_by_the_administrators_of_the_pool_alone(cast: Cast) -> None:
    owner = cast.actor("owner")
    fair, customer = make_campaign(owner), make_customer(owner)
    person, quiet = make_contact(owner, customer), make_contact(owner, customer, "勿扰", do_not_contact="1")
    pool = make_pool("华东公海", admins=(cast.manager.pk,))
    drop(customer, pool)
    Contact.objects.filter(customer=customer).update(owner=None, department=None)
    for part in ("teammate", "stranger"):
        own = make_campaign(cast.actor(part), f"{part} 的沙龙")
        with pytest.raises(Refused) as refused:
            join_of_contact.run(cast.actor(part), person.pk, {"campaign": str(own.pk)})
        assert refused.value.status == 404
    assert not Touch.objects.exists()
    manager = cast.actor("manager")
    join_of_contact.run(manager, person.pk, {"campaign": str(fair.pk), "state": "invited"})
    place = Touch.objects.get()
    assert (place.contact_id, place.customer_id, place.owner_id) == (person.pk, customer.pk, None)
    with pytest.raises(Refused) as refused:
        join_of_contact.run(manager, person.pk, {"campaign": str(fair.pk)})
    assert refused.value.code == "already_member"
    client = visitor(cast.manager)
    address = f"/customers/pools/{pool.pk}/bulk/join_campaign"
    assert "联系人也加入" in client.get(f"{address}?ids={customer.pk}", headers=HTMX).content.decode()
    other = make_contact(owner, make_customer(owner, "昆山拓维"), "周小姐")
    Contact.objects.filter(pk=other.pk).update(customer=customer, owner=None, department=None)
    given = {"drawn": "campaign,state,touched_at,contacts", "campaign": fair.pk, "contacts": "on"}
    client.post(address, given | {"ids": customer.pk}, headers=HTMX)
    members = set(Touch.objects.values_list("contact_id", flat=True))
    assert members == {None, person.pk, other.pk}
    assert quiet.pk not in members, "who asked not to be disturbed is not written to (B19)"
    ACTIONS["customers.claim"].run(cast.actor("teammate"), customer.pk, {})
    assert set(Touch.objects.values_list("owner_id", flat=True)) == {cast.teammate.pk}, "places go along"


def test_B20_the_contacts_of_ones_own_customer_join_with_it_or_after_it(cast: Cast) -> None:
    owner = cast.actor("owner")
    fair, customer = make_campaign(owner), make_customer(owner)
    touch(owner, fair, customer)
    again = {"campaign": str(fair.pk), "contacts": "1"}
    with pytest.raises(Refused) as refused:
        join_of_customer.run(owner, customer.pk, again)
    assert refused.value.code == "already_member"
    person = make_contact(owner, customer)
    join_of_customer.run(owner, customer.pk, again)
    assert set(Touch.objects.values_list("contact_id", flat=True)) == {None, person.pk}
    with pytest.raises(Refused):
        join_of_customer.run(owner, customer.pk, again)
