"""Writes of personal access tokens: shown once, stored hashed, narrower than their member, with an end."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Text, YesNo
from genjin.kernel.recording import record
from genjin.kernel.refusal import NotFound, Refused
from genjin.org.actions.profile import Current, proven
from genjin.org.fields import OneOf
from genjin.org.models import AccessToken
from genjin.org.queries import hash_token

PREFIX = "gj_"
MOST = 20
LIFETIMES = (
    ("30", gettext_lazy("30 天")),
    ("90", gettext_lazy("90 天")),
    ("365", gettext_lazy("一年")),
)
TokenName = Annotated[
    str, Text(key="name", label=gettext_lazy("名称"), most=60, help=gettext_lazy("写下用在哪里，例如「财务系统」"))
]
Days = Annotated[str, OneOf(key="days", label=gettext_lazy("有效期"), pairs=LIFETIMES)]
ReadOnly = Annotated[
    bool, YesNo(key="read_only", label=gettext_lazy("只读"), help=gettext_lazy("只能查看，不能做任何修改"))
]


@action(
    "tokens.create", on=AccessToken, needs="profile.edit", label=gettext_lazy("新建令牌"), icon="plus", listed=False
)
def create_token(
    actor: Actor, *, name: TokenName, days: Days, current: Current, read_only: ReadOnly = False
) -> tuple[AccessToken, str]:
    """(row, the token), which is shown this once; the password is asked again (ASVS 7.5.1). Raises Refused."""
    member = proven(actor, current)
    if AccessToken.objects.filter(member_id=member.pk, revoked_at=None, expires_at__gt=timezone.now()).count() >= MOST:
        raise Refused("too_many", _("最多 %d 个有效令牌，请先撤销不用的") % MOST)
    text = PREFIX + secrets.token_urlsafe(32)
    token = AccessToken(
        member_id=member.pk, name=name, token_hash=hash_token(text), hint=text[-4:], read_only=read_only
    )
    token.expires_at = timezone.now() + timedelta(days=int(days))
    record(actor, token)
    return token, text


@action("tokens.revoke", on=AccessToken, needs="profile.edit", label=gettext_lazy("撤销"), icon="x", listed=False)
def revoke_token(actor: Actor, token_id: int) -> AccessToken:
    """End a token of one's own; an administrator may end anybody's. Raises NotFound, Refused("revoked")."""
    token = AccessToken.objects.select_for_update().filter(pk=token_id).first()
    if token is None or not (token.member_id == actor.member_id or actor.administrator):
        raise NotFound
    if token.revoked_at is not None:
        raise Refused("revoked", _("令牌已经撤销"))
    token.revoked_at = timezone.now()
    record(actor, token)
    return token
