"""Totals and groups of a list: of declared fields and of own ones, by what the actor may see and know."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from genjin.customers.actions.customers import create_customer
from genjin.customers.record import CUSTOMER
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Access
from genjin.kernel.lists import read_query
from genjin.kernel.lists.totals import grouped, totals
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import bump_stamp, current_stamp
from genjin.tailoring.actions import add_field
from genjin.testing.cast import Cast, make_department


def now(actor: Actor) -> Actor:
    return replace(actor, stamp=current_stamp())


@pytest.fixture
def owner(cast: Cast) -> Actor:
    boss = cast.actor("administrator")
    options = [{"label": "立式", "key": "li"}, {"label": "卧式", "key": "wo"}]
    kinds: tuple[tuple[str, dict[str, Any]], ...] = (
        ("number", {}), ("money", {}), ("percent", {}), ("choice", {"options": options}),
        ("multichoice", {"options": options}), ("yesno", {}), ("date", {}), ("datetime", {}), ("person", {}),
        ("region", {}), ("department", {}),
    )  # fmt: skip
    for kind, more in kinds:
        raw = {"record_type": "customer", "kind": kind, "label": f"自有{kind}", "key": kind, **more}
        add_field.run(boss, None, raw)
    actor = now(cast.actor("owner"))
    rows: list[dict[str, str]] = [
        {"x_number": "1", "x_money": "0.10", "x_percent": "50", "x_choice": "li", "x_multichoice": "li、wo"}
        | {"x_yesno": "1", "x_date": "2026-01-31", "x_datetime": "2026-02-01 00:30", "x_region": "苏州市", "level": "A"}
        | {"x_person": str(cast.owner.pk), "region": "苏州市", "tags": "甲、乙", "satisfaction": "3.5"},
        {"x_number": "10", "x_money": "0.20", "x_percent": "100", "x_choice": "li", "x_region": "南京市", "level": "A"}
        | {"satisfaction": "4", "x_date": "2026-01-01"},
        {"x_number": "4", "x_choice": "wo", "x_multichoice": "wo", "level": "B"},
        {},
    ]
    for n, raw in enumerate(rows):
        create_customer.run(actor, None, {"name": f"客{n}", "kind": "company", **raw})
    create_customer.run(now(cast.actor("stranger")), None, {"name": "别人的", "kind": "company", "x_number": "1000"})
    return actor


def by(actor: Actor, key: str, *fields: str, **asked: str) -> list[tuple[str, int]]:
    query = read_query(actor, CUSTOMER, {name.replace("__", "."): [value] for name, value in asked.items()})
    return [(group.label, group.rows) for group in grouped(actor, query, key, fields).groups]


def test_numbers_have_totals_over_the_rows_in_sight(owner: Actor) -> None:
    query = read_query(owner, CUSTOMER, {})
    found = totals(owner, query, ["x_number", "x_money", "x_percent", "satisfaction"])
    assert (found.rows, found.capped) == (4, False)
    number, money, percent, declared = found.sums.values()
    assert [number.count, number.sum, number.average, number.least, number.greatest] == [3, 15, 5, 1, 10]
    assert (money.sum, money.average) == (Decimal("0.30"), Decimal("0.15"))
    assert [percent.sum, percent.average] == [None, 75]
    assert (declared.sum, declared.average, declared.greatest) == (None, Decimal("3.75"), Decimal("4.0"))
    filtered = read_query(owner, CUSTOMER, {"x_choice.in": ["li"]})
    assert totals(owner, filtered, ["x_number"]).sums["x_number"].sum == 11
    assert totals(owner, read_query(owner, CUSTOMER, {"q": ["客1"]}), ["x_number"]).sums["x_number"].sum == 10


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("level", [("", 1)]),
        ("x_choice", [("立式", 2), ("", 1), ("卧式", 1)]),
        ("x_multichoice", [("", 2), ("卧式", 2), ("立式", 1)]),
        ("x_yesno", [("否", 3), ("是", 1)]),
        ("x_date", [("", 2), ("2026-01", 2)]),
        ("x_datetime", [("", 3), ("2026-02", 1)]),
        ("x_region", [("", 2), ("江苏省", 2)]),
        ("region", [("", 3), ("江苏省", 1)]),
        ("x_person", [("", 3), ("周牧远", 1)]),
        ("owner", [("周牧远", 4)]),
        ("department", [("一组", 4)]),
        ("tags", [("", 3), ("甲", 1), ("乙", 1)]),
        ("x_department", [("", 4)]),
    ],
)
def test_groups_by_every_kind_and_each_is_a_filter(owner: Actor, key: str, expected: list[tuple[str, int]]) -> None:
    query = read_query(owner, CUSTOMER, {})
    found = grouped(owner, query, key, ["x_number"])
    labels = {group.label.split(" ")[0]: group.rows for group in found.groups}
    for label, rows in expected:
        assert labels[label] == rows
    assert len(found.groups) == len(expected) + 2 * (key == "level")
    for group in found.groups:
        assert group.filter is not None
        narrowed = read_query(owner, CUSTOMER, {group.filter[0]: [group.filter[1]]})
        again = totals(owner, narrowed, ["x_number"])
        assert (again.rows, again.sums["x_number"].sum) == (group.rows, group.sums["x_number"].sum), group


def test_a_group_of_a_department_has_the_rows_of_its_filter_without_those_below(owner: Actor, cast: Cast) -> None:
    above = make_department("华北")
    below = make_department("北京", above)
    bump_stamp()
    boss = now(cast.actor("administrator"))
    for name, chosen in (("上", above), ("下一", below), ("下二", below)):
        create_customer.run(now(boss), None, {"name": name, "kind": "company", "x_department": str(chosen.pk)})
    actor = now(boss)
    query = read_query(actor, CUSTOMER, {"x_department.filled": ["1"]})
    groups = grouped(actor, query, "x_department", ()).groups
    assert {group.label: group.rows for group in groups} == {"华北": 1, "北京": 2}
    for group in groups:
        name, value = group.filter or ("", "")
        assert totals(actor, read_query(actor, CUSTOMER, {name: [value]}), []).rows == group.rows
    everyone = read_query(actor, CUSTOMER, {"x_department.in": [str(above.pk)]})
    assert totals(actor, everyone, []).rows == 3, "as chosen in a filter: with all below"


def test_what_is_hidden_or_masked_has_no_totals_and_no_groups(owner: Actor) -> None:
    rights = {"customer.x_number": Access.HIDDEN, "customer.x_choice": Access.HIDDEN, "customer.x_money": Access.MASKED}
    limited = replace(owner, rights=frozenset(rights.items()))
    query = read_query(limited, CUSTOMER, {})
    for keys in (["x_number"], ["x_money"], ["name"], ["nowhere"]):
        with pytest.raises(Refused):
            totals(limited, query, keys)
    for key in ("x_choice", "name", "phone", "nowhere"):
        with pytest.raises(Refused):
            grouped(limited, query, key)


def test_long_lists_are_capped_and_say_so(owner: Actor, monkeypatch: Any) -> None:
    monkeypatch.setattr("genjin.kernel.lists.totals.MOST_ROWS", 2)
    query = read_query(owner, CUSTOMER, {})
    assert (totals(owner, query, []).rows, totals(owner, query, []).capped) == (2, True)
    assert grouped(owner, query, "level").capped


def test_totals_on_the_page_and_over_the_json_door(owner: Actor, cast: Cast) -> None:
    client = Client()
    client.force_login(cast.owner)
    page = client.get("/customers/totals", {"by": "x_choice", "sum": ["x_money"], "x_number.gte": "1", "f": "1"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "立式" in text
    assert "0.30" in text
    assert "x_choice.in=li" in text
    found = client.get("/api/v1/customers/totals", {"by": "x_choice", "sum": "x_number,x_money"}).json()
    assert (found["rows"], found["totals"]["x_number"]["sum"], found["totals"]["x_money"]["sum"]) == (4, "15", "0.30")
    first = found["groups"][0]
    assert (first["key"], first["label"], first["filter"], first["rows"]) == ("li", "立式", {"x_choice.in": "li"}, 2)
    assert client.get("/api/v1/customers/totals", {"by": "name"}).status_code == 400
    assert client.get("/api/v1/customers/totals", {"sum": "name"}).json()["error"]["field"] == "sum"
