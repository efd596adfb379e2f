"""Fields of a company's own: added, changed, retired, restored; refused in words; what a layout does to a type."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from genjin.customers.actions.customers import create_customer
from genjin.customers.models import Customer
from genjin.customers.record import CUSTOMER
from genjin.kernel.actor import Actor
from genjin.kernel.lists import read_query
from genjin.kernel.models import Event, Layout, OwnField
from genjin.kernel.refusal import Forbidden, Invalid, Refused
from genjin.kernel.stamps import current_stamp
from genjin.org.queries.audit import Asked, audit_page
from genjin.tailoring.actions import (
    add_field,
    arrange_layout,
    edit_field,
    reset_layout,
    restore_field,
    retire_field,
)
from genjin.tailoring.queries import fields_of, layout_of
from genjin.testing.cast import Cast

Raw = dict[str, Any]


@pytest.fixture
def boss(cast: Cast) -> Actor:
    return cast.actor("administrator")


def now(actor: Actor) -> Actor:
    return replace(actor, stamp=current_stamp())


def added(actor: Actor, **raw: Any) -> OwnField:
    outcome = add_field.run(actor, None, {"record_type": "customer", "kind": "text", **raw})
    return OwnField.objects.get(pk=outcome.row_id or 0)


def keys(actor: Actor) -> list[str]:
    return [f.key for f in CUSTOMER.seen_by(now(actor)).fields]


def test_a_field_is_in_force_at_the_next_request_and_written_down(boss: Actor) -> None:
    row = added(boss, label="机床型号", help="铭牌上的型号", in_list="1")
    assert (row.key, row.section, row.version) == ("x_jichuangxinghao", "basic", 1)
    field = CUSTOMER.seen_by(now(boss)).own_fields["x_jichuangxinghao"]
    assert (field.label, field.help, field.in_list) == ("机床型号", "铭牌上的型号", True)
    event = Event.objects.latest("id")
    assert (event.action, event.member_id) == ("fields.add", boss.member_id)
    outcome = create_customer.run(
        now(boss), None, {"name": "苏州精工", "kind": "company", "x_jichuangxinghao": "VMC850"}
    )
    assert Customer.objects.get(pk=outcome.row_id or 0).custom == {"x_jichuangxinghao": "VMC850"}


def test_keys_come_from_the_pinyin_and_never_meet(boss: Actor) -> None:
    made = [added(boss, label=label).key for label in ("设备 Model-2", "设备 model 2", "。。。")]
    assert made == ["x_shebei_model_2", "x_shebei_model_2_2", "x_field"]
    assert added(boss, label="自选", key="chosen").key == "x_chosen"


def test_options_are_made_with_a_choice_and_its_default_is_one_of_them(boss: Actor) -> None:
    options = ["立式", {"label": "卧式", "english": "Horizontal", "colour": "ok", "key": "wo"}]
    row = added(boss, kind="choice", label="结构", options=options, default="卧式")
    assert row.default == "wo"
    field: Any = CUSTOMER.seen_by(now(boss)).own_fields[row.key]
    assert [(o.label, o.colour) for o in field.live(now(boss))] == [("立式", ""), ("卧式", "ok")]
    assert edit_field.run(now(boss), row.pk, {"default": ""}).row_id == row.pk
    row.refresh_from_db()
    assert row.default is None


@pytest.mark.parametrize(
    ("raw", "code", "field"),
    [
        ({"label": "客户名称"}, "same_label", "label"),
        ({"label": "甲", "key": "大写"}, "bad_key", "key"),
        ({"label": "甲", "kind": "number", "facts": {"places": 9}}, "bad_facts", "facts"),
        ({"label": "甲", "kind": "number", "facts": {"least": 5, "greatest": 1}}, "bad_facts", "facts"),
        ({"label": "甲", "kind": "text", "facts": {"unit": "台"}}, "bad_facts", "facts"),
        ({"label": "甲", "kind": "record"}, "bad_facts", "facts"),
        ({"label": "甲", "kind": "serial", "facts": {"pattern": "没有"}}, "bad_facts", "facts"),
        ({"label": "甲", "kind": "choice"}, "bad_options", "options"),
        ({"label": "甲", "kind": "choice", "options": ["一", "一"]}, "bad_options", "options"),
        ({"label": "甲", "options": ["一"]}, "bad_options", "options"),
        ({"label": "甲", "kind": "choice", "options": ["一"], "default": "二"}, "bad_default", "default"),
        ({"label": "甲", "kind": "number", "default": "abc"}, "bad_default", "default"),
        ({"label": "甲", "shown_when": [["nowhere", "filled", []]]}, "bad_condition", "shown_when"),
        ({"label": "甲", "required_when": [["level", "gte", ["A"]]]}, "bad_condition", "required_when"),
        ({"label": "甲", "shown_when": "甲"}, "invalid", "shown_when"),
        ({"label": "甲", "section": "nowhere"}, "bad_field", "section"),
        ({"label": "甲", "kind": "yesno", "unique": "1"}, "bad_field", "unique"),
        ({"label": "甲", "kind": "number", "searched": "1"}, "bad_field", "searched"),
        ({"label": ""}, "invalid", "label"),
        ({"label": "甲", "kind": "magic"}, "invalid", "kind"),
    ],
)
def test_what_cannot_be_is_refused_in_words(boss: Actor, raw: Raw, code: str, field: str, unchanged: Any) -> None:
    with unchanged(), pytest.raises(Refused) as refused:
        added(boss, **raw)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert refused.value.message


def test_only_who_manages_fields_adds_them(cast: Cast) -> None:
    for part in ("owner", "manager", "nobody"):
        with pytest.raises(Forbidden):
            added(cast.actor(part), label="甲")
        with pytest.raises(Forbidden):
            fields_of(cast.actor(part), CUSTOMER)


def test_at_most_a_hundred_live_fields(boss: Actor) -> None:
    OwnField.objects.bulk_create(
        OwnField(id=800_000 + n, record_type="customer", key=f"x_{n}", kind="text", label=str(n)) for n in range(100)
    )
    with pytest.raises(Refused, match="100"):
        added(boss, label="再来一个")


def test_an_edit_changes_what_is_given_only(boss: Actor) -> None:
    row = added(boss, kind="number", label="年采购量", facts={"unit": "台", "least": 0}, in_list="1")
    edit_field.run(now(boss), row.pk, {"label": "年用量", "facts": {"unit": "套"}, "required": "1"})
    row.refresh_from_db()
    assert (row.label, row.facts, row.in_list, row.required) == ("年用量", {"unit": "套", "least": 0}, True, True)
    with pytest.raises(Invalid):
        create_customer.run(now(boss), None, {"name": "甲", "kind": "company"})


def test_retired_fields_are_gone_keep_their_values_and_come_back(boss: Actor) -> None:
    row = added(boss, label="机床型号")
    made = create_customer.run(now(boss), None, {"name": "甲", "kind": "company", row.key: "VMC"})
    retire_field.run(boss, row.pk, {})
    assert row.key not in keys(boss)
    with pytest.raises(Refused, match="可以直接恢复"):
        added(boss, label="机床型号")
    restore_field.run(boss, row.pk, {})
    assert row.key in keys(boss)
    assert Customer.objects.get(pk=made.row_id or 0).custom == {row.key: "VMC"}


def test_a_layout_orders_renames_and_hides(boss: Actor) -> None:
    row = added(boss, label="机床型号")
    arrange_layout.run(
        now(boss),
        None,
        {
            "record_type": "customer",
            "sections": [
                {"key": "basic", "fields": ["name", row.key]},
                {
                    "label": "设备",
                    "english": "Machines",
                    "fields": ["level"],
                    "shown_when": [["kind", "in", ["company"]]],
                },
            ],
            "overlays": {"level": {"label": "级别", "required": True}, "website": {"off": True}},
            "quick": ["name", row.key],
        },
    )
    seen = CUSTOMER.seen_by(now(boss))
    assert [s.key for s in seen.sections] == ["basic", "s_shebei"]
    assert [f.key for f in seen.fields][:3] == ["name", row.key, "level"]
    level = seen.own_fields["level"]
    assert str(level.label) == "级别"
    assert level.required_when is not None  # asked for where its section is shown
    assert "website" not in seen.own_fields
    assert seen.quick_fields == ("name", row.key)
    view = layout_of(now(boss), CUSTOMER)
    assert [(s.label, [p.field.key for p in s.fields][:2]) for s in view.sections][1] == (
        "设备",
        ["level"],
    )
    assert ([p.field.key for p in view.off], view.changed) == (["website"], True)
    reset_layout.run(now(boss), None, {"record_type": "customer"})
    assert "website" in keys(boss)
    assert not Layout.objects.exists()


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"sections": [{"key": "a", "label": "一", "fields": ["nowhere"]}]}, "sections"),
        ({"sections": [{"key": "a", "label": "一"}, {"key": "a", "label": "二"}]}, "sections"),
        ({"sections": [{"key": "basic", "fields": ["name"]}, {"key": "class", "fields": ["name"]}]}, "sections"),
        ({"sections": [{"key": "basic", "shown_when": [["nowhere", "filled", []]]}]}, "sections"),
        ({"overlays": {"name": {"off": True}}}, "overlays"),
        ({"overlays": {"owner": {"off": True}}}, "overlays"),
        ({"overlays": {"created_at": {"required": True}}}, "overlays"),
        ({"overlays": {"x_own": {"label": "甲"}}}, "overlays"),
        ({"quick": ["owner"]}, "quick"),
    ],
)
def test_a_layout_that_cannot_be_is_refused(boss: Actor, raw: Raw, field: str, unchanged: Any) -> None:
    with unchanged(), pytest.raises(Refused) as refused:
        arrange_layout.run(boss, None, {"record_type": "customer", **raw})
    assert refused.value.field == field


def test_fields_are_listed_with_the_number_of_values(boss: Actor) -> None:
    first, second = added(boss, label="甲"), added(boss, label="乙", kind="choice", options=["一"])
    create_customer.run(now(boss), None, {"name": "客", "kind": "company", first.key: "值"})
    retire_field.run(boss, first.pk, {})
    lines = fields_of(now(boss), CUSTOMER)
    assert [(line.row.key, line.holds, line.live, len(line.options)) for line in lines] == [
        (second.key, 0, True, 1),
        (first.key, 1, False, 0),
    ]


def test_what_is_off_leaves_no_trace_in_sorting_and_views(boss: Actor) -> None:
    off = {key: {"off": True} for key in ("next_contact_at", "level", "industry", "phone")}
    arrange_layout.run(boss, None, {"record_type": "customer", "overlays": off})
    seen = CUSTOMER.seen_by(now(boss))
    read_query(now(boss), CUSTOMER, {})
    assert not {"level", "industry", "phone"} & {*seen.quick_fields, *seen.subtitle}
    for view in seen.views:
        read_query(now(boss), CUSTOMER, {name: [value] for name, value in view.filters} | {"sort": [view.sort]})


def test_fields_are_read_and_changed_over_the_json_door(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.administrator)
    raw: Raw = {"record_type": "customer", "kind": "choice", "label": "结构", "options": ["立式", {"label": "卧式"}]}
    raw["shown_when"] = [["level", "in", ["A"]]]
    made = client.post("/api/v1/actions/fields.add", raw, content_type="application/json")
    assert made.status_code == 200, made.content
    found = client.get("/api/v1/fields/customers").json()
    (field,) = found["fields"]
    assert (field["label"], field["shown_when"], len(field["options"])) == ("结构", [["level", "in", ["A"]]], 2)
    assert field["key"] in [key for section in found["layout"]["sections"] for key in section["fields"]]
    base = f"/api/v1/fields/{field['id']}/preview"
    assert client.get(base, {"kind": "multichoice"}).json()["holds"] == 0
    for kind in ("magic", "serial", "choice"):
        assert client.get(base, {"kind": kind}).status_code == 422
    address = f"/api/v1/actions/fields.edit/{field['id']}"
    assert client.post(address, {"label": "构造"}, content_type="application/json").status_code == 200
    client.force_login(cast.owner)
    assert {client.get(path).status_code for path in ("/api/v1/fields/customers", base)} == {403}


def test_the_audit_log_tells_of_fields_in_words(boss: Actor) -> None:
    row = added(boss, label="机床型号", facts={"most": 40}, shown_when=[["level", "in", ["A"]]])
    edit_field.run(now(boss), row.pk, {"label": "型号", "required": "1"})
    arrange_layout.run(
        now(boss), None, {"record_type": "customer", "sections": [{"key": "basic", "fields": [row.key]}]}
    )
    lines, _more = audit_page(now(boss), Asked())
    arranged, edited, made = lines[:3]
    assert [line.label for line in (arranged, edited, made)] == ["调整布局", "编辑字段", "添加字段"]
    assert (edited.rows[0].kind, edited.rows[0].title) == ("字段", "型号")
    assert edited.rows[0].changes == [("名称", "机床型号", "型号"), ("必填", "否", "是")]
    assert ("字段类型", "", "text") in made.rows[0].changes
