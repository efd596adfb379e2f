"""Writing follow-ups in Chromium: by keyboard from a list, on the phone, without a network."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from genjin.customers.tests.factories import make_contact, make_customer
from genjin.followups.actions import add_phrase
from genjin.followups.models import FollowUp
from genjin.kernel.models.files import File
from genjin.kernel.models.rows import Life
from genjin.plans.models import Plan
from genjin.testing.browsing import PHONE
from genjin.testing.cast import Cast
from genjin.testing.tests.test_stories import Open, at, people

__all__ = ["at", "people"]  # the fixtures of the other stories

pytestmark = pytest.mark.browser
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
PASTE = """([field, data]) => {
  const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0)), held = new DataTransfer();
  held.items.add(new File([bytes], "image.png", {type: "image/png"}));
  document.querySelector(field).dispatchEvent(new ClipboardEvent("paste", {clipboardData: held, bubbles: true}));
}"""


def test_by_keyboard_from_a_row_with_a_phrase_a_picture_and_a_next_step_and_undone(at: Open, people: Cast) -> None:
    owner = people.actor("owner")
    contact = make_contact(owner, make_customer(owner))
    add_phrase(owner, title="约见面", words="约 {联系人} 见面")
    page = at().go("/customers")
    page.keyboard.press("j")
    page.keyboard.press("f")
    expect(page.locator("#fd-content")).to_be_focused()
    page.keyboard.type("谈了交期")
    page.locator("#fd-contact").select_option(str(contact.pk))
    page.locator("[popovertarget=fd-phrases]").press("Enter")
    expect(page.locator("#fd-phrase-list [role=option]").first).to_be_visible()
    page.keyboard.type("yjm")
    page.keyboard.press("Enter")  # before the answer
    expect(page.locator("#fd-content")).to_have_value(f"谈了交期\n约 {contact.name} 见面")
    page.evaluate(PASTE, ["#fd-content", PICTURE])
    expect(page.locator("dialog [data-attached]")).to_contain_text("截图")
    page.get_by_role("button", name="下月").click()
    page.locator("#fd-next_step").fill("复访")
    page.keyboard.press("Control+Enter")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator(".toast").get_by_text("跟进已保存")).to_be_visible()
    followup = FollowUp.objects.get()
    assert (followup.method, followup.contact_id) == ("phone", contact.pk)
    assert File.objects.get().record_id == followup.pk
    plan = Plan.objects.get(pk=followup.next_plan_id or 0)
    assert plan.content == "复访"
    assert plan.starts_at.astimezone(owner.zone).weekday() < 5, "past days off"


def test_what_is_pressed_before_its_script_stands_is_done_when_it_does(at: Open, people: Cast) -> None:
    owner = people.actor("owner")
    customer, window, held = make_customer(owner), at(), []
    add_phrase(owner, title="约见面", words="约 {联系人} 见面")
    window.page.route(re.compile(r"/compose[^/]*\.js"), lambda route: held.append(route))  # noqa: PLW0108 - as asked
    page = window.page
    page.goto(f"{window.address}/customers/{customer.pk}", wait_until="domcontentloaded")
    page.locator("[popovertarget=fu-phrases]").click()
    expect(page.locator("#fu-phrases")).to_be_hidden()
    held[0].continue_()
    page.locator("#fu-phrase-list [role=option]").first.click()
    expect(page.locator("#fu-content")).to_have_value(re.compile("见面$"))


def test_on_the_phone_an_unanswered_call_takes_a_few_taps(at: Open, people: Cast) -> None:
    make_customer(people.actor("owner"))
    page = at(viewport=PHONE, has_touch=True, is_mobile=True).go("/customers")
    page.get_by_role("button", name="快速记录").tap()
    page.locator("#quick-menu").get_by_text("写跟进").tap()
    page.locator("#fd-customer").press_sequentially("szjl")
    page.locator("#fd-customer-list [role=option]").first.tap()
    expect(page.locator("#fd-content")).to_be_focused()
    page.get_by_role("radio", name="未接").tap()
    page.get_by_role("button", name="明天").tap()
    page.locator("dialog [type=submit]").tap()
    page.locator(".toast").get_by_text("跟进已保存").hover()  # so that it stays
    followup = FollowUp.objects.get()
    assert (followup.call_result, followup.effective, followup.content) == ("unanswered", False, "")
    assert followup.next_plan_id is not None
    page.get_by_role("button", name="撤销").tap()
    expect(page.locator(".toast").get_by_text("已撤销：写跟进")).to_be_visible()
    followup.refresh_from_db()
    assert followup.life == Life.VOIDED


def test_without_a_network_the_words_stay_and_are_sent_once(at: Open, people: Cast) -> None:
    customer = make_customer(people.actor("owner"))
    window = at()
    window.expected = ("ERR_INTERNET_DISCONNECTED", "Failed to fetch")
    opened = f"genjin.openDialog('/followups/new?customer={customer.pk}')"
    page = window.go("/customers")
    page.evaluate(opened)
    page.locator("#fd-content").fill("草稿里的话")
    window.context.set_offline(True)
    page.locator("dialog [type=submit]").click()
    expect(page.locator("dialog").get_by_text("网络不通")).to_be_visible()
    window.context.set_offline(False)
    page.reload()
    page.evaluate(opened)
    expect(page.locator("#fd-content")).to_have_value("草稿里的话")
    expect(page.get_by_text("已恢复上次未保存的内容")).to_be_visible()
    window.context.set_offline(True)
    page.locator("dialog [type=submit]").click()
    expect(page.locator("dialog").get_by_text("网络不通")).to_be_visible()
    window.context.set_offline(False)
    page.locator("dialog").get_by_role("button", name="重试").click()
    expect(page.locator(".toast").get_by_text("跟进已保存")).to_be_visible()
    assert FollowUp.objects.get().content == "草稿里的话"
    page.evaluate(opened)
    expect(page.locator("#fd-content")).to_have_value("")
