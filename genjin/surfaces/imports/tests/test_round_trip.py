"""Our own exports, read again: every field of every kind gives the same value back, in each language and format."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from genjin.customers.actions.contacts import create_contact
from genjin.customers.actions.customers import create_customer
from genjin.customers.models import Customer
from genjin.followups.actions import create_followup
from genjin.kernel.actions import Action
from genjin.kernel.actor import Actor, Surface
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.tables import best_sheet, find_layout, open_book
from genjin.leads.actions.leads import create_lead
from genjin.opportunities.actions.opportunities import create_opportunity
from genjin.plans.actions.plans import create_plan
from genjin.surfaces.exports.asked import read_asked
from genjin.surfaces.exports.models import Format
from genjin.surfaces.exports.writing import write
from genjin.surfaces.imports.compiling import prepare
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.proposing import propose
from genjin.surfaces.imports.questions import questions
from genjin.surfaces.imports.samples import Samples
from genjin.testing.cast import Cast

SOON, LATER = (str(date.today() + timedelta(days=days)) for days in (30, 300))  # noqa: DTZ011 - some day ahead
FILLED: dict[str, dict[str, Any]] = {
    "customer": {
        "name": "甲公司（上海）", "short_name": "=1+1", "external_code": "00012", "kind": "company", "category": "key",
        "level": "B",
        "lifecycle": "old", "industry": "C39", "region": "320506", "address": "-工业路 1 号", "size": "s2",
        "source": "exhibition",
        "tags": "老友、大客户", "phone": "+14155552671", "email": "a@b.cn", "website": "https://b.cn/x",
        "satisfaction": "4.5",
        "credit_code": "91350100M000100Y43", "background": "第一行\n第二行", "remarks": "'@说明", "core_need": "需求",
    },
    "contact": {
        "name": "张三", "position": "经理", "division": "采购部", "decision_role": "decider", "gender": "m",
        "phone": "13812345678", "telephone": "0512-62881234-801", "wechat": "abc_1", "email": "a@b.cn",
        "birthday": "1990-03-15", "primary": True, "do_not_contact": True, "remarks": "备注",
    },
    "followup": {
        "occurred_at": "2020-02-01 14:30", "minutes": 90, "method": "phone", "call_result": "connected",
        "content": "谈了",
        "feedback": "好", "solution": ["product", "quotation"], "response": "accept", "objections": "贵",
        "progress": 45,
        "intention": "certain", "outcome": "deal", "result_date": "2020-02-02", "next_step": "报价",
    },
    "plan": {
        "content": "报价", "starts_at": f"{SOON} 09:30", "minutes": 30, "method": "visit", "remind_minutes": 60,
        "rhythm": "week", "repeat_until": LATER,
    },
    "lead": {
        "name": "乙公司 陆先生", "company": "乙公司", "contact_name": "陆先生", "position": "厂长",
        "mobile": "13812345679", "phone": "0512-62881235", "email": "l@b.cn", "wechat": "lu_1",
        "source": "exhibition", "industry": "C39", "region": "320506",
        "address": "工业路 2 号", "need": "第一行\n第二行", "remarks": "=1+1",
    },
    "opportunity": {
        "name": "产线升级", "amount": "120000.50", "probability": "40", "expected_on": LATER, "budget_min": "100000",
        "budget_max": "150000", "opened_on": "2026-02-01", "need": "三条产线", "remarks": "备注",
    },
}  # fmt: skip
ACTIONS: dict[str, Action[Any, Any]] = {
    "customer": create_customer,
    "contact": create_contact,
    "followup": create_followup,
    "plan": create_plan,
    "opportunity": create_opportunity,
}
FIRST = {"customer", "lead"}  # belong to nothing else
CASES = [("zh-hans", Format.XLSX, ".xlsx"), ("en", Format.CSV, ".csv")]


def written(actor: Actor) -> int:
    made = create_customer.run(actor, None, FILLED["customer"]).row_id
    assert made is not None
    create_lead.run(actor, None, FILLED["lead"])
    for key in ("contact", "followup", "plan", "opportunity"):
        ACTIONS[key].run(actor.through(Surface.IMPORT), None, {**FILLED[key], "customer": str(made)})
    return made


@pytest.mark.parametrize(("language", "form", "ending"), CASES)
def test_what_our_exports_write_is_read_again(
    cast: Cast, tmp_path: Path, language: str, form: Format, ending: str
) -> None:
    actor = cast.actor("administrator")
    customer = Customer.objects.get(pk=written(actor))
    with override(language):
        for kind in KINDS.values():
            given = FILLED[kind.main]
            keys = [*given, "owner", *(["code"] if kind.main in FIRST else ["customer"])]
            path = tmp_path / f"{kind.key}{ending}"
            asked = read_asked(actor, RECORD_TYPES[kind.main], "", [], keys)
            with path.open("wb") as file:
                assert write(actor, asked, form, file) == 1
            with open_book(path, path.name) as book:
                sheet = best_sheet(book)
                layout = find_layout(book.head(sheet))
                ((_number, cells),) = book.rows(sheet, layout)
            samples = Samples.of([cells], layout.columns)
            rules = propose(actor, kind, layout.header, samples)
            assert questions(actor, kind, rules, samples) == [], (kind.key, layout.header)
            raw, problems = prepare(actor, kind, rules).read(cells)
            assert [p.words for p in problems] == [], (kind.key, [(r.heading, r.target) for r in rules])
            inputs = kind.by_key[kind.main].inputs(actor)
            for key, value in given.items():
                field = inputs[key]
                assert field.parse(raw[kind.main].get(key), actor) == field.parse(value, actor), (kind.key, key, cells)
            if kind.owned:
                assert raw["owner"] == {"owner": actor.member_id}, kind.key
            if kind.main not in FIRST:
                assert raw["customer"] == {"name": customer.name}
            elif kind.main == "customer":
                assert raw["customer"]["code"] == customer.code
