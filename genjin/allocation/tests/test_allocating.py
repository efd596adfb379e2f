"""Records given by schemes and by hand: who gets them, why, what is refused (B20, S2-42, B4 P2)."""

from __future__ import annotations

from typing import Any

import pytest

from genjin.allocation.actions.allocating import ALLOCATE
from genjin.allocation.actions.schemes import change_scheme, end_scheme, switch_duty, switch_off_scheme
from genjin.allocation.models import Round, Scheme
from genjin.allocation.portraits import PORTRAITS, askable, declare_portrait
from genjin.allocation.rules.chance import drawn
from genjin.allocation.tests.conftest import World
from genjin.customers.actions.customers import void_customer
from genjin.customers.models import Customer
from genjin.customers.record import CONTACT, CUSTOMER
from genjin.kernel.models.definitions import OwnField
from genjin.kernel.models.events import Event, EventLink
from genjin.kernel.refusal import Forbidden, Invalid, NotFound, Refused
from genjin.kernel.stamps import bump_stamp
from genjin.ownership.models import Period


def allocate(world: World, row: Customer, part: str = "administrator", **raw: Any) -> None:
    ALLOCATE["customer"].run(world.cast.actor(part), row.pk, raw)


def event_of(row: Customer) -> Event:
    links = EventLink.objects.filter(row_id=row.pk, event__action="customers.allocate").order_by("-event_id")
    return links[0].event


def test_b20_turns_with_caps_and_the_reason_in_words(world: World) -> None:
    owner, teammate, stranger = world.people
    world.scheme(seats=[{"member": owner, "cap": 1}, teammate, stranger])
    rows = world.customers(5)
    for row in rows:
        allocate(world, row)
    assert world.owners(rows) == [owner, teammate, stranger, teammate, stranger], "who is full is passed over"
    assert event_of(rows[0]).note["reason"] == "轮流：周牧远今天 1/1，第一位"
    assert event_of(rows[3]).note["reason"] == "轮流：许星河今天 第 2 条，上一位是陌路人"
    period = Period.objects.get(record_id=rows[3].pk, until=None)
    assert (period.rule, period.reason) == ("allocated", event_of(rows[3]).note["reason"])
    assert Round.objects.get().taken == {str(owner): 1, str(teammate): 2, str(stranger): 2}


def test_b20_weights_chance_and_rules(world: World) -> None:
    owner, teammate, stranger = world.people
    weighted = world.scheme("weighted", seats=[{"member": owner, "weight": 2}, teammate])
    rows = world.customers(6)
    for row in rows:
        allocate(world, row, scheme=str(weighted.pk))
    assert world.owners(rows) == [owner, teammate, owner] * 2
    assert event_of(rows[0]).note["reason"] == "按比例 2:1：周牧远今天 第 1 条"
    chance = world.scheme("chance")
    (row,) = world.customers(1)
    allocate(world, row, scheme=str(chance.pk))
    facts = event_of(row).note["allocation"]
    assert drawn(facts["seed"], facts["among"]) == world.owners([row])[0], "the lot is drawn again from the ledger"
    steps = [
        {"conditions": {"region.in": ["320000"]}, "members": [stranger], "mode": "turns"},
        {"conditions": {"source.in": ["展会"]}, "members": [owner, teammate], "mode": "weighted"},
    ]
    ruled = world.scheme("steps", steps=steps)
    rows = [world.customer("甲", region="320571"), world.customer("乙", source="exhibition"), world.customer("丙")]
    for row in rows:
        allocate(world, row, scheme=str(ruled.pk))
    assert world.owners(rows)[0] == stranger
    assert world.owners(rows)[1] in (owner, teammate)
    assert event_of(rows[0]).note["reason"].startswith("按规则第 1 条（所在地区 属于 江苏省），轮流：陌路人")
    assert event_of(rows[2]).note["reason"].startswith("没有符合的规则，轮流：")


def test_b20_nobody_can_is_said_person_by_person_and_changes_nothing(world: World) -> None:
    owner, teammate, stranger = world.people
    world.scheme(seats=[{"member": owner, "cap": 1}, {"member": teammate, "begins": "00:00", "ends": "00:01"}])
    switch_duty(world.cast.actor("teammate"), paused=True)
    rows = world.customers(2)
    allocate(world, rows[0])
    before = Round.objects.values().get()
    with pytest.raises(Refused, match="没有人能接：周牧远今天已满 1/1；许星河暂停接单") as refused:
        allocate(world, rows[1])
    assert refused.value.code == "nobody"
    assert world.owners(rows) == [owner, world.cast.administrator.pk]
    assert Round.objects.values().get() == before
    switch_duty(world.cast.actor("teammate"), paused=False)
    scheme = Scheme.objects.get()
    change_scheme(world.admin, scheme.pk, name="x", mode="turns", seats=scheme.seats, fallback=stranger)
    allocate(world, rows[1])
    assert world.owners(rows)[1] == stranger
    assert event_of(rows[1]).note["reason"].startswith("交给兜底负责人；没有人能接：")


