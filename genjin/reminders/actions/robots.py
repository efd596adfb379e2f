"""Group robots of the company. Their addresses and keys are taken, never given back."""

from __future__ import annotations

from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import DepartmentRef, Text, YesNo
from genjin.kernel.recording import record
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.vault import hint, lock
from genjin.org.fields import OneOf, Password
from genjin.reminders.channels.robots import ROBOTS
from genjin.reminders.fields import Clock
from genjin.reminders.models import Provider, Robot

MOST = 50

Which = Annotated[str, OneOf(key="provider", label=gettext_lazy("平台"), pairs=tuple(Provider.choices))]
Name = Annotated[str, Text(key="name", label=gettext_lazy("群名称"), most=60)]
Department = Annotated[
    int | None,
    DepartmentRef(
        key="department",
        label=gettext_lazy("部门"),
        help=gettext_lazy("留空表示全公司；下属部门没有自己的群时也发到这里"),
    ),
]
Url = Annotated[
    str,
    Password(
        key="url",
        label=gettext_lazy("机器人地址（Webhook）"),
        most=1_000,
        help=gettext_lazy("从群机器人的设置里复制；保存后不再显示，修改时留空表示不变"),
    ),
]
Secret = Annotated[
    str,
    Password(
        key="secret",
        label=gettext_lazy("签名密钥"),
        help=gettext_lazy("钉钉「加签」、飞书「签名校验」给出的密钥；企业微信没有。也可改用关键词「跟进」"),
    ),
]
Named = Annotated[
    bool,
    YesNo(
        key="named",
        label=gettext_lazy("显示客户名称"),
        help=gettext_lazy("群里所有人都会看到。不选时只发数量和链接"),
    ),
]
DigestAt = Annotated[
    str,
    Clock(key="digest_at", label=gettext_lazy("早间摘要时间"), help=gettext_lazy("工作日发送各项数量；留空表示不发")),
]
On = Annotated[bool, YesNo(key="on", label=gettext_lazy("启用"))]


@action(
    "channels.add_robot",
    on=Robot,
    needs="channels.manage",
    label=gettext_lazy("添加群机器人"),
    icon="plus",
    listed=False,
)
def add_robot(
    actor: Actor,
    *,
    provider: Which,
    name: Name,
    url: Url,
    secret: Secret = "",
    department: Department = None,
    named: Named = False,
    digest_at: DigestAt = "",
) -> Robot:
    """Add a robot for a department or the whole company. Raises Refused for an address that is not its provider's."""
    if Robot.objects.filter(removed_at=None).count() >= MOST:
        raise Refused("too_many", _("最多 %d 个群机器人") % MOST)
    robot = Robot(provider=provider, name=name, department_id=department, named=named, digest_at=digest_at)
    _keep(robot, url.strip(), secret.strip())
    record(actor, robot)
    return robot


@action(
    "channels.edit_robot",
    on=Robot,
    needs="channels.manage",
    label=gettext_lazy("修改群机器人"),
    icon="pencil",
    listed=False,
)
def edit_robot(
    actor: Actor,
    robot_id: int,
    *,
    name: Name,
    url: Url = "",
    secret: Secret = "",
    department: Department = None,
    named: Named = False,
    digest_at: DigestAt = "",
    on: On = False,
) -> Robot:
    """Change a robot; without an address the kept one stays. A new secret needs the address again. Raises Refused,
    NotFound."""
    robot = _locked(robot_id)
    robot.name, robot.department_id, robot.named = name, department, named
    robot.digest_at, robot.on = digest_at, on
    if secret and not url:
        raise Refused("url_needed", _("修改签名密钥时，请把机器人地址也重新填写"), "url")
    if url:
        _keep(robot, url.strip(), secret.strip())
    record(actor, robot)
    return robot


@action(
    "channels.remove_robot",
    on=Robot,
    needs="channels.manage",
    label=gettext_lazy("移除群机器人"),
    icon="trash",
    danger=True,
    listed=False,
)
def remove_robot(actor: Actor, robot_id: int) -> Robot:
    """Send nothing more to a group; the address is forgotten. Raises NotFound."""
    robot = _locked(robot_id)
    robot.removed_at, robot.on, robot.locked, robot.hint = timezone.now(), False, b"", ""
    record(actor, robot)
    return robot


def _locked(robot_id: int) -> Robot:
    robot = Robot.objects.select_for_update().filter(pk=robot_id, removed_at=None).first()
    if robot is None:
        raise NotFound
    return robot


def _keep(robot: Robot, url: str, secret: str) -> None:
    adapter = ROBOTS[robot.provider]
    adapter.check(url)
    if secret and not adapter.signs:
        raise Refused("no_secret", _("企业微信的机器人没有签名密钥，请留空"), "secret")
    robot.locked = lock({"url": url, "secret": secret})
    robot.hint = hint(adapter.key_of(url))
