"""One-time codes to set a password: issued by an administrator or by mail, used once (ASVS 6.4.1, 6.4.3)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.jobs import start_job
from genjin.kernel.recording import note_event, record
from genjin.kernel.refusal import Refused
from genjin.kernel.wording import clauses
from genjin.org.actions.members import member_row
from genjin.org.actions.sign_in import Address, Name, Secret
from genjin.org.changing import check_rank, end_access
from genjin.org.changing.attempts import PER_ACCOUNT, PER_ADDRESS, check_attempts, count_failure, key_of
from genjin.org.models import Member, ResetCode

VALID = timedelta(hours=1)
VALID_FIRST = timedelta(days=3)
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@action("members.issue_reset_code", on=Member, needs="org.manage", label=gettext_lazy("重设密码"), icon="lock")
def issue_reset_code(actor: Actor, member_id: int) -> str:
    """A fresh code (shown once), valid for an hour, for a member who never had a password three days; earlier ones
    end. Raises Refused("left"), Forbidden for somebody who may do more than the actor."""
    member = member_row(member_id)
    check_rank(actor, member, acting_as=True)
    if not member.is_active:
        raise Refused("left", _("该成员已离职，请先恢复在职"))
    code = make_code(member, actor.member_id, first=not member.has_usable_password())
    record(actor, member, reset="issued")
    return code


@action(
    "org.request_reset", on=None, needs="org.sign_in", label=gettext_lazy("申请重设密码"), icon="mail", listed=False
)
def request_reset(actor: Actor, *, email: str, address: Address) -> None:
    """Send a code to this address if it is an active member's. Tells nobody whether it is. Raises TooMany."""
    place = key_of("reset-mail", "", address)
    check_attempts((place, PER_ACCOUNT))
    count_failure(place)
    member = Member.objects.filter(email=email.strip().casefold(), is_active=True).exclude(email="").first()
    note_event(actor, address=address)
    if member is not None and mail_is_configured():
        start_job(actor, "org.mail_reset_code", member_id=member.pk)


@action("org.mail_code", on=Member, needs="org.sign_in", label=gettext_lazy("发送重设码"), icon="mail", listed=False)
def make_mailed_code(actor: Actor, member_id: int) -> str:
    """The code that the mail job sends. Raises Refused("left")."""
    member = member_row(member_id)
    if not member.is_active:
        raise Refused("left", _("该成员已离职，请先恢复在职"))
    code = make_code(member, None, first=False)
    record(actor, member, reset="mailed")
    return code


@action(
    "org.reset_password",
    on=None,
    needs="org.sign_in",
    label=gettext_lazy("用重设码设置密码"),
    icon="lock",
    listed=False,
)
def use_reset_code(actor: Actor, *, code: Name, password: Secret, address: Address) -> Member | None:
    """Set the password with a code and end all sessions; None for a code that is wrong, used or over (counted, as a
    failed sign-in is). Raises Refused for a weak password, TooMany."""
    place = key_of("reset", "", address)
    check_attempts((place, PER_ADDRESS))
    row = ResetCode.objects.select_for_update().filter(code_hash=hash_code(code), used_at=None).first()
    member = Member.objects.select_for_update().filter(pk=row.member_id, is_active=True).first() if row else None
    if row is None or member is None or row.expires_at <= timezone.now():
        count_failure(place)
        note_event(actor, address=address, result="failed")
        return None
    row.used_at = timezone.now()
    row.save(update_fields=["used_at"])
    set_password(member, password)
    record(actor, member, address=address, result="reset")
    end_access(actor, member, tokens=False)
    return member


def make_code(member: Member, issued_by: int | None, *, first: bool) -> str:
    """Store a fresh code hashed; earlier unused ones end."""
    ResetCode.objects.filter(member_id=member.pk, used_at=None).delete()
    letters = [secrets.choice(ALPHABET) for _n in range(12)]
    code = "-".join("".join(letters[n : n + 4]) for n in (0, 4, 8))
    until = timezone.now() + (VALID_FIRST if first else VALID)
    ResetCode.objects.create(member_id=member.pk, code_hash=hash_code(code), issued_by_id=issued_by, expires_at=until)
    return code


def hash_code(code: str) -> str:
    """Codes are compared without case, spaces and strokes. 59 random bits, an hour, few tries: a plain hash will do."""
    letters = "".join(letter for letter in code.upper() if letter in ALPHABET)
    return hashlib.sha256(letters.encode()).hexdigest()


def set_password(member: Member, password: str) -> None:
    """Check and set. Raises Refused("weak_password") on the field password with every reason."""
    try:
        validate_password(password, member)
    except ValidationError as error:
        raise Refused("weak_password", clauses(error.messages), "password") from None
    member.set_password(password)
    member.password_changed_at = timezone.now()


def mail_is_configured() -> bool:
    """Whether this installation can send mail."""
    return bool(getattr(get_connection(), "ready", True))
