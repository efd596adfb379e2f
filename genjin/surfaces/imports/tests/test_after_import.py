"""After an import: its tiles open the lists of exactly what it brought; long tabs are turned page by page."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from genjin.customers.tests.factories import make_customer
from genjin.kernel.lists import page, read_query
from genjin.kernel.records import RECORD_TYPES
from genjin.surfaces.imports.models import Decision, Import
from genjin.surfaces.imports.tests.engine import brought, checked
from genjin.testing.cast import Cast

pytestmark = pytest.mark.long

HEADINGS = ["客户名称", "联系人", "手机", "跟进日期", "跟进内容", "客户等级"]


def client_of(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, name))
    return client


def tile(text: str, key: str) -> tuple[str, str]:
    """(address, number) of a tile."""
    found = re.search(rf'<a class="card kpi" href="([^"]+)">(?:(?!</a>).)*id="made-{key}">([\d,]+)<', text, re.DOTALL)
    assert found, key
    return unescape(found[1]), found[2]


def test_the_tiles_of_an_import_open_exactly_what_it_brought(cast: Cast) -> None:
    actor, client = cast.actor("owner"), client_of(cast, "owner")
    make_customer(actor, "早已在册的机械")
    make_customer(actor, "与导入无关的商行")
    batch = brought(
        actor,
        HEADINGS,
        ["一家全新的织造厂", "张三", "13800138000", "2020-1-1", "谈了", "优质客户"],
        ["另一家的染整厂", "李四", "13800138001", "", "", ""],
        ["早已在册的机械", "", "", "", "", "优质客户"],
        policy={"otherwise": Decision.FILL},
    )
    shown = client.get(f"/imports/{batch.pk}").content.decode()
    expected = {"customers": "2", "contacts": "2", "followups": "1", "changed": "1"}
    for key, number in expected.items():
        address, count = tile(shown, key)
        assert count == number
        ids = re.findall(r'<tr[^>]+data-id="(\d+)"', client.get(address).content.decode())
        assert len(set(ids)) == int(number), address
    made, _count = tile(shown, "customers")
    listed = client.get(made).content.decode()
    assert "一家全新的织造厂" in listed
    assert "早已在册的机械" not in listed
    assert "表.csv" in listed
    assert "早已在册的机械" in client.get(tile(shown, "changed")[0]).content.decode()
    others = read_query(cast.actor("manager"), RECORD_TYPES["customer"], {"import.is": [str(batch.pk)]})
    assert page(cast.actor("manager"), others, ()).rows == []


def test_the_rows_of_an_import_are_turned_forth_and_back_and_found_by_number(cast: Cast) -> None:
    actor, client = cast.actor("owner"), client_of(cast, "owner")
    batch: Import = checked(actor, ["客户名称", "电话"], *[["", f"x{n}"] for n in range(120)], kind="customers")

    def numbers(address: str) -> list[int]:
        text = client.get(address).content.decode()
        return [int(n) for n in re.findall(r'id="row-(\d+)"', text)]

    def turn(address: str, label: str) -> str:
        text = client.get(address).content.decode()
        found = re.search(rf'href="([^"]+rows[^"]*)" hx-get[^>]+>(?:<svg.*?</svg>)?{label}', text)
        return unescape(found[1]) if found else ""

    first = f"/imports/{batch.pk}/rows?tab=bad"
    assert numbers(first) == list(range(2, 52))
    assert (turn(first, "首页"), turn(first, "上一页")) == ("", "")
    second = turn(first, "下一页")
    third = turn(second, "下一页")
    assert (numbers(second)[0], numbers(third)) == (52, list(range(102, 122)))
    assert turn(third, "下一页") == ""
    assert numbers(turn(third, "上一页")) == list(range(52, 102))
    assert numbers(turn(second, "上一页")) == list(range(2, 52))
    assert numbers(turn(third, "首页")) == list(range(2, 52))
    assert numbers(f"{first}&row=90")[0] == 90
    assert numbers(turn(f"{first}&row=20", "上一页")) == list(range(2, 52))