def test_b20_by_hand_and_what_is_refused(world: World) -> None:
    owner, teammate, _stranger = world.people
    (row,) = world.customers(1)
    with pytest.raises(Refused, match="没有适用的分配方案") as none:
        allocate(world, row)
    assert none.value.code == "no_scheme"
    allocate(world, row, owner=str(owner), reason="奖励")
    assert world.owners([row]) == [owner]
    assert event_of(row).note["reason"] == "人工分配：奖励"
    with pytest.raises(Refused, match="他已经是"):
        allocate(world, row, owner=str(owner))
    with pytest.raises(Forbidden):
        allocate(world, row, part="owner", owner=str(teammate))
    with pytest.raises(NotFound):
        allocate(world, world.customers(1)[0], part="manager", owner=str(owner))
    allocate(world, row, part="manager", owner=str(world.cast.manager.pk))
    scheme = world.scheme(conditions={"region.in": ["110000"]})
    with pytest.raises(Refused, match="不符合所选方案的条件"):
        allocate(world, row, scheme=str(scheme.pk))
    switch_off_scheme(world.admin, scheme.pk)
    with pytest.raises(Invalid):
        allocate(world, row, scheme=str(scheme.pk))
    end_scheme(world.admin, scheme.pk)
    void_customer(world.admin, row.pk, reason="x")
    with pytest.raises(Refused, match="已作废"):
        allocate(world, row, owner=str(owner))


def test_b20_in_bulk_each_record_has_its_own_event_and_refusals_are_told_by_row(world: World) -> None:
    owner, teammate, _stranger = world.people
    world.scheme(seats=[{"member": owner, "cap": 2}, {"member": teammate, "cap": 1}])
    rows = world.customers(4)
    outcome = ALLOCATE["customer"].run_many(world.admin, [row.pk for row in rows], {})
    assert outcome.done == [row.pk for row in rows[:3]]
    assert [(row, refusal.code) for row, refusal in outcome.refused] == [(rows[3].pk, "nobody")]
    assert world.owners(rows) == [owner, teammate, owner, world.cast.administrator.pk]
    assert [event_of(row).note["reason"][:8] for row in rows[:3]] == [
        "轮流：周牧远今天",
        "轮流：许星河今天",
        "轮流：周牧远今天",
    ]
    assert len({event_of(row).pk for row in rows[:3]}) == 3


def test_b20_who_owns_it_already_is_not_chosen_again(world: World) -> None:
    owner, teammate, _stranger = world.people
    world.scheme(seats=[owner, teammate])
    (row,) = world.customers(1)
    allocate(world, row, owner=str(owner))
    allocate(world, row)
    assert world.owners([row]) == [teammate]


def test_s2_41_no_personal_trait_can_be_chosen_anywhere(world: World) -> None:
    keys = {field.key for field in askable(CUSTOMER, world.admin.stamp)}
    assert set(PORTRAITS["customer"].traits) <= keys
    assert keys.isdisjoint({"name", "phone", "email", "owner", "satisfaction"})
    assert "gender" not in {field.key for field in askable(CONTACT, world.admin.stamp)}
    for number, label in enumerate(["客户性别", "年龄段", "民族", "婚姻状况", "学历", "Gender", "age group"]):
        OwnField(
            id=90_000_000 + number,
            record_type="customer",
            key=f"x_f{number}",
            kind="choice",
            label=label,
            section="basic",
        ).save(force_insert=True)
    OwnField(
        id=90_000_100, record_type="customer", key="x_stage", kind="choice", label="采购阶段 stage", section="basic"
    ).save(force_insert=True)
    bump_stamp()
    offered = {field.key for field in askable(CUSTOMER, world.admin.stamp)}
    assert {key for key in offered if key.startswith("x_")} == {"x_stage"}
    for given in (
        {"conditions": {"x_f0.in": ["男"]}},
        {"traits": ["x_f1"]},
        {"traits": ["owner"]},
        {"conditions": {"phone.in": ["1"]}},
    ):
        with pytest.raises(Refused, match="个人特征"):
            world.scheme(**given)
    with pytest.raises(Refused, match="个人特征"):
        world.scheme("steps", steps=[{"conditions": {"x_f0.in": ["男"]}}])
    with pytest.raises(ValueError, match="cannot describe"):
        declare_portrait(CONTACT, ("gender",), "birthday")
    assert "contact" not in PORTRAITS
    assert not Scheme.objects.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"seats": []}, "至少一个人"),
        ({"seats": [{"member": 1}]}, "不存在的成员"),
        ({"weight": 0, "w": 101}, "权重"),
        ({"cap": -1}, "请填整数"),
        ({"begins": "09:00"}, "都填上"),
        ({"days": []}, "至少一天"),
        ({"days": [8]}, "至少一天"),
        ({"ends": "25:00"}, "09:00 这样"),
        ({"mode": "steps"}, "至少写一条规则"),
        ({"mode": "steps", "steps": [{"conditions": {}}]}, "请选择条件"),
        ({"mode": "steps", "steps": [{"conditions": {"source.in": ["展会"]}, "members": [5]}]}, "先加到"),
        ({"mode": "steps", "steps": [{"conditions": {"source.in": ["展会"]}, "mode": "steps"}]}, "分配方式不对"),
        ({"twice": True}, "只能选一次"),
    ],
)
def test_b20_a_scheme_that_cannot_work_is_refused_with_the_reason(
    world: World, given: dict[str, Any], words: str
) -> None:
    seat: dict[str, Any] = {"member": world.people[0]}
    if "w" in given:
        seat["weight"] = given.pop("w")
        given.pop("weight")
    seat |= {key: given.pop(key) for key in ("cap", "begins") if key in given}
    seats = given.pop("seats", [seat, seat] if given.pop("twice", False) else [seat])
    with pytest.raises(Refused, match=words):
        world.scheme(given.pop("mode", "turns"), seats=seats, **given)
    assert not Scheme.objects.exists()
