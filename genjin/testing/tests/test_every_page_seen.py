"""Every page in Chromium: nothing runs that people wrote (trust flaw 8), nothing breaks the policy or loads from
elsewhere, and axe finds nothing, light and dark, on desktop and phone.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any, Literal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Browser, expect

from genjin.kernel.actions import ACTIONS
from genjin.kernel.files import attach_upload
from genjin.kernel.records import RECORD_TYPES
from genjin.surfaces.imports.receiving import upload_file
from genjin.surfaces.imports.work import check_import
from genjin.testing import inputs
from genjin.testing.asking import queries
from genjin.testing.browsing import DESKTOP, PHONE, Visit, visit
from genjin.testing.cast import make_cast
from genjin.testing.doors import addresses, doors
from genjin.testing.walking import Walker, assert_nothing, unlimited
from genjin.testing.world import World, make_world

pytestmark = pytest.mark.browser(about=80)
NO_PAGE = {"file", "logo", "setup", "home"}  # a download, a picture, absent, a redirection
EVIL = (
    '"><svg onload=alert(1)>', "<script>alert(2)</script>", "'-alert(3)-'", "<img src=x onerror=alert(4)>",
    "javascript:alert(5)", "{{7*7}}", "</textarea><iframe srcdoc='<script>alert(6)</script>'>",
)  # fmt: skip


SHARES = 4
"""The parts of the product are dealt out to so many tests, which run beside each other."""
LOOKS: dict[str, dict[str, Any]] = {
    "light desktop": {"viewport": DESKTOP, "color_scheme": "light"},
    "dark phone": {"viewport": PHONE, "color_scheme": "dark", "is_mobile": True, "has_touch": True},
}
"""Every page in both colours and both sizes, those of one mould but for the type three times on the phone; in the other
two looks the first page of each part."""
OTHER: dict[str, Literal["light", "dark"]] = {"light desktop": "dark", "dark phone": "light"}
OF_EACH_TYPE = {"list", "record"}
OPEN = ("/sign-in", "/reset", "/reset/request")


@pytest.fixture
def world(transactional_db: None) -> World:
    with unlimited():
        return make_world("owner")


def whole_pages(world: World, share: int, **most: int) -> list[str]:
    """The addresses of a share that answer the administrator with a whole page."""
    walker = Walker(world, "administrator")
    answers = [walker.get(path) for path in dealt(world, **most)[share]]
    return [answer.path for answer in answers if answer.status == 200 and "<html" in answer.body]


def dealt(world: World, *, most: int = 6, asked: int = 2) -> list[list[str]]:
    """All addresses, about as many in each share, those of one part of the product in the same one. Of a door whose
    addresses differ in the type or the verb alone at most so many, each of them in so many ways."""
    parts: dict[str, dict[str, None]] = {}
    for door in doors():
        if "GET" in door.methods and not door.api and door.name not in NO_PAGE:
            for address in addresses(door, world, "owner")[: 6 if door.name in OF_EACH_TYPE else most]:
                parts.setdefault(part_of(address.path), {}).update(dict.fromkeys(queries(address, world)[:asked]))
    shares: list[list[str]] = [[] for _share in range(SHARES)]
    for paths in sorted(parts.values(), key=len, reverse=True):
        min(shares, key=len).extend(paths)
    return shares


def part_of(path: str) -> str:
    """The part of the product that an address belongs to."""
    return path.split("/")[1].partition("?")[0]


def faults(window: Visit, look: str, pages: Iterable[str]) -> list[str]:
    """What axe finds on these pages, and what happens there that should not."""
    found = []
    for path in pages:
        window.go(path)
        found += [f"{path} ({look}) {fault}" for fault in (*window.axe(), *window.trouble)]
        window.trouble.clear()
    return found


@pytest.mark.parametrize("share", range(SHARES), ids=[f"share {n}" for n in range(SHARES)])
def test_axe_finds_nothing_on_any_page_and_what_people_write_never_runs(
    share: int, browser: Browser, live_server: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = whole_pages(world, share, most=3, asked=1)
    pages = {"dark phone": [path for path in seen if "/actions/" not in path]}
    evil_company(world, monkeypatch)  # the phone sees its records in lists, the desktop also their own pages
    pages["light desktop"] = whole_pages(world, share)
    found: list[str] = []
    for look, paths in pages.items():
        assert len(paths) > 15
        first = {part_of(path): path for path in reversed(paths)}
        options = {**LOOKS[look], "reduced_motion": "reduce"}
        with visit(browser, live_server.url, world.cast.administrator, **options) as window:
            found += faults(window, look, paths)
            window.page.emulate_media(color_scheme=OTHER[look])
            found += faults(window, f"{look}, {OTHER[look]}", first.values())
    assert_nothing(found)


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_before_sign_in(
    look: str, browser: Browser, live_server: Any, transactional_db: None
) -> None:
    make_cast()
    found: list[str] = []
    for colour in ("light", "dark"):
        options = {**LOOKS[look], "color_scheme": colour, "reduced_motion": "reduce"}
        with visit(browser, live_server.url, None, **options) as window:
            found += faults(window, f"{look}, {colour}", OPEN)
    assert_nothing(found)


def test_what_people_write_never_runs_in_the_palette(
    browser: Browser, live_server: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil_company(world, monkeypatch)
    with visit(browser, live_server.url, world.cast.administrator) as window:
        window.go("/customers")
        window.page.keyboard.press("Control+k")
        window.page.keyboard.type("svg")
        expect(window.page.get_by_role("option").filter(has_text="svg").first).to_be_visible()
        window.calm()


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
