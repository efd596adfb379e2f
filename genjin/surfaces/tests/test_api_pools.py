"""Pools over the JSON door: what is seen of them, the verbs, what falls; and the daily cap of opened records (P10)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.kernel.actions import ACTIONS
from genjin.kernel.refusal import Refused
from genjin.ownership.models import Capacity, Daily, Pool
from genjin.ownership.tests.pool_worlds import Line, line, make_capacity, make_pool, pooled
from genjin.testing.cast import PASSWORD, Cast

BASE = "/api/v1"


def signed_in(part: str) -> Client:
    """A browser of a member."""
    client = Client(headers={"sec-fetch-site": "same-origin"})
    answer = client.post("/sign-in", {"name": part, "password": PASSWORD})
    assert answer.status_code in (200, 302)
    return client


def post(client: Client, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
    """(status, what was answered) of a request."""
    answer = client.post(f"{BASE}{path}", json.dumps(body or {}), content_type="application/json")
    return answer.status_code, answer.json()


def test_pools_are_listed_read_and_claimed_from_over_the_door_B4(cast: Cast) -> None:
    pool = make_pool(
        "华东公海", cast.stranger.pk, cast.owner.pk, admins=(cast.manager.pk,),
        hidden={"phone": "masked", "risks": "hidden"}, claims={"daily_limit": 1, "views_daily": 1},
    )  # fmt: skip
    row = pooled(cast, pool)
    Customer.objects.filter(pk=row.pk).update(phone="13862450173", risks="付款慢")
    second = pooled(cast, pool, "昆山拓维光电")
    stranger, teammate = signed_in("stranger"), signed_in("teammate")
    listed = stranger.get(f"{BASE}/customers/pools").json()["items"]
    assert [(each["id"], each["quota"]["left"]) for each in listed] == [(pool.pk, 1)]
    assert teammate.get(f"{BASE}/customers/pools").json()["items"] == []
    for path in ("", f"/{row.pk}", "/falling"):
        assert teammate.get(f"{BASE}/customers/pools/{pool.pk}{path}").status_code == 404
    page = stranger.get(f"{BASE}/customers/pools/{pool.pk}?sort=-pooled_at").json()
    assert {item["id"] for item in page["items"]} == {row.pk, second.pk}
    assert "13862450173" not in json.dumps(page)
    shown = stranger.get(f"{BASE}/customers/pools/{pool.pk}/{row.pk}").json()
    assert "risks" not in shown["fields"]
    assert shown["standing"]["claimable"]
    assert stranger.get(f"{BASE}/customers/{row.pk}").status_code == 404
    over = stranger.get(f"{BASE}/customers/pools/{pool.pk}/{second.pk}")
    assert (over.status_code, over.json()["error"]["code"]) == (422, "views_used_up")
    assert "今天在「华东公海」已打开 1 份资料" in over.json()["error"]["message"]
    assert stranger.get(f"{BASE}/customers/pools/{pool.pk}/{row.pk}").status_code == 200
    assert Daily.objects.get(member=cast.stranger).viewed == [row.pk]
    status, outcome = post(stranger, "/actions/customers.claim/bulk", {"ids": [row.pk, second.pk]})
    assert (status, outcome["done"]) == (200, [row.pk])
    assert outcome["refused"][0]["error"]["code"] == "daily_limit"
    status, _ = post(signed_in("manager"), f"/customers/{second.pk}/actions/assign", {"receiver": cast.owner.pk})
    assert (status, line(second.pk)) == (200, Line(cast.owner.pk, None))
    assert post(stranger, f"/customers/{row.pk}/actions/return", {"reason": "no_demand"})[0] == 200
    assert line(row.pk) == Line(None, pool.pk)
    assert post(stranger, f"/customers/{row.pk}/actions/unclaim")[0] == 403
    falling = signed_in("manager").get(f"{BASE}/customers/pools/{pool.pk}/falling").json()
    assert (falling["count"], falling["items"]) == (0, [])
    assert stranger.get(f"{BASE}/customers/pools/{pool.pk}/falling").status_code == 404
    assert stranger.get(f"{BASE}/contacts/pools").status_code == 404
    # made in the pool by its member: without an owner
    status, made = post(signed_in("owner"), "/actions/customers.create", {"name": "新进公海", "pool": str(pool.pk)})
    assert (status, line(made["id"])) == (201, Line(None, pool.pk))
    assert post(teammate, "/actions/customers.create", {"name": "不是成员", "pool": str(pool.pk)})[0] == 422
    owned = {"name": "都要", "pool": str(pool.pk), "owner": cast.owner.pk}
    assert post(signed_in("owner"), "/actions/customers.create", owned)[1]["error"]["code"] == "owner_and_pool"


def test_capacity_is_set_up_and_holds_at_every_gain_B4_P3(cast: Cast) -> None:
    administrator = cast.actor("administrator")
    made = ACTIONS["capacities.create"].run(
        administrator, None, {"name": "每人两个", "record_type": "customer", "everybody": "1", "most": "2"}
    )
    assert Capacity.objects.get().spares_dealt
    owner = cast.actor("owner")
    kept = [make_customer(owner, f"公司{n}") for n in range(2)]
    with pytest.raises(Refused, match="您名下已有 2 个客户，达到上限 2 个") as full:
        make_customer(owner, "第三个")
    assert full.value.code == "full"
    given = make_customer(cast.actor("stranger"), "别人的")
    with pytest.raises(Refused, match="他名下已有 2 个"):
        ACTIONS["customers.transfer"].run(cast.actor("administrator"), given.pk, {"owner": str(cast.owner.pk)})
    ACTIONS["customers.archive"].run(owner, kept[0].pk, {"reason": "budget"})
    make_customer(owner, "补上")
    with pytest.raises(Refused, match="达到上限"):
        ACTIONS["customers.unarchive"].run(owner, kept[0].pk, {})
    # who is above a smaller limit keeps all, and who sets it is told beforehand
    asked = {"name": "每人一个", "everybody": "1", "most": "1"}
    with pytest.raises(Refused, match="已有 1 人超出这个上限（周牧远 2 个）") as over:
        ACTIONS["capacities.edit"].run(administrator, made.row_id, asked)
    assert over.value.facts["over"] == [{"member": cast.owner.pk, "held": 2}]
    ACTIONS["capacities.edit"].run(administrator, made.row_id, {**asked, "over_known": "1"})
    assert Capacity.objects.get().most == 1
    make_capacity(1)
    assert Customer.objects.filter(owner=cast.owner, life=0).count() == 2
    with pytest.raises(Refused, match="请选择成员"):
        ACTIONS["capacities.edit"].run(cast.actor("administrator"), made.row_id, {"name": "空的", "most": "3"})
    ACTIONS["capacities.delete"].run(cast.actor("administrator"), made.row_id, {})
    assert Capacity.objects.count() == 1
    assert not Pool.objects.exists()


def test_page_of_a_pooled_record_counts_and_refuses_beyond_the_days_views_B4_P10(cast: Cast) -> None:
    pool = make_pool("华东公海", cast.stranger.pk, claims={"views_daily": 1})
    first, second = (pooled(cast, pool, name) for name in ("甲公司", "乙公司"))
    Customer.objects.update(phone="13862450173")
    stranger = signed_in("stranger")
    assert "13862450173" in stranger.get(f"{BASE}/customers/pools/{pool.pk}/{first.pk}").content.decode()
    # a list shows nothing that would make opening needless, and finds nothing by it
    listed = stranger.get(f"{BASE}/customers/pools/{pool.pk}?fields=name,phone").json()["items"]
    assert {item["fields"]["phone"] for item in listed} == {"138****0173"}
    asked = stranger.get(f"{BASE}/customers/pools/{pool.pk}?phone.contains=1386245")
    assert asked.status_code == 400
    assert stranger.get(f"/customers/pools/{pool.pk}/{first.pk}").status_code == 200
    over = stranger.get(f"/customers/pools/{pool.pk}/{second.pk}")
    assert over.status_code == 422
    assert "今天在「华东公海」已打开 1 份资料" in over.content.decode()
    assert stranger.get(f"/customers/pools/{pool.pk}/{first.pk}").status_code == 200
