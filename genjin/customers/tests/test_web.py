"""What a customer's page shows beside its facts: contacts, tags, addresses, the banner, the call button."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from genjin.customers.actions.contacts import add_address
from genjin.customers.actions.customers import add_customer_teammate, void_customer
from genjin.customers.actions.resting import archive_customer, pause_customer
from genjin.customers.models import Address, Customer
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.kernel.models.rows import Life
from genjin.org.models import Member
from genjin.testing.cast import Cast

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def page_of(member: Member, customer: Customer) -> str:
    return client_of(member).get(f"/customers/{customer.pk}").content.decode()


def aside_of(html: str) -> str:
    return html.partition('<aside class="d-r"')[2]


def test_contacts_are_masked_and_can_be_dialled(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    make_contact(actor, customer, "陆怀瑾", phone="13800138000", position="总经理", decision_role="decider")
    card = aside_of(page_of(cast.owner, customer))
    assert "138****8000" in card
    assert ">13800138000<" not in card
    assert 'href="tel:13800138000"' in card
    assert "总经理 · 决策人" in card
    assert "主联系人" in card


def test_who_must_not_be_disturbed_is_not_dialled(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    make_contact(actor, customer, phone="13800138000", do_not_contact="1")
    html = page_of(cast.owner, customer)
    assert "请勿打扰" in html
    assert "tel:" not in html


@pytest.mark.parametrize(("phone", "dialled"), [("0512-55505526", "0512-55505526"), ("", "13800138000")])
def test_header_dials_the_customer_or_else_a_contact(cast: Cast, phone: str, dialled: str) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor, phone=phone)
    make_contact(actor, customer, phone="13800138000")
    header = page_of(cast.owner, customer).partition('<aside class="d-r"')[0]
    assert f'href="tel:{dialled}"' in header


def test_without_a_number_nothing_is_dialled(cast: Cast) -> None:
    assert "tel:" not in page_of(cast.owner, make_customer(cast.actor("owner")))


def test_tags_are_added_and_taken_away_on_the_card(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    client = client_of(cast.owner)
    url = f"/customers/{customer.pk}/actions"
    assert client.post(f"{url}/tag", {"drawn": "tags", "tags": "洁净车间"}, headers=HTMX).status_code == 204
    customer.refresh_from_db()
    assert "洁净车间" in aside_of(page_of(cast.owner, customer))
    sent = {"drawn": "tags", "tags": customer.tags[0]}
    assert client.post(f"{url}/untag", sent, headers=HTMX).status_code == 204
    customer.refresh_from_db()
    assert customer.tags == []


def test_addresses_are_listed_and_removed(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    add_address(actor, customer.pk, label="收货", detail="星湖街 218 号", region="320500")
    cards = client_of(cast.owner).get(f"/customers/{customer.pk}/related", headers=HTMX).content.decode()
    assert "江苏省 苏州市" in cards
    sent = {"drawn": "address", "address": str(Address.objects.get().pk)}
    answer = client_of(cast.owner).post(f"/customers/{customer.pk}/actions/remove_address", sent, headers=HTMX)
    assert answer.status_code == 204
    assert not Address.objects.exists()


@pytest.mark.parametrize(
    ("rest", "title", "verb"), [(archive_customer, "已归档", "unarchive"), (pause_customer, "暂停跟进", "resume")]
)
def test_a_resting_customer_says_why_and_offers_the_way_back(cast: Cast, rest: Any, title: str, verb: str) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    rest(actor, customer.pk, reason="budget", note="明年再看")
    html = page_of(cast.owner, customer)
    assert f"<b>{title}</b>" in html
    assert "预算调整 · 明年再看 · 周牧远" in html
    assert f"/customers/{customer.pk}/actions/{verb}" in html
    assert ">budget<" not in html, "the timeline tells the reason in words"


def test_a_voided_customer_says_why_and_offers_restoring(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    void_customer(actor, customer.pk, reason="重复录入")
    html = page_of(cast.owner, customer)
    assert 'role="status"' in html
    assert "重复录入" in html
    client = client_of(cast.owner)
    assert client.post(f"/customers/{customer.pk}/actions/restore", headers=HTMX).status_code == 204
    customer.refresh_from_db()
    assert customer.life == Life.LIVE


def test_a_reader_is_offered_no_changes(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor)
    add_customer_teammate(actor, customer.pk, member=cast.teammate.pk)
    html = page_of(cast.teammate, customer)
    assert "/actions/tag" not in html
    assert "/actions/add_address" not in html
    assert "data-focus" not in html, "no button to a composer that is not there"
