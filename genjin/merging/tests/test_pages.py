"""The pages of merging: side by side, picked, refused, taken back; the ways to them; what is never told."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from genjin.customers.models import Contact, Customer
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.followups.tests.factories import make_followup
from genjin.kernel.actions import ACTIONS
from genjin.kernel.fields import Access
from genjin.kernel.models.rows import Life
from genjin.kernel.refusal import Refused
from genjin.merging.models import Merge
from genjin.org.models import Member
from genjin.testing.cast import Cast, limit, make_cast

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def inputs_of(html: str) -> dict[str, str]:
    """What a browser would send of the form."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", html[html.index('id="merge"') :]):
        told = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if told.get("type") in ("radio", "checkbox") and " checked" not in tag:
            continue
        found[told["name"]] = told.get("value", "").replace("&#34;", '"')
    return found


def test_B3_merging_on_the_page_with_choices_kept_through_a_conflict(cast: Cast) -> None:
    owner = cast.actor("owner")
    one = make_customer(owner, "苏州晶砺半导体有限公司", phone="13900001111", level="A", short_name="晶砺")
    two = make_customer(owner, "苏州晶砺", phone="13900002222", website="https://jl.example.com")
    make_contact(owner, one, "陆怀瑾", phone="13800138000")
    twin = make_contact(owner, two, "陆先生")
    Contact.objects.filter(pk=twin.pk).update(phone="13800138000")
    make_followup(owner, two)
    browser = client_of(cast.manager)
    page = f"/customers/merge?ids={one.pk},{two.pk}"
    html = browser.get(page).content.decode()
    assert f'value="{two.pk}" checked' in html  # followed up last: proposed as the master
    assert "同时合并 1 组相同的联系人" in html
    assert re.search(r'<b class="num">1</b> 联系人', html)

    sent = inputs_of(html) | {"master": str(one.pk)}
    html = browser.post("/customers/merge/preview", sent, headers=HTMX).content.decode()
    sent = inputs_of(html)
    assert sent["master"] == sent["drawn"] == str(one.pk)
    assert sent["pick.phone"] == str(one.pk)  # another master, another usual choice
    assert re.search(r'<b class="num">1</b> 跟进记录', html)
    sent |= {"pick.phone": str(two.pk), "reason": "同一家"}
    ACTIONS["customers.edit"].run(owner, one.pk, {"short_name": "晶砺半导体"})
    answer = browser.post("/customers/merge", sent)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "刚有改动" in html
    assert "晶砺半导体" in html
    assert Customer.objects.get(pk=two.pk).life == Life.LIVE
    sent = inputs_of(html)
    assert (sent["pick.phone"], sent["reason"]) == (str(two.pk), "同一家")

    answer = browser.post("/customers/merge", sent)
    assert (answer.status_code, answer["Location"]) == (302, f"/customers/{one.pk}")
    master = Customer.objects.get(pk=one.pk)
    assert (master.phone, master.website) == ("13900002222", "https://jl.example.com")
    assert Contact.objects.filter(life=Life.LIVE).count() == 1
    assert browser.get(f"/customers/{two.pk}")["Location"] == f"/customers/{one.pk}"
    merge = Merge.objects.get(within=None)
    assert Merge.objects.filter(within=merge).count() == 1
    told = browser.get(f"/customers/{one.pk}").content.decode()
    assert "并入" in told
    related = browser.get(f"/customers/{one.pk}/related").content.decode()
    assert f"/customers/merges/{merge.pk}" in related
    assert "撤销合并" in browser.get(f"/customers/merges/{merge.pk}").content.decode()
    answer = browser.post(f"/customers/merges/{merge.pk}/undo")
    assert answer.status_code == 302
    assert Contact.objects.filter(life=Life.LIVE).count() == 2
    assert Customer.objects.get(pk=one.pk).phone == "13900001111"
    assert browser.get(f"/customers/{two.pk}").status_code == 200


