"""The generic list: views, filters, paging, columns, counts, bulk actions, and who is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.kernel.models.rows import Life
from genjin.testing.cast import Cast
from genjin.ui.models import ListChoice
from genjin.ui.tests.visitors import HTMX, visitor

Unchanged = Callable[[], AbstractContextManager[None]]


def names(html: str) -> list[str]:
    return re.findall(r'class="name" role="cell"><a href="[^"]*">([^<]*)</a>', html)


def test_list_shows_the_rows_one_may_see_newest_first(cast: Cast) -> None:
    owner = cast.actor("owner")
    make_customer(owner, name="甲公司")
    make_customer(cast.actor("stranger"), name="别人的公司")
    make_customer(owner, name="乙公司")
    html = visitor(cast.owner).get("/customers?view=all").content.decode()
    assert names(html) == ["乙公司", "甲公司"]
    assert "别人的公司" not in html


def test_fragment_is_part_of_the_page(cast: Cast) -> None:
    make_customer(cast.actor("owner"), name="甲公司")
    client = visitor(cast.owner)
    part = client.get("/customers", headers=HTMX).content.decode()
    assert part.strip().startswith('<div class="listbox" id="list"')
    assert names(part) == names(client.get("/customers").content.decode()) == ["甲公司"]
    assert "<html" not in part


def test_user_text_is_escaped_and_phones_are_masked(cast: Cast) -> None:
    make_customer(cast.actor("owner"), name='<svg onload="x">', phone="13800138000")
    html = visitor(cast.owner).get("/customers").content.decode()
    assert "<svg onload" not in html
    assert "138****8000" in html
    assert "13800138000" not in html


def test_list_opens_with_its_first_view_and_its_filters_as_chips(cast: Cast) -> None:
    actor = cast.actor("manager")
    make_customer(actor, name="我的")
    make_customer(cast.actor("owner"), name="下属的")
    client = visitor(cast.manager)
    html = client.get("/customers").content.decode()
    assert names(html) == ["我的"]
    assert 'aria-current="page"' in html
    assert "负责人" in re.findall(r'<span class="chip"><span>(.*?)</span>', html)[0]
    everything = client.get("/customers?view=mine&f=1").content.decode()
    assert set(names(everything)) == {"我的", "下属的"}


def test_builder_adds_a_filter_and_pushes_its_address(cast: Cast) -> None:
    actor = cast.actor("owner")
    make_customer(actor, name="甲", level="A")
    make_customer(actor, name="乙", level="B")
    client = visitor(cast.owner)
    answer = client.get("/customers?view=mine&f=1&owner.in=me&add=level&op=in&v=A", headers=HTMX)
    assert names(answer.content.decode()) == ["甲"]
    assert answer.headers["HX-Push-Url"] == "/customers?view=mine&f=1&owner.in=me&level.in=A"
    plain = client.get("/customers?f=1&add=level&op=in&v=A&v=B")
    assert (plain.status_code, plain.headers["Location"]) == (302, "/customers?view=mine&f=1&level.in=A%2CB")


@pytest.mark.parametrize("bad", ["nonsense.in=1", "level.in=Q", "level.nonsense=A", "created_at.last=x"])
def test_filter_that_does_not_fit_is_told_and_left_out(cast: Cast, bad: str) -> None:
    make_customer(cast.actor("owner"), name="甲")
    answer = visitor(cast.owner).get(f"/customers?f=1&{bad}")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert '<span class="chip bad"' in html
    assert names(html) == ["甲"]


def test_nonsense_cursor_and_order_are_refused_with_words(cast: Cast) -> None:
    client = visitor(cast.owner)
    assert client.get("/customers?after=zzz").status_code == 422
    assert client.get("/customers?f=1&sort=phone").status_code in (200, 422)


def test_pages_follow_each_other_by_key(cast: Cast) -> None:
    actor = cast.actor("owner")
    for number in range(5):
        make_customer(actor, name=f"客户{number}")
    client = visitor(cast.owner)
    first = client.get("/customers?view=all&size=2").content.decode()
    assert names(first) == ["客户4", "客户3"]
    onward = re.findall(r'class="btn sm" href="([^"]*after[^"]*)"', first)[0].replace("&amp;", "&")
    second = client.get(onward).content.decode()
    assert names(second) == ["客户2", "客户1"]
    back = re.findall(r'class="btn sm" href="([^"]*before[^"]*)"', second)[0].replace("&amp;", "&")
    assert names(client.get(back).content.decode()) == ["客户4", "客户3"]


def test_search_narrows_the_list(cast: Cast) -> None:
    actor = cast.actor("owner")
    make_customer(actor, name="苏州晶砺半导体有限公司")
    make_customer(actor, name="无锡启铭新材料有限公司")
    client = visitor(cast.owner)
    for typed in ("晶砺", "jlb", "jingli"):
        assert names(client.get("/customers", {"q": typed, "view": "all"}).content.decode()) == [
            "苏州晶砺半导体有限公司"
        ]
    empty = client.get("/customers", {"q": "没有这个", "view": "all"}).content.decode()
    assert "没有符合条件的客户" in empty


def test_count_is_asked_for_after_the_first_paint(cast: Cast) -> None:
    actor = cast.actor("owner")
    make_customer(actor)
    make_customer(actor)
    client = visitor(cast.owner)
    asked = re.findall(r'hx-get="(/customers/count[^"]*)"', client.get("/customers").content.decode())[0]
    assert client.get(asked.replace("&amp;", "&")).content == b"2"


@pytest.mark.parametrize("size", [1, 3])
def test_list_does_not_query_per_row(cast: Cast, count_queries: Callable[[], Any], size: int) -> None:
    actor = cast.actor("owner")
    for number in range(size):
        make_customer(actor, name=f"客户{number}", phone="13800138000")
    client = visitor(cast.owner)
    client.get("/customers")
    with count_queries() as queries:
        client.get("/customers")
    assert len(queries) <= 8


def test_who_may_not_see_the_type_gets_no_list(cast: Cast) -> None:
    client = visitor(cast.nobody)
    for address in ("/customers", "/customers/count", "/customers/filter", "/customers/columns", "/customers/new"):
        assert client.get(address).status_code == 404
    assert client.get("/nonsense").status_code == 404


def test_columns_are_chosen_for_a_view_and_kept(cast: Cast) -> None:
    make_customer(cast.actor("owner"), name="甲", kind="company")
    client = visitor(cast.owner)
    assert "企业客户" not in client.get("/customers").content.decode()
    answer = client.post("/customers/columns", {"view": "mine", "column": ["kind", "phone", "nonsense"]}, headers=HTMX)
    assert answer.status_code == 204
    html = client.get("/customers").content.decode()
    assert "企业客户" in html
    assert "客户等级" not in re.findall(r"<thead.*?</thead>", html, re.DOTALL)[0]
    assert "企业客户" not in client.get("/customers?view=all").content.decode()
    client.post("/customers/columns", {"view": "mine", "reset": "1"}, headers=HTMX)
    assert ListChoice.objects.get(view="mine").columns == []


def test_overdue_dates_are_coloured(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"), name="甲")
    Customer.objects.filter(pk=customer.pk).update(next_contact_at=timezone.now() - timedelta(days=3))
    assert '<span class="bad-t">逾期 3 天</span>' in visitor(cast.owner).get("/customers").content.decode()


def test_bulk_action_runs_on_the_ticked_rows(cast: Cast) -> None:
    actor = cast.actor("owner")
    first, second, third = (make_customer(actor, name=n) for n in "甲乙丙")
    client = visitor(cast.owner)
    form = client.get(f"/customers/bulk/archive?ids={first.pk}&ids={second.pk}", headers=HTMX).content.decode()
    assert "归档：2 条客户" in form
    wrong = client.post("/customers/bulk/archive", {"ids": [first.pk], "drawn": "reason,note"}, headers=HTMX)
    assert wrong.status_code == 422
    sent = {"ids": [first.pk, second.pk], "drawn": "reason,note", "reason": "deal_done", "note": "月末"}
    answer = client.post("/customers/bulk/archive", sent, headers=HTMX)
    assert answer.status_code == 204
    assert json.loads(answer.headers["HX-Trigger"])["dialog:done"] == {"changed": "rows:changed rows:done"}
    assert list(Customer.objects.filter(life=Life.ARCHIVED).order_by("pk")) == [first, second]
    assert Customer.objects.get(pk=third.pk).life == Life.LIVE


def test_bulk_action_tells_what_was_refused_by_a_rule(cast: Cast) -> None:
    actor = cast.actor("owner")
    live, gone = make_customer(actor, name="甲"), make_customer(actor, name="乙")
    client = visitor(cast.owner)
    client.post("/customers/bulk/void", {"ids": [gone.pk], "drawn": "reason", "reason": "错"}, headers=HTMX)
    answer = client.post(
        "/customers/bulk/void", {"ids": [live.pk, gone.pk], "drawn": "reason", "reason": "重复"}, headers=HTMX
    )
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "完成 1 条" in html
    assert "1 条没有完成" in html
    assert "乙" in html
    assert Customer.objects.get(pk=live.pk).life == Life.VOIDED


def test_bulk_action_with_a_row_one_may_not_see_changes_nothing(cast: Cast, unchanged: Unchanged) -> None:
    mine = make_customer(cast.actor("owner"), name="甲")
    hidden = make_customer(cast.actor("stranger"), name="别人的")
    client = visitor(cast.owner)
    with unchanged():
        sent = {"ids": [mine.pk, hidden.pk], "drawn": "reason", "reason": "重复"}
        answer = client.post("/customers/bulk/void", sent, headers=HTMX)
    assert answer.status_code == 404


def test_all_rows_of_the_list_can_be_chosen(cast: Cast) -> None:
    actor = cast.actor("owner")
    for name, level in (("甲", "A"), ("乙", "A"), ("丙", "B")):
        make_customer(actor, name=name, level=level)
    form = visitor(cast.owner).get("/customers/bulk/void?all=1&f=1&level.in=A", headers=HTMX).content.decode()
    assert "作废：2 条客户" in form


def test_nothing_chosen_is_refused(cast: Cast) -> None:
    answer = visitor(cast.owner).get("/customers/bulk/void", headers=HTMX)
    assert answer.status_code == 422
    assert "请先选择" in json.loads(answer.headers["HX-Trigger"])["toast"]["text"]


def test_row_menu_offers_what_fits_the_row(cast: Cast) -> None:
    customer = make_customer(cast.actor("owner"))
    client = visitor(cast.owner)
    live = client.get(f"/customers/{customer.pk}/menu", headers=HTMX).content.decode()
    assert "归档" in live
    assert "还原" not in live
    Customer.objects.filter(pk=customer.pk).update(life=Life.VOIDED)
    voided = client.get(f"/customers/{customer.pk}/menu", headers=HTMX).content.decode()
    assert "还原" in voided
    assert "归档" not in voided


def test_an_empty_list_of_ones_own_offers_the_first_record(cast: Cast) -> None:
    client = visitor(cast.owner)
    assert "还没有客户" in client.get("/customers?view=mine").content.decode()
    for address in ("/customers?view=due", "/customers?q=无此词", "/customers?f=1&level.in=A"):
        assert "没有符合条件的客户" in client.get(address).content.decode(), address
