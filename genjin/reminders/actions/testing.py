"""A test message: made and held for whoever asked, who sends it at once and sees the answer."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.recording import note_event
from genjin.kernel.refusal import NotFound, Refused
from genjin.org.fields import OneOf
from genjin.org.queries import organisation
from genjin.reminders.changing.claiming import LEASE
from genjin.reminders.channels.mail import mode
from genjin.reminders.models import Channel, Delivery, Device, MailMode, Robot
from genjin.reminders.queries import push_service

MOST = 6
WITHIN = timedelta(minutes=10)

OwnChannel = Annotated[
    str,
    OneOf(
        key="channel",
        label=gettext_lazy("渠道"),
        pairs=((Channel.MAIL.value, Channel.MAIL.label), (Channel.PUSH.value, Channel.PUSH.label)),
    ),
]


@action("reminders.test", on=None, needs="inbox.use", label=gettext_lazy("发送测试消息"), icon="send", listed=False)
def begin_test(actor: Actor, *, channel: OwnChannel) -> list[Delivery]:
    """Test deliveries to oneself: by mail, or to each of one's browsers. Raises Refused when there is no way."""
    if channel == Channel.MAIL:
        if mode() == MailMode.OFF:
            raise Refused("mail_off", _("公司还没有设置邮件服务器，请联系管理员"))
        if not organisation(actor).people[actor.member_id or 0].email:
            raise Refused("no_email", _("您的资料里没有邮箱，请先在「修改登录方式」里填写"))
        targets = [0]
    else:
        targets = list(Device.objects.filter(member=actor.member_id).values_list("id", flat=True))
        if push_service() is None or not targets:
            raise Refused("no_device", _("还没有接收推送的设备，请先在这台设备上开启"))
    return [_held(actor, channel, target, actor.member_id) for target in targets]


@action(
    "channels.test_robot",
    on=Robot,
    needs="channels.manage",
    label=gettext_lazy("发送测试消息"),
    icon="send",
    listed=False,
)
def begin_robot_test(actor: Actor, robot_id: int) -> list[Delivery]:
    """A test delivery to a group. Raises NotFound, Refused."""
    if not Robot.objects.filter(pk=robot_id, removed_at=None, on=True).exists():
        raise NotFound
    return [_held(actor, Channel.ROBOT, robot_id, None)]


def _held(actor: Actor, channel: str, target: int, member_id: int | None) -> Delivery:
    now = timezone.now()
    tests = Delivery.objects.filter(what=Delivery.What.TEST, channel=channel, target=target, member=member_id)
    if tests.filter(made_at__gt=now - WITHIN).count() >= MOST:
        raise Refused("too_often", _("测试太频繁，请十分钟后再试"))
    row = Delivery.objects.create(
        what=Delivery.What.TEST,
        channel=channel,
        target=target,
        member_id=member_id,
        state=Delivery.State.HELD,
        batch=uuid.uuid4(),
        lease=now + LEASE,
    )
    note_event(actor, channel=channel, target=target)
    return row
