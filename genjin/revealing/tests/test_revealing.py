"""Masked values in full: to who may, one at a time, written down without the value, no more than so many."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from genjin.customers.actions.contacts import create_contact
from genjin.customers.actions.customers import create_customer
from genjin.customers.models import Customer
from genjin.customers.record import CUSTOMER
from genjin.kernel import viewing
from genjin.kernel.fields import Access
from genjin.kernel.models import OwnField
from genjin.kernel.models.events import Event, EventPayload
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.kernel.stamps import bump_stamp
from genjin.kernel.timeline import timeline
from genjin.org.actions.settings import change_settings
from genjin.org.models import Role
from genjin.revealing.actions import revealed_text
from genjin.testing.cast import Cast, limit

PHONE = "13812345678"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def customer(cast: Cast) -> Customer:
    known = {"name": "苏州精工", "kind": "company", "phone": PHONE, "address": "苏州市虎丘区长江路 1 号", "level": "A"}
    made = create_customer.run(cast.actor("owner"), None, known)
    return Customer.objects.get(pk=made.row_id or 0)


def told(client: Client, customer: Customer, key: str = "phone", **sent: str) -> Any:
    return client.post(f"/customers/{customer.pk}/reveal/{key}", sent, headers=HTMX)


def setting(cast: Cast, **values: Any) -> None:
    raw = {"changes": {f"privacy.{key}": value for key, value in values.items()}}
    change_settings.run(cast.actor("administrator"), None, raw)


@pytest.mark.parametrize("access", [Access.MASKED, Access.EDIT])
def test_the_eye_shows_the_value_and_writes_down_that_it_did(
    cast: Cast, client: Client, customer: Customer, access: Access
) -> None:
    limit("salesperson", "customer.phone", access)
    client.force_login(cast.owner)
    viewing.forget()
    listed = client.get("/customers").content.decode()
    assert 'data-eye="phone"' in listed
    assert PHONE not in listed
    page = client.get(f"/customers/{customer.pk}").content.decode()
    assert (f'data-eye="phone" data-eye-at="/customers/{customer.pk}"' in page) == (access is Access.MASKED)
    assert (PHONE in page) == (access is not Access.MASKED)
    before = customer.version
    answer = told(client, customer)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert PHONE in answer.content.decode()
    event = Event.objects.latest("id")
    assert (event.action, event.member_id, event.note) == (
        "customers.reveal",
        cast.owner.pk,
        {"revealed": "customer.phone"},
    )
    assert PHONE not in json.dumps(
        list(EventPayload.objects.filter(event_id=event.pk).values_list("changes", flat=True))
    )
    customer.refresh_from_db()
    assert customer.version == before
    assert [kind for _member, kind, _of, _hour in viewing.take()].count(viewing.Kind.REVEALS) == 1
    client.force_login(cast.administrator)
    assert "客户 · 电话" in client.get("/settings/audit").content.decode()
    client.force_login(cast.owner)
    assert "查看完整号码" in client.get(f"/customers/{customer.pk}").content.decode()


def test_only_who_may_and_only_what_is_masked(cast: Cast, client: Client, customer: Customer) -> None:
    owner = cast.actor("owner")
    for key in ("name", "level", "nothing", "owner"):
        with pytest.raises(NotFound):
            revealed_text(owner, CUSTOMER, customer.pk, key)
    with pytest.raises(NotFound):
        revealed_text(cast.actor("stranger"), CUSTOMER, customer.pk, "phone")
    revealed_text(owner, CUSTOMER, customer.pk, "phone")
    limit("salesperson", "customer.phone", Access.HIDDEN)
    with pytest.raises(NotFound):
        revealed_text(cast.actor("owner"), CUSTOMER, customer.pk, "phone")
    assert [entry.action for entry in timeline(cast.actor("owner"), customer)[0]] == ["customers.create"]
    assert len(timeline(cast.actor("manager"), customer)[0]) == 2
    role = Role.objects.get(key="manager")
    del role.grants["customers.reveal"]
    role.save()
    bump_stamp()
    with pytest.raises(Forbidden):
        revealed_text(cast.actor("manager"), CUSTOMER, customer.pk, "phone")
    client.force_login(cast.manager)
    assert "data-eye" not in client.get("/customers").content.decode()
    assert told(client, customer).status_code == 403
    role.grants["customers.reveal"] = "self"  # his own rows; this one is his salesman's
    role.save()
    bump_stamp()
    assert told(client, customer).status_code == 403


def test_no_more_than_so_many(cast: Cast, client: Client, customer: Customer) -> None:
    setting(cast, reveals_per_hour="2")
    client.force_login(cast.owner)
    assert [told(client, customer).status_code for _n in range(3)] == [200, 200, 429]
    said = json.loads(told(client, customer).headers["HX-Trigger"])["toast"]["text"]
    assert re.search(r"最近 1 小时您已查看 2 个完整号码，(1 小时|\d+ 分钟)后可以再看", said), said
    assert revealed_text(cast.actor("manager"), CUSTOMER, customer.pk, "phone") == PHONE
    setting(cast, reveals_per_hour="9", reveals_per_day="2")
    refused = told(client, customer)
    assert refused.status_code == 429
    said = json.loads(refused.headers["HX-Trigger"])["toast"]["text"]
    assert re.search(r"最近 24 小时您已查看 2 个完整号码，(1 天|23 小时 \d+ 分钟)后", said), said


def test_without_scripts_the_value_stands_on_a_page_that_is_left_by_itself(
    cast: Cast, client: Client, customer: Customer
) -> None:
    limit("salesperson", "customer.phone", Access.MASKED)
    client.force_login(cast.owner)
    record = f"/customers/{customer.pk}"
    assert f'href="{record}/reveal/phone"' in client.get(record).content.decode()
    answer = client.post(f"{record}/reveal/phone", {"dialog": "1"})
    page = answer.content.decode()
    assert ("<html" in page, PHONE in page, f'href="{record}"' in page) == (True, True, True)
    assert (answer.headers["Refresh"], answer.headers["Cache-Control"]) == (f"30;url={record}", "no-store")


def test_with_a_reason_where_the_company_wants_one(cast: Cast, client: Client, customer: Customer) -> None:
    setting(cast, reveal_reason="on")
    client.force_login(cast.owner)
    refused = told(client, customer)
    assert refused.status_code == 422
    assert "reveal_reason" in refused.content.decode()
    assert PHONE not in refused.content.decode()
    assert "reveal_reason" in client.get(f"/customers/{customer.pk}/reveal/phone", headers=HTMX).content.decode()
    assert "reveal_reason" in client.get(f"/customers/{customer.pk}/reveal/phone").content.decode()  # without scripts
    with pytest.raises(Refused):
        revealed_text(cast.actor("owner"), CUSTOMER, customer.pk, "phone")
    assert PHONE in told(client, customer, reveal_reason="回访", dialog="1").content.decode()
    assert Event.objects.latest("id").note == {"revealed": "customer.phone", "reason": "回访"}


def test_over_the_json_door(cast: Cast, client: Client, customer: Customer) -> None:
    client.force_login(cast.owner)
    at = f"/api/v1/customers/{customer.pk}/reveal"

    def asked(body: Any) -> Any:
        return client.post(at, json.dumps(body), content_type="application/json")

    assert asked({"field": "phone"}).json() == {"field": "phone", "value": PHONE, "seconds": 30}
    assert asked({"field": "address"}).json()["value"] == "苏州市虎丘区长江路 1 号"
    assert [asked(body).status_code for body in ({}, {"field": "name"}, {"field": "phone", "x": 1})] == [400, 404, 400]
    assert (
        client.post(
            f"/api/v1/customers/{customer.pk}/actions/reveal", "{}", content_type="application/json"
        ).status_code
        == 403
    )
    setting(cast, reveals_per_hour="2")
    assert asked({"field": "phone"}).status_code == 429


def test_lists_show_each_class_as_the_company_wants(cast: Cast, client: Client, customer: Customer) -> None:
    client.force_login(cast.owner)
    columns = "/customers?f=1&columns=phone"
    for mode, owner, manager in (("masked", False, False), ("owner", True, False), ("full", True, True)):
        if mode != "masked":
            setting(cast, phone=mode)
        for member, full in ((cast.owner, owner), (cast.manager, manager)):
            client.force_login(member)
            assert (PHONE in client.get(columns).content.decode()) == full, (mode, member.sign_in)
    limit("salesperson", "customer.phone", Access.MASKED)
    client.force_login(cast.owner)
    assert PHONE not in client.get(columns).content.decode()


def test_own_fields_are_shown_too_and_cards_have_no_pieces(cast: Cast, customer: Customer) -> None:
    OwnField(
        id=900_001, record_type="customer", key="x_card", kind="bank_card", label="卡号", sensitivity="personal"
    ).save()
    bump_stamp()
    create_contact.run(cast.actor("owner"), None, {"name": "李娜", "customer": str(customer.pk), "phone": PHONE})
    customer.custom["x_card"] = "6222021234567890"
    customer.save(update_fields=["custom"])
    assert revealed_text(cast.actor("owner"), CUSTOMER, customer.pk, "x_card") == "6222021234567890"
    limit("salesperson", "customer.x_card", Access.MASKED)
    assert revealed_text(cast.actor("owner"), CUSTOMER, customer.pk, "x_card") == "6222021234567890"
