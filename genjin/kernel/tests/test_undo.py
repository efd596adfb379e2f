"""Undo: rows stand as before, by an event of its own, with the member's own rights; what changed since stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from genjin.customers.actions.contacts import create_contact, edit_contact, transfer_contact, void_contact
from genjin.customers.actions.customers import create_customer, edit_customer, transfer_customer, void_customer
from genjin.customers.actions.resting import archive_customer, pause_customer, resume_customer, unarchive_customer
from genjin.customers.actions.tagging import tag_customer, untag_customer
from genjin.customers.models import Contact, Customer, Rest
from genjin.followups.actions import create_followup, void_followup
from genjin.followups.models import FollowUp
from genjin.kernel.actions import Action
from genjin.kernel.fields import Values
from genjin.kernel.models.events import Event
from genjin.kernel.models.rows import Life
from genjin.kernel.options import options_of
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.kernel.undo import undo_event
from genjin.ownership.models import Period
from genjin.testing.cast import Cast, make_cast
from genjin.testing.fingerprints import table_fingerprints

IGNORED = {"version", "updated_at", "search", "owner_since"}  # an owner holds it anew, by undo too (P6)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def customers(cast: Cast, count: int = 3) -> list[int]:
    owner = cast.actor("owner")
    names = ["苏州晶砺", "昆山拓维", "常熟锐光", "太仓恒测"][:count]
    return [create_customer(owner, values=Values(name=name, tags=["老友"])).pk for name in names]


def state(model: Any, ids: list[int]) -> list[dict[str, Any]]:
    rows = model.objects.filter(pk__in=ids).order_by("pk").values()
    return [{key: value for key, value in row.items() if key not in IGNORED} for row in rows]


def reason_of(cast: Cast) -> str:
    return next(iter(options_of("customer_rest_reason", cast.actor("owner").stamp)))


def rest(cast: Cast) -> dict[str, str]:
    return {"reason": reason_of(cast), "note": "项目停了"}


SINGLE: dict[str, tuple[Action[Any, Any], Callable[[Cast], dict[str, Any]]]] = {
    "transfer": (transfer_customer, lambda cast: {"owner": str(cast.stranger.pk)}),
    "archive": (archive_customer, rest),
    "pause": (pause_customer, rest),
    "void": (void_customer, lambda _cast: {"reason": "重复"}),
    "tag": (tag_customer, lambda _cast: {"tags": ["重点", "展会"]}),
    "untag": (untag_customer, lambda _cast: {"tags": ["老友"]}),
}


@pytest.mark.parametrize("verb", SINGLE)
def test_one_and_many_stand_as_before(cast: Cast, verb: str) -> None:
    action, inputs = SINGLE[verb]
    owner, ids = cast.actor("owner"), customers(cast)
    before = state(Customer, ids)
    one = action.run(owner, ids[0], inputs(cast))
    assert state(Customer, ids) != before
    undone = undo_event(owner, one.event_id or 0)
    assert (undone.done, undone.kept, state(Customer, ids)) == ([ids[0]], [], before)
    many = action.run_many(owner, ids, inputs(cast))
    undone = undo_event(owner, many.event_id or 0)
    assert (undone.done, undone.kept, state(Customer, ids)) == (ids, [], before)
    event = Event.objects.get(pk=undone.events[0])
    assert event.note["undoes"] == many.event_id
    assert event.note["undone"] == f"customers.{verb}"
    assert event.links.filter(row_type="customer").count() == 3


def test_taking_up_again_is_undone_with_the_reason_given_before(cast: Cast) -> None:
    owner, (first, second) = cast.actor("owner"), customers(cast, 2)
    archive_customer.run(owner, first, rest(cast))
    pause_customer.run(owner, second, rest(cast))
    undo_event(owner, unarchive_customer.run(owner, first, {}).event_id or 0)
    undo_event(owner, resume_customer.run(owner, second, {}).event_id or 0)
    assert Customer.objects.get(pk=first).life == Life.ARCHIVED
    assert Customer.objects.get(pk=second).paused
    for customer in (first, second):
        open_rest = Rest.objects.get(customer_id=customer, until=None)
        assert (open_rest.reason, open_rest.note) == (reason_of(cast), "项目停了")


def test_what_was_paused_or_archived_before_is_so_again(cast: Cast) -> None:
    owner, (first, second) = cast.actor("owner"), customers(cast, 2)
    pause_customer.run(owner, first, rest(cast))
    archive_customer.run(owner, second, rest(cast))
    undo_event(owner, archive_customer.run(owner, first, rest(cast)).event_id or 0)
    undo_event(owner, void_customer.run(owner, second, {"reason": "重复"}).event_id or 0)
    assert Customer.objects.get(pk=first).paused
    assert Customer.objects.get(pk=second).life == Life.ARCHIVED
    assert Rest.objects.filter(until=None).count() == 2


def test_a_transfer_goes_back_through_ownership_with_all_that_belongs(cast: Cast) -> None:
    owner, (first, _second) = cast.actor("owner"), customers(cast, 2)
    followed = create_contact(owner, values=Values(name="江丽冰", customer=first)).pk
    apart = create_contact(owner, values=Values(name="何立", customer=first)).pk
    transfer_contact(cast.actor("administrator"), apart, owner=cast.manager.pk)
    contacts = state(Contact, [followed, apart])
    moved = transfer_customer.run(owner, first, {"owner": str(cast.stranger.pk)})
    assert Contact.objects.get(pk=apart).owner_id == cast.stranger.pk
    undo_event(owner, moved.event_id or 0)
    assert state(Contact, [followed, apart]) == contacts
    periods = Period.objects.filter(record_id=first).order_by("id")
    owners = [(period.owner_id, period.until is None) for period in periods]
    assert owners == [(cast.owner.pk, False), (cast.stranger.pk, False), (cast.owner.pk, True)]


def test_only_fields_that_nobody_changed_since_are_put_back(cast: Cast) -> None:
    owner, (customer,) = cast.actor("owner"), customers(cast, 1)
    edited = edit_customer.run(owner, customer, {"name": "苏州晶砺半导体", "phone": "13812345678"})
    edit_customer(cast.actor("administrator"), customer, values=Values(website="https://example.com"))
    undo_event(owner, edited.event_id or 0)
    row = Customer.objects.get(pk=customer)
    assert (row.name, row.phone, row.website) == ("苏州晶砺", "", "https://example.com")
    edited = edit_customer.run(owner, customer, {"name": "晶砺甲"})
    edit_customer(cast.actor("administrator"), customer, values=Values(name="晶砺乙"))
    before = table_fingerprints()
    with pytest.raises(Refused, match="又被修改") as refused:
        undo_event(owner, edited.event_id or 0)
    assert refused.value.code == "changed_since"
    assert table_fingerprints() == before


def test_in_bulk_each_row_that_changed_since_stays(cast: Cast) -> None:
    owner, ids = cast.actor("owner"), customers(cast, 4)
    archived = archive_customer.run_many(owner, ids, rest(cast))
    edit_customer(cast.actor("administrator"), ids[1], values=Values(name="昆山拓维光电"))
    undone = undo_event(owner, archived.event_id or 0)
    assert undone.done == [ids[0], ids[2], ids[3]]
    assert undone.words == "3 条已撤销，1 条之后又被修改，保持不变"
    assert Customer.objects.get(pk=ids[1]).life == Life.ARCHIVED


def test_all_changed_since_is_refused_and_changes_nothing(cast: Cast) -> None:
    owner, ids = cast.actor("owner"), customers(cast, 2)
    archived = archive_customer.run_many(owner, ids, rest(cast))
    for customer in ids:
        edit_customer(cast.actor("administrator"), customer, values=Values(website="https://example.com"))
    before = table_fingerprints()
    with pytest.raises(Refused, match="2 条之后都又被修改"):
        undo_event(owner, archived.event_id or 0)
    assert table_fingerprints() == before


def test_one_undoes_his_own_event_once_and_soon(cast: Cast) -> None:
    owner, (customer,) = cast.actor("owner"), customers(cast, 1)
    event = void_customer.run(owner, customer, {"reason": "重复"}).event_id or 0
    for part in ("manager", "administrator", "stranger", "nobody"):
        with pytest.raises(NotFound):
            undo_event(cast.actor(part), event)
    with pytest.raises(NotFound):
        undo_event(owner, 999_999_999)
    undone = undo_event(owner, event)
    for done, code in ((event, "undone"), (undone.events[0], "no_undo")):
        with pytest.raises(Refused) as refused:
            undo_event(owner, done)
        assert refused.value.code == code
    later = void_customer.run(owner, customer, {"reason": "重复"}).event_id or 0
    Event.objects.filter(pk=later).update(at=timezone.now() - timedelta(minutes=11))
    with pytest.raises(Refused, match="10 分钟"):
        undo_event(owner, later)
    assert Customer.objects.get(pk=customer).life == Life.VOIDED


def test_what_declares_no_inverse_is_not_undone(cast: Cast) -> None:
    created = create_customer.run(cast.actor("owner"), None, {"name": "苏州晶砺"}).event_id or 0
    with pytest.raises(Refused) as refused:
        undo_event(cast.actor("owner"), created)
    assert refused.value.code == "no_undo"


def test_who_lost_the_grant_since_does_not_undo(cast: Cast) -> None:
    owner, (customer,) = cast.actor("owner"), customers(cast, 1)
    event = archive_customer.run(owner, customer, rest(cast)).event_id or 0
    before = table_fingerprints()
    without = {grant: scope for grant, scope in owner.grants.items() if grant != "customers.archive"}
    with pytest.raises(Forbidden):
        undo_event(replace(owner, grants=without), event)
    assert table_fingerprints() == before


def test_who_gave_a_record_away_sees_it_no_more_but_for_taking_it_back(cast: Cast) -> None:
    owner, (customer,) = cast.actor("owner"), customers(cast, 1)
    event = transfer_customer.run(owner, customer, {"owner": str(cast.stranger.pk)}).event_id or 0
    with pytest.raises(NotFound):
        edit_customer(owner, customer, values=Values(name="还是我的"))
    undo_event(owner, event)
    with pytest.raises(NotFound):
        edit_customer(cast.actor("stranger"), customer, values=Values(name="是我的"))
    assert Customer.objects.get(pk=customer).owner_id == cast.owner.pk


def test_contacts_keep_their_primary_one(cast: Cast) -> None:
    owner, (customer,) = cast.actor("owner"), customers(cast, 1)
    first = create_contact(owner, values=Values(name="江丽冰", customer=customer)).pk
    second = create_contact(owner, values=Values(name="何立", customer=customer)).pk
    before = state(Contact, [first, second])
    edited = edit_contact.run(owner, second, {"primary": "on", "name": "何力"})
    assert [row["primary"] for row in state(Contact, [first, second])] == [False, True]
    undo_event(owner, edited.event_id or 0)
    assert state(Contact, [first, second]) == before
    undo_event(owner, void_contact.run_many(owner, [first, second], {}).event_id or 0)
    assert state(Contact, [first, second]) == before


def test_a_followup_voided_by_its_author_comes_back(cast: Cast) -> None:
    owner, (customer,) = cast.actor("owner"), customers(cast, 1)
    made = create_followup.run(owner, None, {"customer": str(customer), "content": "报价已发"})
    facts = state(Customer, [customer])
    voided = void_followup.run(owner, made.row_id, {})
    assert state(Customer, [customer]) != facts
    undo_event(owner, voided.event_id or 0)
    assert FollowUp.objects.get(pk=made.row_id or 0).life == Life.LIVE
    assert state(Customer, [customer]) == facts
