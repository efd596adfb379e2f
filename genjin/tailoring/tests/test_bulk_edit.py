"""One field of many rows gets a new value: own fields and declared ones, rights, what single rows refuse; the API."""

from __future__ import annotations

import json
import re

from genjin.customers.actions.customers import void_customer
from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.kernel.fields import Access
from genjin.kernel.models.events import Event
from genjin.tailoring.actions import add_field
from genjin.testing.cast import Cast, limit
from genjin.ui.tests.visitors import HTMX, visitor

URL = "/customers/bulk/edit"


def test_a_field_of_many_rows_gets_one_value(cast: Cast) -> None:
    boss = cast.actor("administrator")
    for raw in ({"kind": "number", "label": "在用台数"}, {"kind": "text", "label": "合同号", "unique": "1"}):
        add_field.run(boss, None, {"record_type": "customer", **raw})
    limit("salesperson", "customer.region", Access.READ)
    rows = [make_customer(cast.actor("owner"), name=name, level="B") for name in ("甲公司", "乙公司", "丙公司")]
    void_customer(cast.actor("owner"), rows[2].pk, reason="错")
    client, ids = visitor(cast.owner), [row.pk for row in rows]

    form = client.get(f"{URL}?ids={ids[0]}&ids={ids[1]}", headers=HTMX).content.decode()
    offered = set(re.findall(r'<option value="(\w+)"', form))
    assert {"level", "short_name", "x_zaiyongtaishu"} <= offered
    assert not offered & {"name", "region", "x_hetonghao", "owner", "code"}, "a name, a number of its own, read only"
    chosen = client.post(URL, {"ids": ids, "field": "level", "choose": "1"}, headers=HTMX).content.decode()
    assert 'name="level"' in chosen
    assert 'name="drawn" value="level"' in chosen

    sent = {"ids": ids, "field": "level", "drawn": "level", "level": ""}
    assert client.post(URL, sent, headers=HTMX).status_code == 422, "nothing is emptied unasked"
    answer = client.post(URL, sent | {"level": "A"}, headers=HTMX)
    assert (answer.status_code, "丙公司" in answer.content.decode()) == (200, True), "the voided one, with its reason"
    client.post(URL, {"ids": ids[:2], "field": "x_zaiyongtaishu", "drawn": "x_zaiyongtaishu", "x_zaiyongtaishu": "12"})
    client.post(URL, {"ids": ids[:1], "field": "level", "drawn": "level", "clear": "on"}, headers=HTMX)
    client.post(URL, {"ids": ids[:1], "field": "region", "drawn": "region", "region": "310000"}, headers=HTMX)
    found = Customer.objects.order_by("id").values_list("level", "custom", "region")
    assert list(found) == [("", {"x_zaiyongtaishu": 12}, ""), ("A", {"x_zaiyongtaishu": 12}, ""), ("B", {}, "")]
    assert Event.objects.filter(action="customers.edit").count() == 3, "one event for all rows of one run"


def test_many_rows_over_the_json_door(cast: Cast) -> None:
    mine = make_customer(cast.actor("owner"), name="甲公司")
    others = make_customer(cast.actor("stranger"), name="乙公司")
    client = visitor(cast.owner)

    def sent(*ids: int) -> tuple[int, object]:
        body = json.dumps({"ids": ids, "input": {"level": "A"}})
        answer = client.post("/api/v1/actions/customers.edit/bulk", body, content_type="application/json")
        return answer.status_code, answer.json().get("done")

    assert sent(mine.pk, others.pk)[0] == 404
    assert sent(mine.pk) == (200, [mine.pk])
    assert set(Customer.objects.values_list("name", "level")) == {("甲公司", "A"), ("乙公司", "")}
