"""One's own page: facts, sign-in, password, look, sessions, tokens. Each change is a dialog around its action."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.refusal import Refused
from genjin.org.actions.profile import (
    change_password,
    change_sign_in,
    edit_profile,
    end_other_sessions,
    end_session,
    handle_of,
    set_look,
)
from genjin.org.actions.tokens import create_token, revoke_token
from genjin.org.models import Member
from genjin.org.queries import is_live, member_facts, organisation, roles_of, sessions_of, tokens_of
from genjin.org.web.entry import remember_look
from genjin.org.web.frame import SettingsForm, drawn_in_place
from genjin.ui.pages import PageRequest, go, in_dialog, page, reload, render


@page("profile", name="profile")
def profile(request: PageRequest) -> HttpResponse:
    """Everything about oneself on one page."""
    member = _me(request)
    org = organisation(request.actor)
    now = timezone.now()
    return render(
        request,
        "org/profile.html",
        member=member,
        department=org.departments.get(member.department_id or 0),
        superior=org.people.get(member.superior_id or 0),
        roles=[org.roles[role_id] for role_id in roles_of(member.pk) if role_id in org.roles],
        sessions=[(s, handle_of(s.session_key), device_of(s.agent)) for s in sessions_of(member.pk)],
        here=handle_of(request.session.session_key),
        tokens=[(token, is_live(token, now)) for token in tokens_of(member.pk)],
    )


@page("profile/edit", name="profile-edit", methods=["GET", "POST"], needs="profile.edit")
def edit(request: PageRequest) -> HttpResponse:
    """Name, title, language, time zone."""
    form = SettingsForm(request, edit_profile, _("修改个人资料"), given=_facts(_me(request)), submit=_("保存"))
    return form.answer(lambda: reload(_("已保存")) if in_dialog(request) else go(request, "/profile", _("已保存")))


@page("profile/sign-in", name="profile-sign-in", methods=["GET", "POST"], needs="profile.edit")
def sign_in_facts(request: PageRequest) -> HttpResponse:
    """What one signs in with; asks for the password."""
    form = SettingsForm(
        request,
        change_sign_in,
        _("修改登录方式"),
        given=_facts(_me(request)),
        submit=_("保存"),
        text=_("登录名、手机号和邮箱都可以用来登录。为了安全，请再输入一次当前密码。"),
    )
    return form.answer(lambda: go(request, "/profile", _("登录方式已修改")))


@page("profile/password", name="profile-password", methods=["GET", "POST"], needs="profile.edit")
def password(request: PageRequest) -> HttpResponse:
    """A new password; all other sessions end."""
    form = SettingsForm(
        request,
        change_password,
        _("修改密码"),
        hidden={"keep": handle_of(request.session.session_key)},
        submit=_("修改密码"),
        text=_("至少 10 个字符，不限制字符种类，可以是一句话。修改后，其他设备上的登录都会退出。"),
    )
    return form.answer(lambda: go(request, "/profile", _("密码已修改，其他会话已退出")))


@page("profile/look", name="profile-look", methods=["POST"], needs="profile.edit")
def look(request: PageRequest) -> HttpResponse:
    """Theme and row height, kept for all devices."""
    member = set_look(request.actor, **set_look.parse(request.actor, _given(request, "theme", "density")))
    response = go(request, "/profile", _("已保存"))
    remember_look(response, member)
    return response


@page("profile/sessions/<str:handle>/end", name="session-end", methods=["POST"], needs="profile.edit")
def session_end(request: PageRequest, handle: str) -> HttpResponse:
    """End one session."""
    end_session(request.actor, handle=handle)
    return go(request, "/profile", _("会话已结束"))


@page("profile/sessions/end", name="sessions-end", methods=["POST"], needs="profile.edit")
def sessions_end(request: PageRequest) -> HttpResponse:
    """End all sessions but this one."""
    end_other_sessions(request.actor, keep=handle_of(request.session.session_key))
    return go(request, "/profile", _("其他会话已结束"))


@page("profile/tokens/new", name="token-new", methods=["GET", "POST"], needs="profile.edit")
def token_new(request: PageRequest) -> HttpResponse:
    """A new token, shown this once."""
    text = _("程序用令牌代表您访问，权限不会超过您自己。")
    form = SettingsForm(request, create_token, _("新建访问令牌"), given={"days": "90"}, text=text)
    if request.method != "POST":
        return form.draw()
    try:
        arguments = create_token.parse(request.actor, _given(request, "name", "days", "current", "read_only"))
        return _shown_once(request, create_token(request.actor, **arguments)[1])
    except Refused as refusal:
        form.refuse(refusal)
        return form.draw()


def _shown_once(request: PageRequest, text: str) -> HttpResponse:
    note = _("请现在复制并妥善保存：关闭后不会再显示。谁拿到它，谁就能以您的身份访问。")
    return drawn_in_place(
        request, "org/shown_once.html", title=_("新的访问令牌"), value=text, note=note, back="/profile"
    )


@page("profile/tokens/<int:token_id>/revoke", name="token-revoke", methods=["POST"], needs="profile.edit")
def token_revoke(request: PageRequest, token_id: int) -> HttpResponse:
    """End a token."""
    revoke_token(request.actor, token_id)
    return go(request, "/profile", _("令牌已撤销"))


BROWSERS: dict[str, str | Promise] = {
    "MicroMessenger": gettext_lazy("微信"),
    "DingTalk": gettext_lazy("钉钉"),
    "Edg": "Edge",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS: dict[str, str | Promise] = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


def device_of(agent: str) -> str:
    """`Chrome · Windows`: what a browser says of itself, in words people know."""
    found = [next((str(name) for mark, name in known.items() if mark in agent), "") for known in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found)) or agent[:40] or _("未知设备")


def _me(request: PageRequest) -> Member:
    return member_facts(request.actor.member_id or 0)


def _facts(member: Member) -> dict[str, Any]:
    names = ("name", "title", "language", "time_zone", "sign_in", "phone", "email")
    return {name: getattr(member, name) for name in names}


def _given(request: PageRequest, *names: str) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in names}
