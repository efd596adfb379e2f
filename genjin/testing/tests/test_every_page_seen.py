"""Every page in Chromium: nothing runs that people wrote (trust flaw 8), nothing breaks the policy or loads from
elsewhere, and axe finds nothing, light and dark, on desktop and phone.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Browser

from genjin.kernel.actions import ACTIONS
from genjin.kernel.files import attach_upload
from genjin.kernel.records import RECORD_TYPES
from genjin.surfaces.imports.receiving import upload_file
from genjin.surfaces.imports.work import check_import
from genjin.testing import inputs
from genjin.testing.asking import queries
from genjin.testing.browsing import DESKTOP, PHONE, visit
from genjin.testing.doors import addresses, doors
from genjin.testing.walking import Walker, assert_nothing, unlimited
from genjin.testing.world import World, make_world

pytestmark = pytest.mark.browser
NO_PAGE = {"file", "logo", "setup", "home"}  # a download, a picture, absent, a redirection
EVIL = (
    '"><svg onload=alert(1)>', "<script>alert(2)</script>", "'-alert(3)-'", "<img src=x onerror=alert(4)>",
    "javascript:alert(5)", "{{7*7}}", "</textarea><iframe srcdoc='<script>alert(6)</script>'>",
)  # fmt: skip


@pytest.fixture
def world(transactional_db: None) -> World:
    with unlimited():
        return make_world("owner")


def whole_pages(world: World, part: str) -> list[str]:
    """The addresses that answer with a whole page."""
    walker = Walker(world, part)
    found: dict[str, None] = {}
    for door in doors():
        if "GET" in door.methods and not door.api and door.name not in NO_PAGE:
            for address in addresses(door, world, "owner")[:6]:
                found |= dict.fromkeys(queries(address, world)[:2])
    answers = [walker.get(path) for path in found]
    return [answer.path for answer in answers if answer.status == 200 and "<html" in answer.body]


def dialogs(world: World, part: str) -> list[str]:
    """Addresses whose form opens in a dialog."""
    return [path for path in whole_pages(world, part) if "/actions/" in path or path.endswith(("/edit", "/new"))]


LOOKS: dict[str, dict[str, Any]] = {
    "light desktop": {"viewport": DESKTOP, "color_scheme": "light"},
    "dark desktop": {"viewport": DESKTOP, "color_scheme": "dark"},
    "light phone": {"viewport": PHONE, "color_scheme": "light", "is_mobile": True, "has_touch": True},
    "dark phone": {"viewport": PHONE, "color_scheme": "dark", "is_mobile": True, "has_touch": True},
}
WHOLE = ("light desktop", "dark phone")
"""Every page in both colours and both sizes; in the other two looks the first page of each part."""


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_on_any_page(look: str, browser: Browser, live_server: Any, world: World) -> None:
    pages = whole_pages(world, "administrator")
    if look != "light desktop":  # dialogs of one kind look alike
        pages = [path for path in pages if "/actions/" not in path]
    if look not in WHOLE:
        pages = list({path.split("/")[1].partition("?")[0]: path for path in reversed(pages)}.values())
    found = []
    options = {**LOOKS[look], "reduced_motion": "reduce"}
    with visit(browser, live_server.url, world.cast.administrator, **options) as window:
        for path in pages:
            window.go(path)
            found += [f"{path} {violation}" for violation in window.axe()]
    with visit(browser, live_server.url, None, **options) as window:
        for path in ("/sign-in", "/reset", "/reset/request"):
            window.go(path)
            found += [f"{path} {violation}" for violation in window.axe()]
    assert len(pages) > (25 if look in WHOLE else 10)
    assert_nothing(found)


def test_what_people_write_never_runs(
    browser: Browser, live_server: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil_company(world, monkeypatch)
    pages = whole_pages(world, "administrator")
    found = []
    with visit(browser, live_server.url, world.cast.administrator) as window:
        for path in [*pages, "/customers?f=1&sort=-id", "/contacts?f=1", "/inbox?all=1"]:
            window.go(path)
            found += [f"{path} {trouble}" for trouble in window.trouble]
            window.trouble.clear()
        window.go("/customers")
        window.page.keyboard.press("Control+k")
        window.page.keyboard.type("svg")
        window.page.wait_for_timeout(500)
        found += [f"palette {trouble}" for trouble in window.trouble]
    assert_nothing(found)


def evil_company(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scripts in every writable text: records through actions, names of files, options, departments, members, views."""
    owner, administrator = world.actor("owner"), world.actor("administrator")
    for number, evil in enumerate(EVIL):
        word = f"{evil} {number}"
        monkeypatch.setattr(inputs, "_text_of", lambda _part, _key, word=word: word)
        known: dict[str, int] = {}
        for record_type in RECORD_TYPES.values():
            create = ACTIONS[record_type.grant("create")]
            fields = [f for f in create.inputs(owner) if f.kind not in {"person", "department", "email", "url"}]
            raw = inputs.filled([f for f in fields if f.key not in {"author", "credit_code"}], "owner", owner, known)
            if "duplicate_known" in {f.key for f in fields}:
                raw["duplicate_known"] = "1"
            row_id = create.run(owner, None, raw).row_id
            assert row_id is not None
            known[record_type.key] = world.ids["owner"][record_type.key] = row_id
        ACTIONS["customers.pause"].run(owner, known["customer"], {"reason": "other", "note": word})
        raw = {"record_type": "customer", "record_id": str(known["customer"]), "words": f"{word} @{EVIL[3]}"}
        ACTIONS["comments.write"].run(administrator, None, raw | {"mentions": [owner.member_id]})
        ACTIONS["customers.add_address"].run(owner, known["customer"], {"label": evil[:30], "detail": word})
        ACTIONS["views.keep"].run(administrator, None, {"record_type": "customer", "name": word[:40], "shared": "1"})
        ACTIONS["options.add"].run(administrator, None, {"list_key": "customer_tag", "label": word[:20]})
    attach_upload(owner, "customer", known["customer"], SimpleUploadedFile("<svg onload=alert(9)>.txt", b"text"))
    content = f"客户名称,电话\n{EVIL[0]},\n=cmd,\n".encode()
    for checked in (False, True):
        uploaded = upload_file(administrator, filename="<img src=x onerror=alert(8)>.csv", content=BytesIO(content))
        if checked:
            check_import(administrator, uploaded.pk)
            world.ids["owner"]["import"] = uploaded.pk
    ACTIONS["departments.rename"].run(administrator, world.cast.nobody.department_id, {"name": EVIL[0][:40]})
    facts = {"name": EVIL[3][:40], "title": EVIL[0][:40], "language": "zh-hans", "time_zone": "Asia/Shanghai"}
    ACTIONS["profile.edit"].run(owner, None, facts)
