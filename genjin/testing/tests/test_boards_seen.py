"""Boards and pools in Chromium: cards are dragged and moved by keys, what is refused is said and goes back, the focus
stays where it was (B1, B4, B9)."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from genjin.customers.tests.factories import make_customer
from genjin.leads.models import Lead
from genjin.leads.tests.factories import follow, make_lead
from genjin.opportunities.tests.factories import make_opportunity
from genjin.ownership.tests.pool_worlds import make_pool, pooled
from genjin.testing.browsing import PHONE, Visit, until, visit
from genjin.testing.cast import make_cast

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("GENJIN_TEST_SHOTS", "")


def shot(window: Visit, name: str) -> None:
    """A picture to be looked at, when asked for."""
    if SHOTS:
        window.page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def drag(page: Page, card: Locator, onto: Locator) -> None:
    """By the mouse, in steps as a hand does."""
    until(page, "Boolean(globalThis.Sortable)")
    start, end = card.bounding_box(), onto.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 40, start["y"] + 30)
    page.mouse.down()
    for part in range(1, 11):
        x = start["x"] + 40 + (end["x"] + 60 - start["x"] - 40) * part / 10
        y = start["y"] + 30 + (end["y"] + 90 - start["y"] - 30) * part / 10
        page.mouse.move(x, y)
        page.wait_for_timeout(30)
    page.mouse.up()


def column(page: Page, key: str) -> Locator:
    """A column of the board."""
    return page.locator(f'.kc[data-stage="{key}"]')


def test_B1_leads_are_moved_on_their_board(transactional_db: None, browser: Browser, live_server: Any) -> None:
    cast = make_cast()
    owner = cast.actor("owner")
    lead, worked = make_lead(owner, "苏州晶砺 陆先生", company="苏州晶砺半导体"), make_lead(owner, "无锡恒川 王女士")
    follow(owner, worked)
    for number in range(3):
        make_lead(owner, f"常州远岫 {number} 号", company="常州远岫新能源有限公司", mobile=f"1380013800{number}")
    with visit(browser, live_server.url, cast.owner) as window:
        window.expected = ("422",)
        page = window.go("/leads/board")
        assert window.axe() == []
        shot(window, "leads-board")
        card = page.locator(f"#card-{lead.pk}")
        card.focus()
        page.keyboard.press("Shift+ArrowRight")  # followed: the composer asks what was said
        expect(page.locator("dialog[open]")).to_contain_text("写跟进")
        page.keyboard.press("Escape")
        expect(card).to_be_focused()
        page.locator(f"#card-{worked.pk}").focus()
        page.keyboard.press("Shift+ArrowLeft")
        expect(page.locator(".toasts")).to_contain_text("跟进中的线索不能回到「待处理」")
        expect(column(page, "following").locator(f"#card-{worked.pk}")).to_be_focused()
        drag(page, card, column(page, "invalid").locator(".kl"))
        expect(page.locator("dialog[open]")).to_contain_text("标为无效")
        shot(window, "leads-board-invalid")
        page.locator("dialog[open] select[name=reason]").select_option("no_wish")
        page.locator("dialog[open] [type=submit]").click()
        expect(column(page, "invalid").locator(f"#card-{lead.pk}")).to_be_visible()
        assert Lead.objects.get(pk=lead.pk).state == "invalid"
        page.emulate_media(color_scheme="dark")
        shot(window, "leads-board-dark")
        page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
        window.go("/leads/board")
        assert window.sideways() == 0
        shot(window, "leads-board-phone")
        page.locator(f"#card-{worked.pk} .mv").click()
        expect(page.locator("#row-menu")).to_contain_text("转换")
        shot(window, "leads-board-phone-menu")
        window.go(f"/leads/{worked.pk}")
        expect(page.locator(".d-h").get_by_role("button", name="转换")).to_be_in_viewport()
        shot(window, "lead-phone")
        window.calm()


def test_B9_B4_whose_board_it_is_and_where_the_focus_stays(
    transactional_db: None, browser: Browser, live_server: Any
) -> None:
    cast = make_cast()
    owner = cast.actor("owner")
    customer = make_customer(owner)
    make_opportunity(owner, "A3 栋整层", customer, amount="1860万")
    make_opportunity(cast.actor("stranger"), "别处的", amount="3万")
    pool = make_pool("华东公海")
    for name in ("甲乙丙电子", "丁戊己电子", "庚辛壬电子"):
        pooled(cast, pool, name, of="stranger")
    with visit(browser, live_server.url, cast.administrator) as window:
        page = window.go("/opportunities/board?whose=all")
        shot(window, "deals-board")
        page.get_by_role("button", name="选人或部门").click()
        page.get_by_role("combobox", name="负责人").fill("周牧远")
        page.get_by_role("option", name=re.compile("周牧远")).click()
        assert window.axe() == []
        shot(window, "deals-board-who")
        page.locator("#board-who [type=submit]").click()
        expect(page.locator(".chip")).to_contain_text("周牧远")
        expect(page.locator(".kd")).to_have_count(1)
        shot(window, "deals-board-chosen")
        page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
        window.go("/opportunities/board?whose=all")
        page.get_by_role("button", name="选人或部门").click()
        shot(window, "deals-board-who-phone")
        assert window.sideways() == 0
    with visit(browser, live_server.url, cast.owner) as window:
        page = window.go(f"/customers/pools/{pool.pk}")
        row = page.locator("tr[data-id]").nth(1)
        following = page.locator("tr[data-id]").nth(2).get_attribute("data-id")
        row.get_by_role("button", name="领取").focus()
        page.keyboard.press("Enter")
        expect(page.locator("tr[data-id]")).to_have_count(2)
        expect(page.locator(f'tr[data-id="{following}"]').get_by_role("button", name="领取")).to_be_focused()
        shot(window, "pool-after-claim")
        window.calm()
