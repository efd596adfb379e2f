"""Pages of allocation: schemes, examples, the workbench's card, runs, the back-test (B20)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from genjin.allocation.actions.allocating import ALLOCATE
from genjin.allocation.actions.schemes import switch_duty
from genjin.allocation.jobs import run_over
from genjin.allocation.models import BackTest, Duty, Offer, Round, Run, Scheme
from genjin.allocation.tests.conftest import World
from genjin.customers.models import Customer
from genjin.kernel.models.events import Event

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/today"}


def signed_in(world: World, part: str) -> Client:
    client = Client()
    client.force_login(getattr(world.cast, part))
    return client


def form_of(world: World, **more: Any) -> dict[str, Any]:
    owner, teammate, _stranger = world.people
    plain: dict[str, Any] = {
        "name": "官网客户",
        "record_type": "customer",
        "mode": "turns",
        "least": "30",
        "priority": "10",
    }
    plain |= {"begins": "09:00", "ends": "18:00", "days": ["1", "2", "3", "4", "5"], "offer_minutes": "10"}
    return plain | {"members": [str(owner), str(teammate)], f"cap.{owner}": "10", f"weight.{teammate}": "2"} | more


@pytest.mark.long
def test_b20_a_scheme_is_made_changed_and_switched_on_its_pages(world: World) -> None:
    owner, teammate, _stranger = world.people
    admin = signed_in(world, "administrator")
    assert "还没有分配方案" in admin.get("/settings/allocation").content.decode()
    assert signed_in(world, "owner").get("/settings/allocation").status_code == 403
    wrong = admin.post("/settings/allocation/new", form_of(world, members=[]))
    assert wrong.status_code == 422
    assert "请填写「分给谁」" in wrong.content.decode()
    made = admin.post("/settings/allocation/new", form_of(world, **{"if:source.in": ["internet"]}))
    assert made.status_code == 302
    scheme = Scheme.objects.get()
    assert scheme.seats == [{"member": owner, "weight": 1, "cap": 10}, {"member": teammate, "weight": 2}]
    assert (scheme.conditions, scheme.days, scheme.ends) == ({"source.in": ["internet"]}, [1, 2, 3, 4, 5], "18:00")
    world.customer("官网来的", source="internet")
    page = admin.get("/settings/allocation").content.decode()
    assert "官网客户" in page
    assert "派单，10 分钟内领取" in page
    example = admin.get(f"/settings/allocation/{scheme.pk}/example").content.decode()
    assert "官网来的" in example
    assert "轮流：周牧远今天 1/10，第一位" in example or "没有人能接" in example
    assert not Round.objects.get().taken, "an example takes no turn"
    shown = admin.get(f"/settings/allocation/{scheme.pk}").content.decode()
    assert f'name="cap.{owner}" type="text" value="10"' in shown
    steps = {"mode": "steps", "step": ["0", "1"], "step.0.field": "region", "step.0.values": ["320000"]}
    steps |= {"step.0.members": [str(teammate)], "step.0.mode": "turns"}
    steps |= {"step.1.field": "source", "step.1.values": ["internet"], "step.1.mode": "chance"}
    added = admin.post("/settings/allocation/steps", form_of(world, **steps) | {"change": "up.1"}).content.decode()
    assert re.findall(r'<option value="(\w+)" selected', added)[:2] == ["source", "chance"], "the second came first"
    people = admin.post("/settings/allocation/people", form_of(world)).content.decode()
    assert people.count("<li>") == 2
    saved = admin.post(f"/settings/allocation/{scheme.pk}", form_of(world, **steps) | {"version": str(scheme.version)})
    assert saved.status_code == 302
    scheme.refresh_from_db()
    assert [step["conditions"] for step in scheme.steps] == [{"region.in": ["320000"]}, {"source.in": ["internet"]}]
    late = admin.post(f"/settings/allocation/{scheme.pk}", form_of(world) | {"version": "1"})
    assert late.status_code == 409
    assert "有人改过这个方案" in late.content.decode()
    preview = admin.post("/settings/allocation/preview", form_of(world, members=[]))
    assert "请填写「分给谁」" in preview.content.decode()
    for move, state in (("off", "off"), ("on", "on"), ("end", "ended")):
        assert admin.post(f"/settings/allocation/{scheme.pk}/{move}").status_code == 302
        scheme.refresh_from_db()
        assert scheme.state == state
    assert admin.post(f"/settings/allocation/{scheme.pk}/nowhere").status_code == 404


def test_b20_a_scheme_that_no_new_record_reaches_says_so(world: World) -> None:
    def told() -> list[str]:
        page = signed_in(world, "administrator").get("/settings/allocation").content.decode()
        return re.findall("新记录轮不到它：先查看的「(.+?)」", page)

    first = world.scheme(name="全部", on_entry=True, priority=1)
    world.scheme(name="按名字用的", on_entry=False, priority=2)
    world.scheme(name="永远轮不到", on_entry=True, priority=3, conditions={"source.in": ["internet"]})
    assert told() == ["全部"]
    Scheme.objects.filter(pk=first.pk).update(conditions={"source.in": ["exhibition"]})
    assert told() == []


def test_b20_the_card_on_the_workbench(world: World) -> None:
    world.scheme(offer_minutes=10, conditions={"source.in": ["internet"]})
    row = world.customer("杭州砚石机器人有限公司", source="internet", phone="13800007745", region="330100")
    owner = signed_in(world, "owner")
    assert 'id="offers"' not in owner.get("/today").content.decode()
    ALLOCATE["customer"].run(world.admin, row.pk, {})
    page = owner.get("/today").content.decode()
    assert "待领取" in page
    assert "杭州砚石机器人有限公司" in page
    assert "浙江省 杭州市 · 网络" in page
    assert "13800007745" not in page, "how to reach it is told when it is taken"
    assert owner.get(f"/customers/{row.pk}").status_code == 404
    assert "砚石" not in signed_in(world, "teammate").get("/today").content.decode()
    assert "砚石" not in signed_in(world, "manager").get(f"/today?member={world.cast.owner.pk}").content.decode()
    offer = Offer.objects.get()
    assert signed_in(world, "teammate").get(f"/allocation/offers/{offer.pk}/passing").status_code == 404
    dialog = owner.get(f"/allocation/offers/{offer.pk}/passing", headers=HTMX).content.decode()
    assert "您的这一轮保留一次" in dialog
    taken = owner.post(f"/allocation/offers/{offer.pk}/taking", headers=HTMX)
    assert "hidden" in taken.content.decode()
    assert "已领取" in taken.headers["HX-Trigger"].encode().decode("unicode_escape")
    assert Customer.objects.get(pk=row.pk).owner_id == world.cast.owner.pk
    again = owner.post(f"/allocation/offers/{offer.pk}/taking", headers=HTMX)
    assert again.status_code == 200
    assert "您已经处理过" in again.headers["HX-Trigger"].encode().decode("unicode_escape")
    history = owner.get(f"/customers/{row.pk}/owners", headers=HTMX).content.decode()
    assert "分配" in history
    assert "轮流：周牧远今天" in history
    assert "轮流：周牧远今天" in owner.get(f"/customers/{row.pk}/timeline", headers=HTMX).content.decode()


def test_b20_pausing_by_oneself_and_by_who_manages(world: World) -> None:
    world.scheme()
    owner = signed_in(world, "owner")
    assert "接单中" in owner.get("/today/side").content.decode()
    assert owner.post("/allocation/duty", {"paused": "on"}).status_code == 302
    assert Duty.objects.get().paused
    assert "已暂停" in owner.get("/today/side").content.decode()
    admin = signed_in(world, "administrator")
    assert "暂停接单" in admin.get("/settings/allocation").content.decode()
    admin.post("/settings/allocation/duty", {"member": str(world.cast.owner.pk), "paused": ""})
    assert not Duty.objects.get().paused
    with pytest.raises(Exception, match="权限"):
        switch_duty(world.cast.actor("owner"), paused=True, member=world.cast.teammate.pk)
    assert not Duty.objects.get().paused


@pytest.mark.long
def test_b20_a_whole_list_from_its_page(world: World) -> None:
    world.scheme(seats=[{"member": world.people[0], "cap": 2}])
    rows = world.customers(3, source="exhibition")
    world.customers(1)
    admin = signed_in(world, "administrator")
    address = "/customers/allocating?f=1&source.in=exhibition"
    assert "/customers/allocating" in admin.get("/customers").content.decode()
    assert "将分配 3 条记录" in admin.get(address).content.decode()
    assert signed_in(world, "owner").get(address).status_code == 403
    assert admin.get("/contacts/allocating").status_code == 404
    started = admin.post(address, {"scheme": ""})
    run = Run.objects.get()
    assert started.headers["Location"] == f"/allocation/runs/{run.pk}"
    assert "正在分配" in admin.get(started.headers["Location"]).content.decode()
    run_over(world.admin, run.job_id or 0, run=run.pk)
    page = admin.get(f"/allocation/runs/{run.pk}/progress").content.decode()
    assert "已分配 2 条" in page
    assert "1 条没有分出去" in page
    assert "没有人能接：周牧远今天已满 2/2" in page
    assert world.owners(rows) == [world.people[0]] * 2 + [world.cast.administrator.pk]
    assert signed_in(world, "manager").get(f"/allocation/runs/{run.pk}").status_code == 404


def test_b20_the_backtest_page_says_when_it_proves_nothing(world: World) -> None:
    admin = signed_in(world, "administrator")
    assert "还没有分配方案" in admin.get("/settings/allocation/backtest").content.decode()
    scheme = world.scheme("fit")
    assert "还没有计算过" in admin.get("/settings/allocation/backtest").content.decode()
    admin.post("/settings/allocation/backtest", {"scheme": str(scheme.pk)})
    assert BackTest.objects.get().result is not None
    page = admin.get(f"/settings/allocation/backtest?scheme={scheme.pk}").content.decode()
    assert "两年内还没有可以比较的记录" in page
    assert "不能当作证据" in page
    assert admin.get("/settings/allocation/backtest?scheme=x").status_code == 404
    assert Event.objects.filter(action="allocation.test").exists()
