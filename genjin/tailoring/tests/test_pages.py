"""The pages of fields and layouts: what an administrator sees, sends, and what comes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from genjin.customers.record import CUSTOMER
from genjin.customers.tests.factories import make_customer
from genjin.kernel.models.definitions import FieldState, Layout, OwnField
from genjin.kernel.sights import in_force
from genjin.kernel.stamps import current_stamp
from genjin.testing.cast import Cast, make_cast
from genjin.ui.tests.test_forms import hidden
from genjin.ui.tests.visitors import HTMX, visitor

pytestmark = pytest.mark.django_db
BASE = "/settings/fields/customers"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def choice(label: str, *options: str) -> dict[str, Any]:
    """What the form of a new choice field sends."""
    colours = ["acc", "ok", ""][: len(options)]
    return {"kind": "choice", "label": label, "section": "need", "option": [*options, ""], "option_colour": colours}


def test_a_field_is_described_seen_and_added(cast: Cast) -> None:
    client = visitor(cast.administrator)
    assert "还没有自定义字段" in client.get(BASE).content.decode()
    assert "单选" in client.get(f"{BASE}/new", headers=HTMX).content.decode()
    assert "显示条件" not in client.get(f"{BASE}/new?kind=money", headers=HTMX).content.decode().split("选项")[0]
    shown = client.post(f"{BASE}/preview", choice("设备型号", "立式", "卧式"), headers=HTMX).content.decode()
    assert "设备型号" in shown
    assert '<option value="立式">' in shown

    assert client.post(f"{BASE}/new", choice("设备型号", "立式", "卧式"), headers=HTMX).status_code == 204
    condition = {"shows": "when", "shown_when": "7", "shown_when-7-key": "level", "shown_when-7-op": "in"}
    sent = {"kind": "money", "label": "年采购额", "section": "need", "asks": "always", "fact_least": "0"} | condition
    assert client.post(f"{BASE}/new", sent | {"shown_when-7-v": ["A", "B"]}, headers=HTMX).status_code == 204
    model, spend = OwnField.objects.order_by("order")
    assert (model.kind, spend.required, spend.facts) == ("choice", True, {"least": 0})
    assert spend.shown_when == [["level", "in", ["A", "B"]]]

    make_customer(cast.actor("owner"), name="甲", **{spend.key: "5", model.key: "立式"})
    page = client.get(BASE).content.decode()
    for words in ("设备型号", "立式", "1 条有值", "客户等级 是", spend.key):
        assert words in page, words


def test_what_is_wrong_is_told_at_its_input_and_kept(cast: Cast) -> None:
    client = visitor(cast.administrator)
    answer = client.post(f"{BASE}/new", {"kind": "number", "label": "客户名称", "fact_unit": "台"}, headers=HTMX)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "已有叫「客户名称」的字段" in html
    assert 'name="fact_unit" type="text" value="台"' in html
    nothing = client.post(f"{BASE}/new", {"kind": "choice", "label": "空"}, headers=HTMX)
    assert (nothing.status_code, OwnField.objects.count()) == (422, 0)


def test_a_field_is_edited_retired_and_comes_back(cast: Cast) -> None:
    client = visitor(cast.administrator)
    client.post(f"{BASE}/new", {"kind": "text", "label": "验收单号", "section": "basic"}, headers=HTMX)
    row = OwnField.objects.get()
    make_customer(cast.actor("owner"), name="甲", **{row.key: "YS-1"})
    form = hidden(client.get(f"{BASE}/{row.pk}", headers=HTMX).content.decode())
    sent = {"label": "验收编号", "section": "basic", "asks": "", "searched": "on", "version": form["version"]}
    assert client.post(f"{BASE}/{row.pk}", sent, headers=HTMX).status_code == 204
    row.refresh_from_db()
    assert (row.label, row.searched, row.key) == ("验收编号", True, row.key)

    assert "1 条记录有值" in client.get(f"{BASE}/{row.pk}/retirement", headers=HTMX).content.decode()
    assert client.post(f"{BASE}/{row.pk}/retirement", headers=HTMX).status_code == 204
    assert "已停用" in client.get(BASE).content.decode()
    client.post(f"{BASE}/{row.pk}/restoration", headers=HTMX)
    assert OwnField.objects.get().state == FieldState.LIVE


def test_options_stand_beside_their_field(cast: Cast) -> None:
    client = visitor(cast.administrator)
    client.post(f"{BASE}/new", choice("设备型号", "立式", "卧式"), headers=HTMX)
    here = f"{BASE}/{OwnField.objects.get().pk}/options"
    page = client.get(here).content.decode()
    keys = [part.split('"')[0] for part in page.split('data-key-of="')[1:]]
    assert len(keys) == 2
    assert client.post(f"{here}/new", {"label": "龙门", "colour": "bad"}, headers=HTMX).status_code == 204
    assert client.post(f"{here}/order", {"keys": [keys[1], keys[0]]}, headers=HTMX).status_code == 204
    assert client.post(f"{here}/retirement", {"key": keys[0]}, headers=HTMX).status_code == 204
    live, retired = client.get(here).content.decode().split("已停用</h2>")
    assert [live.index(f">{name}<") for name in ("卧式", "龙门")] == sorted(
        live.index(f">{n}<") for n in ("卧式", "龙门")
    )
    assert "立式" in retired


def test_the_layout_is_sent_as_the_page_shows_it(cast: Cast) -> None:
    client = visitor(cast.administrator)
    client.post(f"{BASE}/new", {"kind": "text", "label": "验收单号"}, headers=HTMX)
    key = OwnField.objects.get().key
    page = client.get(f"{BASE}/layout").content.decode()
    assert f'value="f:{key}"' in page
    places = ["s:basic", "f:name", f"f:{key}", "s:new-1", "f:phone", "f:category", "o:", "f:website"]
    sent = {"place": places, "section-basic-label": "基本信息", "section-new-1-label": "商务", "when-new-1": "0"}
    sent |= {"when-new-1-0-key": "level", "when-new-1-0-op": "filled", "quick": ["name", key]}
    sent |= {"overlay": ["phone", "website"], "ov-phone-label": "总机", "ov-phone-required": "on"}
    assert client.post(f"{BASE}/layout", sent, headers=HTMX).status_code == 204
    whole = in_force(CUSTOMER, current_stamp())
    assert [str(s.label) for s in whole.sections] == ["基本信息", "商务"]
    assert [f.key for f in whole.fields][:4] == ["name", key, "phone", "category"]
    phone = whole.own_fields["phone"]
    assert (str(phone.label), phone.required_when is not None, "website" in whole.own_fields) == ("总机", True, False)
    assert whole.quick_fields == ("name", key)

    again = client.get(f"{BASE}/layout").content.decode()
    assert "客户等级 已填写" in again
    assert 'value="f:website"' in again.split('value="o:"')[1]
    stale = client.post(f"{BASE}/layout", {"place": ["s:basic", "f:nothing"], "version": "1"}, headers=HTMX)
    assert (stale.status_code, "没有「nothing」这个字段" in stale.content.decode()) == (422, True)
    client.post(f"{BASE}/layout/reset", headers=HTMX)
    assert not Layout.objects.exists()


def test_a_line_of_a_condition_offers_what_fits_its_field(cast: Cast) -> None:
    client = visitor(cast.administrator)
    asked = {"cond": "shown_when", "number": "3", "shown_when-3-key": "satisfaction", "shown_when-3-op": "in"}
    html = client.get(f"{BASE}/condition", asked, headers=HTMX).content.decode()
    assert "不小于" in html
    assert 'name="shown_when-3-v"' in html
    assert client.get(f"{BASE}/condition", {"cond": "<x>"}, headers=HTMX).status_code == 404


def test_who_may_not_shape_fields_finds_no_page(cast: Cast) -> None:
    assert visitor(cast.owner).get(BASE).status_code == 403
    answer = visitor(cast.owner).post(f"{BASE}/new", json.loads("{}"), headers=HTMX)
    assert answer.status_code == 403


def test_another_kind_and_deletion_are_shown_before_they_are_done(cast: Cast) -> None:
    client = visitor(cast.administrator)
    client.post(f"{BASE}/new", {"kind": "text", "label": "在用台数", "section": "basic"}, headers=HTMX)
    row = OwnField.objects.get()
    for name, value in (("甲", "3"), ("乙", "三台")):
        make_customer(cast.actor("administrator"), name=name, **{row.key: value})
    told = client.get(f"{BASE}/{row.pk}/kind?kind=number", headers=HTMX).content.decode()
    assert "约 1 条不能转换" in told
    assert "三台" in told
    assert client.get(f"{BASE}/{row.pk}/leftover", headers=HTMX).status_code == 200
    client.post(f"{BASE}/{row.pk}/retirement", headers=HTMX)
    assert "2 条记录有值" in client.get(f"{BASE}/{row.pk}/removal", headers=HTMX).content.decode()
    refused = client.post(f"{BASE}/{row.pk}/removal", {"count": "1"}, headers=HTMX)
    assert (refused.status_code, OwnField.objects.count()) == (422, 1)
