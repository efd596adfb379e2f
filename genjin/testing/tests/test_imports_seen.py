"""The sheet of the sources through the wizard in Chromium, as a person clicks it: chosen, looked at, checked, mended by
keyboard, brought in, taken back. On the way axe looks at every step.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from genjin.customers.models import Customer
from genjin.followups.models import FollowUp
from genjin.surfaces.imports.tests.files import SHEET, csv_file
from genjin.testing.browsing import Visit, visit
from genjin.testing.cast import make_cast

pytestmark = pytest.mark.browser


DEALS = [
    "opportunity_id", "sales_agent", "product", "account", "deal_stage", "engage_date", "close_date", "close_value",
]  # fmt: skip
DEAL_ROWS = [
    ["Z063OYW0", "Moses Frase", "GTXPro", "Isdom", "Won", "2016-10-25", "2017-03-11", "4514"],
    ["EC4QE1BX", "Moses Frase", "MG Special", "Cancity", "Lost", "2016-10-25", "2017-03-07", "0"],
    ["HAXMC4IX", "Moses Frase", "MG Advanced", "", "Engaging", "2016-11-03", "", ""],
    ["NL3JZH1Z", "Moses Frase", "GTXPro", "", "Prospecting", "", "", ""],
]


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


def test_the_wizard_by_keyboard_alone(
    browser: Browser, live_server: Any, transactional_db: None, tmp_path: Path
) -> None:
    cast = make_cast()
    file = tmp_path / "展会.csv"
    rows = [["客户名称", "电话", "备注2"], ["甲公司", "138", "要双回路"], ["乙公司", "13800138001", ""], ["", "", "空"]]
    file.write_bytes(csv_file(*rows))
    with visit(browser, live_server.url, cast.owner) as window:
        page = window.go("/imports")
        with page.expect_file_chooser() as chooser:
            _tab_to(page, "f-file")
            page.keyboard.press("Enter")
        chooser.value.set_files(file)
        step(page, "匹配列")
        _tab_to(page, "f-target-2")
        page.keyboard.press("ArrowDown")
        expect(page.locator("#f-target-2-list [role=option]").first).to_be_visible()
        page.keyboard.type("简称")
        expect(page.locator("#f-target-2-list [role=option]")).to_have_count(1)
        page.keyboard.press("Enter")
        expect(page.locator("[name=target-2]")).to_have_value("customer.short_name")
        page.keyboard.press("Control+Enter")
        step(page, "校验与查重")
        _tab_to(page, "修改第 2 行")
        page.keyboard.press("Enter")
        expect(page.locator("#row-2 [data-mend] :focus")).to_have_count(1)
        page.keyboard.type("13800138000")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="修改第 4 行")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#row-4 [data-mend] :focus")).to_have_count(1)
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="修改第 4 行")).to_be_focused()
        page.keyboard.press("Control+Enter")
        expect(page.locator("#made-customers")).to_have_text("2")
        window.calm()
    assert set(Customer.objects.values_list("phone", "short_name")) == {
        ("13800138000", "要双回路"),
        ("13800138001", ""),
    }


def _tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the field of this id, or the button of this name, has the focus."""
    for _step in range(80):
        page.keyboard.press("Tab")
        if wanted in page.evaluate("[document.activeElement.id, document.activeElement.ariaLabel]"):
            return
    raise AssertionError(wanted)


def test_opportunities_of_another_system_asked_once_and_remembered(
    browser: Browser, live_server: Any, transactional_db: None, tmp_path: Path
) -> None:
    cast = make_cast()
    file = tmp_path / "pipeline.csv"
    file.write_bytes(csv_file(DEALS, *DEAL_ROWS))
    with visit(browser, live_server.url, cast.administrator) as window:
        page = window.go("/imports?kind=opportunities")
        _sent(page, file)
        expect(page.get_by_text("自动匹配 8 / 8")).to_be_visible()
        page.get_by_label("「GTXPro」导入为").fill("GTX Pro")
        for text, stage in (("Engaging", "need"), ("Prospecting", "contact")):
            page.get_by_label(f"「{text}」导入为").select_option(stage)
        page.get_by_label("「Moses Frase」导入为").select_option(str(cast.owner.pk))
        page.locator("#nobody [value=named]").check()
        expect(page.locator("[name=nobody-name]")).to_have_value("待确认客户")
        page.locator("[name='given-opportunity.reason']").select_option("price")
        page.get_by_role("button", name="校验 4 行").click()
        expect(page.locator("#count-ready")).to_have_text("4")
        fine(window)
        page.get_by_role("button", name="导入 4 行").click()
        expect(page.locator("#made-opportunities")).to_have_text("4")
        expect(page.locator("#made-customers")).to_have_text("3")
        fine(window)
        page.locator("#made-opportunities").click()
        expect(page.get_by_text("Isdom GTX Pro")).to_be_visible()
        page = window.go("/imports?kind=opportunities")
        _sent(page, file)
        expect(page.locator(".ask > details")).to_have_count(3)
        expect(page.locator(".ask > .ch")).to_have_count(0)
        fine(window)
        page.get_by_role("button", name="校验 4 行").click()
        expect(page.locator("#count-duplicate")).to_have_text("4")
        window.calm()


def _sent(page: Page, file: Path) -> None:
    page.get_by_label("文件").set_input_files(file)
    page.wait_for_url("**/imports/*")
    step(page, "匹配列")
