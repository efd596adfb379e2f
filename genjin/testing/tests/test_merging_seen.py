"""Merging in Chromium: from ticked rows, by the arrow keys, on the phone, taken back from the toast (B3)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.kernel.models.rows import Life
from genjin.testing.browsing import PHONE, visit
from genjin.testing.cast import make_cast

pytestmark = pytest.mark.browser


def test_B3_rows_are_ticked_compared_by_key_merged_and_taken_back(
    transactional_db: None, browser: Browser, live_server: Any
) -> None:
    cast = make_cast()
    owner = cast.actor("owner")
    one = make_customer(owner, "苏州晶砺半导体有限公司", phone="0512-62881234", level="A", tags=["老客户"])
    two = make_customer(owner, "杭州晶砺", phone="0571-88881234", background="做封装", tags=["展会"])
    make_contact(owner, two, "陆怀瑾")
    with visit(browser, live_server.url, cast.manager) as window:
        page = window.go("/customers?view=all")
        for name in ("苏州晶砺半导体有限公司", "杭州晶砺"):
            page.get_by_role("row", name=name).get_by_role("checkbox").check()
        page.get_by_role("toolbar").get_by_role("button", name="合并").click()
        page.wait_for_url(re.compile("/customers/merge"))
        assert window.axe() == []
        page.locator(f"#pick-phone-{one.pk}").focus()
        page.keyboard.press("ArrowDown")  # the next one of the group
        expect(page.locator(f"#pick-phone-{two.pk}")).to_be_checked()
        expect(page.locator(".mg-r", has_text="电话").locator(".res")).to_contain_text("0571-88881234")
        expect(page.locator(f"#pick-phone-{two.pk}")).to_be_focused()
        page.get_by_role("button", name="合并到「苏州晶砺半导体有限公司」").click()
        page.wait_for_url(f"**/customers/{one.pk}")
        assert Customer.objects.get(pk=one.pk).phone == "0571-88881234"
        page.get_by_role("button", name="撤销").click()
        expect(page.locator(".toast").get_by_text("已撤销合并，1 条记录恢复了")).to_be_visible()
        assert Customer.objects.get(pk=two.pk).life == Life.LIVE
        window.calm()
    with visit(browser, live_server.url, cast.manager, viewport=PHONE, color_scheme="dark", has_touch=True) as window:
        page = window.go(f"/customers/merge?ids={one.pk},{two.pk}")
        assert window.sideways() == 0
        assert window.axe() == []
        page.get_by_role("button", name=re.compile("合并到")).click()
        page.wait_for_url(re.compile(r"/customers/\d+$"))
        window.calm()
