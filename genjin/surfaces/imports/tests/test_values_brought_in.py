"""Values of a real file all the way: proposed, asked, answered, checked, brought in, and proposed again."""

from __future__ import annotations

import io
from datetime import date

from genjin.customers.models import Contact, Customer
from genjin.followups.models import FollowUp
from genjin.kernel.options import options_of
from genjin.kernel.stamps import current_stamp
from genjin.surfaces.imports.actions import set_rules
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.models import Import, RowState
from genjin.surfaces.imports.queries import counts, rows_of
from genjin.surfaces.imports.questions import questions
from genjin.surfaces.imports.receiving import look_at, upload_file
from genjin.surfaces.imports.rules import NEW, answered, rules_from_json
from genjin.surfaces.imports.tests.files import csv_file
from genjin.surfaces.imports.work import check_import, run_import
from genjin.testing.cast import Cast

ROWS = [
    ["客户名称", "客户类型", "联系人", "手机", "省", "市", "跟进日期", "跟进方式", "跟进进度", "跟进内容", "业务员",
    "QQ"],
    ["甲公司", "优质", "张三、李四", "13812345678、13912345678", "江苏", "苏州", "3/4/2020 下午2:30", "拜访", "45%",
    "谈了", "周牧远", "123"],
    ["乙公司", "钻石", "王经理", "138 1234 5679", "上海", "", "25/4/2020", "微信", "0.5", "", "业务员9", ""],
    ["丙公司", "一般客户", "", "1.38E+10", "", "", "2020年5月", "电话", "七成", "再约", "", ""],
]  # fmt: skip


def uploaded(cast: Cast) -> Import:
    stream = io.BytesIO(csv_file(*ROWS))
    return upload_file(cast.actor("administrator"), filename="客户.csv", content=stream)


def test_values_go_all_the_way(cast: Cast) -> None:
    actor = cast.actor("administrator")
    row = uploaded(cast)
    rules = rules_from_json(row.rules)
    assert [rule.target for rule in rules] == [
        "customer.name", "customer.level", "contact.name", "contact.phone", "piece.customer.province",
        "piece.customer.city", "followup.occurred_at", "followup.method", "followup.progress", "followup.content",
        "followup.author", "extra.customer.remarks",
    ]  # fmt: skip
    assert rules[6].date_order == "dmy"
    asked = questions(actor, KINDS["customers"], rules, look_at(actor, row).samples)
    assert {(q.heading, q.asked) for q in asked} == {("客户类型", "options"), ("业务员", "people")}
    rules[1] = answered(rules[1], "options", {"钻石": NEW})
    set_rules(actor, row.pk, rules=rules)
    row = check_import(actor, row.pk)
    assert counts(row)[RowState.BAD] == 1
    bad = next(r for r in rows_of(row, None, most=9) if any(p[3] for p in r.problems))
    assert (bad.number, [p[0] for p in bad.problems if p[3]]) == (4, [3])
    run_import(actor, row.pk)
    first, second = Customer.objects.order_by("id")
    assert (first.name, first.level, first.region, first.remarks) == ("甲公司", "B", "320500", "QQ：123")
    made = options_of("customer_level", current_stamp())[second.level]
    assert (str(made.label), second.region) == ("钻石", "310000")
    assert set(Contact.objects.values_list("name", "phone", "position")) >= {
        ("张三", "13812345678", ""), ("李四", "13912345678", ""), ("王经理", "13812345679", "经理"),
    }  # fmt: skip
    talks = list(FollowUp.objects.order_by("id").values_list("method", "progress", "author_name"))
    assert talks == [("visit", 45, ""), ("wechat", 50, "业务员9")] or talks == [
        ("visit", 45, "周牧远"),
        ("wechat", 50, "业务员9"),
    ]
    again = rules_from_json(uploaded(cast).rules)
    assert ({r.how for r in again}, again[1].options["钻石"]) == ({"remembered"}, second.level)


def test_a_column_chosen_by_hand_is_read_as_its_values_tell(cast: Cast) -> None:
    actor = cast.actor("owner")
    rows: list[list[object]] = [
        ["客户名称", "跟进日期", "甲", "乙"],
        ["甲公司", "2020/2/1", "3/4/2020", 1],
        ["乙公司", "2020/2/2", "25/4/2020", 0.5],
    ]
    row = upload_file(actor, filename="x.csv", content=io.BytesIO(csv_file(*rows)))
    rules = rules_from_json(row.rules)
    assert [rule.target for rule in rules][2:] == ["", ""]
    chosen = [
        rules[2].with_(target="followup.result_date", how="chosen"),
        rules[3].with_(target="followup.progress", how="chosen"),
    ]
    set_rules(actor, row.pk, rules=[*rules[:2], *chosen])
    row = check_import(actor, row.pk)
    assert [(r.date_order, r.percent) for r in rules_from_json(row.rules)][2:] == [("dmy", ""), ("", "fraction")]
    assert counts(row)[RowState.READY] == 2
    run_import(actor, row.pk)
    assert set(FollowUp.objects.values_list("result_date", "progress")) == {
        (date(2020, 4, 3), 100), (date(2020, 4, 25), 50),
    }  # fmt: skip
