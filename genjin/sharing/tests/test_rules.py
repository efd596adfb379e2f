"""Sharing rules (B5): what they give to whom, from the next request on, until they end; every door agrees."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from genjin.customers.actions.customers import edit_customer, transfer_customer
from genjin.customers.models import Contact, Customer
from genjin.customers.record import CONTACT, CUSTOMER
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.kernel.actions import ACTIONS
from genjin.kernel.doors import SEE, row_for, visible_to
from genjin.kernel.lists import page, read_query
from genjin.kernel.refusal import Forbidden, Refused
from genjin.kernel.stamps import bump_stamp
from genjin.ownership.tests.test_visibility import sees
from genjin.sharing.actions import declare_sharing, end_sharing, switch_off_sharing, switch_on_sharing
from genjin.sharing.models import SharingRule
from genjin.sharing.queries import company_day, shared_parts
from genjin.sharing.rules import MOVES, SharingState
from genjin.testing.cast import Cast

Unchanged = Callable[[], AbstractContextManager[None]]
JIANGSU, GUANGDONG = "320000", "440000"


def declare(cast: Cast, **raw: Any) -> int:
    """The owner's department shares its customers with the stranger's, unless told otherwise."""
    given = {
        "name": "华东给二部", "record_type": "customer",
        "departments": [cast.manager.department_id], "below": True,
        "to_departments": [cast.stranger.department_id],
    }  # fmt: skip
    made = declare_sharing.run(cast.actor("administrator"), None, given | raw)
    assert made.row_id is not None
    return made.row_id


def customer_in(cast: Cast, region: str, name: str = "澄湖设备厂") -> Customer:
    customer = make_customer(cast.actor("owner"), name)
    edit_customer.run(cast.actor("owner"), customer.pk, {"region": region})
    return customer


def test_b5_department_shares_what_fits_with_what_belongs_to_it_at_the_next_request(cast: Cast) -> None:
    inside, outside = customer_in(cast, "320500"), customer_in(cast, GUANGDONG, "珠江设备厂")
    contact = make_contact(cast.actor("owner"), inside)
    stranger = cast.actor("stranger")
    assert not sees(stranger, inside)
    rule = declare(cast, conditions={"region.in": [JIANGSU]})
    stranger = cast.actor("stranger")
    assert sees(stranger, inside)
    assert not sees(stranger, outside)
    assert row_for(stranger, Contact, contact.pk, to=SEE) == contact
    assert [row.id for row in page(stranger, read_query(stranger, CONTACT, {}), []).rows] == [contact.pk]
    assert not sees(cast.actor("nobody"), inside)  # receives, but no role lets him see customers at all
    with pytest.raises(Forbidden):
        edit_customer.run(stranger, inside.pk, {"remarks": "x"})
    switch_off_sharing.run(cast.actor("administrator"), rule, {})
    assert not sees(cast.actor("stranger"), inside)
    switch_on_sharing.run(cast.actor("administrator"), rule, {})
    assert sees(cast.actor("stranger"), inside)
    end_sharing.run(cast.actor("administrator"), rule, {})
    assert not sees(cast.actor("stranger"), inside)
    with pytest.raises(Refused, match="已经结束"):
        switch_on_sharing.run(cast.actor("administrator"), rule, {})


def test_b5_read_write_lets_edit_but_not_hand_over(cast: Cast, unchanged: Unchanged) -> None:
    customer = make_customer(cast.actor("owner"))
    contact = make_contact(cast.actor("owner"), customer)
    declare(cast, writes=True, to_departments=[], to_members=[cast.teammate.pk])
    teammate = cast.actor("teammate")
    edit_customer.run(teammate, customer.pk, {"remarks": "协助跟进"})
    ACTIONS["contacts.edit"].run(teammate, contact.pk, {"remarks": "协助跟进"})
    with unchanged(), pytest.raises(Forbidden):
        transfer_customer.run(teammate, customer.pk, {"owner": str(cast.teammate.pk)})
    assert not sees(cast.actor("stranger"), customer)


def test_a_rule_ends_with_its_last_day_without_anybody_doing_anything(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    declare(cast, until=company_day().isoformat())
    stranger = cast.actor("stranger")
    assert sees(stranger, customer)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert not sees(stranger, customer)
    assert sees(stranger, customer)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert not sees(cast.actor("stranger"), customer)


def test_only_the_department_itself_without_those_below_it(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    own = make_customer(cast.actor("manager"), "主管自己的客户")
    declare(cast, below=False)
    assert not sees(cast.actor("stranger"), customer)
    assert sees(cast.actor("stranger"), own)


def test_a_role_receives_for_whoever_holds_it(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    role = cast.stranger.member_roles.get().role_id
    declare(cast, to_departments=[], to_roles=[role])
    assert sees(cast.actor("stranger"), customer)
    assert sees(cast.actor("teammate"), customer)
    assert not sees(cast.actor("nobody"), customer)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ({"departments": []}, "invalid"),
        ({"to_departments": []}, "no_receivers"),
        ({"until": "2020-01-01"}, "past"),
        ({"conditions": {"phone.is": ["139"]}}, "bad_filter"),
        ({"conditions": {"owner.in": ["me"]}}, "bad_filter"),
        ({"conditions": {"level.in": ["Q"]}}, "bad_filter"),
        ({"record_type": "member"}, "invalid"),
    ],
)
def test_what_makes_no_sense_is_refused(cast: Cast, unchanged: Unchanged, raw: dict[str, Any], code: str) -> None:
    with unchanged(), pytest.raises(Refused) as refusal:
        declare(cast, **raw)
    assert refusal.value.code == code


def test_a_condition_that_means_nothing_any_more_gives_nothing(cast: Cast) -> None:
    customer = customer_in(cast, JIANGSU)
    rule = declare(cast)
    SharingRule.objects.filter(pk=rule).update(conditions={"gone.in": ["x"]})
    bump_stamp()
    assert not sees(cast.actor("stranger"), customer)


def test_states_move_along_their_table() -> None:
    allowed = {(a, b) for a in SharingState for b in SharingState if MOVES.allows(a, b)}
    on, off, ended = SharingState.ON, SharingState.OFF, SharingState.ENDED
    assert allowed == {(on, off), (off, on), (on, ended), (off, ended)}


def test_who_receives_nothing_pays_nothing(cast: Cast) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        before = _statement(cast, "owner")
        declare(cast)
        assert _statement(cast, "owner") == before
        actor = cast.actor("owner")
        with CaptureQueriesContext(connection) as asked:
            assert list(shared_parts(actor, CUSTOMER, SEE)) == []
        assert len(asked) == 0
        assert len(shared_parts(cast.actor("stranger"), CUSTOMER, SEE)) == 1


def _statement(cast: Cast, part: str) -> str:
    """The query by which a part's customers are found."""
    return str(visible_to(cast.actor(part), Customer).query)
