"""Fields a company adds: kept typed, read back, filtered, sorted, told in the timeline; rights down to the field."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from genjin.customers.actions.customers import create_customer, edit_customer
from genjin.customers.models import Customer
from genjin.customers.record import CUSTOMER
from genjin.kernel.actor import Actor
from genjin.kernel.conditions import When
from genjin.kernel.editing import get_value
from genjin.kernel.fields import Access, Values
from genjin.kernel.lists import page, read_query
from genjin.kernel.models import OwnField
from genjin.kernel.models.definitions import IndexState
from genjin.kernel.models.options import Option
from genjin.kernel.refusal import Forbidden, Invalid, Refused
from genjin.kernel.stamps import bump_stamp, current_stamp
from genjin.kernel.timeline import timeline
from genjin.testing.cast import make_cast

pytestmark = pytest.mark.django_db
KINDS: dict[str, tuple[dict[str, Any], Any, Any]] = {
    # kind: (facts, what a person writes, the value)
    "text": ({}, " 立式  加工中心 ", "立式 加工中心"),
    "longtext": ({}, "第一行\r\n第二行", "第一行\n第二行"),
    "number": ({"least": 0}, "1,200", 1200),
    "money": ({}, "9999999999999.99", Decimal("9999999999999.99")),
    "percent": ({}, "85%", 85),
    "date": ({}, "2026年11月2日", date(2026, 11, 2)),
    "datetime": ({}, "2026-11-02 10:30", datetime(2026, 11, 2, 2, 30, tzinfo=UTC)),
    "choice": ({}, "立式", "li"),
    "multichoice": ({}, "立式、卧式", ["li", "wo"]),
    "yesno": ({}, "是", True),
    "phone": ({}, "138 1234 5678", "13812345678"),
    "email": ({}, "A@Example.com", "A@example.com"),
    "url": ({}, "https://example.com/a", "https://example.com/a"),
    "region": ({}, "江苏省苏州市", "320500"),
}


def _define(kind: str, **more: Any) -> OwnField:
    facts = KINDS[kind][0] if kind in KINDS else {}
    row = OwnField(id=900_000 + OwnField.objects.count(), record_type="customer", key=f"x_{kind}", kind=kind)
    row.label, row.section, row.facts = f"自有{kind}", "basic", facts
    for name, value in more.items():
        setattr(row, name, value)
    row.save()
    if kind in ("choice", "multichoice"):
        for place, (key, label) in enumerate((("li", "立式"), ("wo", "卧式"))):
            Option.objects.create(id=row.pk * 10 + place, list_key=f"customer.x_{kind}", key=key, label=label)
    return row


@pytest.fixture
def cast(db: None) -> Any:
    return make_cast()


def _now(actor: Actor) -> Actor:
    bump_stamp()
    return replace(actor, stamp=current_stamp())


def _found(actor: Actor, **parameters: str) -> list[str]:
    asked = {name.replace("__", "."): [value] for name, value in parameters.items()}
    return [row.title for row in page(actor, read_query(actor, CUSTOMER, asked), ()).rows]


def test_every_kind_is_kept_as_its_type_and_told_in_the_timeline(cast: Any) -> None:
    for kind in KINDS:
        _define(kind)
    actor = _now(cast.actor("owner"))
    raw = {"name": "苏州精工", "kind": "company", **{f"x_{kind}": written for kind, (_f, written, _v) in KINDS.items()}}
    outcome = create_customer.run(actor, None, raw)
    customer = Customer.objects.get(pk=outcome.row_id or 0)
    fields = CUSTOMER.seen_by(actor).own_fields
    for kind, (_facts, _written, value) in KINDS.items():
        assert get_value(customer, fields[f"x_{kind}"]) == value, kind
    row = page(actor, read_query(actor, CUSTOMER, {}), [fields[f"x_{kind}"] for kind in KINDS]).rows[0]
    assert row.values == {f"x_{kind}": value for kind, (_f, _w, value) in KINDS.items()}

    edit_customer.run(actor, customer.pk, {"x_text": "卧式", "x_number": ""})
    customer.refresh_from_db()
    assert "x_number" not in customer.custom
    entries, _more = timeline(actor, customer)
    assert [(c.field.key, c.before, c.after) for c in entries[0].changes] == [
        ("x_text", "立式 加工中心", "卧式"),
        ("x_number", "1,200", ""),
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"x_text__contains": "加工"}, ["甲"]),
        ({"x_number__gte": "9"}, ["丙", "乙"]),
        ({"x_number__between": "5,9"}, ["乙", "甲"]),
        ({"x_number__empty": ""}, ["丁"]),
        ({"x_money__eq": "0.10"}, ["甲"]),
        ({"x_date__from": "2026-02-01"}, ["丙", "乙"]),
        ({"x_datetime__to": "2026-01-05"}, ["甲"]),
        ({"x_choice__in": "li"}, ["甲"]),
        ({"x_choice__not": "li"}, ["丁", "丙", "乙"]),
        ({"x_multichoice__in": "wo"}, ["乙", "甲"]),
        ({"x_multichoice__not": "li"}, ["丁", "丙", "乙"]),
        ({"x_yesno__is": "1"}, ["甲"]),
        ({"x_yesno__is": "0"}, ["丁", "丙", "乙"]),
        ({"x_region__in": "320000"}, ["甲"]),
        ({"x_region__not": "320000"}, ["丁", "丙", "乙"]),
        ({"sort": "x_number"}, ["甲", "乙", "丙", "丁"]),
        ({"sort": "-x_date"}, ["丙", "乙", "甲", "丁"]),
    ],
)
def test_filters_and_order(cast: Any, asked: dict[str, str], found: list[str]) -> None:
    for kind in KINDS:
        _define(kind, index=IndexState.READY)
    actor = _now(cast.actor("owner"))
    for name, values in {
        "甲": {"x_text": "立式加工中心", "x_number": "7", "x_money": "0.1", "x_date": "2026-01-05", "x_choice": "li"}
        | {"x_datetime": "2026-01-05 23:59", "x_multichoice": "li、wo", "x_yesno": "1", "x_region": "苏州市"},
        "乙": {"x_number": "9", "x_date": "2026-02-05", "x_datetime": "2026-01-06 00:00", "x_multichoice": "wo"}
        | {"x_choice": "wo", "x_region": "上海市"},
        "丙": {"x_number": "10", "x_date": "2026-10-05", "x_text": "铣床"},
        "丁": {},
    }.items():
        create_customer.run(actor, None, {"name": name, "kind": "company", **values})
    assert _found(actor, **asked) == found


def test_pages_by_key_along_an_own_field(cast: Any) -> None:
    _define("number", index=IndexState.READY)
    actor = _now(cast.actor("owner"))
    for n in range(5):
        create_customer.run(actor, None, {"name": f"客{n}", "kind": "company", "x_number": str(n * 10)})
    first = page(actor, read_query(actor, CUSTOMER, {"sort": ["-x_number"], "size": ["2"]}), ())
    second = page(
        actor, read_query(actor, CUSTOMER, {"sort": ["-x_number"], "size": ["2"], "after": [first.next or ""]}), ()
    )
    assert [r.title for r in (*first.rows, *second.rows)] == ["客4", "客3", "客2", "客1"]


def test_conditions_and_defaults_hold_on_every_way_in(cast: Any) -> None:
    _define("number", required_when=[["category", "in", ["key"]]])
    _define("choice", default="wo")
    actor = _now(cast.actor("owner"))
    with pytest.raises(Invalid) as refused:
        create_customer.run(actor, None, {"name": "重点", "kind": "company", "category": "key"})
    assert set(refused.value.errors) == {"x_number"}
    made = create_customer.run(actor, None, {"name": "普通", "kind": "company"})
    assert Customer.objects.get(pk=made.row_id or 0).custom == {"x_choice": "wo"}


def test_a_retired_field_is_gone_from_all_surfaces_and_keeps_its_values(cast: Any) -> None:
    row = _define("text")
    actor = _now(cast.actor("owner"))
    made = create_customer.run(actor, None, {"name": "苏州精工", "kind": "company", "x_text": "立式"})
    OwnField.objects.filter(pk=row.pk).update(state="retired")
    actor = _now(actor)
    assert "x_text" not in CUSTOMER.seen_by(actor).keys
    with pytest.raises(Refused):
        read_query(actor, CUSTOMER, {"x_text.is": ["立式"]})
    assert Customer.objects.get(pk=made.row_id or 0).custom == {"x_text": "立式"}


def test_rights_hide_mask_and_protect_a_field(cast: Any) -> None:
    _define("money")
    owner = _now(cast.actor("owner"))
    made = create_customer.run(
        owner, None, {"name": "苏州精工", "kind": "company", "phone": "13812345678", "x_money": "5", "level": "A"}
    )
    rights = {"customer.phone": Access.MASKED, "customer.x_money": Access.HIDDEN, "customer.level": Access.READ}
    limited = replace(owner, rights=frozenset(rights.items()))
    seen = CUSTOMER.seen_by(limited)
    assert "x_money" not in seen.keys
    shown = page(limited, read_query(limited, CUSTOMER, {}), [seen.keys["phone"]])
    assert seen.keys["phone"].text(shown.rows[0].values["phone"], limited) == "138****5678"
    assert _found(limited, phone__is="13812345678") == ["苏州精工"]
    for asked in ({"phone.contains": ["1381"]}, {"x_money.eq": ["5"]}, {"sort": ["x_money"]}):
        with pytest.raises(Refused):
            read_query(limited, CUSTOMER, asked)
    for values in ({"phone": "13800000000"}, {"x_money": Decimal(6)}, {"level": "B"}):
        with pytest.raises(Forbidden):
            edit_customer(limited, made.row_id or 0, values=Values(values))
        with pytest.raises(Refused):
            edit_customer.run(limited, made.row_id, {key: str(value) for key, value in values.items()})


def test_nought_is_a_value(cast: Any) -> None:
    for kind in ("number", "money", "percent"):
        _define(kind)
    actor = _now(cast.actor("owner"))
    raw = {"x_number": "0", "x_money": "0.00", "x_percent": "0%"}
    made = create_customer.run(actor, None, {"name": "零", "kind": "company", **raw})
    assert Customer.objects.get(pk=made.row_id or 0).custom == {"x_number": 0, "x_money": 0, "x_percent": 0}
    assert _found(actor, x_number__eq="0") == ["零"]
    assert not When.read([["x_number", "empty", []]])({"x_number": 0})  # type: ignore[misc]
