"""Discussions in Chromium: by keyboard, with an input method, by finger, with the network gone, axe (B7, S0-85)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from genjin.comments.actions import write_comment
from genjin.comments.models import Comment
from genjin.customers.actions.customers import add_customer_teammate
from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.followups.tests.factories import make_followup
from genjin.kernel.sealing import deliver, seal
from genjin.testing.browsing import PHONE
from genjin.testing.cast import Cast
from genjin.testing.tests.test_stories import Open, at, people

pytestmark = pytest.mark.browser
__all__ = ["at", "people"]


@pytest.fixture
def customer(people: Cast) -> Customer:
    made = make_customer(people.actor("owner"))
    add_customer_teammate(people.actor("owner"), made.pk, member=people.teammate.pk)
    return made


def say(people: Cast, part: str, customer: Customer, words: str, *mentioned: int) -> Comment:
    return write_comment(
        people.actor(part), record_type="customer", record_id=customer.pk, words=words, mentions=list(mentioned)
    )


def box_on(page: Page) -> Any:
    box = page.locator(".talk.card textarea")
    box.wait_for()
    return box


def test_a_colleague_is_mentioned_and_the_comment_sent_by_keyboard_alone(
    at: Open, people: Cast, customer: Customer
) -> None:
    window = at()
    page = window.go(f"/customers/{customer.pk}")
    box_on(page)
    page.get_by_role("link", name="讨论").focus()
    page.keyboard.press("Enter")
    expect(box_on(page)).to_be_focused()
    page.keyboard.type("请 @xxh")
    expect(page.locator(".talk [role=option]")).to_have_count(1)
    assert window.axe() == []
    page.keyboard.press("Enter")
    expect(box_on(page)).to_have_value("请 @许星河 ")
    page.keyboard.type("看看")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".talk.card li .lines")).to_have_text("请 @许星河 看看")
    expect(box_on(page)).to_be_focused()
    expect(box_on(page)).to_have_value("")
    assert Comment.objects.get().mentions == [people.teammate.pk]
    page.reload()
    expect(box_on(page)).to_have_value("")


def test_enter_belongs_to_the_input_method_while_it_composes(at: Open, customer: Customer) -> None:
    page = at().go(f"/customers/{customer.pk}")
    box_on(page).click()
    page.keyboard.type("@")
    page.locator(".talk [role=option]").first.wait_for()
    keys = page.context.new_cdp_session(page)
    keys.send("Input.imeSetComposition", {"text": "lin", "selectionStart": 3, "selectionEnd": 3})
    keys.send("Input.dispatchKeyEvent", {"type": "keyDown", "key": "Enter", "windowsVirtualKeyCode": 229})
    expect(box_on(page)).to_have_value("@lin")
    keys.send("Input.insertText", {"text": "林"})
    expect(box_on(page)).to_have_value("@林")
    expect(page.locator(".talk [role=option]")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(box_on(page)).to_have_value("@林知夏 ")


def test_words_outlive_a_lost_network_a_refusal_and_a_closed_tab(at: Open, customer: Customer) -> None:
    window = at()
    window.expected = ("422", "ERR_FAILED", "Failed to fetch")
    page = window.go(f"/customers/{customer.pk}")
    box_on(page).fill("请 @陌路人 看")
    address = f"**/customers/{customer.pk}/comments"
    page.route(address, gone)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast [role=alert], .toast[role=alert]").first).to_be_visible()
    expect(box_on(page)).to_have_value("请 @陌路人 看")
    page.unroute(address)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".talk.card .err")).to_have_text(re.compile("陌路人看不到"))
    expect(box_on(page)).to_have_value("请 @陌路人 看")
    expect(box_on(page)).to_be_focused()
    assert window.axe() == []
    page = window.go(f"/customers/{customer.pk}")
    expect(box_on(page)).to_have_value("请 @陌路人 看")
    box_on(page).fill("请看")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".talk.card li .lines")).to_have_text("请看")
    assert Comment.objects.count() == 1


def gone(route: Route) -> None:
    route.abort("failed")


def test_a_mention_leads_from_the_workbench_to_its_line_among_many(at: Open, people: Cast, customer: Customer) -> None:
    first = say(people, "manager", customer, "@周牧远 最早的一条", people.owner.pk)
    for number in range(30):
        say(people, "owner", customer, f"第 {number} 条")
    while seal():
        pass
    while deliver():
        pass
    page = at().go("/today")
    page.locator("#mentions button").click()
    line = page.locator(f"#comment-{first.pk}")
    expect(line).to_be_focused()
    expect(line).to_be_in_viewport()
    assert page.evaluate("document.scrollingElement.scrollTop") == 0
    page.get_by_role("button", name="更新的评论").click()
    expect(page.locator(".talk.card li .lines").last).to_have_text("第 29 条")
    page = at().go("/today")
    expect(page.locator("#today-side .skl")).to_have_count(0)
    expect(page.locator("#mentions")).to_have_count(0)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_under_a_followup_on_a_phone_by_finger(at: Open, people: Cast, customer: Customer, look: Any) -> None:
    make_followup(people.actor("owner"), customer, "谈了价格")
    window = at(viewport=PHONE, is_mobile=True, has_touch=True, color_scheme=look, reduced_motion="reduce")
    page = window.go(f"/customers/{customer.pk}")
    under = page.locator(".under").first
    under.locator("summary").tap()
    box = under.locator("textarea")
    box.tap()
    under.get_by_role("button", name="提到同事").tap()
    under.get_by_role("option", name=re.compile("林知夏")).tap()
    page.keyboard.type("价格再谈")
    assert window.axe() == []
    assert window.sideways() == 0
    under.get_by_role("button", name="发送").tap()
    expect(under.locator("li .lines")).to_have_text("@林知夏 价格再谈")
    expect(under.locator("summary .num")).to_have_text("1")
    under.get_by_role("button", name=re.compile("撤回")).tap()
    page.locator("dialog[open]").get_by_role("button", name="撤回").tap()
    expect(under.locator("li")).to_have_text(re.compile("已撤回"))
    expect(under.locator("summary .num")).to_have_text("")
    under.locator("summary").tap()
    expect(box).to_be_hidden()
