"""A headless Chromium that keeps watch while it visits: dialogs, refused scripts, console errors, foreign requests."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from genjin.org.models import Member

AXE = Path(__file__).parent / "vendor" / "axe-4.14.1.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE = 60_000  # milliseconds: build machines are slow
expect.set_options(timeout=PATIENCE)


@dataclass
class Visit:
    """One person's browser window on the live server."""

    page: Page
    context: BrowserContext
    address: str
    trouble: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()  # parts of console messages that are part of the story (a refused form's 422)

    def go(self, path: str) -> Page:
        """Open an address and wait until the page has asked for its later parts."""
        self.page.goto(self.address + path, wait_until="load")
        self.page.wait_for_timeout(60)
        until(self.page, "!document.querySelector('.htmx-request')")
        return self.page

    def calm(self) -> None:
        """Fail when anything happened that should not."""
        left = [line for line in self.trouble if not any(part in line for part in self.expected)]
        assert left == []

    def axe(self) -> list[str]:
        """Violations of the page as it is: rule, help, first element."""
        self.page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
        options = json.dumps({"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]})
        found: Any = self.page.evaluate(f"axe.run(document, {options}).then(result => result.violations)")
        return [f"{v['id']}: {v['help']} — {v['nodes'][0]['html'][:200]} ({len(v['nodes'])}×)" for v in found]

    def sideways(self) -> int:
        """By how many pixels the page itself scrolls sideways."""
        wide: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return wide


def until(page: Page, true: str) -> None:
    """Wait for what a script finds true. Not wait_for_function: it evaluates a string, which the policy refuses."""
    for _try in range(PATIENCE // 60):
        if page.evaluate(true):
            return
        page.wait_for_timeout(60)
    raise AssertionError(f"waited in vain for {true}")


def find_chromium() -> str:
    """The Chromium of the machine, as bin/test found it. Skips the test when there is none."""
    known = [os.environ.get("GENJIN_TEST_CHROMIUM"), *map(shutil.which, ("chromium", "chromium-browser"))]
    found = next((program for program in known if program), None)
    if found is None:
        pytest.skip("no Chromium on this machine")
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, for the whole run."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's loop runs in this thread, the ORM beside it
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visit(browser: Browser, address: str, member: Member | None = None, **options: Any) -> Iterator[Visit]:
    """A fresh window, signed in as the member unless there is none."""
    context = browser.new_context(**({"viewport": DESKTOP, "locale": "zh-CN"} | options))
    if member is not None:
        client = Client()
        client.force_login(member)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": address}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    visiting = Visit(page, context, address)
    _watch(visiting)
    try:
        yield visiting
    finally:
        context.close()


def _watch(visiting: Visit) -> None:
    host, trouble = urlsplit(visiting.address).netloc, visiting.trouble

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            trouble.append(f"console: {message.text}")

    def asked(dialog: Dialog) -> None:
        trouble.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def left(request: Request) -> None:
        where = urlsplit(request.url)
        if where.scheme in {"http", "https", "ws", "wss"} and where.netloc != host:
            trouble.append(f"foreign request: {request.url}")

    def answered(response: Response) -> None:
        if response.status >= 500:
            trouble.append(f"{response.status} {response.url}")

    visiting.page.on("console", heard)
    visiting.page.on("pageerror", lambda error: trouble.append(f"script: {error}"))
    visiting.page.on("dialog", asked)
    visiting.page.on("request", left)
    visiting.page.on("response", answered)
