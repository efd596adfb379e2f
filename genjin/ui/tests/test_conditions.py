"""Forms and facts obey conditions: what is not shown is not asked for, what is stored stays."""

from __future__ import annotations

import json
from typing import Any

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.followups.models import FollowUp
from genjin.kernel.models import Layout, OwnField
from genjin.kernel.models.options import Option
from genjin.kernel.stamps import bump_stamp
from genjin.testing.cast import Cast
from genjin.ui.tests.test_forms import hidden
from genjin.ui.tests.visitors import HTMX, visitor

KEY_ONLY = [["category", "in", ["key"]]]


def define(key: str, kind: str, **more: Any) -> None:
    """A field of the customers."""
    facts = {"record_type": "customer", "label": f"自有{key}", "section": "need", **more}
    OwnField(id=910_000 + OwnField.objects.count(), key=f"x_{key}", kind=kind, **facts).save()
    bump_stamp()


def test_a_conditional_field_is_asked_for_only_while_it_is_shown(cast: Cast) -> None:
    define("spend", "money", required=True, shown_when=KEY_ONLY)
    define("grade", "choice", default="a")
    Option.objects.create(id=920_000, list_key="customer.x_grade", key="a", label="甲")
    client = visitor(cast.owner)
    sent = hidden(html := client.get("/customers/new", headers=HTMX).content.decode())
    told = json.loads(html.split('data-conditions="')[1].split('"')[0].replace("&#34;", '"'))
    assert told == {"shown": {"x_spend": KEY_ONLY}, "required": {"x_spend": []}, "stands": {}}
    assert '<option value="a" selected>甲</option>' in html

    plain = client.post("/customers/new", sent | {"name": "普通", "x_spend": "5", "x_grade": ""}, headers=HTMX)
    assert plain.status_code == 204
    assert Customer.objects.get().custom == {}
    sent |= {"idempotency_key": "another"}
    asked = client.post("/customers/new", sent | {"name": "重点", "category": "key"}, headers=HTMX)
    assert (asked.status_code, "请填写「自有spend」" in asked.content.decode()) == (422, True)


def test_what_is_stored_stays_while_its_field_is_not_shown(cast: Cast) -> None:
    define("spend", "money", required=True, shown_when=KEY_ONLY)
    customer = make_customer(cast.actor("owner"), name="甲", category="key", x_spend="12000")
    client, url = visitor(cast.owner), f"/customers/{customer.pk}"
    assert "¥12,000" in client.get(url).content.decode()
    sent = hidden(client.get(f"{url}/edit", headers=HTMX).content.decode())
    assert client.post(f"{url}/edit", sent | {"name": "甲", "x_spend": ""}, headers=HTMX).status_code == 204
    customer.refresh_from_db()
    assert (customer.category, customer.custom) == ("", {"x_spend": 12000})
    assert "¥12,000" not in client.get(url).content.decode()

    fact = client.post(f"{url}/facts/category", {"drawn": "category", "category": "key"}, headers=HTMX)
    assert "record:changed" in json.loads(fact.headers["HX-Trigger"])
    assert "¥12,000" in client.get(url).content.decode()


def test_a_section_with_a_condition_goes_with_all_its_fields(cast: Cast) -> None:
    define("model", "text", required=True)
    rows: list[dict[str, Any]] = [{"key": "basic", "label": "基本", "fields": ["name", "category"]}]
    rows.append({"key": "deal", "label": "设备", "fields": ["x_model", "source"], "shown_when": KEY_ONLY})
    Layout.objects.create(id=930_000, record_type="customer", sections=rows)
    bump_stamp()
    client = visitor(cast.owner)
    sent = hidden(client.get("/customers/new", headers=HTMX).content.decode())
    assert client.post("/customers/new", sent | {"name": "甲", "source": "event"}, headers=HTMX).status_code == 204
    assert Customer.objects.get().source == ""
    sent |= {"idempotency_key": "another", "name": "乙", "category": "key"}
    answer = client.post("/customers/new", sent, headers=HTMX)
    assert "请填写「自有model」" in answer.content.decode()


def test_the_composer_asks_for_the_companys_own_fields(cast: Cast) -> None:
    facts = {"record_type": "followup", "section": "", "label": "样品批次", "shown_when": [["method", "in", ["visit"]]]}
    OwnField(id=940_000, key="x_batch", kind="text", required=True, **facts).save()
    bump_stamp()
    customer = make_customer(cast.actor("owner"), name="甲")
    client, url = visitor(cast.owner), f"/customers/{customer.pk}/followups"
    page = client.get(f"/customers/{customer.pk}").content.decode()
    assert 'name="x_batch"' in page
    sent = {"own": "1", "content": "到厂试机，客户满意", "method": "visit", "idempotency_key": "first"}
    refused = client.post(url, sent, headers=HTMX)
    assert (refused.status_code, "请填写「样品批次」" in refused.content.decode()) == (422, True)
    saved = client.post(url, sent | {"x_batch": "B-7", "idempotency_key": "second"}, headers=HTMX)
    assert saved.status_code < 300, saved.content.decode()
    by_phone = sent | {"method": "email", "x_batch": "B-8", "idempotency_key": "third"}
    assert client.post(url, by_phone, headers=HTMX).status_code < 300
    assert list(FollowUp.objects.order_by("pk").values_list("custom", flat=True)) == [{"x_batch": "B-7"}, {}]
