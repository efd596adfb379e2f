"""Jobs of the organisation: the mail with a reset code (the code is made when the mail is), nightly tidying."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from genjin.kernel.actor import Actor
from genjin.kernel.jobs import job, periodic
from genjin.org.actions.passwords import make_mailed_code
from genjin.org.models import Attempt, ResetCode, Session
from genjin.org.queries import member_facts


@job("org.mail_reset_code", title=gettext_lazy("发送密码重设邮件"), grants=("org.sign_in",), attempts=2)
def mail_reset_code(actor: Actor, job_id: int, *, member_id: int) -> None:  # noqa: ARG001 - every job gets it
    """Send a fresh code to the member's address, with a link to the configured host (flaw 12: never the request's)."""
    member = member_facts(member_id)
    code = make_mailed_code(actor, member_id)
    link = f"{settings.SITE_ADDRESS}/reset"
    with override(member.language):
        body = _(
            "您申请了重设密码。请在一小时内打开 %(link)s ，输入重设码 %(code)s 并设置新密码。"
            "\n\n如果不是您本人申请，请忽略这封邮件。"
        )
        send_mail(_("跟进：重设密码"), body % {"link": link, "code": code}, None, [member.email])


@periodic("35 17 * * *", "org.forget_expired")
def forget_expired(actor: Actor) -> None:
    """Drop sessions, codes and counts of attempts that are over: they open nothing any more (ASVS 7.3.2)."""
    del actor
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    ResetCode.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()
    Attempt.objects.filter(window_start__lt=now - timedelta(days=1)).delete()
