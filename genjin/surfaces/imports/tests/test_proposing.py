"""Columns find their fields by heading, by values and by what stands beside them (S0-32, S3-15)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.utils.translation import override

from genjin.kernel.actor import Actor
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.tables import Cell, best_sheet, find_layout, open_book
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.proposing import propose
from genjin.surfaces.imports.samples import Samples
from genjin.surfaces.imports.tests.files import SHEET
from genjin.testing.cast import Cast

C, F = "customer", "followup"


@pytest.fixture
def actor(cast: Cast) -> Actor:
    return cast.actor("owner")


def proposed(actor: Actor, kind: str, headings: str, *rows: Sequence[Cell]) -> list[str]:
    names = headings.split("|")
    rules = propose(actor, KINDS[kind], names, Samples.of(rows, len(names)))
    assert [rule.heading for rule in rules] == names
    return [rule.target for rule in rules]


def test_S0_32_the_sheet_of_the_sources(actor: Actor) -> None:
    with open_book(SHEET, SHEET.name) as book:
        layout = find_layout(book.head(best_sheet(book)))
        samples = Samples.of((cells for _n, cells in book.rows(best_sheet(book), layout)), layout.columns)
    rules = propose(actor, KINDS["customers"], layout.header, samples)
    assert {r.heading: (r.target, r.how) for r in rules} == {
        "编号": ("customer.external_code", "name"), "姓名": ("customer.name", "name"),
        "客户类型": ("customer.level", "content"), "跟进日期": ("followup.occurred_at", "name"),
        "跟进方式": ("followup.method", "name"), "跟进进度": ("followup.progress", "name"),
        "客户意向": ("followup.intention", "name"), "跟进结果": ("followup.outcome", "name"),
        "成交日期": ("followup.result_date", "name"), "业务员": ("followup.author", "name"),
    }  # fmt: skip
    assert {r.heading: r.percent for r in rules if r.percent} == {"跟进进度": "fraction"}


def test_S0_32_S3_15_customer_type_is_what_its_values_are(actor: Actor) -> None:
    for values, target in [
        (("老客户", "新客户"), "lifecycle"), (("优质客户", "一般客户"), "level"), (("企业客户", "经销商"), "kind"),
        (("重点客户", "普通客户"), "category"), (("A", "B"), "level"), (("一般", "超级VIP"), "level"),
    ]:  # fmt: skip
        found = proposed(actor, "customers", "客户名称|客户类型", *(["甲", value] for value in values))
        assert found == ["customer.name", f"customer.{target}"], values


def test_S0_32_sheets_as_companies_keep_them(actor: Actor) -> None:
    phone, name = "13812345678", "甲公司"
    cases: list[tuple[str, list[Cell], str]] = [
        ("公司名称|联系人|电话|地址|备注", [name, "张三", phone, "苏州", "x"],
         "customer.name|contact.name|contact.phone|customer.address|customer.remarks"),
        ("客户名称|联系电话|所属行业|省|市|区县", [name, phone, "制造业", "江苏", "苏州", "吴中区"],
         "customer.name|customer.phone|customer.industry|piece.customer.province|piece.customer.city"
         "|piece.customer.district"),
        ("姓名|手机|客户等级|销售", ["张三", phone, "A", "周牧远"],
         "customer.name|customer.phone|customer.level|owner"),
        ("客户名称|姓名|职务|手机|座机|邮箱", [name, "张三", "经理", phone, "0512-62881234", "a@b.cn"],
         "customer.name|contact.name|contact.position|contact.phone|contact.telephone|contact.email"),
        ("客户 名称*|跟进进度（%）|跟进日期", [name, "45%", "2020/2/1"],
         "customer.name|followup.progress|followup.occurred_at"),
        ("客户名称|跟进日期|联系方式|跟进内容|负责人|业务员", [name, "2020/2/1", "微信", "谈了", "周牧远", "业务员3"],
         "customer.name|followup.occurred_at|followup.method|followup.content|owner|followup.author"),
        ("客户名称|联系方式|来源", [name, phone, "展会"], "customer.name|customer.phone|customer.source"),
        ("单位名称|主要联系人电话|主要联系人|信用代码", [name, phone, "张三", "91350100M000100Y43"],
         "customer.name|contact.phone|contact.name|customer.credit_code"),
        ("Company Name|Contact Name|Mobile|Email|Industry|Owner", [name, "John", phone, "a@b.cn", "制造业", "周牧远"],
         "customer.name|contact.name|contact.phone|contact.email|customer.industry|owner"),
        ("客户名稱|聯繫電話", [name, phone], "customer.name|customer.phone"),
        ("客户名称|客户编号", [name, "KH-000012"], "customer.name|customer.code"),
        ("客户名称|客户编号", [name, "A001"], "customer.name|customer.external_code"),
        ("客户名称|QQ|星座", [name, "12345", "狮子"], "customer.name|extra.customer.remarks|"),
        ("客户名称|传真|微信号", [name, "0512-62881234", "abc"], "customer.name|extra.customer.remarks|contact.wechat"),
    ]  # fmt: skip
    for headings, row, expected in cases:
        other = ["乙公司", *row[1:]] if row[0] == name else row
        assert "|".join(proposed(actor, "customers", headings, row, other)) == expected, headings


def test_an_unknown_heading_is_matched_by_its_values(actor: Actor) -> None:
    rows: list[list[Cell]] = [["甲", "13812345678", "优质客户", "a@b.cn", "江苏苏州", "周牧远", "狮子"],
                              ["乙", "0512-62881234", "一般", "c@d.cn", "上海", "林知夏", "双鱼"]]  # fmt: skip
    found = proposed(actor, "customers", "客户名称|怎么找|评价|网络|在哪|谁管|星座", *rows)
    assert found == [
        "customer.name",
        "customer.phone",
        "customer.level",
        "customer.email",
        "customer.region",
        "owner",
        "",
    ]


def test_talks_are_only_brought_by_a_table_that_says_when_they_were(actor: Actor) -> None:
    rows = [["甲", "微信"], ["乙", "电话"]]
    assert proposed(actor, "customers", "单位名称|怎么联系的", *rows) == ["customer.name", ""]
    dated = [[*row, "2020/2/1"] for row in rows]
    found = proposed(actor, "customers", "单位名称|怎么联系的|跟进日期", *dated)
    assert found == ["customer.name", "followup.method", "followup.occurred_at"]


def test_address_books_of_google_outlook_and_phones(actor: Actor) -> None:
    google = (
        "First Name|Last Name|Organization Name|Organization Title|Birthday|Notes|E-mail 1 - Value|Phone 1 - Label"
        "|Phone 1 - Value|Phone 2 - Value"
    )
    row = ["三", "张", "甲公司", "经理", "1990-03-15", "x", "a@b.cn", "Mobile", "+86 138 1234 5678", "0512-62881234"]
    assert proposed(actor, "contacts", google, row) == [
        "piece.contact.given", "piece.contact.family", "customer.name", "contact.position", "contact.birthday",
        "contact.remarks", "contact.email", "", "contact.phone", "contact.telephone",
    ]  # fmt: skip
    outlook = (
        "First Name|Last Name|Company|Department|Job Title|Business Phone|Mobile Phone|Home Phone|E-mail Address|Notes"
        "|Birthday"
    )
    assert proposed(actor, "contacts", outlook) == [
        "piece.contact.given", "piece.contact.family", "customer.name", "contact.division", "contact.position",
        "contact.telephone", "contact.phone", "extra.contact.remarks", "contact.email", "contact.remarks",
        "contact.birthday",
    ]  # fmt: skip
    cards = "姓名|手机|电话|邮箱|公司|部门|职务|地址|生日|备注|微信"
    assert proposed(actor, "contacts", cards, ["张三", "13812345678", "0512-62881234"]) == [
        "contact.name", "contact.phone", "contact.telephone", "contact.email", "customer.name", "contact.division",
        "contact.position", "extra.contact.remarks", "contact.birthday", "contact.remarks", "contact.wechat",
    ]  # fmt: skip


def test_other_kinds_of_files(actor: Actor) -> None:
    talk = ["甲", "2020/2/1", "电话", "谈了", "", ""]
    assert proposed(actor, "followups", "客户|日期|方式|内容|下次联系|销售", talk) == [
        "customer.name", "followup.occurred_at", "followup.method", "followup.content", "followup.next_contact_at",
        "followup.author",
    ]  # fmt: skip
    assert proposed(actor, "plans", "客户名称|计划内容|计划时间|执行人", ["甲", "报价", "2030/1/1", "周牧远"]) == [
        "customer.name", "plan.content", "plan.starts_at", "plan.assignee",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_our_own_exports_find_every_field_again(actor: Actor, language: str) -> None:
    for key in ("customers", "contacts", "followups", "plans"):
        kind = KINDS[key]
        fields = RECORD_TYPES[kind.main].fields
        with override(language):
            headings = [str(f.label) for f in fields]
            found = propose(actor, kind, headings, Samples.of([], len(headings)))
        inputs = kind.by_key[kind.main].inputs(actor)
        missed = {
            f.key
            for f, rule in zip(fields, found, strict=True)
            if f.key in inputs and rule.target != f"{kind.main}.{f.key}"
        }
        assert missed == set(), (key, [(r.heading, r.target) for r in found])
        strange = {
            r.target for r in found if r.target and r.target.split(".")[0] not in (kind.main, "owner", "customer")
        }
        assert strange == set(), key


def test_a_person_without_rights_is_offered_no_fields_he_may_not_fill(cast: Cast) -> None:
    assert proposed(cast.actor("nobody"), "customers", "客户名称|客户等级", ["甲", "A"]) == ["", ""]
