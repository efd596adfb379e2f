"""Who sees what (B5): scopes, subordinates, teams with expiry and cascade; every door agrees."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from genjin.customers.actions.customers import (
    add_customer_teammate,
    edit_customer,
    remove_customer_teammate,
    transfer_customer,
)
from genjin.customers.models import Contact, Customer
from genjin.customers.queries import contact_for
from genjin.customers.record import CONTACT, CUSTOMER
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.kernel import sealing
from genjin.kernel.actor import Actor, system
from genjin.kernel.doors import SEE, WRITE, row_for, visible_to
from genjin.kernel.lists import count_capped, page, read_query, search
from genjin.kernel.models import Notification
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.kernel.titles import titles_of
from genjin.ownership.models import Teammate
from genjin.ownership.queries import owner_on, periods_of, team_of
from genjin.testing.cast import Cast

Unchanged = Callable[[], AbstractContextManager[None]]


def sees(actor: Actor, customer: Customer) -> bool:
    """Asks every door and demands that they agree."""
    try:
        row_for(actor, Customer, customer.pk, to=SEE)
        door = True
    except NotFound:
        door = False
    query = read_query(actor, CUSTOMER, {}) if actor.may("customers.see") else None
    answers = {
        door,
        visible_to(actor, Customer).filter(pk=customer.pk).exists(),
        customer.pk in titles_of(actor, "customer", [customer.pk]),
        any(h.id == customer.pk for h in search(actor, CUSTOMER, customer.name[:4])),
        bool(query and any(r.id == customer.pk for r in page(actor, query, []).rows)),
        bool(query and count_capped(actor, replace(query, only=Q(pk=customer.pk)))),
    }
    assert len(answers) == 1, answers
    return answers.pop()


def test_b5_owner_superior_and_administrator_see_a_record_others_do_not(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    seen = {part for part in ("nobody", "stranger", "teammate", "owner", "manager", "administrator")
            if sees(cast.actor(part), customer)}  # fmt: skip
    assert seen == {"owner", "manager", "administrator"}


def test_b5_teammate_sees_the_customer_and_what_belongs_to_it_until_expiry(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    contact = make_contact(owner, customer)
    until = (timezone.now() + timedelta(days=1)).isoformat()
    add_customer_teammate.run(owner, customer.pk, {"member": str(cast.teammate.pk), "expires_at": until})
    teammate = cast.actor("teammate")
    assert sees(teammate, customer)
    assert contact_for(teammate, contact.pk, to=SEE) == contact
    assert [r.id for r in page(teammate, read_query(teammate, CONTACT, {}), []).rows] == [contact.pk]
    with pytest.raises(Forbidden):
        edit_customer.run(teammate, customer.pk, {"remarks": "x"})
    Teammate.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert not sees(teammate, customer)
    assert not visible_to(teammate, Contact).exists()


def test_b5_read_write_teammate_edits_but_does_not_transfer(cast: Cast, unchanged: Unchanged) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    add_customer_teammate.run(owner, customer.pk, {"member": str(cast.teammate.pk), "writes": "1"})
    teammate = cast.actor("teammate")
    edit_customer.run(teammate, customer.pk, {"remarks": "协助跟进"})
    assert row_for(teammate, Customer, customer.pk, to=WRITE)
    with unchanged(), pytest.raises(Forbidden):
        transfer_customer.run(teammate, customer.pk, {"owner": str(cast.teammate.pk)})


def test_s2_30_superior_of_a_teammate_sees_the_record_too(cast: Cast) -> None:
    customer = make_customer(cast.actor("stranger"))
    assert not sees(cast.actor("manager"), customer)
    add_customer_teammate.run(cast.actor("stranger"), customer.pk, {"member": str(cast.owner.pk)})
    assert sees(cast.actor("manager"), customer)


def test_removed_teammate_sees_nothing_and_the_event_keeps_the_place(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    add_customer_teammate.run(owner, customer.pk, {"member": str(cast.teammate.pk)})
    assert [t.member_id for t in team_of(owner, customer)] == [cast.teammate.pk]
    remove_customer_teammate.run(owner, customer.pk, {"member": str(cast.teammate.pk)})
    assert not sees(cast.actor("teammate"), customer)


def test_owner_needs_no_place_in_the_team_and_past_expiry_is_refused(cast: Cast, unchanged: Unchanged) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    for raw, code in (
        ({"member": str(cast.owner.pk)}, "is_owner"),
        ({"member": str(cast.teammate.pk), "expires_at": "2020-01-01"}, "past"),
    ):
        with unchanged(), pytest.raises(Refused) as refusal:
            add_customer_teammate.run(owner, customer.pk, raw)
        assert refusal.value.code == code


def test_whose_was_it_on_that_day_is_answered_with_the_rule(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    before = timezone.now()
    transfer_customer.run(owner, customer.pk, {"owner": str(cast.stranger.pk), "reason": "换区"})
    stranger = cast.actor("stranger")
    then, now = owner_on(stranger, customer, before), owner_on(stranger, customer, timezone.now())
    assert then is not None
    assert now is not None
    assert (then.owner_id, then.rule, now.owner_id, now.rule) == (
        cast.owner.pk, "created", cast.stranger.pk, "transferred",
    )  # fmt: skip
    assert [p.owner_id for p in periods_of(stranger, customer)] == [cast.stranger.pk, cast.owner.pk]
    with pytest.raises(NotFound):
        periods_of(owner, customer)


def test_receiver_of_a_record_is_told_once_also_when_delivery_runs_again(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    make_contact(owner, customer)
    transfer_customer.run(owner, customer.pk, {"owner": str(cast.stranger.pk)})
    for _round in range(2):
        sealing.seal()
        sealing.deliver()
    told = list(Notification.objects.values_list("member_id", "kind", "row_id"))
    assert told == [(cast.stranger.pk, "transfer", customer.pk)]


def test_sealed_events_have_gapless_positions_and_a_chain_that_shows_tampering(cast: Cast) -> None:
    from genjin.kernel.models import Event

    for n in range(3):
        make_customer(cast.actor("owner"), f"第{n}公司")
    sealing.seal()
    assert list(Event.objects.order_by("position").values_list("position", flat=True)) == [1, 2, 3]
    assert sealing.verify() is None
    Event.objects.filter(position=2).update(note={"rule": "erfunden"})
    assert sealing.verify() == 2


def test_erasing_a_payload_leaves_the_chain_whole(cast: Cast) -> None:
    from genjin.kernel.models import EventPayload

    make_customer(cast.actor("owner"))
    sealing.seal()
    EventPayload.objects.all().delete()
    assert sealing.verify() is None


def test_b5_expired_places_are_removed_by_night_and_written_down(cast: Cast) -> None:
    from genjin.kernel.models import Event
    from genjin.ownership.jobs import expire_teammates

    owner = cast.actor("owner")
    customer = make_customer(owner)
    for member in (cast.teammate, cast.stranger):
        add_customer_teammate.run(owner, customer.pk, {"member": str(member.pk)})
    Teammate.objects.filter(member=cast.teammate).update(expires_at=timezone.now() - timedelta(days=1))
    expire_teammates(system("ownership.expire"))
    assert [t.member_id for t in Teammate.objects.all()] == [cast.stranger.pk]
    assert Event.objects.filter(action="ownership.expire_places").count() == 1
