"""What goes through all rows for a field: indexes, unique values, search texts, serial numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from genjin.customers.actions.customers import create_customer, edit_customer
from genjin.customers.models import Customer
from genjin.customers.record import CUSTOMER
from genjin.kernel import frequencies
from genjin.kernel.actor import Actor, system
from genjin.kernel.fields import Access
from genjin.kernel.frequencies import Frequencies
from genjin.kernel.jobs import JOBS, start_job
from genjin.kernel.lists import page, read_query, search
from genjin.kernel.lists.planning import attempts
from genjin.kernel.models import Event, JobProgress, OwnField
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import current_stamp
from genjin.kernel.timeline import timeline
from genjin.tailoring.actions import (
    add_field,
    change_kind,
    delete_field,
    edit_field,
    index_field,
    retire_field,
    unindex_field,
)
from genjin.tailoring.grants import WORK
from genjin.tailoring.queries import left_over, preview
from genjin.testing.cast import Cast, limit
from genjin.ui.views.actions import keep_view


@pytest.fixture
def boss(cast: Cast) -> Actor:
    return cast.actor("administrator")


def now(actor: Actor) -> Actor:
    return replace(actor, stamp=current_stamp())


def added(actor: Actor, **raw: Any) -> OwnField:
    outcome = add_field.run(actor, None, {"record_type": "customer", "kind": "text", **raw})
    return OwnField.objects.get(pk=outcome.row_id or 0)


def customer(actor: Actor, name: str, **raw: Any) -> Customer:
    outcome = create_customer.run(now(actor), None, {"name": name, "kind": "company", **raw})
    return Customer.objects.get(pk=outcome.row_id or 0)


def work(name: str, field: OwnField) -> None:
    """What a worker does."""
    assert JobProgress.objects.filter(name=name, finished_at=None).exists()
    job = start_job(system(), name, field=field.pk)
    JOBS[name].function(system(WORK), job.pk, field=field.pk)
    JobProgress.objects.filter(name=name).delete()
    field.refresh_from_db()


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexname LIKE '%\\_x\\_%'")
        return {name for (name,) in cursor.fetchall()}


def found(actor: Actor, text: str) -> list[str]:
    return [hit.title for hit in search(now(actor), CUSTOMER, text)]


@pytest.mark.parametrize(("kind", "more"), [("number", {}), ("multichoice", {"options": ["甲", "乙"]}), ("date", {})])
def test_an_index_is_built_noted_and_taken_away(boss: Actor, kind: str, more: dict[str, Any]) -> None:
    row = added(boss, label="指标", kind=kind, **more)
    index_field.run(boss, row.pk, {})
    row.refresh_from_db()
    assert row.index == "building"
    work("tailoring.index", row)
    assert (row.index, indexes()) == ("ready", {f"own_customer_{row.key}"})
    with pytest.raises(Refused, match="已经建立"):
        index_field.run(boss, row.pk, {})
    unindex_field.run(boss, row.pk, {})
    work("tailoring.index", row)
    assert (row.index, indexes()) == ("", set())


def test_long_lists_sort_by_indexed_fields_only_and_say_so(boss: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    row = added(boss, label="年采购量", kind="number")
    plain = added(boss, label="备注二")
    assert CUSTOMER.seen_by(now(boss)).own_fields[row.key].sortable
    many = Frequencies(rows=10_001, read_at=10.0**9)
    monkeypatch.setitem(frequencies._KEPT, "customers_customer", many)
    with pytest.raises(Refused) as refused:
        read_query(now(boss), CUSTOMER, {"sort": [row.key]})
    assert refused.value.message == "「年采购量」没有索引，数据超过 10,000 条时不能排序，请管理员为它建立索引"
    with pytest.raises(Refused, match="不能按"):
        read_query(now(boss), CUSTOMER, {"sort": [plain.key]})
    index_field.run(boss, row.pk, {})
    work("tailoring.index", row)
    monkeypatch.setitem(frequencies._KEPT, "customers_customer", many)
    assert page(now(boss), read_query(now(boss), CUSTOMER, {"sort": [row.key]}), ()).rows == []


def test_long_lists_look_into_indexed_texts_only_and_offer_the_index(
    cast: Cast, boss: Actor, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = ["VMC-850", "vmc 850L", "数控车床 100%_甲", "数控车床", "甲", "Straße 100x甲"]
    row = added(boss, label="型号")
    for number, model in enumerate(models):
        customer(boss, f"客户{number}", **{row.key: model})
    needles = ["vmc", "850l", "床", "车床 1", "%", "0%_", "_甲", "甲", "STRASSE", "不在", "c 8"]

    def told() -> list[list[str]]:
        asked = [f"{row.key}.{way}" for way in ("contains", "is", "starts")]
        queries = [read_query(now(boss), CUSTOMER, {name: [needle]}) for name in asked for needle in needles]
        return [sorted(found.title for found in page(now(boss), query, ()).rows) for query in queries]

    before = told()
    assert before[0] == ["客户0", "客户1"]
    many = Frequencies(rows=10_001, read_at=10.0**9)
    monkeypatch.setitem(frequencies._KEPT, "customers_customer", many)
    with pytest.raises(Refused, match="「型号」没有索引，数据超过 10,000 条时不能按内容筛选"):
        told()
    assert len(page(now(boss), read_query(now(boss), CUSTOMER, {f"{row.key}.filled": [""]}), ()).rows) == len(models)
    for part, offered in (("administrator", True), ("owner", False)):
        client.force_login(getattr(cast, part))
        drawn = client.get(f"/customers/filter?field={row.key}").content.decode()
        assert "还没有索引" in drawn
        assert "包含</option>" not in drawn
        assert ("在后台建立索引" in drawn) == offered
    index_field.run(boss, row.pk, {})
    connection.check_constraints()  # no index is built while some wait
    work("tailoring.index", row)
    assert indexes() == {f"words_customer_{row.key}"}
    monkeypatch.setitem(frequencies._KEPT, "customers_customer", many)
    assert told() == before
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        query = read_query(now(boss), CUSTOMER, {f"{row.key}.contains": ["车床"]})
        (rows,) = attempts(now(boss), query, 51)[-1].parts
        assert f"words_customer_{row.key}" in rows.explain()


def test_unique_values_are_kept_unique_and_the_field_is_named(boss: Actor) -> None:
    row = added(boss, label="出厂编号", unique="1")
    work("tailoring.index", row)
    assert indexes() == {"words_customer_x_chuchangbianhao", "customer_x_chuchangbianhao_once"}
    first = customer(boss, "甲", **{row.key: "SN-1"})
    with pytest.raises(Refused) as refused:
        customer(boss, "乙", **{row.key: "SN-1"})
    assert (refused.value.code, refused.value.field) == ("duplicate", row.key)
    assert "出厂编号" in refused.value.message
    Customer.objects.filter(pk=first.pk).update(life=2)
    customer(boss, "丙", **{row.key: "SN-1"})
    with pytest.raises(Refused, match="不能删除索引"):
        unindex_field.run(boss, row.pk, {})
    edit_field.run(boss, row.pk, {"unique": ""})
    work("tailoring.index", row)
    assert indexes() == set()


def test_doubles_are_told_before_a_field_becomes_unique(boss: Actor) -> None:
    row = added(boss, label="出厂编号")
    for name in ("甲", "乙"):
        customer(boss, name, **{row.key: "SN-1"})
    with pytest.raises(Refused, match="SN-1 × 2") as refused:
        edit_field.run(now(boss), row.pk, {"unique": "1"})
    assert refused.value.field == "unique"


def test_searched_fields_find_records_at_once_and_later(boss: Actor) -> None:
    row = added(boss, label="机床型号", searched="1")
    made = customer(boss, "苏州精工", **{row.key: "立式加工中心 VMC850"})
    customer(boss, "别家")
    for text in ("加工中心", "vmc850"):
        assert found(boss, text) == ["苏州精工"], text
    edit_customer.run(now(boss), made.pk, {row.key: "卧式"})
    assert (found(boss, "vmc850"), found(boss, "卧式")) == ([], ["苏州精工"])
    edit_field.run(now(boss), row.pk, {"searched": ""})
    work("tailoring.search", row)
    assert found(boss, "卧式") == []
    edit_field.run(now(boss), row.pk, {"searched": "1"})
    work("tailoring.search", row)
    assert found(boss, "卧式") == ["苏州精工"]


def test_new_records_are_numbered(boss: Actor) -> None:
    row = added(boss, label="合同号", kind="serial", facts={"pattern": "HT-{000}"})
    numbers = [customer(boss, name).custom[row.key] for name in ("甲", "乙")]
    assert numbers == ["HT-001", "HT-002"]
    with pytest.raises(Refused, match="不认识的字段"):
        customer(boss, "丙", **{row.key: "HT-9"})
    done = create_customer.run_rows(now(boss), [(n, {"name": f"批{n}", "kind": "company"}) for n in range(12)]).done
    kept = [row_.custom[row.key] for row_ in Customer.objects.filter(pk__in=done).order_by("id")]
    assert len(set(kept)) == 12
    assert kept == sorted(kept)


@pytest.mark.parametrize(
    ("kind", "facts", "target", "values", "kept", "aside"),
    [
        ("text", {}, "number", ["1,200", "12 台", "7"], [1200, None, 7], ["12 台"]),
        ("text", {}, "date", ["2026年11月2日", "还没定"], ["2026-11-02", None], ["还没定"]),
        ("text", {}, "yesno", ["是", "也许"], [True, None], ["也许"]),
        ("text", {}, "email", ["a@example.com", "没有"], ["a@example.com", None], ["没有"]),
        ("number", {"places": 3}, "money", ["1.5", "1.234"], [1.5, None], [1.234]),
        ("number", {}, "text", ["1,200"], ["1200"], []),
        ("longtext", {}, "text", ["一行", "两\n行"], ["一行", None], ["两\n行"]),
        ("datetime", {}, "date", ["2026-11-02 23:30"], ["2026-11-02"], []),
        ("date", {}, "datetime", ["2026-11-02"], ["2026-11-01T16:00:00Z"], []),
        ("yesno", {}, "text", ["1"], ["是"], []),
        ("region", {}, "text", ["苏州市"], ["江苏省 苏州市"], []),
    ],
)
def test_a_change_of_kind_converts_what_it_can_and_keeps_the_rest(
    boss: Actor, kind: str, facts: dict[str, Any], target: str, values: list[str], kept: list[Any], aside: list[Any]
) -> None:
    row = added(boss, label="旧字段", kind=kind, facts=facts)
    made = [customer(boss, f"客{n}", **{row.key: value}) for n, value in enumerate(values)]
    seen = preview(now(boss), row.pk, kind=target)
    assert (seen.holds, seen.converts, len(seen.samples)) == (len(values), len(values) - len(aside), len(aside))
    change_kind.run(now(boss), row.pk, {"kind": target})
    assert row.key not in CUSTOMER.seen_by(now(boss)).keys
    work("tailoring.convert", row)
    assert (row.kind, row.state, row.pending) == (target, "live", None)
    customs = [Customer.objects.get(pk=one.pk).custom for one in made]
    assert [custom.get(row.key) for custom in customs] == kept
    assert [custom[row.key + "~before"] for custom in customs if row.key + "~before" in custom] == aside
    assert [one.value for one in left_over(now(boss), row.pk)] == aside[::-1]
    for one in made:  # what events keep of the old kind is told, whatever it is
        assert timeline(now(boss), Customer.objects.get(pk=one.pk))[0]


def test_texts_become_options_and_back(boss: Actor) -> None:
    row = added(boss, label="结构")
    made = [customer(boss, f"客{n}", **{row.key: text}) for n, text in enumerate(["立式", "卧式", "立式"])]
    assert preview(now(boss), row.pk, kind="choice").options == ["卧式", "立式"]
    change_kind.run(now(boss), row.pk, {"kind": "choice"})
    work("tailoring.convert", row)
    assert found_by(boss, f"{row.key}.in", "立式") == ["客2", "客0"]
    change_kind.run(now(boss), row.pk, {"kind": "multichoice"})
    work("tailoring.convert", row)
    assert found_by(boss, f"{row.key}.in", "立式") == ["客2", "客0"]
    change_kind.run(now(boss), row.pk, {"kind": "text"})
    work("tailoring.convert", row)
    assert [Customer.objects.get(pk=one.pk).custom[row.key] for one in made] == ["立式", "卧式", "立式"]


def found_by(actor: Actor, name: str, value: str) -> list[str]:
    return [row.title for row in page(now(actor), read_query(now(actor), CUSTOMER, {name: [value]}), ()).rows]


def test_changes_that_make_no_sense_are_refused(boss: Actor) -> None:
    row, unique = added(boss, label="甲"), added(boss, label="乙", unique="1")
    for field, kind, code in (
        (row, "text", "same_kind"),
        (row, "serial", "not_convertible"),
        (unique, "yesno", "unique"),
    ):
        with pytest.raises(Refused) as refused:
            change_kind.run(now(boss), field.pk, {"kind": kind})
        assert refused.value.code == code


def test_a_preview_names_what_a_field_is_used_for(boss: Actor) -> None:
    row = added(boss, label="甲")
    added(boss, label="乙", shown_when=[[row.key, "filled", []]])
    keep_view.run(now(boss), None, {"record_type": "customer", "name": "我的", "query": f"{row.key}.filled=1"})
    limit("salesperson", f"customer.{row.key}", Access.HIDDEN)
    seen = preview(now(boss), row.pk)
    assert (seen.views, seen.rules) == (["我的"], ["「乙」的显示条件", "角色「销售」的字段权限"])


def test_deleting_asks_for_the_count_and_keeps_the_values_in_a_file(boss: Actor, settings: Any, tmp_path: Path) -> None:
    settings.FILES = tmp_path
    row = added(boss, label="甲", searched="1")
    made = customer(boss, "客", **{row.key: "某某值"})
    with pytest.raises(Refused, match="请先停用"):
        delete_field.run(now(boss), row.pk, {"count": 1})
    retire_field.run(now(boss), row.pk, {})
    work("tailoring.search", row)
    assert found(boss, "某某值") == []
    with pytest.raises(Refused, match="现在有 1 条"):
        delete_field.run(now(boss), row.pk, {"count": 2})
    delete_field.run(now(boss), row.pk, {"count": 1})
    job = start_job(system(), "tailoring.delete", field=row.pk)
    JOBS["tailoring.delete"].function(system(WORK), job.pk, field=row.pk)
    assert Customer.objects.get(pk=made.pk).custom == {}
    assert not OwnField.objects.filter(pk=row.pk).exists()
    (path,) = (tmp_path / "fields").iterdir()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines[1] == {"id": made.pk, "code": made.code, "values": {row.key: "某某值"}}
    assert Event.objects.filter(action="fields.forget", note__rows=1, note__kept_in=path.name).exists()
    assert timeline(now(boss), Customer.objects.get(pk=made.pk))[0]
