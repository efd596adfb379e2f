"""Creating and editing by forms made from declarations: errors, duplicates, conflicts, drop-downs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from genjin.customers.models import Contact, Customer
from genjin.customers.tests.factories import make_customer
from genjin.testing.cast import Cast
from genjin.ui.tests.visitors import HTMX, visitor

Unchanged = Callable[[], AbstractContextManager[None]]


def hidden(html: str) -> dict[str, str]:
    """The hidden inputs of a form, unescaped."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', html)
    return {name: value.replace("&#34;", '"').replace("&amp;", "&") for name, value in found}


def test_new_record_is_saved_and_opened(cast: Cast) -> None:
    client = visitor(cast.owner)
    form = client.get("/customers/new", headers=HTMX).content.decode()
    assert "<html" not in form
    sent = hidden(form) | {
        "name": "苏州晶砺半导体有限公司",
        "phone": "138 0013 8000",
        "level": "A",
        "tags": ["洁净车间"],
    }
    answer = client.post("/customers/new", sent, headers=HTMX)
    customer = Customer.objects.get()
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, f"/customers/{customer.pk}")
    assert (customer.phone, customer.level, customer.tags) == ("13800138000", "A", ["洁净车间"])
    assert customer.owner_id == cast.owner.pk


def test_form_works_as_a_page_without_scripts(cast: Cast) -> None:
    client = visitor(cast.owner)
    form = client.get("/customers/new").content.decode()
    assert "<html" in form
    answer = client.post("/customers/new", hidden(form) | {"name": "甲"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/customers/{Customer.objects.get().pk}")


def test_same_form_sent_twice_creates_one_record(cast: Cast) -> None:
    client = visitor(cast.owner)
    sent = hidden(client.get("/customers/new", headers=HTMX).content.decode()) | {"name": "甲"}
    client.post("/customers/new", sent, headers=HTMX)
    client.post("/customers/new", sent, headers=HTMX)
    assert Customer.objects.count() == 1


def test_wrong_inputs_are_told_at_their_fields_and_kept(cast: Cast, unchanged: Unchanged) -> None:
    client = visitor(cast.owner)
    sent = hidden(client.get("/customers/new", headers=HTMX).content.decode())
    with unchanged():
        answer = client.post("/customers/new", sent | {"name": "", "phone": "1380013800"}, headers=HTMX)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="1380013800" aria-invalid="true"' in html
    assert "请填写「客户名称」" in html


def test_possible_duplicate_is_shown_and_can_be_confirmed(cast: Cast) -> None:
    first = make_customer(cast.actor("owner"), name="苏州晶砺半导体有限公司")
    client = visitor(cast.owner)
    form = client.get("/customers/new", headers=HTMX).content.decode()
    assert "duplicate_known" not in hidden(form)["drawn"]
    sent = hidden(form) | {"name": "苏州晶砺半导体有限公司"}
    answer = client.post("/customers/new", sent, headers=HTMX)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="/customers/{first.pk}"' in html
    confirmed = hidden(html) | {"name": "苏州晶砺半导体有限公司", "duplicate_known": "on"}
    assert client.post("/customers/new", confirmed, headers=HTMX).status_code == 204
    assert Customer.objects.count() == 2


def test_contact_is_added_from_its_customer_and_the_page_stays(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"), name="甲")
    client = visitor(cast.owner)
    form = client.get(f"/contacts/new?stay=1&customer={customer.pk}", headers=HTMX).content.decode()
    assert 'value="甲"' in form
    sent = hidden(form) | {"name": "陆怀瑾", "customer": str(customer.pk)}
    answer = client.post("/contacts/new", sent, headers=HTMX)
    assert answer.status_code == 204
    assert "record:changed" in json.loads(answer.headers["HX-Trigger"])["dialog:done"]["changed"]
    assert Contact.objects.get().customer_id == customer.pk


def test_edit_sends_only_what_was_changed(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"), name="甲", level="A")
    client = visitor(cast.owner)
    form = client.get(f"/customers/{customer.pk}/edit", headers=HTMX).content.decode()
    Customer.objects.filter(pk=customer.pk).update(level="B")
    sent = hidden(form) | {"name": "甲公司", "level": "A"}
    assert client.post(f"/customers/{customer.pk}/edit", sent, headers=HTMX).status_code == 204
    customer.refresh_from_db()
    assert (customer.name, customer.level) == ("甲公司", "B")


def test_two_editors_of_one_field_decide_between_both_values(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"), name="甲", short_name="旧")
    client, other = visitor(cast.owner), visitor(cast.manager)
    url = f"/customers/{customer.pk}/edit"
    mine = hidden(client.get(url, headers=HTMX).content.decode())
    theirs = hidden(other.get(url, headers=HTMX).content.decode())
    assert other.post(url, theirs | {"name": "甲", "short_name": "对方的"}, headers=HTMX).status_code == 204
    answer = client.post(url, mine | {"name": "甲", "short_name": "我的", "address": "一号"}, headers=HTMX)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "对方的" in html
    assert "我的" in html
    customer.refresh_from_db()
    assert (customer.short_name, customer.address) == ("对方的", "")
    decided = hidden(html) | {"name": "甲", "short_name": "我的", "address": "一号", "take.short_name": "theirs"}
    assert client.post(url, decided, headers=HTMX).status_code == 204
    customer.refresh_from_db()
    assert (customer.short_name, customer.address) == ("对方的", "一号")
    again = client.post(url, decided | {"take.short_name": "mine"}, headers=HTMX)
    assert again.status_code in (204, 409)


def test_choosing_mine_overwrites_knowingly(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"), name="甲", short_name="旧")
    client, other = visitor(cast.owner), visitor(cast.manager)
    url = f"/customers/{customer.pk}/edit"
    mine = hidden(client.get(url, headers=HTMX).content.decode())
    theirs = hidden(other.get(url, headers=HTMX).content.decode())
    other.post(url, theirs | {"name": "甲", "short_name": "对方的"}, headers=HTMX)
    conflict = client.post(url, mine | {"name": "甲", "short_name": "我的"}, headers=HTMX).content.decode()
    decided = hidden(conflict) | {"name": "甲", "short_name": "我的", "take.short_name": "mine"}
    assert client.post(url, decided, headers=HTMX).status_code == 204
    customer.refresh_from_db()
    assert customer.short_name == "我的"


def test_who_may_not_write_is_refused_and_nothing_changes(cast: Cast, unchanged: Unchanged) -> None:
    customer = make_customer(cast.actor("owner"), name="甲")
    stranger, nobody = visitor(cast.stranger), visitor(cast.nobody)
    with unchanged():
        for address in ("edit", "facts/name", "actions/void"):
            sent = {"name": "乙", "drawn": "name,reason", "reason": "x", "version": "1"}
            assert stranger.post(f"/customers/{customer.pk}/{address}", sent, headers=HTMX).status_code == 404
        assert nobody.post("/customers/new", {"name": "乙", "drawn": "name"}).status_code == 404


def test_row_action_runs_and_tells(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"), name="甲")
    client = visitor(cast.owner)
    form = client.get(f"/customers/{customer.pk}/actions/void", headers=HTMX).content.decode()
    assert "回收站" in form
    answer = client.post(f"/customers/{customer.pk}/actions/void", hidden(form) | {"reason": "重复"}, headers=HTMX)
    assert json.loads(answer.headers["HX-Trigger"])["toast"]["text"] == "已作废「甲」"
    assert client.get(f"/customers/{customer.pk}/actions/nonsense").status_code == 404


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/choices/customers/level?q=", "超级VIP客户"),
        ("/choices/customers/level?q=yzkh", "优质客户"),
        ("/choices/customers/owner?q=zmy", "周牧远"),
        ("/choices/customers.transfer/owner?q=%E6%9E%97", "林知夏"),
        ("/choices/customers/industry?q=%E8%BD%AF%E4%BB%B6", "软件"),
        ("/choices/customers/region?q=%E8%8B%8F%E5%B7%9E", "江苏省 苏州市"),
        ("/choices/customers/department?q=", "销售一部"),
        ("/choices/customers/tags?q=%E6%96%B0%E6%A0%87%E7%AD%BE", "新标签"),
        ("/choices/contacts/customer?q=%E6%99%B6", "苏州晶砺"),
        ("/choices/customers/owner?filter=1&q=", 'data-value="me"'),
        ("/regions?parent=320000", '<option value="320500">苏州市</option>'),
    ],
)
def test_drop_downs_search_on_the_server(cast: Cast, address: str, expected: str) -> None:
    make_customer(cast.actor("owner"), name="苏州晶砺")
    assert expected in visitor(cast.owner).get(address, headers=HTMX).content.decode()


def test_drop_downs_do_not_tell_of_hidden_records(cast: Cast) -> None:
    make_customer(cast.actor("stranger"), name="苏州晶砺")
    html = visitor(cast.owner).get("/choices/contacts/customer?q=晶砺").content.decode()
    assert "苏州晶砺" not in html
    assert "没有匹配的结果" in html
    assert visitor(cast.nobody).get("/choices/contacts/customer?q=晶砺").status_code == 404
    assert visitor(cast.owner).get("/choices/customers/nonsense").status_code == 404
