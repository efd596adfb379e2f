"""The same things as whole pages: sign-in, middleware, templates, through the application as the server calls it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.test import Client

from bench.cases import Bench, Case
from genjin.org.sessions import SessionStore

HTMX = {"HX-Request": "true", "HX-Target": "list"}
ENCODINGS = "gzip, deflate, br"


def session_of(member_id: int) -> str:
    """The key of a fresh session."""
    session = SessionStore()
    session[SESSION_KEY] = str(member_id)
    session.create()
    key = session.session_key
    assert key
    return str(key)


def client_of(member_id: int) -> Client:
    """A signed-in browser, without a network."""
    client = Client(headers={"host": "127.0.0.1", "accept-encoding": ENCODINGS})
    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(member_id)
    return client


@dataclass
class Browser:
    """Somebody's browser, without a network."""

    bench: Bench
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = client_of(self.bench.actor.member_id or 0)

    def runner(self, case: Case) -> Callable[[int], Any]:
        """What to repeat for a case."""
        if case.kind == "search":
            return lambda _number: self._get(f"/palette?{urlencode({'q': self.bench.text(case)})}", HTMX)
        if case.kind == "detail":
            ids = list(self.bench.some_ids(200))
            return lambda number: self._get(f"/customers/{ids[number % len(ids)]}")
        if case.kind == "create":
            numbers = itertools.count()
            return lambda _number: self._create(next(numbers))
        query = self.bench.query(case)
        after = {"after": query.after.text()} if query.after else {}
        asked = {key: values[-1] for key, values in case.parameters.items() if key != "deep"}
        url = f"/customers?{urlencode({'view': 'all', **asked, **after})}"
        return lambda _number: self._get(url)

    def fragment(self, url: str) -> Any:
        """A later navigation: only the part that htmx swaps."""
        return self._get(url, HTMX)

    def _get(self, url: str, headers: dict[str, str] | None = None) -> Any:
        response = self.client.get(url, headers=headers or {})
        if response.status_code != 200:
            raise SystemExit(f"{url}: {response.status_code}")
        return response

    def _create(self, number: int) -> Any:
        name = f"压测页面{self.bench.actor.member_id}新建{number}号精密机械有限公司"
        sent = {"name": name, "level": "B", "phone": f"1981{number:07d}", "duplicate_known": "1"}
        sent["drawn"] = ",".join(sent)
        response = self.client.post("/customers/new", sent)
        if response.status_code not in (200, 204, 302, 303):
            raise SystemExit(f"create: {response.status_code}")
        return response


def resources(html: str) -> list[str]:
    """Addresses of what a browser fetches for a page: styles, scripts, icons, sprites; each once."""
    found = re.findall(r'(?:src|href)="(/static/[^"#?]+)', html)
    return list(dict.fromkeys(address for address in found if not address.endswith(".webmanifest")))
