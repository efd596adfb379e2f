"""What every answer must be like: headers, no inline style or script, whole pages without htmx, faults without traces,
reading that writes nothing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client, override_settings
from django.urls import resolve

from genjin.testing.doors import addresses, doors
from genjin.testing.tests.conftest import Walk
from genjin.testing.walking import HTMX, Answer, Walker, assert_nothing, plain
from genjin.testing.world import make_world

pytestmark = [pytest.mark.django_db, pytest.mark.long]

POLICY = {"default-src 'none'", "frame-ancestors 'none'"}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
INLINE = (
    re.compile(r"<[a-zA-Z][^<>]*\s(?:style|on[a-z]+|hx-on[^=\s]*)\s*="),
    re.compile(r"<style\b"),  # each by itself, from fixed letters on: found at once
    re.compile(r"<base\b"),
    re.compile(r"javascript:(?<=\bjavascript:)"),
    re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")"),
    re.compile(r"<(?:script|link|img|iframe|form|object|embed)\b[^>]*\s(?:src|href|action)=\"(?:https?:)?//"),
    re.compile(r"hx-(?:vals|headers)\s*=\s*['\"]js:|hx-trigger=\"[^\"]*\["),
)
ASKED = re.compile(r'\b(?:hx-get|data-src|data-dialog)="([^"]+)"')
WITH_ROWS = {"bulk", "pool-bulk"}  # asked with the ticked rows, which the page adds
# what answers with a part only: it belongs into a page and means nothing alone
PARTS_ONLY = {
    "columns": "the column chooser of a list",
    "views": "the menu of a list's views",
    "count": "how many rows a list has, after first paint",
    "filter": "a line of the filter builder",
    "choices": "the list behind a picker",
    "fact": "one value to edit in its place",
    "risk-settings-example": "what the settings of registrations mean for one's own records, after first paint",
    "pool-example": "what the rules of a pool mean for the records there are, after first paint",
    "capacity-example": "what a limit of holding means for who holds most, after first paint",
    "shares-line": "a further line in the form of performance shares",
    "pool-count": "how many rows the list of a pool has, after first paint",
    "pool-filter": "a line of the filter builder of a pool",
    "pool-quota": "what may still be claimed, anew after each claim",
    "pool-rules": "the rules of a pool, in a dialog",
    "pool-rule-line": "a further line of the rules in the form of a pool",
    "followup-statistics-tables": "numbers with customers counted, after first paint",
    "followup-statistics-lines": "the lines before or after a cursor",
    "opportunity-cards": "further cards of a column of the board",
    "campaign-own-figures": "what a campaign brought by its other touch, in its page",
    "opportunity-funnel-more": "stay times and groups of the funnel, after first paint",
    "stage-task-line": "a further line of the tasks in the form of a stage",
    "scoring-line": "a further line of the rules in the form of scoring",
    "comment-people": "the list behind an @",
    "customer-call": "whom to dial, in the popover of a row",
    "sharing-conditions": "what a rule of the chosen type may ask about",
    "duplicate-example": "what a rule means for the records there are, after first paint",
    "field-condition": "one line of the editor of conditions",
    "field-option-line": "one more option of a new field",
    "held-files": "the files of a draft, asked for again",
    "rules-progress": "how far the work is that a setting set off",
    "backup-progress": "how far a backup is",
    "allocation-example": "what a scheme would do with the newest records, after first paint",
    "allocation-progress": "how far an allocation of many is",
    "backtest-result": "a comparison while it is worked out",
}
# asked for by a script, or only where there is much or work is under way: no page of a small world names them
SCARCE = {
    "pool-example",
    "capacity-example",
    "stage-task-line",
    "scoring-line",
    "opportunity-cards",
    "campaign-own-figures",
    "opportunity-funnel-more",
    "shares-line",
    "pool-count",
    "pool-filter",
    "pool-quota",
    "pool-rule-line",
    "pool-rules",
    "followup-statistics-tables",
    "followup-statistics-lines",
    "customer-call",
    "sharing-conditions",
    "duplicate-example",
    "risk-settings-example",
    "field-condition",
    "field-option-line",
    "held-files",
    "rules-progress",
    "backup-progress",
    "allocation-example",
    "allocation-progress",
    "backtest-result",
}


def test_every_answer_carries_the_security_headers(walk: Walk) -> None:
    wrong = []
    for address, answer in walk.all():
        framed = address.door.name == "public-form-frame" and answer.status == 200  # by the sites that it names
        told = HEADERS.items() - {("X-Frame-Options", "DENY")} if framed else HEADERS.items()
        wrong += [f"{answer}: {name}" for name, value in told if answer.headers.get(name) != value]
        policy = {part.strip() for part in answer.headers["Content-Security-Policy"].split(";")}
        sites = next((part.split()[1:] for part in policy if part.startswith("frame-ancestors")), [])
        if not policy >= POLICY and not (framed and sites and not {"*", "http:", "https:", "'self'"} & set(sites)):
            wrong.append(f"{answer}: policy")
        assert re.fullmatch(r"[0-9A-F]{4}-[0-9A-F]{4}", answer.headers["X-Request-Id"])
    assert_nothing(wrong)


def test_no_answer_has_inline_style_or_script_or_loads_from_elsewhere(walk: Walk) -> None:
    found = [
        f"{answer}: {match[0][:120]}"
        for _address, answer in walk.all()
        if answer.html
        for pattern in INLINE
        if (match := pattern.search(answer.body))
    ]
    assert_nothing(found)


def test_reading_writes_nothing(walk: Walk) -> None:
    assert walk.changed == []


def test_nothing_breaks(walk: Walk) -> None:
    assert [str(answer) for _address, answer in walk.all() if answer.status >= 500] == []


def asked_for(answers: list[Answer]) -> Iterator[str]:
    """The addresses that pages ask for parts, each shape once."""
    seen = set()
    for answer in answers:
        for found in ASKED.findall(answer.body):
            address = html.unescape(found)
            shape = re.sub(r"\d+", "1", urlsplit(address).path)
            if shape not in seen and address.startswith("/"):
                seen.add(shape)
                yield address


def test_what_pages_ask_for_works_without_htmx_and_parts_are_parts() -> None:
    """Each address in hx-get answers to a plain request as well, with a whole page or a declared part; to htmx it never
    gives a whole page."""
    world = make_world("owner")
    owner = Walker(world, "owner")
    pages = [owner.get(path) for path in ("/customers", f"/customers/{world.id('owner', 'customer')}", "/profile")]
    pages.append(owner.get(f"/customers/{world.id('owner', 'customer')}/related"))
    pages += [owner.get(path) for path in ("/contacts", "/followups", "/inbox", "/imports", "/statistics/followups")]
    wrong, partial = [], set()
    for address in asked_for(pages):
        whole, part = owner.get(address), owner.get(address, htmx=True)
        fine = {200, 422} if resolve(urlsplit(address).path).url_name in WITH_ROWS else {200}
        if whole.status not in fine or part.status not in fine:
            wrong.append(f"{whole} and to htmx {part.status}")
        if part.body.lstrip().lower().startswith("<!doctype"):
            wrong.append(f"{part} is a whole page")
        if "<html" not in whole.body:
            partial.add(resolve(urlsplit(address).path).url_name)
    assert_nothing(wrong)
    assert partial | SCARCE == set(PARTS_ONLY)
    administrator = Walker(world, "administrator")
    for door in (door for door in doors() if door.name in SCARCE):
        for at in addresses(door, world, "owner"):
            answer = (owner if door.name == "allocation-progress" else administrator).get(at.path, htmx=True)
            assert answer.status == 200, answer
            assert not answer.body.lstrip().lower().startswith("<!doctype"), answer


def test_every_full_page_answers_htmx_with_a_part_of_itself() -> None:
    """Lists and records: the part stands word for word in the page."""
    world = make_world("owner")
    owner = Walker(world, "owner")
    for path in ("/customers", "/contacts", "/followups", "/inbox", "/statistics/followups"):
        part, whole = plain(owner.get(path, htmx=True).body), plain(owner.get(path).body)
        assert "<html" not in part
        assert part.strip() in whole, path


@override_settings(ROOT_URLCONF="genjin.testing.tests.faulty")
@pytest.mark.parametrize(
    ("path", "status"),
    [("/fault", 500), ("/refused", 422), ("/stale", 409), ("/forbidden", 403), ("/nowhere", 404), ("/bad", 400)],
)
def test_every_kind_of_error_is_a_calm_page_without_a_trace(path: str, status: int, caplog: Any) -> None:
    client = Client(raise_request_exception=False)
    for headers in ({}, HTMX):
        response = client.get(path, headers=headers)
        body = response.content.decode()
        assert response.status_code == status
        assert "secret detail" not in body
        assert "Traceback" not in body
        assert [name for name, value in HEADERS.items() if response.headers[name] != value] == []
        assert not any(pattern.search(body) for pattern in INLINE)
        if status == 500:
            assert headers or response.headers["X-Request-Id"] in body  # htmx: the script shows the header in a toast
            assert any(response.headers["X-Request-Id"] in message for message in caplog.messages)


def test_a_form_without_its_token_is_refused_and_changes_nothing(unchanged: Any) -> None:
    world = make_world("owner")
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.cast.owner)
    signed = {"public-form", "public-form-frame"}  # no cookie says who sends them: a signed sheet stands for the token
    paths = [
        address.path
        for door in doors()
        if "POST" in door.methods and door.name not in signed
        for address in addresses(door, world, "owner")[:1]
    ]
    assert len(paths) > 40
    with unchanged():
        assert_nothing([path for path in paths if client.post(path).status_code not in {400, 403}])
