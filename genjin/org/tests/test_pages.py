"""Every page of the organisation through the front door: as each of the cast, wrong methods, fragments, refusals."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from genjin.customers.actions.customers import create_customer
from genjin.kernel.fields import Values
from genjin.kernel.models.events import Event
from genjin.kernel.models.options import CodeSeries, Holiday, HolidayYear, Option
from genjin.org.models import AccessToken, Company, Department, Member, Role, Session
from genjin.org.web import roles
from genjin.testing.cast import PARTS, PASSWORD, Cast

pytestmark = pytest.mark.long

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
SEES = {"stranger", "teammate", "owner", "manager", "administrator"}
ADMIN = {"administrator"}
# page: who may open it; everybody else is 403
PAGES = {
    "/profile": set(PARTS),
    "/profile/edit": SEES,
    "/profile/sign-in": SEES,
    "/profile/password": SEES,
    "/profile/tokens/new": SEES,
    "/settings": SEES,
    "/settings/organisation": SEES,
    "/settings/organisation/new": ADMIN,
    "/settings/organisation/{department}/name": ADMIN,
    "/settings/organisation/{department}/place": ADMIN,
    "/settings/members": SEES,
    "/settings/members/new": ADMIN,
    "/settings/members/{member}": SEES,
    "/settings/members/{member}/facts": ADMIN,
    "/settings/members/{member}/place": ADMIN,
    "/settings/members/{member}/roles": ADMIN,
    "/settings/members/{member}/administrator": ADMIN,
    "/settings/members/{member}/leaving": ADMIN,
    "/settings/roles": ADMIN,
    "/settings/roles/new": ADMIN,
    "/settings/roles/{role}": ADMIN,
    "/settings/company": ADMIN,
    "/settings/company/edit": ADMIN,
    "/settings/options": ADMIN,
    "/settings/options?list=customer_level": ADMIN,
    "/settings/options/customer_level/new": ADMIN,
    "/settings/options/customer_level/edit?key=A": ADMIN,
    "/settings/holidays": ADMIN,
    "/settings/holidays/day": ADMIN,
    "/settings/codes": ADMIN,
    "/settings/codes/customer": ADMIN,
    "/settings/codes-preview?pattern=KH-{{0000}}": ADMIN,
    "/settings/audit": ADMIN,
}
POSTS = (
    "/settings/organisation/{department}/closure",
    "/settings/organisation/{department}/reopening",
    "/settings/members/{member}/reset-code",
    "/settings/roles/{role}/copy",
    "/settings/roles/{role}/removal",
    "/settings/company/logo",
    "/settings/company/logo/removal",
    "/settings/options/customer_level/order",
    "/settings/options/customer_level/retirement",
    "/settings/options/customer_level/restoration",
    "/settings/holidays/2026/announcement",
    "/settings/holidays/2026/withdrawal",
    "/settings/holidays/day/removal",
)


def signed_in(part: str, **extra: Any) -> Client:
    client = Client(**extra)
    client.post("/sign-in", {"name": part, "password": PASSWORD})
    return client


def address(route: str, cast: Cast) -> str:
    group = Department.objects.get(name="一组")
    role = Role.objects.get(key="salesperson")
    return route.format(department=group.pk, member=cast.owner.pk, role=role.pk)


@pytest.mark.parametrize("part", PARTS)
def test_V8_2_1_pages_open_to_those_who_may_and_to_nobody_else(cast: Cast, unchanged: Any, part: str) -> None:
    client = signed_in(part)
    expected = {route: 200 if part in who else 403 for route, who in PAGES.items()}
    with unchanged():
        found = {route: client.get(address(route, cast)).status_code for route in PAGES}
    assert found == expected


@pytest.mark.parametrize("part", [p for p in PARTS if p != "administrator"])
def test_V8_2_1_nothing_is_written_for_who_may_not(cast: Cast, unchanged: Any, part: str) -> None:
    client = signed_in(part)
    with unchanged():
        closed = [route for route, who in PAGES.items() if who == ADMIN and "?" not in route]
        for route in (*POSTS, *closed):
            answer = client.post(address(route, cast), {"name": "x", "key": "A"})
            assert answer.status_code in (403, 405), route


def test_without_signing_in_every_page_leads_to_the_door(cast: Cast, client: Client, unchanged: Any) -> None:
    with unchanged():
        for route in (*PAGES, *POSTS):
            method = client.get if route in PAGES else client.post
            assert method(address(route, cast)).headers["Location"].startswith("/sign-in"), route
            asked = method(address(route, cast), headers=HTMX)
            assert (asked.status_code, asked.headers["HX-Redirect"]) == (401, "/sign-in")


def test_wrong_methods_are_405(cast: Cast) -> None:
    client = signed_in("administrator")
    assert {client.get(address(route, cast)).status_code for route in POSTS} == {405}
    assert client.delete("/settings/members").status_code == 405
    assert client.put("/profile").status_code == 405


def test_a_dialog_is_a_fragment_for_htmx_and_a_page_otherwise(cast: Cast) -> None:
    client = signed_in("administrator")
    for route in ("/settings/organisation/new", "/settings/members/new", "/profile/edit"):
        part, whole = client.get(route, headers=HTMX).content.decode(), client.get(route).content.decode()
        assert part.lstrip().startswith("<form")
        assert "<html" in whole
        assert f'action="{route}"' in part
        assert f'action="{route}"' in whole


def test_lists_answer_their_part_to_htmx(cast: Cast) -> None:
    client = signed_in("administrator")
    for route in ("/settings/members?q=zmy", "/settings/audit"):
        part = client.get(route, headers=HTMX).content.decode()
        assert "<html" not in part
        assert part.strip() in client.get(route).content.decode()


def test_pages_keep_the_strict_policy(cast: Cast) -> None:
    client = signed_in("administrator")
    for route in PAGES:
        answer = client.get(address(route, cast))
        html = answer.content.decode()
        assert "'unsafe" not in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", html), route
        assert "<script>" not in html


def test_what_people_typed_is_escaped_everywhere(cast: Cast) -> None:
    """Trust flaw 8."""
    bad = "<img src=x onerror=alert(1)>"
    addresses = [address(route, cast) for route in PAGES]
    Member.objects.filter(pk=cast.owner.pk).update(name=bad[:40], title=bad)
    Department.objects.filter(name="一组").update(name=bad)
    client = signed_in("administrator")
    client.post("/settings/company/edit", {"name": bad, "time_zone": "Asia/Shanghai"})
    client.post("/settings/roles/new", {"name": bad, "scope": "self", "note": bad})
    client.post("/settings/options/customer_level/new", {"label": bad, "colour": ""})
    for route in addresses:
        assert "<img src=x" not in client.get(route).content.decode(), route


def test_a_member_is_added_with_a_code_that_lets_him_in(cast: Cast) -> None:
    client = signed_in("administrator")
    group, role = Department.objects.get(name="一组").pk, Role.objects.get(key="salesperson").pk
    sent = {"name": "沈听澜", "sign_in": "stl", "department": group, "superior": cast.manager.pk, "roles": [role]}
    refused = client.post("/settings/members/new", sent | {"department": ""}, headers=HTMX)
    assert refused.status_code == 422
    assert "请填写「主部门」" in refused.content.decode()
    assert 'value="沈听澜"' in refused.content.decode()

    shown = client.post("/settings/members/new", sent, headers=HTMX).content.decode()

    code = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", shown)[0]
    visitor = Client()
    assert visitor.post("/reset", {"code": code, "password": "春眠不觉晓处处闻啼鸟"}).status_code == 302
    assert visitor.post("/sign-in", {"name": "stl", "password": "春眠不觉晓处处闻啼鸟"}).headers["Location"] == "/"
    assert visitor.get("/customers").status_code == 200


def test_flaw_11_what_a_form_does_not_draw_is_not_taken(cast: Cast) -> None:
    client = signed_in("administrator")
    sent = {
        "name": "周牧远",
        "sign_in": "owner",
        "administrator": "on",
        "is_active": "",
        "department": "1",
        "password": "x",
    }
    assert client.post(f"/settings/members/{cast.owner.pk}/facts", sent).status_code == 302
    member = Member.objects.get(pk=cast.owner.pk)
    assert (member.administrator, member.is_active, member.check_password(PASSWORD)) == (False, True, True)
    owner = signed_in("owner")
    facts = {"name": "周牧远", "language": "en", "time_zone": "UTC", "administrator": "on", "sign_in": "hijack"}
    assert owner.post("/profile/edit", facts).status_code == 302
    member.refresh_from_db()
    assert (member.administrator, member.sign_in, member.language) == (False, "owner", "en")


def test_a_department_is_moved_and_moved_back_by_its_undo(cast: Cast) -> None:
    client = signed_in("administrator")
    group, second = Department.objects.get(name="一组"), Department.objects.get(name="销售二部")
    moved = client.post(f"/settings/organisation/{group.pk}/place", {"parent": second.pk}, headers=HTMX)
    assert moved.headers["HX-Redirect"] == f"/settings/organisation?department={group.pk}"
    group.refresh_from_db()
    assert group.parent_id == second.pk
    first = Department.objects.get(name="销售一部").pk
    undone = client.post(f"/settings/organisation/{group.pk}/place?parent={first}&place=0", headers=HTMX)
    assert undone.status_code == 204
    group.refresh_from_db()
    assert group.parent_id == first


def test_a_role_is_made_changed_copied_and_deleted(cast: Cast) -> None:
    client = signed_in("administrator")
    sent = {
        "name": "内勤",
        "scope": "dept",
        "grants": ["customers.see", "org.see"],
        "scope:customers.see": "all",
        "scope:customers.edit": "all",
    }
    assert client.post("/settings/roles/new", sent).headers["Location"] == "/settings/roles"
    role = Role.objects.get(name="内勤")
    assert (role.scope, role.grants) == ("dept", {"customers.see": "all", "org.see": ""})
    stale = client.post(f"/settings/roles/{role.pk}", sent | {"version": "0", "name": "旧"})
    assert stale.status_code == 409
    assert "别人已修改" in stale.content.decode()
    missing = client.post(f"/settings/roles/{role.pk}", sent | {"scope": "dept_custom"})
    assert missing.status_code == 422
    assert "请选择至少一个部门" in missing.content.decode()
    client.post(f"/settings/roles/{role.pk}/copy")
    assert Role.objects.filter(name="内勤 副本").exists()
    client.post(f"/settings/roles/{role.pk}/removal")
    assert not Role.objects.filter(pk=role.pk).exists()
    held = client.post(f"/settings/roles/{Role.objects.get(key='salesperson').pk}/removal")
    assert held.status_code == 422


def test_internal_grants_are_not_offered_and_not_taken(cast: Cast) -> None:
    client = signed_in("administrator")
    assert "org.set_up" not in client.get("/settings/roles/new").content.decode()
    answer = client.post("/settings/roles/new", {"name": "x", "scope": "all", "grants": ["org.set_up"]})
    assert answer.status_code == 422
    assert not Role.objects.filter(name="x").exists()
    assert all(not grant.internal for _label, grants in roles._sections() for grant in grants)


def test_options_are_added_renamed_ordered_retired_and_restored(cast: Cast) -> None:
    client = signed_in("administrator")
    create_customer(cast.actor("owner"), values=Values({"name": "苏州晶砺", "level": "A"}))
    base = "/settings/options/customer_level"
    client.post(f"{base}/edit", {"key": "A", "label": "战略客户", "english": "Strategic", "colour": "vio"})
    assert "战略客户" in signed_in("owner").get("/customers").content.decode()
    client.post(f"{base}/order", {"keys": ["C", "A", "B"]}, headers=HTMX)
    assert list(Option.objects.order_by("order").values_list("key", flat=True)) == ["C", "A", "B"]
    client.post(f"{base}/order", {"key": "B", "step": "up"})
    assert list(Option.objects.order_by("order").values_list("key", flat=True)) == ["C", "B", "A"]
    client.post(f"{base}/retirement", {"key": "A"})
    assert "已停用" in client.get("/settings/options?list=customer_level").content.decode()
    assert "战略客户" in signed_in("owner").get("/customers").content.decode()
    client.post(f"{base}/restoration?key=A")
    assert not Option.objects.get(key="A").retired
    client.post(f"{base}/new", {"label": "新级别", "colour": "ok"})
    assert client.post(f"{base}/new", {"label": "新级别", "colour": "ok"}).status_code == 422


def test_a_year_is_not_announced_until_somebody_says_so(cast: Cast) -> None:
    client = signed_in("administrator")
    assert "尚未公布" in client.get("/settings/holidays?year=2025").content.decode()
    client.post("/settings/holidays/2025/announcement")
    assert HolidayYear.objects.filter(year=2025).exists()
    assert Holiday.objects.get(day="2025-10-01").name == "国庆节"
    client.post("/settings/holidays/day", {"day": "2025-12-31", "name": "公司年会", "works": ""})
    assert not Holiday.objects.get(day="2025-12-31").works
    client.post("/settings/holidays/day/removal", {"day": "2025-12-31"})
    assert not Holiday.objects.filter(day="2025-12-31").exists()
    client.post("/settings/holidays/2025/withdrawal")
    assert "尚未公布" in client.get("/settings/holidays?year=2025").content.decode()


def test_a_code_pattern_holds_for_new_records_only(cast: Cast) -> None:
    client = signed_in("administrator")
    old = create_customer(cast.actor("owner"), values=Values({"name": "旧客户"}))
    assert client.post("/settings/codes/customer", {"pattern": "KH"}).status_code == 422
    assert client.post("/settings/codes/customer", {"pattern": "C-{0000}"}).status_code == 302
    new = create_customer(cast.actor("owner"), values=Values({"name": "新客户"}))
    assert CodeSeries.objects.get().pattern == "C-{0000}"
    assert new.code.startswith("C-")
    assert old.code.startswith("KH-")
    assert "KH-0123" in client.get("/settings/codes-preview?pattern=KH-{0000}").content.decode()


def picture() -> bytes:
    import struct
    import zlib

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" + b"\0" * 6 + b"\0" + b"\0" * 6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_flaw_10_a_logo_is_a_picture_by_its_content(cast: Cast) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile as Upload

    client = signed_in("administrator")
    for name, content in (
        ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("logo.png", b"<html><script>alert(1)</script></html>"),
        ("logo.gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
        ("logo.png", b"\x89PNG" + b"0" * (1 << 20)),
    ):
        assert client.post("/settings/company/logo", {"logo": Upload(name, content)}).status_code == 422, name
    assert Company.objects.get().logo == ""
    assert client.post("/settings/company/logo", {"logo": Upload("../../x.png", picture())}).status_code == 302
    shown = Client().get("/logo")
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/png")
    assert shown.content == picture()
    assert Company.objects.get().logo.startswith("logo/")
    client.post("/settings/company/logo/removal")
    assert Client().get("/logo").status_code == 404


def test_V7_5_sessions_are_listed_and_ended_and_keys_never_shown(cast: Cast) -> None:
    here, there = signed_in("owner"), signed_in("owner", HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Mobile Safari")
    page = here.get("/profile").content.decode()
    assert "Safari · iPhone" in page
    for session in Session.objects.all():
        assert session.session_key not in page
    handles = set(re.findall(r"/profile/sessions/([0-9a-f]{20})/end", page))
    assert len(handles) == 1
    assert signed_in("stranger").post(f"/profile/sessions/{handles.pop()}/end").status_code == 404
    here.post("/profile/sessions/end")
    assert there.get("/profile").status_code == 302
    assert here.get("/profile").status_code == 200


def test_V6_3_1_guessing_the_password_of_a_session_is_stopped_like_signing_in(cast: Cast) -> None:
    client = signed_in("owner")
    wrong = {"current": "wrong", "password": "春眠不觉晓处处闻啼鸟"}
    asking = ["/profile/password", "/profile/tokens/new"] * 5
    assert [client.post(url, wrong | {"name": "x", "days": "30"}).status_code for url in asking] == [422] * 10
    assert Event.objects.filter(action="profile.note_wrong_password").count() == 10
    right = wrong | {"current": PASSWORD}
    answer = client.post("/profile/password", right, headers=HTMX)
    assert answer.status_code == 429
    assert "尝试次数过多" in answer.content.decode()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        assert client.post("/profile/password", right).status_code == 302


def test_V7_5_1_password_sign_in_and_tokens_ask_for_the_password(cast: Cast) -> None:
    client, other = signed_in("owner"), signed_in("owner")
    new = "春眠不觉晓处处闻啼鸟"
    assert client.post("/profile/password", {"current": "wrong", "password": new}).status_code == 422
    assert client.post("/profile/sign-in", {"sign_in": "x", "current": "wrong"}).status_code == 422
    assert client.post("/profile/tokens/new", {"name": "x", "days": "30", "current": "wrong"}).status_code == 422
    assert not AccessToken.objects.exists()

    assert client.post("/profile/password", {"current": PASSWORD, "password": new}).status_code == 302
    assert client.get("/profile").status_code == 200
    assert other.get("/profile").status_code == 302
    shown = client.post("/profile/tokens/new", {"name": "脚本", "days": "30", "current": new}).content.decode()
    assert "gj_" in shown
    assert "gj_" not in client.get("/profile").content.decode()
    token = AccessToken.objects.get()
    assert signed_in("stranger").post(f"/profile/tokens/{token.pk}/revoke").status_code == 404
    client.post(f"/profile/tokens/{token.pk}/revoke")
    token.refresh_from_db()
    assert token.revoked_at is not None


@pytest.mark.parametrize("page", ["/settings/members", "/settings/organisation", "/settings/roles", "/settings/audit"])
def test_pages_do_not_query_per_row(cast: Cast, count_queries: Any, page: str) -> None:
    client = signed_in("administrator")

    def queries() -> int:
        client.get(page)
        with count_queries() as counted:
            client.get(page)
        return len(counted)

    few = queries()
    for number in range(5):
        sent = {"name": f"人{number}", "sign_in": f"p{number}", "department": Department.objects.get(name="总部").pk}
        client.post("/settings/members/new", sent)
        client.post("/settings/roles/new", {"name": f"角色{number}", "scope": "self", "grants": ["org.see"]})
    assert queries() <= few + 1
