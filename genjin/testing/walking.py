"""Going through doors as each of the cast, and keeping what was answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from genjin.surfaces.api import limits
from genjin.testing.world import World

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
# Each begins with fixed letters, where it can: pages are long and many, and those are found at once.
OWN_TO_REQUEST = (
    re.compile(r"()[0-9A-F]{4}-[0-9A-F]{4}"),  # the request's number
    re.compile(r'(csrfmiddlewaretoken" value=")\w+'),
    re.compile(r'(X-CSRFToken":")\w+'),
    re.compile(r'(data-paper=")\w+'),
    re.compile(r"()(?:\b[0-9a-f]{32}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)"),  # idempotency keys
    re.compile(r'(data-stamp=")\d+'),  # the server's clock
    re.compile(r'(name="sheet" value=")[^"\n]+'),  # the signed sheet of a public form
)
TOLD = ("Content-Type", "Location", "ETag", "HX-Redirect", "HX-Trigger", "HX-Push-Url", "Allow", "Set-Cookie")


@dataclass(frozen=True)
class Answer:
    """What one of the cast got."""

    part: str
    method: str
    path: str
    status: int
    headers: dict[str, str]
    body: str

    @property
    def html(self) -> bool:
        """Whether it is a page or a part of one."""
        return self.headers.get("Content-Type", "").startswith("text/html")

    def same(self) -> tuple[int, dict[str, str], str]:
        """What must be equal for two answers to tell the same: all but what belongs to the single request."""
        return self.status, self._told(), plain(self.body)

    def tells_as(self, other: Answer, *, but: re.Pattern[str] | None = None) -> bool:
        """Whether both tell the same, as `same` and what is once more left out see it. None of that goes beyond a line,
        and most lines are equal as they are."""
        if (self.status, self._told()) != (other.status, other._told()):
            return False
        ones, others = self.body.split("\n"), other.body.split("\n")
        return len(ones) == len(others) and all(
            one == another or plain(one, but) == plain(another, but) for one, another in zip(ones, others, strict=True)
        )

    def _told(self) -> dict[str, str]:
        return {name: plain(self.headers[name]) for name in TOLD if name in self.headers and name != "Set-Cookie"}

    def __str__(self) -> str:
        return f"{self.part} {self.method} {self.path} → {self.status}"


class Walker:
    """One of the cast with a browser; `anonymous` has signed in nowhere."""

    def __init__(self, world: World, part: str) -> None:
        self.part = part
        self.client = Client(raise_request_exception=False)
        if part != "anonymous":
            self.client.force_login(getattr(world.cast, part))

    def get(self, path: str, *, htmx: bool = False) -> Answer:
        """Fetch an address, as a page or as htmx asks for a part."""
        return self._answer("GET", path, self.client.get(path, headers=HTMX if htmx else {}))

    def send(self, method: str, path: str, sent: Any = None, *, htmx: bool = False) -> Answer:
        """Send a form, or JSON to the JSON door."""
        headers = HTMX if htmx else {}
        if path.startswith("/api/"):
            response = self.client.generic(method, path, sent or "{}", content_type="application/json", headers=headers)
        elif method == "POST":
            response = self.client.post(path, sent or {}, headers=headers)
        else:
            response = self.client.generic(method, path, headers=headers)
        return self._answer(method, path, response)

    def _answer(self, method: str, path: str, response: Any) -> Answer:
        content = b"".join(response.streaming_content) if response.streaming else response.content
        headers = {name: str(value) for name, value in response.headers.items()}
        return Answer(self.part, method, path, response.status_code, headers, content.decode("utf-8", "replace"))


def plain(text: str, but: re.Pattern[str] | None = None) -> str:
    """Text without what differs from request to request, and without what follows the group of a further pattern."""
    for pattern in (*OWN_TO_REQUEST, but) if but else OWN_TO_REQUEST:
        text = pattern.sub(r"\1·", text)
    return text


@contextmanager
def unlimited() -> Iterator[None]:
    """A walk asks the JSON door more often than people may."""
    before, limits.CALLS = limits.CALLS, 10**9
    try:
        yield
    finally:
        limits.CALLS = before


def assert_nothing(found: list[str]) -> None:
    """Fail with what a guard found, one on each line."""
    if found:
        pytest.fail("\n".join([*found[:60], f"{len(found)} in all"]), pytrace=False)
