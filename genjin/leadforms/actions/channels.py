"""Channels of a form: links with a code of their own, for a poster, an article, a partner."""

from __future__ import annotations

import re
import secrets
from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Number, Text
from genjin.kernel.recording import record
from genjin.kernel.refusal import NotFound, Refused
from genjin.leadforms.actions.forms import LETTERS, Source
from genjin.leadforms.grants import MANAGE
from genjin.leadforms.models import FormChannel, LeadForm
from genjin.leadforms.rules import MOST_CHANNELS

CODE = re.compile(r"[a-z0-9_-]{1,20}")
Name = Annotated[str, Text(key="name", label=gettext_lazy("渠道名称"), most=60, required=True)]


@action(
    "leadforms.add_channel", on=FormChannel, needs=MANAGE, label=gettext_lazy("添加渠道码"), icon="qrcode", listed=False
)
def add_channel(
    actor: Actor,
    *,
    form: Annotated[int, Number(key="form", label=gettext_lazy("公开表单"), required=True)],
    name: Name,
    code: Annotated[
        str,
        Text(
            key="code",
            label=gettext_lazy("渠道码"),
            most=20,
            help=gettext_lazy("小写字母、数字、- 和 _，写在链接里，以后不能改；不填就自动生成"),
        ),
    ] = "",
    source: Source = "",
) -> FormChannel:
    """One more link. Raises Refused("bad_code", "same_code", "too_many"), NotFound."""
    row = LeadForm.objects.select_for_update(no_key=True).filter(pk=form).first()
    if row is None:
        raise NotFound
    known = FormChannel.objects.filter(form=row)
    if known.count() >= MOST_CHANNELS:
        raise Refused("too_many", _("一个表单最多 %d 个渠道码") % MOST_CHANNELS)
    code = code or "".join(secrets.choice(LETTERS) for _n in range(5))
    if not CODE.fullmatch(code):
        raise Refused("bad_code", _("渠道码只能用小写字母、数字、- 和 _"), "code")
    if known.filter(code=code).exists():
        raise Refused("same_code", _("已有渠道码「%s」，请换一个") % code, "code")
    channel = FormChannel(form=row, code=code, name=name, source=source)
    record(actor, channel)
    return channel


@action(
    "leadforms.edit_channel",
    on=FormChannel,
    needs=MANAGE,
    label=gettext_lazy("修改渠道码"),
    icon="pencil",
    listed=False,
)
def edit_channel(actor: Actor, channel_id: int, *, name: Name, source: Source = "") -> FormChannel:
    """Its name and source; links that are printed stay good. Raises NotFound."""
    channel = _locked(channel_id)
    channel.name, channel.source = name, source
    record(actor, channel)
    return channel


@action("leadforms.end_channel", on=FormChannel, needs=MANAGE, label=gettext_lazy("停用渠道码"), icon="x", listed=False)
def end_channel(actor: Actor, channel_id: int) -> FormChannel:
    """Offer it no more; who still comes by it is counted there. Raises NotFound."""
    return _switched(actor, channel_id, ended=True)


@action(
    "leadforms.resume_channel",
    on=FormChannel,
    needs=MANAGE,
    label=gettext_lazy("启用渠道码"),
    icon="check",
    listed=False,
)
def resume_channel(actor: Actor, channel_id: int) -> FormChannel:
    """Offer it again. Raises NotFound."""
    return _switched(actor, channel_id, ended=False)


def _switched(actor: Actor, channel_id: int, *, ended: bool) -> FormChannel:
    channel = _locked(channel_id)
    channel.ended = ended
    record(actor, channel)
    return channel


def _locked(channel_id: int) -> FormChannel:
    channel = FormChannel.objects.select_for_update().filter(pk=channel_id).first()
    if channel is None:
        raise NotFound
    return channel
