"""Coming in and going out: home, sign-in, sign-out, first run, reset by code, the logo."""

from __future__ import annotations

import mimetypes
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor, Surface, system
from genjin.kernel.refusal import NotFound, Refused
from genjin.org.actions.passwords import mail_is_configured, request_reset, use_reset_code
from genjin.org.actions.setup import run_setup, setup_is_open
from genjin.org.actions.sign_in import note_sign_out, try_sign_in
from genjin.org.models import Member
from genjin.org.queries import company_facts, is_set_up
from genjin.org.sessions import begin
from genjin.ui.pages import PageRequest, go, page, render

NOBODY = "nobody is signed in yet"


@page("", name="home")
def home(request: PageRequest) -> HttpResponse:
    """A member's day begins at his workbench."""
    del request
    return HttpResponseRedirect("/today")


@page("sign-in", name="sign-in", methods=["GET", "POST"], open=NOBODY)
def sign_in(request: PageRequest) -> HttpResponse:
    """Sign in with name, phone or e-mail, and go on to `next`."""
    if request.method == "POST":
        return _sign_in(request)
    if getattr(request, "actor", None) is not None:
        return HttpResponseRedirect("/")
    return _with_language(request, _sign_in_page(request))


def _sign_in(request: PageRequest) -> HttpResponse:
    name, password = typed(request, "name"), typed(request, "password")
    try:
        member = try_sign_in(door(), name=name, password=password, address=address_of(request))
    except Refused as refusal:
        return _sign_in_page(request, error=refusal.message, status=refusal.status)
    if member is None:
        return _sign_in_page(request, error=_("登录名或密码不正确，请重新输入"), status=422)
    return come_in(request, member, safe_next(request))


def _sign_in_page(request: PageRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"error": error, "name": request.POST.get("name", ""), "next": safe_next(request)}
    company = company_facts()
    mail = mail_is_configured()
    return render(request, "org/sign_in.html", status=status, company=company, mail=mail, ready=is_set_up(), **context)


def come_in(request: PageRequest, member: Member, to: str) -> HttpResponse:
    """Begin the session; the look the member chose comes along."""
    begin(request, member.pk)
    response = HttpResponseRedirect(to)
    remember_look(response, member)
    return response


def remember_look(response: HttpResponse, member: Member) -> None:
    """Theme and row height as cookies, which the pages read."""
    for name in ("theme", "density"):
        value = member.preferences.get(name, "")
        if value:
            response.set_cookie(name, value, max_age=365 * 24 * 3600, samesite="Lax")
        elif name == "theme" and "theme" in member.preferences:
            response.delete_cookie(name)


@page("sign-out", name="sign-out", methods=["POST"])
def sign_out(request: PageRequest) -> HttpResponse:
    """End the session here and on the server (ASVS 7.4.1); the browser forgets what it kept."""
    note_sign_out(door(), request.actor.member_id or 0, address=address_of(request))
    request.session.flush()
    response = go(request, "/sign-in", _("已退出登录"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@page("setup", name="setup", methods=["GET", "POST"], open="first run: guarded by a one-time token")
def setup(request: PageRequest) -> HttpResponse:
    """Company and first administrator; there is no such page once somebody is there."""
    token = request.POST.get("token") or request.GET.get("token", "")
    if not setup_is_open(token):
        raise NotFound
    if request.method == "GET":
        return render(request, "org/setup.html", token=token, given={}, errors={})
    try:
        return come_in(request, _set_up(request, token), "/settings")
    except Refused as refusal:
        errors = refusal.errors or {"company": refusal.message}
        return render(request, "org/setup.html", status=422, token=token, given=request.POST.dict(), errors=errors)


def _set_up(request: PageRequest, token: str) -> Member:
    actor = system("org.set_up", "settings.manage", surface=Surface.SETUP)
    sent = {key: request.POST.get(key, "") for key in ("company", "name", "sign_in", "password")}
    parsed = run_setup.parse(actor, sent | {"token": token})
    upload = request.FILES.get("logo")
    picture = (upload.read(), upload.name or "") if upload else None
    return run_setup(actor, **parsed, logo=picture)


@page("reset", name="reset", methods=["GET", "POST"], open="guarded by a one-time code")
def reset(request: PageRequest) -> HttpResponse:
    """Set a password with a one-time code."""
    if request.method == "GET":
        return render(request, "org/reset.html", errors={}, code="")
    code, password = typed(request, "code"), typed(request, "password")
    try:
        member = use_reset_code(door(), code=code, password=password, address=address_of(request))
    except Refused as refusal:
        errors = refusal.errors or {"code": refusal.message}
        return render(request, "org/reset.html", status=refusal.status, errors=errors, code=code)
    if member is None:
        errors = {"code": _("重设码不正确或已过期，请向管理员要一个新的")}
        return render(request, "org/reset.html", status=422, errors=errors, code=code)
    return go(request, "/sign-in", _("密码已设置，请登录"))


@page("reset/request", name="reset-request", methods=["GET", "POST"], open=NOBODY)
def ask_reset(request: PageRequest) -> HttpResponse:
    """Ask for a code by mail; the answer is the same whether the address is known or not."""
    if not mail_is_configured():
        raise NotFound
    if request.method == "GET":
        return render(request, "org/reset_request.html", error="")
    try:
        request_reset(door(), email=typed(request, "email"), address=address_of(request))
    except Refused as refusal:
        return render(request, "org/reset_request.html", status=refusal.status, error=refusal.message)
    return go(request, "/reset", _("如果这个邮箱属于在职成员，重设码已发出，请查收邮件"))


@page("logo", name="logo", open="the company's logo stands on the sign-in page")
def logo(request: PageRequest) -> HttpResponse:  # noqa: ARG001 - one signature for all pages
    """The company's logo; its kind was checked when it came."""
    company = company_facts()
    if company is None or not company.logo or not default_storage.exists(company.logo):
        raise NotFound
    kind = mimetypes.guess_type(company.logo)[0] or "application/octet-stream"
    with default_storage.open(company.logo) as file:
        response = HttpResponse(file.read(), content_type=kind)
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


def door() -> Actor:
    """Who acts while nobody is signed in: the system, with the one grant to let people in."""
    return system("org.sign_in", surface=Surface.WEB)


def address_of(request: HttpRequest) -> str:
    """The address attempts are counted by."""
    return str(request.META.get("REMOTE_ADDR", ""))[:64]


def typed(request: HttpRequest, name: str) -> str:
    """What was typed, without what no text column can hold."""
    return request.POST.get(name, "").replace("\x00", "")[:200]


def safe_next(request: HttpRequest) -> str:
    """Where to go afterwards: an address of this site only."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else "/"


def _with_language(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    wanted = request.GET.get("language", "")
    if wanted in dict(settings.LANGUAGES):
        response = HttpResponseRedirect("/sign-in")
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, wanted, max_age=365 * 24 * 3600, samesite="Lax")
    return response
