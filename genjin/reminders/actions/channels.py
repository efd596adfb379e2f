"""The company's mail server; what failed is tried again. Secrets are taken, never given back."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Annotated

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Number, Text
from genjin.kernel.grants import declare_grants
from genjin.kernel.outbound import OutboundRefused
from genjin.kernel.recording import note_event, record
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.kernel.vault import hint, lock
from genjin.org.fields import OneOf, Password
from genjin.reminders.channels.mail import Post, look_at
from genjin.reminders.models import Channel, Delivery, MailMode, MailServer, Security
from genjin.reminders.queries import TROUBLE

declare_grants(
    gettext_lazy("提醒"),
    ("channels.manage", gettext_lazy("管理通知渠道：邮件、群机器人与浏览器推送")),
    scoped=False,
)

Mode = Annotated[str, OneOf(key="mode", label=gettext_lazy("邮件"), pairs=tuple(MailMode.choices))]
Host = Annotated[str, Text(key="host", label=gettext_lazy("邮件服务器"), help=gettext_lazy("例如 smtp.exmail.qq.com"))]
Port = Annotated[int | None, Number(key="port", label=gettext_lazy("端口"), least=1, greatest=65_535)]
Secured = Annotated[str, OneOf(key="security", label=gettext_lazy("加密方式"), pairs=tuple(Security.choices))]
User = Annotated[str, Text(key="user", label=gettext_lazy("用户名"))]
Secret = Annotated[
    str,
    Password(
        key="password",
        label=gettext_lazy("密码或授权码"),
        help=gettext_lazy("保存后不再显示；留空表示不修改"),
    ),
]
Sender = Annotated[
    str, Text(key="sender", label=gettext_lazy("发件人地址"), help=gettext_lazy("例如 跟进 <genjin@example.com>"))
]
DeliveryId = Annotated[int | None, Number(key="delivery", label=gettext_lazy("哪一条"))]
ChannelName = Annotated[
    str, OneOf(key="channel", label=gettext_lazy("渠道"), pairs=(("", gettext_lazy("全部")), *Channel.choices))
]


@action(
    "channels.set_mail",
    on=None,
    needs="channels.manage",
    label=gettext_lazy("设置邮件服务器"),
    icon="mail",
    listed=False,
)
def set_mail_server(
    actor: Actor,
    *,
    mode: Mode,
    host: Host = "",
    port: Port = None,
    security: Secured = Security.TLS,
    user: User = "",
    password: Secret = "",
    sender: Sender = "",
) -> MailServer:
    """Say how mails are sent. Only administrators: who reads the mails can set everybody's password. A kept password
    goes to the server it was given for and to no other. Raises Refused, Forbidden."""
    if not actor.administrator:
        raise Forbidden(_("只有管理员可以修改邮件服务器：重设密码的邮件也经过它"))
    row = MailServer.objects.select_for_update().order_by("id").first() or MailServer()
    before = (row.host, row.port, row.user)
    if mode == MailMode.SMTP:
        row.host, row.port, row.security, row.user, row.sender = host, port or 465, security, user, sender
        _check(row)
    row.mode = mode
    if password:
        row.locked, row.hint = lock({"password": password}), hint(password)
    elif row.locked and mode == MailMode.SMTP and before != (row.host, row.port, row.user):
        raise Refused("password_needed", _("换了服务器或用户名，请重新填写密码"), "password")
    record(actor, row)
    return row


@action(
    "channels.send_again",
    on=None,
    needs="channels.manage",
    label=gettext_lazy("重新发送"),
    icon="refresh",
    listed=False,
)
def send_again(actor: Actor, *, delivery: DeliveryId = None, channel: ChannelName = "") -> None:
    """Let one delivery, or all that failed of a channel, wait for sending again. What is unsure is only sent again one
    by one: it may arrive twice. Raises NotFound."""
    rows = _troubled(delivery, channel)
    changed = rows.update(state=Delivery.State.WAITING, attempts=0, next_at=timezone.now(), batch=None, answer="")
    if not changed:
        raise NotFound
    note_event(actor, delivery=delivery, channel=channel, number=changed)


def _troubled(delivery: int | None, channel: str) -> QuerySet[Delivery]:
    rows = Delivery.objects.filter(state__in=TROUBLE).exclude(what=Delivery.What.TEST)
    if delivery is not None:
        return rows.filter(pk=delivery)
    rows = rows.filter(state=Delivery.State.FAILED)
    return rows.filter(channel=channel) if channel else rows


def _check(row: MailServer) -> None:
    if not row.host:
        raise Refused("host_needed", _("请填写邮件服务器"), "host")
    if "@" not in parseaddr(row.sender)[1]:
        raise Refused("sender_needed", _("请填写发件人地址，例如 genjin@example.com"), "sender")
    try:
        look_at(Post(row.host, row.port, row.security, row.user, "", row.sender))
    except OutboundRefused as refused:
        if refused.code != "dns":  # a name may not be known yet
            raise Refused("bad_server", str(refused), "port" if refused.code == "port" else "host") from None
