"""Signing in and out. Same answer and time for an unknown name; failures and successes are events."""

from __future__ import annotations

from typing import Annotated

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from genjin.kernel import normal
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Text
from genjin.kernel.recording import note_event, record
from genjin.org.actions.members import normal_sign_in
from genjin.org.changing.attempts import (
    PER_ACCOUNT,
    PER_ADDRESS,
    check_attempts,
    count_failure,
    forget_failures,
    key_of,
)
from genjin.org.fields import Password
from genjin.org.models import Member

Name = Annotated[str, Text(key="name", label=gettext_lazy("登录名、手机号或邮箱"))]
Secret = Annotated[str, Password(key="password", label=gettext_lazy("密码"))]
Address = Annotated[str, Text(key="address", label=gettext_lazy("网络地址"))]


@action("org.sign_in", on=None, needs="org.sign_in", label=gettext_lazy("登录"), icon="login", listed=False)
def try_sign_in(actor: Actor, *, name: Name, password: Secret, address: Address) -> Member | None:
    """The active member whose password this is, else None. It does not raise for a wrong one, so that the failure
    stays counted and recorded. Raises TooMany."""
    account, place = key_of("sign-in", normal_sign_in(name), address), key_of("address", "", address)
    check_attempts((account, PER_ACCOUNT), (place, PER_ADDRESS))
    member = _find(name)
    right = _password_is(member, password)
    if member is None or not right or not member.is_active:
        count_failure(account, place)
        _note(actor, member, address, "failed")
        return None
    forget_failures(account)
    Member.objects.filter(pk=member.pk).update(last_login=timezone.now())
    _note(actor, member, address, "signed_in")
    return member


@action("org.sign_out", on=Member, needs="org.sign_in", label=gettext_lazy("退出"), icon="logout", listed=False)
def note_sign_out(actor: Actor, member_id: int, *, address: Address) -> None:
    """Record that a member signed out; the page ends the session itself."""
    _note(actor, Member.objects.filter(pk=member_id).first(), address, "signed_out")


def _find(name: str) -> Member | None:
    """By sign-in name, phone or e-mail; the actions keep the three apart from each other."""
    text = normal_sign_in(name)
    by = Q(sign_in=text) | Q(email=text)
    phone = normal.check_phone(name)
    if phone.ok and phone.normal:
        by |= Q(phone=phone.normal)
    return Member.objects.filter(by).first() if text else None


def _password_is(member: Member | None, password: str) -> bool:
    """The hasher runs once whoever is asked for, so that time tells nothing."""
    if member is None or not member.has_usable_password():
        Member().set_password(password)
        return False
    return member.check_password(password)


def _note(actor: Actor, member: Member | None, address: str, result: str) -> None:
    if member is None:
        note_event(actor, address=address, result=result)
    else:
        record(actor, member, address=address, result=result)
