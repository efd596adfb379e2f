"""Rights to fields in Chromium: an administrator limits fields on a role's page; a salesman sees masks, opens one with
the keyboard, on the phone says why first, and it is masked again when he leaves."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from genjin.customers.actions.customers import create_customer
from genjin.org.actions.settings import change_settings
from genjin.org.models import Role
from genjin.testing.browsing import PHONE, visit
from genjin.testing.cast import Cast, make_cast

pytestmark = pytest.mark.browser
NUMBER = "0512-65550101"


def test_a_field_is_limited_and_a_value_shown_in_full(
    browser: Browser, live_server: Any, transactional_db: None
) -> None:
    cast = make_cast()
    made = create_customer.run(cast.actor("owner"), None, {"name": "苏州精工", "kind": "company", "phone": NUMBER})
    role = Role.objects.get(key="salesperson")
    with visit(browser, live_server.url, cast.administrator) as boss:
        page = boss.go(f"/settings/roles/{role.pk}")
        page.locator(".frt summary").first.click()
        page.get_by_label("按名称筛选字段").fill("电话")
        expect(page.get_by_label("客户 · 电话", exact=True)).to_be_visible()
        expect(page.locator("[data-field-name]:not([data-field-name*='电话']):visible")).to_have_count(0)
        page.get_by_label("客户 · 电话", exact=True).select_option("masked")
        page.get_by_label("按名称筛选字段").fill("")
        page.get_by_label("「客户 · 背景与需求」的全部字段设为").select_option("hidden")
        expect(page.locator("[data-limited]").first).to_have_text("受限 6 个")
        assert boss.axe() == []
        page.get_by_role("button", name="保存").click()
        expect(page.locator(".toast")).to_contain_text("角色「销售」已保存")
        boss.calm()
    role.refresh_from_db()
    assert role.fields["customer.phone"] == "masked"
    assert role.fields["customer.background"] == "hidden"

    with visit(browser, live_server.url, cast.owner, color_scheme="dark") as salesman:
        page = salesman.go("/customers")
        eye = page.get_by_role("button", name="0512-****0101")
        eye.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".unmasked")).to_have_text(NUMBER)
        assert salesman.axe() == []
        page.evaluate("dispatchEvent(new Event('pagehide'))")
        expect(page.locator(".unmasked")).to_have_count(0)
        expect(eye).to_be_visible()
        salesman.go(f"/customers/{made.row_id}")
        page.locator(".facts [data-eye=phone]").click()
        expect(page.locator(".facts .unmasked a")).to_have_attribute("href", f"tel:{NUMBER}")
        assert "客户背景简述" not in page.content()
        salesman.calm()

    with_a_reason(browser, live_server.url, cast)


def with_a_reason(browser: Browser, url: str, cast: Cast) -> None:
    """On the phone a value is shown for a reason, where the setting asks for one."""
    change_settings.run(cast.actor("administrator"), None, {"changes": {"privacy.reveal_reason": "on"}})
    with visit(browser, url, cast.owner, viewport=PHONE, has_touch=True) as outside:
        outside.expected = ("422",)
        page = outside.go("/customers")
        page.locator("[data-eye]").tap()
        page.get_by_label("查看原因").fill("客户来电回访")
        assert outside.axe() == []
        page.locator("#dialog button[type=submit]").click()
        expect(page.locator("#dialog .unmasked")).to_have_text(NUMBER)
        assert outside.sideways() == 0
        outside.calm()