def test_B3_what_cannot_be_merged_is_said_and_nothing_changes(cast: Cast) -> None:
    owner, manager = cast.actor("owner"), cast.actor("manager")
    one, two = make_customer(owner, "甲公司"), make_customer(owner, "乙公司")
    hers = make_customer(cast.actor("stranger"), "丙公司")
    browser = client_of(cast.manager)
    assert "请选 2 到 10 条" in browser.get("/customers/merge").content.decode()
    assert "请选 2 到 10 条" in browser.get(f"/customers/merge?ids={one.pk}").content.decode()
    assert browser.get(f"/customers/merge?ids={one.pk},{hers.pk}").status_code == 404
    assert client_of(cast.owner).get(f"/customers/merge?ids={one.pk},{two.pk}").status_code == 403
    assert browser.get("/followups/merge?ids=1,2").status_code == 404
    merge = ACTIONS["customers.merge"]
    ACTIONS["customers.archive"].run(manager, two.pk, {"reason": "其他"})
    for master, others, code in (
        (one.pk, [one.pk], "how_many"),
        (one.pk, [], "invalid"),
        (one.pk, ["x"], "how_many"),
        (one.pk, [hers.pk], "not_found"),
        (two.pk, [one.pk], "not_live"),
    ):
        with pytest.raises(Refused) as refused:
            merge.run(manager, master, {"others": others, "reason": "重复"})
        assert refused.value.code == code
    for choices, code in (
        ({"code": one.pk}, "unknown_field"),
        ({"name": hers.pk}, "bad_choice"),
        ({"phone": "all"}, "bad_choice"),
    ):
        with pytest.raises(Refused) as refused:
            merge.run(manager, one.pk, {"others": [two.pk], "reason": "重复", "choices": choices})
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        merge.run(manager, one.pk, {"others": [two.pk], "reason": "重复", "versions": {str(two.pk): 0}})
    assert refused.value.code == "stale"
    assert not Merge.objects.exists()
    assert Customer.objects.filter(life=Life.VOIDED).count() == 0


def test_B3_what_lies_in_a_pool_is_answered_as_absent(cast: Cast) -> None:
    administrator = cast.actor("administrator")
    one, two = make_customer(administrator, "甲公司"), make_customer(administrator, "乙公司")
    Customer.objects.filter(pk=two.pk).update(owner=None, department=None)
    for master, other in ((one, two), (two, one)):
        with pytest.raises(Refused) as refused:
            ACTIONS["customers.merge"].run(administrator, master.pk, {"others": [other.pk], "reason": "重复"})
        assert refused.value.code == "not_found"
    assert client_of(cast.administrator).get(f"/customers/merge?ids={one.pk},{two.pk}").status_code == 404


def test_B3_the_json_door_merges_leads_on_and_takes_back(cast: Cast) -> None:
    manager = cast.actor("manager")
    one, two = make_customer(manager, "甲公司"), make_customer(manager, "甲公司（重复）", phone="13900002222")
    browser = client_of(cast.manager)

    def post(path: str, body: dict[str, object]) -> tuple[int, dict[str, object]]:
        token = browser.get("/").cookies.get("csrftoken")
        headers = {"X-CSRFToken": token.value} if token else {}
        answer = browser.post(path, json.dumps(body), content_type="application/json", headers=headers)
        return answer.status_code, answer.json()

    status, told = post(f"/api/v1/customers/{one.pk}/actions/merge", {"others": [two.pk], "reason": "重复"})
    assert status == 200, told
    answer = browser.get(f"/api/v1/customers/{two.pk}")
    assert (answer.status_code, answer["Location"]) == (308, f"/api/v1/customers/{one.pk}")
    assert answer.json()["alias_of"] == one.pk
    assert browser.get(f"/api/v1/customers/{one.pk}").json()["fields"]["phone"] == "13900002222"
    found = browser.get(f"/api/v1/customers?q={two.code}").json()["items"]
    assert [item["id"] for item in found] == [one.pk]
    merge = Merge.objects.get()
    assert post(f"/api/v1/customers/{one.pk}/actions/unmerge", {"merge": merge.pk})[0] == 200
    assert browser.get(f"/api/v1/customers/{two.pk}").status_code == 200
    assert post(f"/api/v1/customers/{one.pk}/actions/unmerge", {"merge": merge.pk})[0] == 422


