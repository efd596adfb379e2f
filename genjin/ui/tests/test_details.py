"""The generic record page: facts, inline edit, timeline, cards, and who is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from genjin.customers.actions.contacts import create_contact
from genjin.customers.actions.customers import edit_customer
from genjin.customers.tests.factories import make_customer
from genjin.kernel.fields import Values
from genjin.testing.cast import Cast
from genjin.ui.tests.visitors import HTMX, visitor

Unchanged = Callable[[], AbstractContextManager[None]]


def test_record_page_shows_facts_timeline_and_contacts(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor, name="苏州晶砺半导体有限公司", level="A", phone="13800138000")
    create_contact(actor, values=Values(name="陆怀瑾", customer=customer.pk, position="总经理"))
    edit_customer(actor, customer.pk, values=Values(level="B"))
    html = visitor(cast.owner).get(f"/customers/{customer.pk}").content.decode()
    assert customer.code in html
    assert "陆怀瑾" in html
    assert "新建客户" in html
    assert "<del>超级VIP客户</del>" in html
    assert "<ins>优质客户</ins>" in html
    assert "13800138000" in html, "whoever opens the record sees the number"


def test_fragment_is_the_record_without_the_shell(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"), name="甲")
    part = visitor(cast.owner).get(f"/customers/{customer.pk}", headers=HTMX).content.decode()
    assert part.strip().startswith('<div class="recordbox" id="record"')
    assert "<html" not in part


def test_hidden_and_absent_records_look_the_same(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"), name="甲")
    stranger = visitor(cast.stranger)
    pages = [stranger.get(f"/customers/{number}") for number in (customer.pk, 99_999_999)]
    texts = [re.sub(r"[0-9A-F]{4}-[0-9A-F]{4}|[\w-]{60,}|data-stamp=.\d+", "", p.content.decode()) for p in pages]
    assert [p.status_code for p in pages] == [404, 404]
    assert texts[0] == texts[1]


def test_fact_is_edited_in_place(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"), name="甲")
    client = visitor(cast.owner)
    form = client.get(f"/customers/{customer.pk}/facts/level", headers=HTMX).content.decode()
    assert 'name="level"' in form
    sent = {"level": "A", "drawn": "level", "version": customer.version}
    answer = client.post(f"/customers/{customer.pk}/facts/level", sent, headers=HTMX)
    assert answer.status_code == 200
    assert "超级VIP客户" in answer.content.decode()
    customer.refresh_from_db()
    assert customer.level == "A"


def test_wrong_fact_is_told_and_kept(cast: Cast, unchanged: Unchanged) -> None:
    customer = make_customer(cast.actor("owner"), name="甲")
    client = visitor(cast.owner)
    with unchanged():
        sent = {"phone": "1380013800", "drawn": "phone", "version": customer.version}
        answer = client.post(f"/customers/{customer.pk}/facts/phone", sent, headers=HTMX)
    assert answer.status_code == 422
    assert 'value="1380013800"' in answer.content.decode()


def test_fact_changed_by_another_meanwhile_is_not_overwritten_silently(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"), name="甲", short_name="旧")
    seen = customer.version
    edit_customer(cast.actor("manager"), customer.pk, values=Values(short_name="对方的"))
    client = visitor(cast.owner)
    sent = {"short_name": "我的", "drawn": "short_name", "version": seen}
    answer = client.post(f"/customers/{customer.pk}/facts/short_name", sent, headers=HTMX)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "对方的" in html
    version = re.findall(r'name="version" value="(\d+)"', html)[0]
    again = client.post(f"/customers/{customer.pk}/facts/short_name", sent | {"version": version}, headers=HTMX)
    assert again.status_code == 200
    customer.refresh_from_db()
    assert customer.short_name == "我的"


def test_what_nobody_may_edit_has_no_form(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"), name="甲")
    client = visitor(cast.owner)
    assert client.get(f"/customers/{customer.pk}/facts/code", headers=HTMX).status_code == 404
    assert client.get(f"/customers/{customer.pk}/facts/nonsense", headers=HTMX).status_code == 404


def test_earlier_entries_are_loaded_on_demand(cast: Cast) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor, name="甲")
    for number in range(25):
        edit_customer(actor, customer.pk, values=Values(short_name=f"第{number}次"))
    client = visitor(cast.owner)
    html = client.get(f"/customers/{customer.pk}").content.decode()
    more = re.findall(r'hx-get="(/customers/\d+/timeline\?before=\d+)"', html)[0]
    earlier = client.get(more, headers=HTMX).content.decode()
    assert "新建客户" in earlier
    assert "新建客户" not in html.partition('id="timeline"')[2].partition("<aside")[0]
    assert "timeline?before" not in earlier


def test_record_page_has_few_queries(cast: Cast, count_queries: Callable[[], Any]) -> None:
    actor = cast.actor("owner")
    customer = make_customer(actor, name="甲")
    for name in ("陆怀瑾", "方既白", "袁知微"):
        create_contact(actor, values=Values(name=name, customer=customer.pk))
    client = visitor(cast.owner)
    client.get(f"/customers/{customer.pk}")
    with count_queries() as queries:
        client.get(f"/customers/{customer.pk}")
    assert len(queries) <= 11


def test_related_records_come_after_the_first_paint(cast: Cast) -> None:
    actor = cast.actor("owner")
    parent = make_customer(actor, name="集团")
    make_customer(actor, name="子公司", parent=parent.pk)
    client = visitor(cast.owner)
    page = client.get(f"/customers/{parent.pk}").content.decode()
    assert f'hx-get="/customers/{parent.pk}/related"' in page
    assert "上传附件" not in page
    cards = client.get(f"/customers/{parent.pk}/related", headers=HTMX).content.decode()
    assert "子公司" in cards
    assert "上传附件" in cards
    assert "<html" not in cards


def test_without_script_the_other_cards_are_a_page_away(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    client = visitor(cast.owner)
    page = client.get(f"/customers/{customer.pk}").content.decode()
    assert f'<noscript><a class="lnk" href="/customers/{customer.pk}/related">' in page
    cards = client.get(f"/customers/{customer.pk}/related").content.decode()
    assert "<html" in cards
    assert "上传附件" in cards
    assert visitor(cast.stranger).get(f"/customers/{customer.pk}/related").status_code == 404
