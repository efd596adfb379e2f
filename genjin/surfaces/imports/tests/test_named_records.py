"""Columns that name other records: the parent and the referrer of a customer, the contact of a follow-up. Columns that
only number the rows or tick something are not taken for anything else.
"""

from __future__ import annotations

import re

import pytest
from django.test import Client

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.followups.models import FollowUp
from genjin.surfaces.imports.models import ImportRow, RowState
from genjin.surfaces.imports.tests.engine import brought, checked
from genjin.testing.cast import Cast

pytestmark = pytest.mark.long


def test_parent_and_referrer_are_found_by_name_or_number(cast: Cast) -> None:
    actor = cast.actor("owner")
    parent, referrer = make_customer(actor, "澄湖控股集团有限公司"), make_customer(actor, "望海潮文化")
    make_customer(cast.actor("stranger"), "旁人的控股公司")
    batch = brought(
        actor,
        ["客户名称", "上级单位", "转介绍人"],
        ["澄湖一厂", "澄湖控股集团有限公司", referrer.code],
        ["澄湖二厂", parent.code, "老王"],
        ["澄湖三厂", "旁人的控股公司", ""],
    )
    assert [rule["target"] for rule in batch.rules] == ["customer.name", "customer.parent", "customer.referred_by"]
    first, second, third = Customer.objects.filter(name__contains="澄湖", name__endswith="厂").order_by("id")
    assert (first.parent_id, first.referred_by_id) == (parent.pk, referrer.pk)
    assert (second.parent_id, second.referred_by_id, "老王" in second.remarks) == (parent.pk, None, True)
    assert (third.parent_id, "旁人的控股公司" in third.remarks) == (None, True)


def test_a_followup_finds_its_contact_by_name(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor, "澄湖一厂")
    contact = make_contact(actor, customer, "陆怀瑾")
    rows = [["澄湖一厂", "陆怀瑾", "2020-1-1", "谈了"], ["澄湖一厂", "段予", "2020-1-2", "再谈"]]
    brought(actor, ["客户名称", "联系人", "跟进日期", "跟进内容"], *rows, kind="followups")
    first, second = FollowUp.objects.order_by("occurred_at")
    assert (first.contact_id, first.content) == (contact.pk, "谈了")
    assert second.contact_id is None
    assert "段予" in second.content


def test_the_contact_of_a_list_of_customers_is_the_customers(cast: Cast) -> None:
    headings = ["客户名称", "联系人", "手机", "跟进日期", "跟进内容"]
    batch = checked(cast.actor("owner"), headings, ["澄湖一厂", "陆怀瑾", "13800138000", "2020-1-1", "谈了"])
    assert [rule["target"] for rule in batch.rules][1:3] == ["contact.name", "contact.phone"]


def test_numbers_of_rows_and_ticks_are_left_alone(cast: Cast) -> None:
    rows = [[str(n), f"织造{n}厂", "是" if n % 2 else "否", "√"] for n in range(1, 8)]
    batch = checked(cast.actor("owner"), ["序号", "客户名称", "是否到访", "已寄样"], *rows)
    assert [rule.get("target", "") for rule in batch.rules] == ["", "customer.name", "", ""]
    assert batch.rules[0]["how"] == "running"


def test_a_region_that_may_be_several_is_chosen_in_its_row(cast: Cast) -> None:
    batch = checked(cast.actor("owner"), ["客户名称", "所在地区"], ["鼓楼织造厂", "鼓楼区"], ["苏州织造厂", "苏州市"])
    client = Client()
    client.force_login(cast.owner)
    address = f"/imports/{batch.pk}/rows/2"
    form = client.get(address, headers={"HX-Request": "true", "HX-Request-Type": "partial"}).content.decode()
    offered = re.findall(r'"choose-1": "([^"]+)"', form.encode().decode("unicode_escape") if "\\u" in form else form)
    assert len(offered) > 1, form
    row = ImportRow.objects.get(batch_id=batch.pk, number=2)
    assert row.state == RowState.BAD
    client.post(address, {"fix-0": "鼓楼织造厂", "fix-1": "鼓楼区", "choose-1": "江苏省 南京市 鼓楼区"})
    row.refresh_from_db()
    assert (row.state, row.values["customer"]["region"]) == (RowState.READY, "320106")
