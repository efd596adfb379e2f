"""What is made of columns, cells and rows before anything is written."""

from __future__ import annotations

from datetime import UTC, date, datetime

from genjin.customers.models import Customer
from genjin.followups.models import FollowUp
from genjin.kernel.models.events import Event, EventPayload
from genjin.kernel.tables import Table
from genjin.surfaces.imports.actions import begin_import, upload_table
from genjin.surfaces.imports.matching import match_columns
from genjin.surfaces.imports.models import Import
from genjin.surfaces.imports.planning import Plan, _row, plan_import
from genjin.surfaces.imports.earlier_running import run_import
from genjin.surfaces.imports.tests.files import csv_file
from genjin.testing.cast import Cast


def planned(cast: Cast, *rows: list[object]) -> Plan:
    return plan_import(cast.actor("owner"), csv_file(*rows), "表.csv")


def brought(cast: Cast, *rows: list[object]) -> Import:
    content = csv_file(*rows)
    actor = cast.actor("owner")
    row = upload_table(actor, filename="表.csv", content=content, rows=len(rows) - 1)
    return run_import(actor, begin_import(actor, row.pk))


def targets(plan: Plan) -> list[str]:
    return [c.target.name if c.target else "" for c in plan.columns]


def test_S3_15_customer_type_is_a_lifecycle_where_the_values_say_so(cast: Cast) -> None:
    plan = planned(cast, ["客户名称", "客户类型"], ["甲", "老客户"], ["乙", "新客户"])
    assert targets(plan) == ["customer.name", "customer.lifecycle"]
    plan = planned(cast, ["客户名称", "客户类型"], ["甲", "优质客户"], ["乙", "一般客户"])
    assert targets(plan) == ["customer.name", "customer.level"]
    plan = planned(cast, ["客户名称", "客户类型"], ["甲", "企业客户"], ["乙", "经销商"])
    assert targets(plan) == ["customer.name", "customer.kind"]


def test_an_unknown_heading_is_matched_by_its_values(cast: Cast) -> None:
    plan = planned(cast, ["单位名称", "怎么联系的", "星座"], ["甲", "微信", "狮子"], ["乙", "电话", "双鱼"])
    assert targets(plan) == ["customer.name", "followup.method", ""]
    assert plan.columns[1].how == "content"


def test_headings_may_carry_spaces_stars_and_units(cast: Cast) -> None:
    plan = planned(cast, ["客户 名称*", "跟进进度（%）", "跟进日期"], ["甲", "45%", "2020/2/1"])
    assert targets(plan) == ["customer.name", "followup.progress", "followup.occurred_at"]


def test_progress_as_fraction_percentage_and_number(cast: Cast) -> None:
    for cells in (["0.45", "1"], ["45%", "100%"], ["45", "100"]):
        plan = planned(
            cast, ["客户名称", "跟进进度", "跟进日期"], ["甲", cells[0], "2020-1-1"], ["乙", cells[1], "2020-1-1"]
        )
        assert [row.state for row in plan.rows] == ["ready", "ready"], cells


def test_dates_as_serial_numbers(cast: Cast) -> None:
    table = Table(["客户名称", "跟进日期", "成交日期"], [(2, ["甲", 43862, 43863])])
    columns = match_columns(cast.actor("owner"), table)
    row = _row(cast.actor("owner"), columns, 2, table.rows[0][1])
    assert row.followup == {"occurred_at": date(2020, 2, 1), "result_date": date(2020, 2, 2)}


def test_bad_cells_are_named_with_column_and_reason(cast: Cast) -> None:
    plan = planned(
        cast,
        ["客户名称", "跟进日期", "跟进方式", "跟进进度"],
        ["甲", "2020-1-1", "信鸽", "45%"],
        ["乙", "2020-1-1", "电话", "450%"],
        ["丙", "2999-1-1", "电话", "45%"],
        ["丁", "", "电话", ""],
        ["", "2020-1-1", "电话", ""],
    )
    assert [row.state for row in plan.rows] == ["rejected"] * 5
    assert [row.problems[0].heading for row in plan.rows] == ["跟进方式", "跟进进度", "跟进日期", "", ""]
    assert "信鸽" in plan.rows[0].reason
    assert plan.rows[3].reason == "没有跟进日期"
    assert plan.rows[4].reason.startswith("没有编号和姓名")


def test_several_rows_of_one_customer_make_one_customer_with_several_followups(cast: Cast) -> None:
    row = brought(
        cast,
        ["编号", "姓名", "跟进日期"],
        ["B1", "甲", "2020-1-1"],
        ["B1", "甲", "2020-1-2"],
        ["B1", "", "2020-1-3"],
        ["B2", "", "2020-1-3"],
    )
    assert (row.report["customers"], row.report["followups"], row.report["refused"]) == (1, 3, 1)
    assert row.report["rejected"] == [[5, "", "没有客户名称"]]
    customer = Customer.objects.get()
    assert FollowUp.objects.filter(customer=customer).count() == 3
    assert customer.last_followed_at is not None
    assert customer.last_followed_at.astimezone(cast.actor("owner").zone).date() == date(2020, 1, 3)


def test_a_row_without_followup_columns_brings_the_customer_alone(cast: Cast) -> None:
    row = brought(cast, ["客户名称", "联系电话", "业务员"], ["甲", "13800138000", "业务员1"])
    assert (row.report["customers"], row.report["followups"]) == (1, 0)
    assert Customer.objects.get().phone


def test_rows_that_look_like_another_customer_are_told_with_the_reason(cast: Cast) -> None:
    row = brought(cast, ["客户名称", "联系电话"], ["甲", "13800138000"], ["乙", "13800138000"])
    assert row.report["customers"] == 1
    assert "电话相同" in row.report["rejected"][0][2]


def test_the_event_of_several_followups_of_one_customer_tells_the_first_before_and_the_last_after(cast: Cast) -> None:
    brought(cast, ["姓名", "跟进日期"], ["甲", "2020-1-1"], ["甲", "2020-1-2"])
    event = Event.objects.get(action="followups.create")
    changes = EventPayload.objects.get(event_id=event.pk, row_id=Customer.objects.get().pk).changes
    assert changes["last_followed_at"][0] is None
    assert datetime.fromisoformat(changes["last_followed_at"][1]) == datetime(2020, 1, 1, 16, tzinfo=UTC)
