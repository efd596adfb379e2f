"""What people do all day, in Chromium: by keyboard and by finger."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.followups.models import FollowUp
from genjin.testing.browsing import DESKTOP, PHONE, Visit, visit
from genjin.testing.cast import PASSWORD, Cast, make_cast
from genjin.ui.models import SavedView

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]


@pytest.fixture
def people(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def at(browser: Browser, live_server: Any, people: Cast) -> Iterator[Open]:
    """Open a window as a part of the cast; at the end nothing may have gone wrong in any."""
    with ExitStack() as stack:
        opened: list[Visit] = []

        def open_window(part: str = "owner", **options: Any) -> Visit:
            member = getattr(people, part) if part else None
            window: AbstractContextManager[Visit] = visit(browser, live_server.url, member, **options)
            opened.append(stack.enter_context(window))
            return opened[-1]

        yield open_window
        for one in opened:
            one.calm()


def test_signing_in_and_out(at: Open) -> None:
    window = at("")
    page = window.go("/customers")
    page.get_by_label("登录名").fill("owner")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers")
    expect(page.get_by_role("heading", name="客户", exact=True)).to_be_visible()


def test_a_customer_is_made_by_keyboard_and_stands_in_the_list(at: Open) -> None:
    page = at().go("/customers")
    page.keyboard.press("c")
    page.get_by_label("客户名称").fill("苏州晶砺半导体有限公司")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/customers/\d+$"))
    page.goto(page.url.split("/customers")[0] + "/customers")
    expect(page.get_by_role("link", name="苏州晶砺半导体有限公司")).to_be_visible()
    assert Customer.objects.get().name == "苏州晶砺半导体有限公司"


def test_initials_in_the_palette_find_and_enter_opens(at: Open, people: Cast) -> None:
    customer = make_customer(people.actor("owner"))
    page = at().go("/customers")
    page.keyboard.press("Control+k")
    page.keyboard.type("szjl")
    expect(page.get_by_role("option").filter(has_text="苏州晶砺").first).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/customers/{customer.pk}")


def test_what_is_typed_before_the_palette_stands_goes_into_it(at: Open, people: Cast) -> None:
    customer = make_customer(people.actor("owner"))
    page = at().go("/customers")
    asked: list[Route] = []
    page.route(re.compile(r"/palette[^/]*\.js"), lambda route: asked.append(route))  # noqa: PLW0108 - playwright asks its signature
    page.keyboard.press("Control+k")
    page.keyboard.type("szjlc")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    while not asked:
        page.wait_for_timeout(20)
    asked[0].continue_()
    page.wait_for_url(f"**/customers/{customer.pk}")


def test_a_fact_is_changed_in_its_place(at: Open, people: Cast) -> None:
    customer = make_customer(people.actor("owner"))
    page = at().go(f"/customers/{customer.pk}")
    page.get_by_role("button", name="修改 简称").click()
    page.locator("#edit-short_name").fill("晶砺")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="修改 简称")).to_contain_text("晶砺")
    customer.refresh_from_db()
    assert customer.short_name == "晶砺"


def test_a_followup_with_its_next_step_stands_on_the_customers_page(at: Open, people: Cast) -> None:
    customer = make_customer(people.actor("owner"))
    page = at().go(f"/customers/{customer.pk}")
    page.locator("#fu-content").fill("已看样机，客户满意")
    page.get_by_role("button", name="明天").click()
    page.locator("#fu-next_step").fill("寄合同草稿")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("已看样机，客户满意").first).to_be_visible()
    expect(page.get_by_text("寄合同草稿").first).to_be_visible()
    followup = FollowUp.objects.get()
    assert (followup.content, followup.next_step) == ("已看样机，客户满意", "寄合同草稿")
    customer.refresh_from_db()
    assert customer.next_contact_at is not None


def test_a_filter_is_set_and_kept_as_a_view(at: Open, people: Cast) -> None:
    owner = people.actor("owner")
    make_customer(owner, "甲等客户", level="A")
    make_customer(owner, "乙等客户", level="B")
    page = at().go("/customers?level.in=A")
    expect(page.get_by_role("link", name="甲等客户")).to_be_visible()
    expect(page.get_by_role("link", name="乙等客户")).to_have_count(0)
    page.locator("[popovertarget=view-menu]").click()
    page.locator("#view-menu").get_by_text("存为新视图").click()
    page.get_by_label("视图名称").fill("只看甲等")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="只看甲等")).to_be_visible()
    assert SavedView.objects.get().name == "只看甲等"


def test_several_customers_are_tagged_at_once(at: Open, people: Cast) -> None:
    owner = people.actor("owner")
    for name in ("一号客户", "二号客户", "三号客户"):
        make_customer(owner, name)
    page = at().go("/customers")
    for _time in range(2):
        page.keyboard.press("j")
        page.keyboard.press("x")
    expect(page.locator("#bulk [data-count]")).to_have_text("2")
    page.locator("#bulk").get_by_role("button", name="加标签").click()
    page.locator("dialog[open] [role=combobox]").first.fill("展会")
    page.get_by_role("option").filter(has_text="展会").first.click()
    page.keyboard.press("Tab")
    page.keyboard.press("Control+Enter")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert Customer.objects.exclude(tags=[]).count() == 2


def test_two_people_edit_one_record_and_the_second_chooses(at: Open, people: Cast) -> None:
    customer = make_customer(people.actor("owner"))
    first, second = at("owner"), at("manager")
    second.expected = ("409",)
    for window, words in ((first, "甲写的"), (second, "乙写的")):
        page = window.go(f"/customers/{customer.pk}/edit")
        page.get_by_label("简称").fill(words)
    first.page.locator("main form [type=submit]").click()
    first.page.wait_for_url(f"**/customers/{customer.pk}")
    second.page.locator("main form [type=submit]").click()
    expect(second.page.get_by_text("甲写的")).to_be_visible()
    expect(second.page.get_by_text("乙写的")).to_be_visible()
    customer.refresh_from_db()
    assert customer.short_name == "甲写的"
    second.page.locator('input[name="take.short_name"][value=mine]').check()
    second.page.get_by_role("button", name="按所选保存").click()
    second.page.wait_for_url(f"**/customers/{customer.pk}")
    customer.refresh_from_db()
    assert customer.short_name == "乙写的"


PAGES = ("/customers", "/contacts", "/followups", "/customers/{id}", "/customers/new", "/customers/{id}/edit", "/inbox",
         "/imports", "/profile", "/statistics/followups", "/settings", "/settings/members", "/settings/audit",
         "/settings/roles", "/settings/options", "/settings/holidays",
         "/campaigns", "/campaigns/figures", "/leads", "/leads/board", "/opportunities", "/opportunities/board",
         "/lead-forms", "/settings/scoring")  # fmt: skip


@pytest.mark.parametrize("width", [390, 320])
def test_no_page_scrolls_sideways_on_a_phone(at: Open, people: Cast, width: int) -> None:
    owner = people.actor("owner")
    customer = make_customer(owner, "上海市浦东新区张江高科技园区超长名称精密机械设备制造有限责任公司", level="A")
    make_contact(owner, customer)
    window = at("administrator", viewport={"width": width, "height": 844}, has_touch=True, is_mobile=True)
    wide = {path: window.sideways() for path in PAGES if window.go(path.format(id=customer.pk))}
    assert {path: by for path, by in wide.items() if by > 0} == {}


def test_on_a_phone_a_customer_is_opened_and_written_to_with_less_motion(at: Open, people: Cast) -> None:
    customer = make_customer(people.actor("owner"))
    window = at(viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce")
    page = window.go("/customers")
    page.get_by_text("苏州晶砺半导体有限公司").first.tap()
    page.wait_for_url(f"**/customers/{customer.pk}")
    page.locator("#fu-content").fill("电话里约了周三")
    page.locator("#composer [type=submit]").tap()
    expect(page.get_by_text("电话里约了周三").first).to_be_visible()
    moving = "[...document.getAnimations()].filter(a => a.effect.getTiming().duration > 10).length"
    assert page.evaluate(moving) == 0
    assert DESKTOP


def test_enter_before_the_answer_takes_what_was_typed(at: Open, people: Cast) -> None:
    customer = make_customer(people.actor("owner"))
    page = at().go(f"/customers/{customer.pk}")
    page.locator("#tags").get_by_role("button", name="添加").click()
    page.locator("dialog[open] [role=combobox]").press_sequentially("洁净车间")
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open] [data-picked]")).to_contain_text("洁净车间")
    page.locator("dialog[open] [type=submit]").click()
    expect(page.locator("#tags")).to_contain_text("洁净车间")


def test_on_a_phone_the_composer_unfolds_for_whoever_writes(at: Open, people: Cast) -> None:
    customer = make_customer(people.actor("owner"))
    page = at(viewport=PHONE, has_touch=True, is_mobile=True).go(f"/customers/{customer.pk}")
    expect(page.locator("#fu-next_contact_at")).to_be_hidden()
    page.get_by_role("button", name="写跟进").first.click()
    expect(page.locator("#fu-content")).to_be_focused()
    expect(page.locator("#fu-next_contact_at")).to_be_visible()


def test_a_draft_keeps_the_method_and_the_next_contact(at: Open, people: Cast) -> None:
    customer = make_customer(people.actor("owner"))
    page = at().go(f"/customers/{customer.pk}")
    page.keyboard.press("f")
    page.keyboard.type("谈了一半")
    page.get_by_role("radio", name="微信").check()
    page.get_by_role("button", name="下周").click()
    expect(page.locator("#fu-next_contact_at")).not_to_have_value("")
    page.reload()
    expect(page.locator("#fu-content")).to_have_value("谈了一半")
    expect(page.get_by_role("radio", name="微信")).to_be_checked()
    expect(page.locator("#fu-next_contact_at")).not_to_have_value("")
