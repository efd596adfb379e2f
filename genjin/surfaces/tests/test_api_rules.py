"""The ledger, the rules of pools and of 查重, and allocation over the JSON door (B3, B4, B20)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from genjin.allocation.actions.schemes import declare_scheme
from genjin.customers.actions.customers import transfer_customer
from genjin.customers.allocating import allocate_customer
from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.kernel.actions import ACTIONS
from genjin.ownership.rules import company_day
from genjin.ownership.tests.pool_worlds import make_capacity, make_pool, make_rule, pooled
from genjin.surfaces.tests.test_api_pools import BASE, post, signed_in
from genjin.testing.cast import Cast


def read(client: Any, path: str, status: int = 200) -> Any:
    answer = client.get(f"{BASE}{path}")
    assert answer.status_code == status, (path, answer.content)
    return answer.json()


def test_whose_a_record_was_on_a_day_and_why_over_the_door_B4_B5(cast: Cast) -> None:
    row = make_customer(cast.actor("owner"))
    transfer_customer(cast.actor("manager"), row.pk, owner=cast.manager.pk, reason="分工调整")
    manager, stranger = signed_in("manager"), signed_in("stranger")
    told = read(manager, f"/customers/{row.pk}/owners")["items"]
    assert [(each["owner"], each["rule"], each["reason"]) for each in told] == [
        (cast.manager.pk, "transferred", "分工调整"), (cast.owner.pk, "created", ""),
    ]  # fmt: skip
    assert (told[0]["until"], told[0]["by"], told[0]["since"]) == (None, cast.manager.pk, told[1]["until"])
    today = company_day(timezone.now())
    assert read(manager, f"/customers/{row.pk}/owners?on={today}")["then"]["owner"] == cast.manager.pk
    assert read(manager, f"/customers/{row.pk}/owners?on={today - timedelta(days=1)}")["then"] is None
    for wrong in ("2026-13-01", "0001-01-01T", today + timedelta(days=2)):
        read(manager, f"/customers/{row.pk}/owners?on={wrong}", 400)
    absent = read(stranger, f"/customers/{row.pk + 1_000_000}/owners", 404)["error"]["code"]
    assert read(stranger, f"/customers/{row.pk}/owners", 404)["error"]["code"] == absent
    read(manager, f"/contacts/{row.pk}/owners", 404)
    # in a pool the ledger is told to nobody but who sees everything (P10)
    lies = pooled(cast, make_pool("华东公海", cast.stranger.pk))
    for part in ("stranger", "owner"):
        read(signed_in(part), f"/customers/{lies.pk}/owners", 404)
    assert read(signed_in("administrator"), f"/customers/{lies.pk}/owners")["items"][0]["pool"] == "华东公海"


def test_what_was_merged_is_read_and_taken_back_over_the_door_B3(cast: Cast) -> None:
    one, other = (make_customer(cast.actor("owner"), name) for name in ("苏州晶砺半导体", "晶砺半导体（苏州）"))
    manager = signed_in("manager")
    assert post(manager, f"/customers/{one.pk}/actions/merge", {"others": [other.pk], "reason": "同一家"})[0] == 200
    found = read(manager, f"/customers/{one.pk}/merges")["items"][0]
    assert [each["id"] for each in found["merged"]] == [other.pk]
    assert (found["by"], found["reason"], found["would_stay"]) == (cast.manager.pk, "同一家", [])
    read(signed_in("stranger"), f"/customers/{one.pk}/merges", 404)
    assert post(manager, f"/customers/{one.pk}/actions/unmerge", {"merge": found["id"]})[0] == 200
    assert read(manager, f"/customers/{one.pk}/merges")["items"] == []


def test_rules_are_read_and_tried_out_by_who_sets_them_up_over_the_door_B4(cast: Cast) -> None:
    pool = make_pool("华东公海", cast.owner.pk, recycles=True, remind_days=[3])
    make_rule(pool, "no_followup", 30, field="level", options=["A"])
    make_capacity(200)
    row = make_customer(cast.actor("owner"))
    Customer.objects.filter(pk=row.pk).update(owner_since=timezone.now() - timedelta(days=20))
    administrator = signed_in("administrator")
    found = read(administrator, "/pools")["items"]
    assert [(each["name"], each["recyclings"][0]["options"]) for each in found] == [("华东公海", ["A"])]
    assert [each["most"] for each in read(administrator, "/capacities")["items"]] == [200]
    asked = {"name": "华东公海", "members": [cast.owner.pk], "recycles": True}
    rules = [{"reason": "no_followup", "days": 10}]
    status, told = post(administrator, "/pools/preview", {"pool": pool.pk, **asked, "recyclings": rules})
    assert (status, told["looked"], told["tonight"]) == (200, 1, {"now": 0, "then": 1})
    assert told["samples"][0]["title"] == row.name
    assert found == read(administrator, "/pools")["items"]
    assert post(administrator, "/pools/preview", {"pool": pool.pk + 9_999_999, **asked})[0] == 404
    assert post(administrator, "/pools/preview", {**asked, "recyclings": rules})[0] == 422  # of which type?
    presets = read(administrator, "/duplicates/customers/rules")["items"]
    assert presets[0]["alternatives"]
    assert presets[0]["effects"]["create"] in ("warn", "block")
    for path in ("/pools", "/capacities", "/duplicates/customers/rules"):
        read(signed_in("manager"), path, 403)
    assert post(signed_in("manager"), "/pools/preview", {"pool": pool.pk})[0] == 403


def test_offers_runs_and_schemes_over_the_door_B20(cast: Cast) -> None:
    administrator, seats = cast.actor("administrator"), [{"member": cast.owner.pk}]
    scheme = declare_scheme(
        administrator, name="轮流", record_type="customer", mode="turns", seats=seats, offer_minutes=30
    )
    row = make_customer(administrator, "待派的客户", level="A", phone="13862450173")
    allocate_customer(administrator, row.pk, scheme=str(scheme.pk))
    owner = signed_in("owner")
    offered = read(owner, "/allocation/offers")["items"][0]
    assert (offered["title"], offered["type"]) == ("待派的客户", "customers")
    assert "13862450173" not in str(offered)
    assert read(signed_in("teammate"), "/allocation/offers")["items"] == []
    assert post(owner, f"/actions/allocation.take/{offered['id']}")[0] == 200
    assert read(owner, "/allocation/offers")["items"] == []
    who = signed_in("administrator")
    assert [each["id"] for each in read(who, "/allocation/schemes")["items"]] == [scheme.pk]
    assert read(who, f"/allocation/schemes/{scheme.pk}/test")["state"] == "none"
    assert post(who, f"/actions/allocation.test/{scheme.pk}")[0] == 200
    assert read(who, f"/allocation/schemes/{scheme.pk}/test")["state"] == "done"
    ACTIONS["customers.allocate_all"].run(administrator, None, {"asked": {}, "scheme": str(scheme.pk)})
    run = read(who, "/allocation/runs")["items"][0]
    assert read(who, f"/allocation/runs/{run['id']}")["total"] == 1
    read(signed_in("manager"), f"/allocation/runs/{run['id']}", 404)
    for path in ("/allocation/schemes", f"/allocation/schemes/{scheme.pk}/test", "/allocation/runs"):
        read(owner, path, 403)
