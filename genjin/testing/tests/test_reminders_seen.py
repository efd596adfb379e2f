"""Reminders in Chromium: chosen, set up, and a push shown by the service worker under the strict policy."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from genjin.reminders.models import Delivery, ReminderChoice
from genjin.reminders.tests.conftest import Company, make_company
from genjin.reminders.tests.servers import Post, Provider, post_office, providers
from genjin.testing.browsing import DESKTOP, PHONE, Visit, visit

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
SHOTS = os.environ.get("GENJIN_TEST_SHOTS", "")
LOOKS: dict[str, dict[str, Any]] = {
    "light-desktop": {"viewport": DESKTOP, "color_scheme": "light"},
    "dark-desktop": {"viewport": DESKTOP, "color_scheme": "dark"},
    "light-phone": {"viewport": PHONE, "color_scheme": "light", "is_mobile": True, "has_touch": True},
    "dark-phone": {"viewport": PHONE, "color_scheme": "dark", "is_mobile": True, "has_touch": True},
}


@pytest.fixture
def company(transactional_db: None, settings: Any) -> Iterator[Company]:
    with providers() as outside, post_office() as office:
        settings.OUTBOUND_ORIGINS = frozenset({outside.origin, office.origin})
        yield _company(outside, office)


def _company(outside: Provider, office: Post) -> Company:
    company = make_company(outside, office)
    company.use_mail()
    company.use_push()
    company.use_robot()
    company.use_robot(name="销售一部群", named="on", digest_at="08:30", department=str(company.world.own.department_id))
    return company


@pytest.fixture
def at(browser: Browser, live_server: Any, company: Company) -> Iterator[Open]:
    with ExitStack() as stack:
        opened: list[Visit] = []

        def open_window(part: str = "owner", **options: Any) -> Visit:
            member = getattr(company.world.cast, part)
            opened.append(stack.enter_context(visit(browser, live_server.url, member, **options)))
            return opened[-1]

        yield open_window
        for one in opened:
            one.calm()


def fail_some(company: Company) -> None:
    """Failures and an unsure one for the administrators' page."""
    company.outside.fault = "500"
    for _each in range(3):
        company.tell()
        company.go()
    Delivery.objects.update(state="failed", answer="HTTP 500", attempts=6)
    Delivery.objects.filter(pk=Delivery.objects.earliest("id").pk).update(state="unsure", answer="发送途中中断")


@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_are_whole_and_axe_finds_nothing(look: str, at: Open, company: Company) -> None:
    fail_some(company)
    owner, administrator = at(**LOOKS[look]), at("administrator", **LOOKS[look])
    for window, path in [
        (owner, "/profile/reminders"),
        (owner, "/profile"),
        (administrator, "/settings/channels"),
        (administrator, "/settings/channels/mail"),
        (administrator, "/settings/channels/robots/new"),
        (administrator, "/settings/channels/mails"),
    ]:
        page = window.go(path)
        page.wait_for_timeout(200)
        if SHOTS:
            Path(SHOTS).mkdir(exist_ok=True)
            page.screenshot(path=f"{SHOTS}/{look}{path.replace('/', '-')}.png", full_page=True)
        assert window.axe() == []
        assert window.sideways() == 0


def test_choosing_is_kept_and_wrong_hours_are_refused(at: Open, company: Company) -> None:
    window = at()
    window.expected = ("422",)
    page = window.go("/profile/reminders")
    page.get_by_role("switch", name="记录转给我 · 邮件").check()
    page.get_by_role("switch", name="免打扰", exact=True).check()
    page.get_by_label("开始").fill("22:00")
    page.get_by_label("结束").fill("22:00")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("不能是同一时间").first).to_be_visible()
    expect(page.get_by_role("switch", name="记录转给我 · 邮件")).to_be_checked()
    page.get_by_label("结束").fill("07:30")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("提醒方式已保存").first).to_be_visible()
    choice = ReminderChoice.objects.get(member=company.owner)
    assert choice.kinds["transfer"] == {"mail": True, "robot": True, "push": True}
    assert (choice.quiet, choice.quiet_from, choice.quiet_until) == (True, "22:00", "07:30")


def test_tests_say_what_became_of_them(at: Open, company: Company) -> None:
    page = at().go("/profile/reminders")
    page.get_by_role("button", name="发测试邮件").click()
    expect(page.get_by_text("测试消息已发出").first).to_be_visible()
    assert len(company.office.mails) == 1
    company.outside.fault = "500"
    page = at("administrator").go("/settings/channels")
    page.get_by_role("button", name="测试").first.click()
    expect(page.get_by_text("没有发出：HTTP 500").first).to_be_visible()


def test_a_robot_is_added_and_its_address_is_never_shown(at: Open, company: Company) -> None:
    window = at("administrator")
    window.expected = ("422",)
    page = window.go("/settings/channels")
    page.get_by_role("link", name="添加", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("平台").select_option("wecom")
    dialog.get_by_label("群名称").fill("新群")
    dialog.get_by_label("机器人地址").fill("https://evil.example.com/")
    dialog.get_by_role("button", name="添加").click()
    expect(dialog.get_by_text("这不是这种机器人的地址").first).to_be_visible()
    dialog.get_by_label("机器人地址").fill(company.outside.url["wecom"])
    dialog.get_by_role("button", name="添加").click()
    expect(page.get_by_text("群机器人已添加").first).to_be_visible()
    assert company.outside.url["wecom"] not in page.content()


def test_the_service_worker_shows_a_push(at: Open, company: Company) -> None:
    window = at()
    page = window.go("/profile/reminders")
    window.context.grant_permissions(["notifications"], origin=window.address)
    page.evaluate(
        "navigator.serviceWorker.register('/push.js').then(() => navigator.serviceWorker.ready).then(() => 1)"
    )
    session = window.context.new_cdp_session(page)
    known: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: known.extend(r["registrationId"] for r in told["registrations"]),
    )
    session.send("ServiceWorker.enable")
    page.wait_for_timeout(500)
    told = '{"title": "记录转给您", "body": "苏州", "tag": "t1", "url": "/inbox"}'
    for _twice in range(2):
        session.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": window.address, "registrationId": known[-1], "data": told},
        )
    page.wait_for_timeout(800)
    listed = "getNotifications()).then(all => all.map(n => [n.title, n.body, n.tag]))"
    shown = page.evaluate(f"navigator.serviceWorker.ready.then(r => r.{listed}")
    assert shown == [["记录转给您", "苏州", "t1"]]
