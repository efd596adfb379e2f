"""Rights down to the field, below the surfaces: what is found, what rows show, what actions take."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from genjin.customers.actions.contacts import create_contact
from genjin.customers.actions.customers import create_customer
from genjin.customers.actions.tagging import tag_customer
from genjin.customers.models import Contact, Customer
from genjin.customers.record import CONTACT, CUSTOMER
from genjin.followups.record import FOLLOWUP
from genjin.kernel.actions import actions_on
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Access
from genjin.kernel.lists import count_capped, page, read_query, search
from genjin.kernel.models import OwnField
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Forbidden, Refused
from genjin.kernel.seeing import as_seen, rights_in_words, seen_value, teller, whole
from genjin.kernel.sights import can_be_limited
from genjin.kernel.stamps import bump_stamp, current_stamp
from genjin.testing.cast import make_cast

pytestmark = pytest.mark.django_db
PHONE = "13812345678"
WECHAT = "qinghe.wx"


@pytest.fixture
def owner(db: None) -> Actor:
    return make_cast().actor("owner")


@pytest.fixture
def contact(owner: Actor) -> Contact:
    made = create_customer.run(owner, None, {"name": "苏州精工", "kind": "company", "phone": PHONE, "tags": "老客户"})
    known = {"name": "李娜", "customer": str(made.row_id), "phone": "13900001111", "wechat": WECHAT}
    found = create_contact.run(owner, None, known)
    return Contact.objects.get(pk=found.row_id or 0)


def limited(actor: Actor, **rights: Access) -> Actor:
    """With `customer__phone=Access.HIDDEN` as a right."""
    given = frozenset((path.replace("__", ".", 1), access) for path, access in rights.items())
    return replace(actor, rights=given, stamp=current_stamp())


def found(actor: Actor, text: str, record_type: Any = CUSTOMER) -> list[str]:
    query = read_query(actor, record_type, {"q": [text]})
    titles = [row.title for row in page(actor, query, ()).rows]
    assert count_capped(actor, query) == len(titles)
    assert [hit.title for hit in search(actor, RECORD_TYPES[record_type.key], text)] == titles
    return titles


@pytest.mark.parametrize(
    ("access", "text", "hit"),
    [
        (Access.HIDDEN, PHONE, False), (Access.HIDDEN, "5678", False), (Access.HIDDEN, "1381", False),
        (Access.HIDDEN, "苏州精工", True), (Access.HIDDEN, "szjg", True),
        (Access.HIDDEN, "精工 5678", False), (Access.MASKED, "精工 5678", True), (Access.MASKED, PHONE, True),
        (Access.MASKED, "138 1234 5678", True), (Access.MASKED, "5678", True), (Access.MASKED, "45678", False),
        (Access.MASKED, "1381234", False), (Access.MASKED, "12345678", False), (Access.MASKED, "jinggong", True),
        (Access.READ, "45678", True),
    ],
)  # fmt: skip
def test_a_number_kept_from_somebody_is_not_found_by_its_pieces(
    owner: Actor, contact: Contact, access: Access, text: str, hit: bool
) -> None:
    if text not in ("1381", "1381234"):  # beginnings find nobody's number
        assert found(owner, text) == ["苏州精工"]
    assert found(limited(owner, customer__phone=access), text) == (["苏州精工"] if hit else [])


@pytest.mark.parametrize(("text", "masked"), [(WECHAT, True), ("qinghe", False), ("qinghewx", True)])
def test_other_texts_count_only_whole_when_masked(owner: Actor, contact: Contact, text: str, masked: bool) -> None:
    assert found(owner, text, CONTACT) == ["李娜"]
    assert found(limited(owner, contact__wechat=Access.HIDDEN), text, CONTACT) == []
    assert found(limited(owner, contact__wechat=Access.MASKED), text, CONTACT) == (["李娜"] if masked else [])
    assert found(limited(owner, contact__phone=Access.HIDDEN), text, CONTACT) == ["李娜"]


def test_a_value_that_is_hidden_changes_nothing_that_is_found(owner: Actor) -> None:
    blind = limited(owner, customer__phone=Access.HIDDEN)
    for number in range(3):
        create_customer.run(owner, None, {"name": f"甲{number}", "kind": "company"})
    asked = ["13", "138", PHONE, "5678", "甲", "甲 13", "1"]
    before = [found(blind, text) for text in asked]
    Customer.objects.get(name="甲1")
    create_customer.run(owner, None, {"name": "甲3", "kind": "company", "phone": PHONE})
    after = [[title for title in found(blind, text) if title != "甲3"] for text in asked]
    assert before == after
    assert "甲3" not in found(blind, "138")


def test_rows_are_drawn_with_what_may_be_known(owner: Actor, contact: Contact) -> None:
    customer = contact.customer
    assert as_seen(owner, customer) is customer
    blind = limited(owner, customer__phone=Access.MASKED, customer__tags=Access.HIDDEN, customer__kind=Access.MASKED)
    shown = as_seen(blind, customer)
    assert (shown.phone, shown.tags, shown.kind, shown.name) == ("138****5678", [], "", "苏州精工")
    assert (customer.phone, customer.tags) == (PHONE, ["老客户"])
    assert seen_value(blind, customer, "phone") is None
    assert seen_value(owner, customer, "phone") == PHONE
    assert whole(owner, CUSTOMER, "phone")
    assert teller(blind, CUSTOMER, "phone")(PHONE) == "138****5678"
    assert teller(blind, CUSTOMER, "tags")(["老客户"]) == ""
    told = [(right.key, right.access) for right in rights_in_words(blind, CUSTOMER)]
    assert sorted(told) == [("kind", Access.MASKED), ("phone", Access.MASKED), ("tags", Access.HIDDEN)]


def test_what_holds_a_record_together_is_nobody_denied() -> None:
    for declared, keys in ((CUSTOMER, "name owner code"), (CONTACT, "name customer"), (FOLLOWUP, "summary content")):
        assert not any(can_be_limited(declared, key) for key in keys.split())
    assert can_be_limited(CUSTOMER, "phone")


def test_verbs_that_set_a_field_obey_its_right(owner: Actor, contact: Contact) -> None:
    reader = limited(owner, customer__tags=Access.READ, customer__level=Access.HIDDEN)
    with pytest.raises(Forbidden):
        tag_customer.run(reader, contact.customer_id, {"tags": ["新"]})
    assert "customers.tag" not in {a.name for a in actions_on(CUSTOMER, reader)}
    assert "customers.tag" in {a.name for a in actions_on(CUSTOMER, owner)}
    with pytest.raises(Refused):
        create_customer.run(reader, None, {"name": "乙", "kind": "company", "level": "A"})
    assert create_customer.run(reader, None, {"name": "乙", "kind": "company"}).row_id


def test_nothing_declared_with_a_type_names_what_is_hidden(owner: Actor) -> None:
    rights = {
        "customer__follow_by": Access.HIDDEN, "customer__phone": Access.MASKED, "customer__region": Access.HIDDEN,
        "customer__category": Access.MASKED,
    }  # fmt: skip
    seen = CUSTOMER.seen_by(limited(owner, **rights))
    assert "region" not in (*seen.subtitle, *seen.quick_fields)
    assert {view.key for view in seen.views} == {"mine", "all", "due", "falling", "deals", "paused"}
    assert all(column in seen.keys for view in seen.views for column in view.columns)
    followups = FOLLOWUP.seen_by(limited(owner, followup__next_step=Access.HIDDEN))
    assert followups.default_sort == FOLLOWUP.default_sort


def test_defaults_of_fields_that_the_writer_may_not_know_are_filled_in(owner: Actor) -> None:
    OwnField(id=900_001, record_type="customer", key="x_rank", kind="text", label="评级", default="C").save()
    bump_stamp()
    blind = limited(owner, customer__x_rank=Access.HIDDEN)
    made = create_customer.run(blind, None, {"name": "丙", "kind": "company"})
    assert Customer.objects.get(pk=made.row_id or 0).custom == {"x_rank": "C"}


def test_own_fields_that_are_searched_are_kept_too(owner: Actor) -> None:
    OwnField(id=900_001, record_type="customer", key="x_line", kind="phone", label="专线", searched=True).save()
    OwnField(id=900_002, record_type="customer", key="x_code", kind="text", label="暗号", searched=True).save()
    bump_stamp()
    owner = limited(owner)
    create_customer.run(
        owner, None, {"name": "苏州精工", "kind": "company", "x_line": "13912349876", "x_code": "芝麻开门"}
    )
    assert found(owner, "9876") == found(owner, "芝麻") == ["苏州精工"]
    blind = limited(owner, customer__x_line=Access.HIDDEN, customer__x_code=Access.MASKED)
    assert found(blind, "9876") == found(blind, "芝麻") == []
    assert found(blind, "芝麻开门") == found(blind, "精工") == ["苏州精工"]
    assert found(limited(owner, customer__x_line=Access.MASKED), "9876") == ["苏州精工"]