def test_B3_hidden_and_masked_fields_are_neither_chosen_nor_told(cast: Cast) -> None:
    manager = cast.actor("manager")
    one = make_customer(manager, "甲公司", core_need="密一", phone="13900001111", remarks="")
    two = make_customer(
        manager, "乙公司", core_need="密二", phone="13900002222", remarks="密三", website="https://a.example.com"
    )
    limit("manager", "customer.core_need", Access.HIDDEN)
    limit("manager", "customer.remarks", Access.HIDDEN)
    limit("manager", "customer.phone", Access.MASKED)
    browser = client_of(cast.manager)
    html = browser.get(f"/customers/merge?ids={one.pk},{two.pk}").content.decode()
    assert "密" not in html.replace("密码", "").replace("保密", "")
    assert "13900001111" not in html
    assert 'name="pick.phone"' not in html
    with pytest.raises(Refused) as refused:
        ACTIONS["customers.merge"].run(
            cast.actor("manager"), one.pk, {"others": [two.pk], "reason": "重复", "choices": {"phone": two.pk}}
        )
    assert refused.value.code == "forbidden"
    sent = inputs_of(html) | {"master": str(one.pk), "drawn": str(one.pk)}
    assert browser.post("/customers/merge", sent).status_code == 302
    master = Customer.objects.get(pk=one.pk)
    assert (master.core_need, master.phone, master.remarks) == ("密一", "13900001111", "密三")
    html = browser.get(f"/customers/{one.pk}").content.decode()
    assert "密三" not in html


def test_B3_counts_tell_nothing_of_what_one_may_not_see(cast: Cast) -> None:
    """A contact that was given to somebody else is not counted for who does not see it; it follows all the same."""
    manager, administrator = cast.actor("manager"), cast.actor("administrator")
    one, two = make_customer(manager, "甲公司"), make_customer(manager, "乙公司")
    mine, hers = make_contact(manager, two, "陆怀瑾"), make_contact(manager, two, "丁零一")
    ACTIONS["contacts.transfer"].run(administrator, hers.pk, {"owner": str(cast.stranger.pk)})
    html = client_of(cast.manager).get(f"/customers/merge?ids={one.pk},{two.pk}&master={one.pk}").content.decode()
    seen = "丁零一" in client_of(cast.manager).get(f"/contacts/{hers.pk}").content.decode()
    assert re.search(rf'<b class="num">{2 if seen else 1}</b> 联系人', html)
    ACTIONS["customers.merge"].run(manager, one.pk, {"others": [two.pk], "reason": "重复"})
    hers.refresh_from_db()
    mine.refresh_from_db()
    assert (hers.customer_id, hers.owner_id) == (one.pk, cast.stranger.pk)
    assert mine.customer_id == one.pk


def test_B3_the_way_from_ticked_rows_and_from_a_record(cast: Cast) -> None:
    manager = cast.actor("manager")
    one, two = make_customer(manager, "晶砺甲公司"), make_customer(manager, "晶砺乙公司")
    browser = client_of(cast.manager)
    answer = browser.get(f"/customers/merge?ids={one.pk}&ids={two.pk}&all=", headers=HTMX)
    assert answer["HX-Redirect"] == f"/customers/merge?ids={one.pk},{two.pk}"
    answer = browser.get(f"/customers/merge?ids={one.pk}", headers=HTMX)
    assert "请选 2 到 10 条" in json.loads(answer["HX-Trigger"])["toast"]["text"]
    html = browser.get("/customers").content.decode()
    assert html.count('hx-get="/customers/merge"') == 1  # in the bar of ticked rows, not in the menu
    assert "/customers/merge" not in client_of(cast.owner).get("/customers").content.decode()
    html = browser.get(f"/customers/{one.pk}/menu", headers=HTMX).content.decode()
    assert f"/customers/{one.pk}/merge" in html
    html = browser.get(f"/customers/{one.pk}/merge?q=乙", headers=HTMX).content.decode()
    assert f'href="/customers/merge?ids={one.pk},{two.pk}"' in html
    assert one.code not in html
