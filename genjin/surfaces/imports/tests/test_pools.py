"""Bringing customers into a pool (B4): rows that name nobody; who may, what comes along, and taking it back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from genjin.customers.actions.pools import claim_customer
from genjin.customers.models import Contact, Customer
from genjin.customers.record import CUSTOMER
from genjin.followups.models import FollowUp
from genjin.kernel.lists import page, read_query
from genjin.kernel.models.rows import Life
from genjin.kernel.refusal import Forbidden, Refused
from genjin.ownership.models import Period, Rule
from genjin.ownership.standing import at_pool
from genjin.ownership.tests.pool_worlds import make_pool
from genjin.plans.models import Plan
from genjin.surfaces.imports.actions import set_policy
from genjin.surfaces.imports.command import Wish, import_file
from genjin.surfaces.imports.models import Brought
from genjin.surfaces.imports.tests.engine import brought, checked
from genjin.surfaces.imports.tests.files import csv_file
from genjin.surfaces.imports.work import undo
from genjin.testing.cast import Cast

pytestmark = pytest.mark.long

HEADINGS = ["客户名称", "负责人", "联系人", "手机", "跟进日期", "跟进内容", "下次联系时间"]
ROWS = [
    ["公海甲有限公司", "", "张三", "13800138011", "2026-10-01", "电话介绍产品", "2099-01-01"],
    ["公海甲有限公司", "", "李四", "13800138012", "2026-10-02", "再次电话", ""],
    ["有主乙有限公司", "owner", "王五", "13800138013", "2026-10-03", "上门拜访", ""],
    ["公海丙有限公司", "", "", "", "", "", ""],
]


def named(name: str) -> Customer:
    return Customer.objects.get(name=name)


def test_rows_that_name_nobody_go_into_the_pool_with_all_they_bring_B4(cast: Cast) -> None:
    pool = make_pool("华东公海", cast.owner.pk, cast.teammate.pk, claims={"cooldown_hours": 168})
    actor = cast.actor("owner")
    batch = brought(actor, HEADINGS, *ROWS, policy={"assign": "pool", "pool": pool.pk})
    assert (batch.counts["customers"], batch.counts["contacts"], batch.counts["followups"]) == (3, 3, 3)
    first, owned, bare = (named(row[0]) for row in (ROWS[0], ROWS[2], ROWS[3]))
    for row in (first, bare):
        assert (row.owner_id, row.pool_id, row.previous_owner_id, row.pool_reason) == (
            None,
            pool.pk,
            None,
            "导入时放入",
        )
        (period,) = Period.objects.filter(record_id=row.pk)
        assert (period.owner_id, period.pool_id, period.rule) == (None, pool.pk, Rule.IMPORTED)
    assert (owned.owner_id, owned.pool_id) == (cast.owner.pk, None)
    contacts = Contact.objects.filter(customer=first).order_by("name")
    assert [(each.name, each.owner_id) for each in contacts] == [("张三", None), ("李四", None)]
    assert FollowUp.objects.filter(customer=first, owner_id=None).count() == 2
    assert not Plan.objects.filter(customer=first).exists(), "nobody's customer: whoever claims it plans"
    # whoever brought it is a member like any other: he sees it in the pool, and may claim it, contacts and all
    standing, _pool = at_pool(cast.actor("owner"), pool.pk)
    assert {row.id for row in page(standing, read_query(standing, CUSTOMER, {}), ()).rows} == {first.pk, bare.pk}
    claim_customer.run(cast.actor("owner"), bare.pk, {})
    claim_customer.run(cast.actor("teammate"), first.pk, {})
    assert {each.owner_id for each in contacts.all()} == {cast.teammate.pk}


def test_an_import_into_a_pool_is_taken_back_but_for_what_was_claimed_B4(cast: Cast) -> None:
    pool = make_pool("华东公海", cast.owner.pk, cast.teammate.pk)
    batch = brought(cast.actor("owner"), HEADINGS, *ROWS, policy={"assign": "pool", "pool": pool.pk})
    claim_customer.run(cast.actor("teammate"), named(ROWS[3][0]).pk, {})
    undone = undo(cast.actor("owner"), batch.pk, waiting=True)
    assert undone.counts["kept"] == 1
    assert Brought.objects.get(batch_id=batch.pk, record_id=named(ROWS[3][0]).pk).kept == "之后又被修改"
    lives = dict(Customer.objects.values_list("name", "life"))
    assert lives == {ROWS[0][0]: Life.VOIDED, ROWS[2][0]: Life.VOIDED, ROWS[3][0]: Life.LIVE}
    assert not Contact.objects.filter(life=Life.LIVE).exists()
    assert not FollowUp.objects.filter(life=Life.LIVE).exists()


def test_only_members_of_a_pool_bring_customers_into_it_B4(cast: Cast, tmp_path: Path) -> None:
    pool = make_pool("华东公海", cast.owner.pk, admins=(cast.manager.pk,))
    stranger, owner = cast.actor("stranger"), cast.actor("owner")
    batch = checked(stranger, ["客户名称"], ["丁公司"])
    with pytest.raises(Forbidden, match="不是「华东公海」的成员"):
        set_policy(stranger, batch.pk, policy={"assign": "pool", "pool": pool.pk})
    with pytest.raises(Refused, match="请选择一个启用的公海"):
        set_policy(stranger, batch.pk, policy={"assign": "pool", "pool": 10**9})
    with pytest.raises(Refused, match="请选择一个启用的公海"):
        set_policy(stranger, batch.pk, policy={"assign": "pool"})
    # on the page: offered to members alone; remembered for the next file of the same shape, for himself alone
    client, other = Client(), Client()
    client.force_login(cast.owner)
    other.force_login(cast.stranger)
    mine = checked(owner, ["客户名称"], ["戊公司"])
    assert re.findall(r'name="assign" value="(\w+)"', other.get(f"/imports/{batch.pk}").content.decode()) == [
        "sheet", "turns", "mine",
    ]  # fmt: skip
    shown = client.get(f"/imports/{mine.pk}").content.decode()
    assert re.findall(r'name="assign" value="(\w+)"', shown)[-1] == "pool"
    assert f'<option value="{pool.pk}"' in shown
    assert client.post(f"/imports/{mine.pk}/policy", {"assign": "pool", "pool": pool.pk}).status_code == 302
    client.post(f"/imports/{mine.pk}/run")
    assert named("戊公司").pool_id == pool.pk
    assert checked(cast.actor("owner"), ["客户名称"], ["己公司"]).policy["assign"] == "pool"
    assert checked(cast.actor("stranger"), ["客户名称"], ["庚公司"]).policy["assign"] == "sheet"
    # the command line names it
    file = tmp_path / "表.csv"
    file.write_bytes(csv_file(["客户名称"], ["辛公司"]))
    assert import_file(file, "manager", Wish(pool="华东公海")).customers == 1
    assert named("辛公司").pool_id == pool.pk
    with pytest.raises(Refused, match="没有您可以放入的公海「华东公海」"):
        import_file(file, "stranger", Wish(pool="华东公海"))
