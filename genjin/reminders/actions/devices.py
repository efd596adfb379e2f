"""A member's browsers that receive pushes, and the company's switch with its pair of keys."""

from __future__ import annotations

import hashlib
from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Text, YesNo
from genjin.kernel.recording import record, record_removal
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.vault import Lost, lock, unlock
from genjin.reminders.channels.push import Receiver, check_receiver, new_keys
from genjin.reminders.models import Device, PushService
from genjin.reminders.queries import push_service

MOST = 10

Endpoint = Annotated[str, Text(key="endpoint", label=gettext_lazy("推送地址"), most=1_000)]
PublicKey = Annotated[str, Text(key="public_key", label=gettext_lazy("公钥"), most=100)]
Secret = Annotated[str, Text(key="secret", label=gettext_lazy("密钥"), most=40)]
Agent = Annotated[str, Text(key="agent", label=gettext_lazy("设备"), most=200)]
On = Annotated[bool, YesNo(key="on", label=gettext_lazy("启用浏览器推送"))]


@action("devices.add", on=None, needs="inbox.use", label=gettext_lazy("在此设备接收推送"), icon="bell", listed=False)
def add_device(actor: Actor, *, endpoint: Endpoint, public_key: PublicKey, secret: Secret, agent: Agent = "") -> Device:
    """Let a browser receive one's pushes; one that was another member's becomes one's own. Raises Refused for an
    address that is no push service's."""
    if push_service() is None:
        raise Refused("push_off", _("公司没有启用浏览器推送，请联系管理员"))
    check_receiver(Receiver(endpoint, public_key, secret))
    known = hashlib.sha256(endpoint.encode()).hexdigest()
    device = Device.objects.select_for_update().filter(endpoint_hash=known).first()
    if device is None and Device.objects.filter(member=actor.member_id).count() >= MOST:
        raise Refused("too_many", _("最多 %d 台设备，请先移除不用的") % MOST)
    device = device or Device(endpoint=endpoint, endpoint_hash=known)
    device.member_id = actor.member_id or 0
    device.public_key, device.secret, device.agent = public_key, secret, agent
    record(actor, device)
    return device


@action("devices.remove", on=Device, needs="inbox.use", label=gettext_lazy("移除设备"), icon="trash", listed=False)
def remove_device(actor: Actor, device_id: int) -> Device:
    """Send no more pushes to a browser of one's own. Raises NotFound."""
    device = Device.objects.select_for_update().filter(pk=device_id, member_id=actor.member_id or 0).first()
    if device is None:
        raise NotFound
    record_removal(actor, device)
    device.pk = device_id
    return device


@action(
    "channels.set_push",
    on=None,
    needs="channels.manage",
    label=gettext_lazy("设置浏览器推送"),
    icon="bell",
    listed=False,
)
def set_push(actor: Actor, *, on: On = False) -> PushService:
    """Switch Web Push on or off for the company. The keys are made once and kept: browsers are bound to them. When they
    can no longer be read, new ones are made and members switch their browsers on again."""
    service = PushService.objects.select_for_update().order_by("id").first() or PushService()
    if on and not _opens(service):
        private, service.public_key = new_keys()
        service.locked = lock({"private": private})
        Device.objects.all().delete()
    service.on = on
    record(actor, service)
    return service


def _opens(service: PushService) -> bool:
    """Whether there are keys, and they can be read."""
    try:
        return bool(service.public_key and unlock(service.locked))
    except Lost:
        return False
