"""Formula fields: checked with the place of what is wrong, worked out on saving and by a job, kept from whoever may not
know what they read, on no door open to writing.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from genjin.customers.models import Customer
from genjin.customers.record import CUSTOMER
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor, system
from genjin.kernel.editing import get_value
from genjin.kernel.fields import Access
from genjin.kernel.jobs import JOBS, start_job
from genjin.kernel.lists import page, read_query, search
from genjin.kernel.lists.grouping import groups_by
from genjin.kernel.lists.totals import grouped, totals
from genjin.kernel.models import Option, OwnField
from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import current_stamp
from genjin.kernel.timeline import timeline
from genjin.tailoring import jobs
from genjin.tailoring.actions import add_field, change_kind, edit_field, restore_field, retire_field
from genjin.tailoring.grants import WORK
from genjin.tailoring.queries.formulas import trials
from genjin.testing.cast import Cast, limit

pytestmark = [pytest.mark.django_db, pytest.mark.long]
NUMBERS = (("单价", "x_price", "money"), ("数量", "x_count", "number"), ("折扣", "x_off", "percent"))


def add(actor: Actor, label: str, key: str, kind: str, **facts: Any) -> int:
    raw = {"record_type": "customer", "kind": kind, "label": label, "key": key, "facts": facts}
    made = add_field.run(actor, None, raw).row_id
    assert made is not None
    return made


def formula(actor: Actor, label: str, key: str, text: str, result: str = "money", **facts: Any) -> int:
    return add(actor, label, key, "formula", formula=text, result=result, **facts)


def now(actor: Actor) -> Actor:
    return replace(actor, stamp=current_stamp())


def work_out() -> None:
    begun = start_job(system(), "tailoring.formulas", record_type="customer")
    JOBS["tailoring.formulas"].function(system(WORK), begun.pk, record_type="customer")


def customer(actor: Actor, name: str, **values: Any) -> Customer:
    made = ACTIONS["customers.create"].run(now(actor), None, {"name": name, **values})
    return Customer.objects.get(pk=made.row_id or 0)


def value(actor: Actor, row: Customer, key: str) -> Any:
    row.refresh_from_db()
    return get_value(row, CUSTOMER.seen_by(now(actor)).own_fields[key])


@pytest.fixture
def boss(cast: Cast) -> Actor:
    boss = cast.actor("administrator")
    for label, key, kind in NUMBERS:
        add(boss, label, key, kind)
    return boss


def test_a_formula_is_worked_out_when_a_record_is_saved_and_lives_on_every_surface(cast: Cast, boss: Actor) -> None:
    formula(boss, "总价", "x_total", "{单价} * {x_count} * (1 - {折扣})")
    formula(boss, "够大", "x_big", "{总价} >= 1000", "yesno")
    formula(boss, "说明", "x_words", '连接({客户名称}, "：", {数量}, "台")', "text")
    formula(boss, "让利", "x_share", "{折扣} / 2", "percent")
    owner = cast.actor("owner")
    one = customer(owner, "甲厂", x_price="100", x_count="20", x_off="25")
    two = customer(owner, "乙厂", x_price="10")
    assert [value(owner, one, k) for k in ("x_total", "x_big", "x_words", "x_share")] == [
        Decimal(1500), True, "甲厂：20台", Decimal("12.5"),
    ]  # fmt: skip
    assert [value(owner, two, k) for k in ("x_total", "x_big", "x_share")] == [None, False, None]
    owner = now(owner)
    query = read_query(owner, CUSTOMER, {"x_total.gte": ["1000"], "sort": ["-x_total"]})
    assert [row.title for row in page(owner, query, ()).rows] == ["甲厂"]
    everything = read_query(owner, CUSTOMER, {})
    assert totals(owner, everything, ["x_total"]).sums["x_total"].sum == 1500
    assert groups_by(CUSTOMER.seen_by(owner).own_fields["x_big"])
    assert {g.key: g.rows for g in grouped(owner, everything, "x_big").groups} == {"true": 1, None: 1}
    client = Client()
    client.force_login(cast.owner)
    shown = client.get(f"/api/v1/customers/{one.pk}").json()["fields"]
    assert (shown["x_total"], shown["x_big"], shown["x_words"]) == ("1500.00", True, "甲厂：20台")
    assert "¥1,500" in client.get(f"/customers/{one.pk}").content.decode()
    assert 'name="x_total"' not in client.get(f"/customers/{one.pk}/edit").content.decode()


def test_an_edit_of_what_it_reads_changes_it_in_the_same_event_and_undo_takes_it_back(cast: Cast, boss: Actor) -> None:
    formula(boss, "总价", "x_total", "{单价} * {数量}")
    owner = cast.actor("owner")
    row = customer(owner, "甲厂", x_price="100", x_count="2")
    client = Client()
    client.force_login(cast.owner)
    url = f"/api/v1/customers/{row.pk}/actions/edit"
    edited = client.post(url, json.dumps({"x_count": 3}), content_type="application/json").json()
    assert value(owner, row, "x_total") == 300
    entry = timeline(now(owner), row)[0][0]
    assert {(str(c.field.label), c.before, c.after) for c in entry.changes} == {
        ("数量", "2", "3"), ("总价", "200.00元", "300.00元"),
    }  # fmt: skip
    assert client.post(f"/api/v1/events/{edited['event']}/undo", content_type="application/json").status_code == 200
    assert value(owner, row, "x_total") == 200
    refused = client.post(url, json.dumps({"x_total": 1}), content_type="application/json")
    assert refused.status_code in (403, 422)
    assert value(owner, row, "x_total") == 200


@pytest.mark.parametrize("right", [Access.HIDDEN, Access.MASKED])
def test_who_may_not_know_what_it_reads_does_not_know_the_result(cast: Cast, boss: Actor, right: Access) -> None:
    formula(boss, "总价", "x_total", "{单价} * {数量}")
    formula(boss, "两倍", "x_double", "{总价} * 2")
    formula(boss, "件数", "x_pieces", "{数量} + 0", "number")
    row = customer(cast.actor("owner"), "甲厂", x_price="731988", x_count="1")
    limit("salesperson", "customer.x_price", right)
    owner = cast.actor("owner")
    known = CUSTOMER.seen_by(now(owner)).own_fields
    assert "x_total" not in known
    assert "x_double" not in known
    assert "x_pieces" in known
    client = Client()
    client.force_login(cast.owner)
    for path in (f"/customers/{row.pk}", "/customers", f"/api/v1/customers/{row.pk}", "/api/v1/customers"):
        told = client.get(path).content.decode()
        assert not [amount for amount in ("731988", "731,988", "1463976", "1,463,976") if amount in told]
    none = client.get("/api/v1/customers?x_nothing.gte=1").status_code
    assert client.get("/api/v1/customers?x_total.gte=1").status_code == none
    entry = timeline(now(owner), row)[0][-1]
    assert not {"总价", "两倍"} & {str(change.field.label) for change in entry.changes}


def test_a_formula_is_as_confidential_as_what_it_reads(boss: Actor) -> None:
    edit_field.run(boss, OwnField.objects.get(key="x_price").pk, {"sensitivity": "sensitive"})
    formula(boss, "总价", "x_total", "{单价} * {数量}")
    assert CUSTOMER.seen_by(now(boss)).own_fields["x_total"].sensitivity == "sensitive"


@pytest.mark.parametrize(
    ("text", "result", "said"),
    [
        ("{成本} * 2", "money", "第 1 个字「{成本}」：没有「成本」这个字段"),
        ("1 + {客户电话}", "number", "不能用在公式里"),
        ("{单价} + {客户名称}", "money", "第 8 个字「{客户名称}」：文字不能相加"),
        ("{单价} > 1", "money", "公式的结果是是/否，不能放进金额字段"),
        ("({单价}", "money", "第 1 个字「(」：这个括号没有关上"),
        ("{自己} + 1", "number", "没有「自己」这个字段"),
        ("", "number", "请填写公式"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(boss: Actor, text: str, result: str, said: str) -> None:
    before = OwnField.objects.count()
    label = str(CUSTOMER.own_fields["phone"].label)
    with pytest.raises(Refused) as refused:
        formula(boss, "自己", "x_self", text.replace("客户电话", label), result)
    assert said in refused.value.message
    assert OwnField.objects.count() == before


def test_formulas_do_not_go_in_circles(boss: Actor) -> None:
    first = formula(boss, "甲", "x_a", "{单价}")
    formula(boss, "乙", "x_b", "{甲} + 1", "number")
    formula(boss, "丙", "x_c", "{乙} + 1", "number")
    for text in ("{丙} + 1", "{甲}"):
        with pytest.raises(Refused, match=r"圈|它自己"):
            edit_field.run(boss, first, {"facts": {"formula": text}})


def test_renaming_changes_nothing_retiring_blanks_it_and_restoring_brings_it_back(cast: Cast, boss: Actor) -> None:
    formula(boss, "总价", "x_total", "{单价} * {数量}")
    owner = cast.actor("owner")
    row = customer(owner, "甲厂", x_price="100", x_count="2")
    read = OwnField.objects.get(key="x_price")
    edit_field.run(now(boss), read.pk, {"label": "含税单价"})
    assert OwnField.objects.get(key="x_total").facts["formula"] == "{x_price} * {x_count}"
    assert value(owner, row, "x_total") == 200
    version = row.version
    retire_field.run(now(boss), read.pk, {})
    work_out()
    assert value(owner, row, "x_total") is None
    restore_field.run(now(boss), read.pk, {})
    work_out()
    assert value(owner, row, "x_total") == 200
    assert row.version == version
    with pytest.raises(Refused):
        change_kind.run(now(boss), OwnField.objects.get(key="x_total").pk, {"kind": "number"})


def test_the_job_works_out_records_that_are_there_and_dated_ones_anew_each_day(cast: Cast, boss: Actor) -> None:
    add(boss, "签约日", "x_signed", "date")
    owner = cast.actor("owner")
    row = customer(owner, "甲厂", x_signed="2026-01-01", x_count="3")
    bare = customer(owner, "乙厂")
    stood = bare.updated_at
    with time_machine.travel(dt.datetime(2026, 1, 11, 4, tzinfo=dt.UTC), tick=False):
        formula(now(boss), "签约天数", "x_days", "天数(今天(), {签约日})", "number", places=0)
        work_out()
        assert value(owner, row, "x_days") == 10
        assert (OwnField.objects.get(key="x_days").pending or {})["day"] == "2026-01-11"
        jobs.work_out_daily(system(WORK))
        waiting = JobProgress.objects.filter(name="tailoring.formulas").count()
    with time_machine.travel(dt.datetime(2026, 1, 12, 4, tzinfo=dt.UTC), tick=False):
        jobs.work_out_daily(system(WORK))
        assert JobProgress.objects.filter(name="tailoring.formulas").count() == waiting + 1
        work_out()
        assert value(owner, row, "x_days") == 11
    bare.refresh_from_db()
    assert bare.updated_at == stood
    assert "x_days" not in bare.custom


def test_names_of_options_are_what_a_formula_reads(cast: Cast, boss: Actor) -> None:
    raw = {"record_type": "customer", "kind": "choice", "label": "机型", "key": "x_model", "options": ["大", "小"]}
    add_field.run(boss, None, raw)
    formula(boss, "大机", "x_large", '如果({机型} = "大", 1, 0)', "number", places=0)
    owner = cast.actor("owner")
    large = Option.objects.get(list_key="customer.x_model", label="大").key
    row = customer(owner, "甲厂", x_model=large)
    assert value(owner, row, "x_large") == 1


def test_texts_that_a_formula_makes_are_found(cast: Cast, boss: Actor) -> None:
    made = {"record_type": "customer", "kind": "formula", "label": "称呼", "key": "x_called"}
    facts = {"formula": '连接({单价}, "号", {简称})', "result": "text"}
    row = customer(boss, "早先的客户", short_name="青松岭", x_price="7")
    add_field.run(now(boss), None, {**made, "facts": facts, "searched": "1"})

    def found(text: str) -> list[str]:
        return [hit.title for hit in search(now(boss), CUSTOMER, text)]

    assert found("7号青松岭") == []
    work_out()
    customer(boss, "后来的客户", short_name="白桦林", x_price="8")
    assert (found("7号青松岭"), found("8号白桦林")) == (["早先的客户"], ["后来的客户"])
    ACTIONS["customers.edit"].run(now(boss), row.pk, {"x_price": "9"})
    assert (found("7号青松岭"), found("9号青松岭")) == ([], ["早先的客户"])
    limit("salesperson", "customer.x_price", Access.HIDDEN)
    assert search(cast.actor("owner"), CUSTOMER, "9号青松岭") == []
    with pytest.raises(Refused, match="不能用搜索框查找"):
        add_field.run(
            now(boss), None, {**made, "label": "数", "key": "x_n", "facts": {"formula": "{数量}"}, "searched": "1"}
        )


def test_trials_show_three_records_and_nothing_that_is_kept_from_the_reader(cast: Cast, boss: Actor) -> None:
    for name in ("甲厂", "乙厂", "丙厂", "丁厂"):
        customer(cast.actor("owner"), name, **({"x_price": "7", "x_count": "2"} if name == "乙厂" else {}))
    actor = now(boss)
    tried = trials(actor, CUSTOMER.seen_by(actor), {"formula": "{x_price} * {x_count}", "result": "money"}, "x_preview")
    assert tried is not None
    assert len(tried) == 3
    assert (tried[0].title, tried[0].result) == ("乙厂", "14.00元")
    kept_from = replace(actor, rights=frozenset({("customer.x_price", Access.HIDDEN)}))
    assert trials(kept_from, CUSTOMER.seen_by(actor), {"formula": "{x_price}", "result": "money"}, "x_preview") is None


def test_the_editor_marks_what_is_wrong_and_tries_the_rest(cast: Cast, boss: Actor) -> None:
    customer(cast.actor("owner"), "甲厂", x_price="7", x_count="2")
    client = Client()
    client.force_login(cast.administrator)
    url, headers = "/settings/fields/customers/formula", {"HX-Request": "true"}
    wrong = client.post(url, {"fact_formula": "{单价} * {没有}", "fact_result": "money"}, headers=headers)
    assert "<mark>{没有}</mark>" in wrong.content.decode()
    right = client.post(url, {"fact_formula": "{单价} * {数量}", "fact_result": "money"}, headers=headers)
    assert "14.00元" in right.content.decode()
    form = {"kind": "formula", "label": "总价", "fact_formula": "{单价} * {数量}", "fact_result": "money"}
    assert client.post("/settings/fields/customers/new", form, headers=headers).status_code in (200, 204)
    drawn = client.get(f"/settings/fields/customers/{OwnField.objects.get(label='总价').pk}").content.decode()
    assert "{单价} * {数量}" in drawn
    assert "= {单价} * {数量}" in client.get("/settings/fields/customers").content.decode()
    del boss
