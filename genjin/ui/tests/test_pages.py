"""The page decorator, fragments, refusals and headers, through a small site of its own."""

from __future__ import annotations

import json
import sys
from typing import Any
from urllib.parse import unquote

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings

from genjin.kernel.actor import Actor, Scope, Surface
from genjin.kernel.refusal import Forbidden, NotFound, Refused, Stale
from genjin.ui import errors, navigation, pages
from genjin.ui.pages import PageRequest, go, page, urlpatterns_of, with_toast

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
pytestmark = pytest.mark.django_db


class PretendSignIn:
    """Stands where the organisation's middleware stands: the cookie says who comes."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        grants = {name: Scope(everything=True) for name in request.COOKIES.get("grants", "").split()}
        request.actor = Actor(1, "周牧远", Surface.WEB, grants) if "grants" in request.COOKIES else None
        return self.get_response(request)


@page("closed", name="closed", methods=["GET", "POST"])
def closed(request: PageRequest) -> HttpResponse:
    return with_toast(HttpResponse(request.actor.name), "已保存", undo="/undo")


@page("needing", name="needing", needs="customers.see")
def needing(request: PageRequest) -> HttpResponse:
    return HttpResponse("ok")


@page("opened", name="opened", open="test")
def opened(request: PageRequest) -> HttpResponse:
    return HttpResponse("open")


@page("gone", name="gone", methods=["POST"])
def gone(request: PageRequest) -> HttpResponse:
    return go(request, "/closed", "已归档")


@page("raise/<str:what>", name="raising", methods=["GET", "POST"], open="test")
def raising(request: PageRequest, what: str) -> HttpResponse:
    raise {
        "refused": Refused("not_open", "已经关闭，不能再改"),
        "absent": NotFound(),
        "missing": Http404("secret detail"),
        "forbidden": Forbidden(),
        "stale": Stale({}, 2),
        "fault": ValueError("secret detail"),
    }[what]


urlpatterns = urlpatterns_of(sys.modules[__name__])
handler404 = "genjin.ui.errors.not_found"
handler500 = "genjin.ui.errors.server_error"

SITE = override_settings(
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[
        "genjin.ui.middleware.RequestIdMiddleware",
        "genjin.ui.middleware.SecurityHeadersMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        f"{__name__}.PretendSignIn",
        "genjin.ui.middleware.RefusalMiddleware",
    ],
)


@pytest.fixture
def client() -> Any:
    with SITE:
        yield Client(raise_request_exception=False)


@pytest.fixture
def member(client: Client) -> Client:
    client.cookies["grants"] = "customers.see"
    return client


def test_nobody_is_sent_to_sign_in_and_back(client: Client) -> None:
    answer = client.get("/closed?a=1")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in?next=/closed%3Fa%3D1")


def test_nobody_asking_for_a_fragment_is_told_where_to_go(client: Client) -> None:
    answer = client.get("/closed", headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in")


def test_after_signing_in_again_one_is_back_where_one_wrote(client: Client) -> None:
    answer = client.post("/closed", headers={**HTMX, "HX-Current-URL": "https://elsewhere.test/today?span=week"})
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/today%3Fspan%3Dweek"


def test_open_page_serves_everybody(client: Client) -> None:
    assert client.get("/opened").content == b"open"


def test_member_is_served(member: Client) -> None:
    assert member.get("/closed").content.decode() == "周牧远"
    assert member.head("/closed").status_code == 200


def test_method_that_is_not_declared_is_405(member: Client) -> None:
    answer = member.post("/needing")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


def test_page_needs_its_grant(member: Client) -> None:
    assert member.get("/needing").status_code == 200
    member.cookies["grants"] = "other"
    assert member.get("/needing").status_code == 403


def test_refusal_is_a_page_with_the_reason(member: Client) -> None:
    answer = member.get("/raise/refused")
    assert answer.status_code == 422
    assert "已经关闭，不能再改" in answer.content.decode()


def test_refusal_of_a_fragment_is_a_toast_that_swaps_nothing(member: Client) -> None:
    answer = member.post("/raise/refused", headers=HTMX)
    toast = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert (answer.status_code, answer.headers["HX-Reswap"], answer.content) == (422, "none", b"")
    assert (toast["text"], toast["tone"]) == ("已经关闭，不能再改", "bad")


@pytest.mark.parametrize("what", ["absent", "missing"])
def test_absent_and_forbidden_rows_look_the_same(member: Client, what: str) -> None:
    answer = member.get(f"/raise/{what}")
    text = answer.content.decode()
    assert answer.status_code == 404
    assert "没有找到，或您无权查看" in text
    assert "secret" not in text
    assert "7F3A" not in text


def test_unknown_address_looks_like_an_absent_row(member: Client) -> None:
    answer = member.get("/no/such/page")
    assert answer.status_code == 404
    assert "没有找到，或您无权查看" in answer.content.decode()


def test_conflict_is_409(member: Client) -> None:
    assert member.get("/raise/stale").status_code == 409


def test_fault_shows_its_number_and_no_trace(member: Client) -> None:
    answer = member.get("/raise/fault")
    text = answer.content.decode()
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] in text
    assert "secret" not in text
    assert "ValueError" not in text


def test_fault_in_a_fragment_swaps_nothing(member: Client) -> None:
    answer = member.get("/raise/fault", headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Reswap"], answer.content) == (500, "none", b"")


def test_every_answer_carries_the_strict_headers(member: Client) -> None:
    for address in ("/closed", "/opened", "/no/such", "/raise/fault", "/raise/refused"):
        headers = member.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Permissions-Policy"] == "geolocation=(self), camera=(self), microphone=(self)"


def test_request_ids_are_short_and_differ(member: Client) -> None:
    first, second = (member.get("/opened").headers["X-Request-Id"] for _ in range(2))
    assert first != second
    assert len(first) == 9
    assert first[4] == "-"


def test_write_from_htmx_goes_on_by_header_and_keeps_its_toast(member: Client) -> None:
    answer = member.post("/gone", headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/closed")
    assert json.loads(unquote(answer.cookies["flash"].value))["text"] == "已归档"


def test_write_from_a_plain_form_is_redirected(member: Client) -> None:
    answer = member.post("/gone")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/closed")


def test_toast_can_be_undone(member: Client) -> None:
    toast = json.loads(member.get("/closed").headers["HX-Trigger"])["toast"]
    assert toast == {"text": "已保存", "tone": "ok", "undo": "/undo", "label": "", "link": ""}


def test_form_without_token_is_told_to_reload() -> None:
    request = RequestFactory().post("/x")
    answer = errors.csrf_failure(request, "missing")
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ({}, False),
        (HTMX, True),
        ({**HTMX, "HX-Request-Type": "full"}, False),
        ({**HTMX, "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_fragment_is_given_only_for_a_part(headers: dict[str, str], wanted: bool) -> None:
    assert pages.wants_fragment(RequestFactory().get("/", headers=headers)) is wanted


def _three(actor: Actor) -> int:
    return 3


def test_menu_shows_what_the_actor_may_use(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_items", {})
    for key, needs in (("closed", None), ("needing", "customers.see"), ("unserved", None)):
        navigation.register_nav(
            navigation.NavItem(key=key, label=key, icon="home", url_name=key, needs=needs, badge=_three)
        )
    seeing = navigation.menu_for(Actor(1, "a", Surface.WEB, {"customers.see": Scope()}), "/needing/7")
    blind = navigation.menu_for(Actor(2, "b", Surface.WEB))
    assert [[(e.item.key, e.current, e.count) for e in entries] for _, entries in seeing.sections] == [
        [("closed", False, 3), ("needing", True, 3)]
    ]
    assert [e.item.key for _, entries in blind.sections for e in entries] == ["closed"]


def test_menu_entry_cannot_be_registered_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_items", {})
    item = navigation.NavItem(key="a", label="a", icon="home", url_name="a")
    navigation.register_nav(item)
    navigation.register_nav(item)
    with pytest.raises(ValueError, match="twice"):
        navigation.register_nav(navigation.NavItem(key="a", label="b", icon="home", url_name="a"))
    with pytest.raises(ValueError, match="unknown section"):
        navigation.register_nav(navigation.NavItem(key="b", label="b", icon="home", url_name="a", section="no"))


def test_request_of_pages_is_a_django_request() -> None:
    assert issubclass(PageRequest, HttpRequest)
