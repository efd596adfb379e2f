"""The sheet of the sources through the wizard in Chromium, as a person clicks it: chosen, looked at, checked, mended by
keyboard, brought in, taken back. On the way axe looks at every step.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from genjin.customers.models import Customer
from genjin.followups.models import FollowUp
from genjin.surfaces.imports.tests.files import SHEET
from genjin.testing.browsing import Visit, visit
from genjin.testing.cast import make_cast

pytestmark = pytest.mark.browser


def fine(window: Visit) -> None:
    assert window.axe() == []
    assert window.sideways() == 0


def step(page: Page, name: str) -> None:
    expect(page.locator(".steps [aria-current=step]")).to_contain_text(name)


def test_the_real_sheet_through_the_wizard(browser: Browser, live_server: Any, transactional_db: None) -> None:
    cast = make_cast()
    with visit(browser, live_server.url, cast.owner) as window:
        page = window.go("/customers")
        page.get_by_role("link", name="从表格导入").click()
        page.wait_for_url("**/imports?kind=customers")
        page.get_by_label("文件").set_input_files(SHEET)
        page.wait_for_url("**/imports/*")
        step(page, "匹配列")
        expect(page.get_by_text("自动匹配 10 / 10")).to_be_visible()
        fine(window)
        page.get_by_role("button", name="校验 16 行").click()
        expect(page.locator("#count-ready")).to_have_text("15")
        step(page, "校验与查重")
        expect(page.locator("#row-20")).to_contain_text("没有编号和姓名")
        page.get_by_role("button", name="修改第 20 行").press("Enter")
        expect(page.locator("#row-20 [data-mend] :focus")).to_have_count(1)
        fine(window)
        page.keyboard.press("Escape")
        expect(page.locator("[data-mend]")).to_have_count(0)
        page.get_by_role("button", name="导入 15 行").click()
        expect(page.locator("#made-customers")).to_have_text("15")
        expect(page.locator("#made-followups")).to_have_text("15")
        fine(window)
        assert (Customer.objects.count(), FollowUp.objects.count()) == (15, 15)
        page.get_by_role("button", name="撤销整次导入").click()
        page.get_by_role("button", name="撤销导入", exact=True).click()
        expect(page.get_by_text("这次导入已经撤销")).to_be_visible()
        assert not Customer.objects.filter(life=0).exists()
        window.calm()
