"""撤销 on pages: what needs no input is done at once, toasts offer to take it back, and what stays is said."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from genjin.customers.actions.contacts import create_contact
from genjin.customers.actions.customers import edit_customer, void_customer
from genjin.customers.actions.resting import archive_customer
from genjin.customers.models import Contact, Customer
from genjin.customers.tests.factories import make_customer
from genjin.kernel.fields import Values
from genjin.kernel.models.events import Event
from genjin.kernel.models.rows import Life
from genjin.kernel.options import options_of
from genjin.testing.cast import Cast
from genjin.ui.tests.visitors import HTMX, visitor

pytestmark = pytest.mark.long


def told(answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.headers["HX-Trigger"])
    return found


def on(path: str) -> dict[str, str]:
    """What htmx sends from a dialog over this page."""
    return HTMX | {"HX-Current-URL": f"http://testserver{path}"}


def test_an_edited_fact_shows_in_the_head_and_can_be_taken_back(cast: Cast) -> None:
    customer, client = make_customer(cast.actor("owner"), name="苏州晶砺"), visitor(cast.owner)
    address = f"/customers/{customer.pk}"
    answer = client.post(f"{address}/facts/name", {"name": "苏州晶砺半导体", "drawn": "name"}, headers=HTMX)
    html = answer.content.decode()
    for piece in ("record-crumb", "record-name", "record-subtitle", "record-strip"):
        assert f'id="{piece}" hx-swap-oob="true"' in html
    assert html.count("苏州晶砺半导体") >= 3
    undone = client.post(told(answer)["toast"]["undo"], headers=HTMX)
    assert undone.status_code == 204
    assert told(undone)["toast"]["text"] == "已撤销：编辑"
    assert "record:changed" in told(undone)["dialog:done"]["changed"]
    assert Customer.objects.get(pk=customer.pk).name == "苏州晶砺"
    timeline = client.get(address).content.decode().partition('id="timeline"')[2]
    assert re.search(r"撤销(<[^>]+>|：)*编辑", timeline)
    assert "已撤销" in timeline


def test_what_asks_for_nothing_is_done_at_once(cast: Cast) -> None:
    owner, client = cast.actor("owner"), visitor(cast.owner)
    customer = make_customer(owner, name="苏州晶砺")
    contact = create_contact(owner, values=Values(name="江丽冰", customer=customer.pk))
    menu = client.get(f"/contacts/{contact.pk}/menu", headers=HTMX).content.decode()
    assert f'hx-post="/contacts/{contact.pk}/actions/void"' in menu
    assert f'hx-get="/contacts/{contact.pk}/actions/transfer"' in menu
    answer = client.post(f"/contacts/{contact.pk}/actions/void", headers=on("/contacts"))
    assert Contact.objects.get(pk=contact.pk).life == Life.VOIDED
    client.post(told(answer)["toast"]["undo"], headers=HTMX)
    assert Contact.objects.get(pk=contact.pk).life == Life.LIVE


@pytest.mark.parametrize(("count", "asked"), [(3, False), (21, True)])
def test_in_bulk_only_many_are_asked_about(cast: Cast, count: int, asked: bool) -> None:
    owner, client = cast.actor("owner"), visitor(cast.owner)
    ids = [make_customer(owner, name=f"客户{n:02}").pk for n in range(count)]
    void_customer.run_many(owner, ids, {"reason": "重复"})
    sent: dict[str, Any] = {"ids": ids}
    answer = client.post("/customers/bulk/restore", sent, headers=on("/customers"))
    if asked:
        assert Customer.objects.filter(life=Life.VOIDED).count() == count
        assert "21" in answer.content.decode()
        answer = client.post("/customers/bulk/restore", sent | {"drawn": ""}, headers=on("/customers"))
    assert Customer.objects.filter(life=Life.VOIDED).count() == 0
    client.post(told(answer)["toast"]["undo"], headers=HTMX)
    assert Customer.objects.filter(life=Life.VOIDED).count() == count


def test_what_changed_since_is_said_in_plain_words(cast: Cast) -> None:
    owner, client = cast.actor("owner"), visitor(cast.owner)
    ids = [make_customer(owner, name=f"客户{n}").pk for n in range(4)]
    reason = next(iter(options_of("customer_rest_reason", owner.stamp)))
    event = archive_customer.run_many(owner, ids, {"reason": reason}).event_id
    edit_customer(cast.actor("administrator"), ids[0], values=Values(name="改过"))
    answer = client.post(f"/undo/{event}", headers=HTMX)
    assert told(answer)["toast"] | {"undo": ""} == told(answer)["toast"], "an undo is not undone"
    assert told(answer)["toast"]["text"] == "3 条已撤销，1 条之后又被修改，保持不变"
    again = client.post(f"/undo/{event}", headers=HTMX)
    assert (again.status_code, told(again)["toast"]["tone"]) == (422, "bad")
    assert told(again)["toast"]["text"] == "这个操作已经撤销过了"


def test_whoever_gave_a_record_away_is_led_to_the_list_and_may_take_it_back(cast: Cast) -> None:
    customer, client = make_customer(cast.actor("owner"), name="苏州晶砺"), visitor(cast.owner)
    sent = {"owner": cast.stranger.pk, "drawn": "owner"}
    answer = client.post(f"/customers/{customer.pk}/actions/transfer", sent, headers=on(f"/customers/{customer.pk}"))
    assert answer.headers["HX-Redirect"] == "/customers"
    event = Event.objects.filter(action="customers.transfer").latest("id")
    assert f"undo%2F{event.pk}" in answer.cookies["flash"].value
    assert client.get(f"/customers/{customer.pk}").status_code == 404
    assert client.post(f"/undo/{event.pk}", headers=HTMX).status_code == 204
    assert client.get(f"/customers/{customer.pk}").status_code == 200


def test_another_ones_event_looks_like_none(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"), name="苏州晶砺")
    event = void_customer.run(cast.actor("owner"), customer.pk, {"reason": "重复"}).event_id
    for part in ("stranger", "administrator", "nobody"):
        answers = [visitor(getattr(cast, part)).post(f"/undo/{number}", headers=HTMX) for number in (event, 999_999)]
        assert [answer.status_code for answer in answers] == [404, 404]
    assert visitor(cast.owner).get(f"/undo/{event}").status_code == 405
    assert Customer.objects.get(pk=customer.pk).life == Life.VOIDED


def test_the_json_door_undoes_as_well(cast: Cast) -> None:
    owner, client = cast.actor("owner"), visitor(cast.owner)
    customer = make_customer(owner, name="苏州晶砺")
    event = void_customer.run(owner, customer.pk, {"reason": "重复"}).event_id
    client.handler.enforce_csrf_checks = True
    assert client.post(f"/api/v1/events/{event}/undo", content_type="application/json").status_code == 403
    client.handler.enforce_csrf_checks = False
    answer = client.post(f"/api/v1/events/{event}/undo", content_type="application/json")
    assert answer.status_code == 200
    assert answer.json()["done"] == [customer.pk]
    assert Event.objects.get(pk=answer.json()["events"][0]).surface == "api"
    repeated = client.post(f"/api/v1/events/{event}/undo", content_type="application/json")
    assert (repeated.status_code, repeated.json()["error"]["code"]) == (422, "undone")
    assert client.post("/api/v1/events/999999/undo", content_type="application/json").status_code == 404


def test_tools_of_a_type_stand_on_its_rows_and_in_their_menus(cast: Cast) -> None:
    owner, client = cast.actor("owner"), visitor(cast.owner)
    customer = make_customer(owner, name="苏州晶砺", phone="138 0013 8000")
    silent = make_customer(owner, name="无号码")
    tools = client.get("/customers").content.decode().partition('id="row-bar"')[2].partition("</template>")[0]
    assert tools.index("拨打") < tools.index("编辑")
    assert "转移" not in tools
    menu = client.get(f"/customers/{customer.pk}/menu", headers=HTMX).content.decode()
    assert 'href="tel:13800138000"' in menu
    assert "转移" in menu
    assert "tel:" not in client.get(f"/customers/{silent.pk}/menu", headers=HTMX).content.decode()
    assert 'href="tel:13800138000"' in client.get(f"/customers/{customer.pk}/call", headers=HTMX).content.decode()
    assert "没有可拨打的电话" in client.get(f"/customers/{silent.pk}/call", headers=HTMX).content.decode()
    assert visitor(cast.stranger).get(f"/customers/{customer.pk}/call").status_code == 404


def test_page_of_what_one_gave_away_says_so_and_waits_for_the_undo(cast: Cast) -> None:
    client = visitor(cast.owner)
    customer = make_customer(cast.actor("owner"), name="苏州晶砺")
    address, given = f"/customers/{customer.pk}", {"owner": str(cast.stranger.pk), "drawn": "owner"}
    answer = client.post(f"{address}/actions/transfer", given, headers=on(address))
    assert answer.status_code == 204
    gone = client.get(address, headers=on(address))
    assert gone.status_code == 200
    assert "您现在看不到这条记录" in gone.content.decode()
    assert 'hx-trigger="record:changed from:document"' in gone.content.decode()
    assert "苏州晶砺" not in gone.content.decode()
    assert client.get(address).status_code == client.get(address, headers=on("/customers")).status_code == 404
    never = client.get("/customers/999999", headers=on("/customers/999999"))  # nothing is said of what is there
    assert never.content.decode().replace("999999", str(customer.pk)) == gone.content.decode()
