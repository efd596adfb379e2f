"""What members change about themselves: name, language, zone, preferences, sign-in facts, password, sessions."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any
from zoneinfo import available_timezones

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Text
from genjin.kernel.pinyin import pinyin_sort_key
from genjin.kernel.recording import record
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.stamps import bump_stamp
from genjin.org.actions.members import MemberEmail, MemberPhone, Name, SignIn, Title, end_codes, member_row, set_sign_in
from genjin.org.actions.passwords import set_password
from genjin.org.actions.sign_in import Secret
from genjin.org.changing import end_access
from genjin.org.changing.attempts import PER_ACCOUNT, check_attempts, count_failure, forget_failures, key_of
from genjin.org.fields import OneOf, Pairs, Password
from genjin.org.models import Member, Session

THEMES = (("", gettext_lazy("跟随系统")), ("light", gettext_lazy("浅色")), ("dark", gettext_lazy("深色")))
DENSITIES = (
    ("default", gettext_lazy("标准")),
    ("compact", gettext_lazy("紧凑")),
    ("relaxed", gettext_lazy("宽松")),
)
NEAR = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "UTC")


def zones() -> Pairs:
    """Time zones, those near China first."""
    names = [*NEAR, *sorted(name for name in available_timezones() if "/" in name and name not in NEAR)]
    return [(name, name) for name in names if not name.startswith(("Etc/", "posix/", "right/"))]


Language = Annotated[str, OneOf(key="language", label=gettext_lazy("语言"), pairs=tuple(settings.LANGUAGES))]
Zone = Annotated[str, OneOf(key="time_zone", label=gettext_lazy("时区"), pairs=zones)]
Theme = Annotated[str, OneOf(key="theme", label=gettext_lazy("外观"), pairs=THEMES)]
Density = Annotated[str, OneOf(key="density", label=gettext_lazy("列表行高"), pairs=DENSITIES)]
Current = Annotated[str, Password(key="current", label=gettext_lazy("当前密码"))]
Handle = Annotated[str, Text(key="handle", label=gettext_lazy("会话"))]


@action(
    "profile.edit", on=Member, needs="profile.edit", label=gettext_lazy("修改个人资料"), icon="pencil", listed=False
)
def edit_profile(actor: Actor, *, name: Name, language: Language, time_zone: Zone, title: Title = "") -> Member:
    """Change one's own name, title, language and time zone."""
    member = _me(actor)
    member.name, member.title, member.pinyin = name, title, pinyin_sort_key(name)
    member.language, member.time_zone = language, time_zone
    record(actor, member)
    bump_stamp()
    return member


@action(
    "profile.set_look", on=Member, needs="profile.edit", label=gettext_lazy("修改界面偏好"), icon="moon", listed=False
)
def set_look(actor: Actor, *, theme: Theme = "", density: Density = "default") -> Member:
    """Keep theme and row height, so that they are there on the next device too."""
    member = _me(actor)
    member.preferences = member.preferences | {"theme": theme, "density": density or "default"}
    record(actor, member)
    return member


@action(
    "profile.change_sign_in",
    on=Member,
    needs="profile.edit",
    label=gettext_lazy("修改登录方式"),
    icon="lock",
    listed=False,
)
def change_sign_in(
    actor: Actor, *, sign_in: SignIn, current: Current, phone: MemberPhone = "", email: MemberEmail = ""
) -> Member:
    """Change what one signs in with, after giving the password again (ASVS 7.5.1). Codes sent earlier end."""
    member = proven(actor, current)
    set_sign_in(member, sign_in, phone, email)
    record(actor, member)
    end_codes(member)
    bump_stamp()
    return member


@action(
    "profile.change_password",
    on=Member,
    needs="profile.edit",
    label=gettext_lazy("修改密码"),
    icon="lock",
    listed=False,
)
def change_password(actor: Actor, *, current: Current, password: Secret, keep: Handle = "") -> Member:
    """Set a new password after giving the old one; every other session ends. `keep`: handle of the session in use."""
    member = proven(actor, current)
    if password == current:
        raise Refused("same_password", _("新密码不能和当前密码相同"), "password")
    set_password(member, password)
    record(actor, member)
    kept = next((s.session_key for s in member.sessions.all() if handle_of(s.session_key) == keep), "")
    end_access(actor, member, keep_session=kept, tokens=False)
    return member


@action(
    "profile.end_session", on=Member, needs="profile.edit", label=gettext_lazy("结束会话"), icon="logout", listed=False
)
def end_session(actor: Actor, *, handle: Handle) -> Member:
    """End one of one's own sessions. Raises NotFound."""
    member = _me(actor)
    session = next((s for s in Session.objects.filter(member_id=member.pk) if handle_of(s.session_key) == handle), None)
    if session is None:
        raise NotFound
    session.delete()
    record(actor, member, ended=1)
    return member


@action(
    "profile.end_other_sessions",
    on=Member,
    needs="profile.edit",
    label=gettext_lazy("结束其他会话"),
    icon="logout",
    listed=False,
)
def end_other_sessions(actor: Actor, *, keep: Handle) -> Member:
    """End all of one's own sessions but the one in use."""
    member = _me(actor)
    others = [s for s in Session.objects.filter(member_id=member.pk) if handle_of(s.session_key) != keep]
    for session in others:
        session.delete()
    record(actor, member, ended=len(others))
    return member


def handle_of(session_key: Any) -> str:
    """What a page calls a session by; the key itself is never shown."""
    return hashlib.sha256(str(session_key).encode()).hexdigest()[:20]


def _me(actor: Actor) -> Member:
    if actor.member_id is None:
        raise NotFound
    return member_row(actor.member_id)


class WrongPassword(Refused):
    """The password asked for again was not right. The refused action counts nothing: whoever ran it calls
    `note_wrong_password`."""

    def __init__(self) -> None:
        super().__init__("wrong_password", _("当前密码不正确"), "current")


def proven(actor: Actor, current: str) -> Member:
    """The member, who gave the password again. Raises WrongPassword, and TooMany after ten wrong ones (ASVS 6.3.1)."""
    member = _me(actor)
    key = _proofs_of(member)
    check_attempts((key, PER_ACCOUNT))
    if not member.check_password(current):
        raise WrongPassword
    forget_failures(key)
    return member


@action(
    "profile.note_wrong_password",
    on=Member,
    needs="profile.edit",
    label=gettext_lazy("密码验证失败"),
    icon="lock",
    listed=False,
)
def note_wrong_password(actor: Actor) -> Member:
    """Count and record a wrong password given for a change of one's own."""
    member = _me(actor)
    count_failure(_proofs_of(member))
    record(actor, member, result="failed")
    return member


def _proofs_of(member: Member) -> str:
    return key_of("proof", str(member.pk), "")
