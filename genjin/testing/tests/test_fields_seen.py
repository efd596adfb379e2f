"""Fields of the company's own in Chromium: an administrator adds two and lays the form out with the keyboard; a
salesperson's form asks for them as the condition says, and what he saved is in list, filter and export."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from genjin.customers.models import Customer
from genjin.testing.browsing import Visit, until, visit
from genjin.testing.cast import make_cast

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
FIELDS = "/settings/fields/customers"


@pytest.fixture
def at(browser: Browser, live_server: Any, transactional_db: None) -> Iterator[Open]:
    with ExitStack() as stack:
        cast, opened = make_cast(), list[Visit]()

        def open_window(part: str, **options: Any) -> Visit:
            opened.append(stack.enter_context(visit(browser, live_server.url, getattr(cast, part), **options)))
            return opened[-1]

        yield open_window
        for one in opened:
            one.calm()


def add_field(page: Page, kind: str, label: str) -> None:
    """Open the form of a new field."""
    page.get_by_role("link", name="添加字段").click()
    page.locator(".kindgrid").get_by_text(kind, exact=True).click()
    page.get_by_label("名称", exact=True).fill(label)


def save_field(page: Page, label: str) -> None:
    """Send the form of a new field, once its preview stands."""
    until(page, "!document.querySelector('.htmx-request')")
    page.get_by_role("button", name="添加字段").click()
    expect(page.locator(".toast")).to_contain_text(f"字段「{label}」已添加")


def test_a_form_is_sent_while_its_preview_is_on_its_way(at: Open) -> None:
    page = at("administrator").go(FIELDS)
    page.get_by_role("link", name="添加第一个字段").click()
    page.locator(".kindgrid").get_by_text("单行文字", exact=True).click()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    with page.expect_request("**/preview"):
        page.route("**/preview", hold)
        page.get_by_label("名称", exact=True).fill("合同编号")
    page.get_by_role("button", name="添加字段").click()
    expect(page.locator(".toast")).to_contain_text("字段「合同编号」已添加")
    for one in held:
        one.abort()


def test_fields_are_added_laid_out_by_keyboard_and_used(at: Open) -> None:
    shaper = at("administrator")
    page = shaper.go(FIELDS)
    page.get_by_role("link", name="添加第一个字段").click()
    page.locator(".kindgrid").get_by_text("单选", exact=True).click()
    page.get_by_label("名称", exact=True).fill("设备型号")
    for number, name in enumerate(("立式", "卧式")):
        page.get_by_label("选项名称").nth(number).fill(name)
    expect(page.locator("#field-preview").get_by_role("option", name="卧式", include_hidden=True)).to_have_count(1)
    page.get_by_label("默认显示在列表里").check()
    save_field(page, "设备型号")

    add_field(page, "金额", "年采购额")
    page.locator("#f-asks").get_by_text("必填", exact=True).click()
    page.get_by_text("满足条件时显示").click()
    page.locator("[data-when-box=shows]").get_by_role("button", name="添加条件").click()
    line = page.locator(".cond")
    with page.expect_response("**/condition?**"):
        line.get_by_label("字段").select_option("level")
    expect(line.locator("[data-src$=level]")).to_be_attached()
    line.get_by_role("combobox", name="值").click()
    page.get_by_role("option", name="超级VIP客户").click()
    page.get_by_label("默认显示在列表里").check()
    save_field(page, "年采购额")

    page = shaper.go(f"{FIELDS}/layout")
    page.get_by_role("button", name="移动「年采购额」").focus()
    page.keyboard.press("Space")
    for _step in range(2):
        page.keyboard.press("ArrowUp")
    expect(page.locator("#said")).to_contain_text("第 7 位")
    page.keyboard.press("Escape")
    expect(page.locator("#said")).to_contain_text("放回原处")
    for key in ("Space", "ArrowUp", "Space"):
        page.keyboard.press(key)
    page.locator(".lfield", has_text="设备型号").get_by_label("快速新建").check()
    page.get_by_role("button", name="保存布局").click()
    expect(page.locator(".toast")).to_contain_text("布局已保存")
    names = page.locator(".lsec").first.locator(".lrow b").all_inner_texts()
    assert names.index("年采购额") < names.index("设备型号")
    drags(page)

    sells(at("owner"))
    exports(shaper)


def drags(page: Page) -> None:
    """The same by pointer: a field into the next section, and that section before the first; kept when saved."""
    expect(page.locator(".toast")).to_be_hidden()
    until(page, "Boolean(globalThis.Sortable)")
    sections = page.locator(".lsec")
    key = sections.nth(1).get_attribute("data-key") or ""
    page.get_by_role("button", name="移动「年采购额」").drag_to(sections.nth(1).locator(".lfield").first)
    expect(sections.nth(1).locator(".lrow b", has_text="年采购额")).to_be_visible()
    sections.nth(1).locator("[data-grab=section]").drag_to(sections.nth(0).locator("[data-grab=section]"))
    expect(sections.nth(0)).to_have_attribute("data-key", key)
    page.get_by_role("button", name="保存布局").click()
    expect(page.locator(".toast")).to_contain_text("布局已保存")
    expect(sections.nth(0)).to_have_attribute("data-key", key)
    expect(sections.nth(0).locator(".lrow b", has_text="年采购额")).to_be_visible()


def sells(visiting: Visit) -> None:
    """The salesperson's part."""
    visiting.expected = ("422",)
    page = visiting.go("/customers")
    page.get_by_role("link", name="新建客户").first.click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("客户名称").fill("苏州晶砺半导体")
    expect(dialog.get_by_label("年采购额")).to_be_hidden()
    dialog.get_by_label("客户等级").select_option("A")
    expect(dialog.get_by_label("年采购额")).to_be_visible()
    dialog.get_by_label("设备型号").select_option(label="卧式")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_text("请填写「年采购额」")).to_be_visible()
    dialog.get_by_label("年采购额").fill("1,860,000")
    dialog.get_by_role("button", name="保存").click()
    expect(page.locator(".facts").get_by_text("¥1,860,000")).to_be_visible()
    assert Customer.objects.get().custom["x_niancaigoue"] == 1_860_000

    page = visiting.go("/customers")
    row = page.locator("tbody tr")
    expect(row).to_contain_text("¥186 万")
    page.get_by_role("button", name="筛选").click()
    page.locator("#filter-line [name=add]").select_option(label="设备型号")
    page.locator("#filter-line").get_by_role("combobox", name="值").click()
    page.locator("#filter-line").get_by_role("option", name="卧式").click()
    page.get_by_role("button", name="应用筛选").click()
    expect(page.locator(".chip", has_text="设备型号")).to_contain_text("卧式")
    expect(row).to_have_count(1)


def exports(visiting: Visit) -> None:
    """What the list holds, taken along."""
    page = visiting.go("/customers/export?view=all")
    page.get_by_label("格式").select_option("csv")
    with page.expect_download() as loading:
        page.locator(".dform [type=submit]").click()
    told = loading.value.path().read_text(encoding="utf-8-sig")
    assert "设备型号" in told.splitlines()[0]
    assert "卧式" in told
    assert "1860000" in told
