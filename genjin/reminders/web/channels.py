"""The company's channels: mail server, group robots, Web Push; what failed; mails that were kept."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel import people
from genjin.kernel.refusal import Refused
from genjin.org.web.frame import Section, SettingsForm, register_settings, settings_page
from genjin.reminders.actions.channels import send_again, set_mail_server
from genjin.reminders.actions.devices import set_push
from genjin.reminders.actions.robots import add_robot, edit_robot, remove_robot
from genjin.reminders.actions.testing import begin_robot_test
from genjin.reminders.changing.sending import send_now
from genjin.reminders.queries import MANAGE, channel_facts, kept_mails, robot_for, troubles
from genjin.reminders.web.choosing import told
from genjin.ui.pages import PageRequest, go, page

PLACE = "/settings/channels"
ROUTE = "settings/channels"

register_settings(
    Section(
        "channels",
        gettext_lazy("通知渠道"),
        icon="bell",
        note=gettext_lazy("邮件、企业微信、钉钉、飞书与浏览器推送"),
        needs=MANAGE,
    ),
    before="options",
)


@page(ROUTE, name="channels", needs=MANAGE)
def channels(request: PageRequest) -> HttpResponse:
    """All channels and what failed; `?before=` goes on."""
    before = request.GET.get("before", "")
    rows, more = troubles(request.actor, before=int(before) if before.isdecimal() and len(before) < 19 else None)
    names = people.directory()
    return settings_page(
        request,
        "reminders/channels.html",
        "channels",
        facts=channel_facts(request.actor),
        environment=settings.EMAIL_HOST,
        troubles=[(row, names.member_name(row.member_id or 0, request.actor.stamp)) for row in rows],
        more=rows[-1].pk if more else None,
    )


@page(f"{ROUTE}/mail", name="channel-mail", methods=["GET", "POST"], needs=MANAGE)
def mail(request: PageRequest) -> HttpResponse:
    """The mail server."""
    row = channel_facts(request.actor).mail
    names = ("mode", "host", "port", "security", "user", "sender")
    given = {name: getattr(row, name) for name in names} if row else {"mode": "smtp", "port": 465}
    text = _("密码重设、提醒和早间摘要都经过这个服务器。密码加密保存，不再显示。")
    form = SettingsForm(request, set_mail_server, _("邮件服务器"), given=given, submit=_("保存"), text=text)
    return form.answer(lambda: go(request, PLACE, _("邮件服务器已保存，请发一封测试邮件")))


@page(f"{ROUTE}/robots/new", name="robot-new", methods=["GET", "POST"], needs=MANAGE)
def robot_new(request: PageRequest) -> HttpResponse:
    """Add a group robot."""
    form = SettingsForm(request, add_robot, _("添加群机器人"), given={"digest_at": "08:30"}, submit=_("添加"))
    return form.answer(lambda: go(request, PLACE, _("群机器人已添加，请发一条测试消息")))


@page(f"{ROUTE}/robots/<int:robot_id>", name="robot", methods=["GET", "POST"], needs=MANAGE)
def robot(request: PageRequest, robot_id: int) -> HttpResponse:
    """Change a group robot; its address is not shown."""
    row = robot_for(request.actor, robot_id)
    given = {name: getattr(row, name) for name in ("name", "named", "digest_at", "on")}
    given["department"] = row.department_id
    form = SettingsForm(request, edit_robot, _("修改群机器人"), row_id=robot_id, given=given, submit=_("保存"))
    return form.answer(lambda: go(request, PLACE, _("已保存")))


@page(f"{ROUTE}/robots/<int:robot_id>/removal", name="robot-removal", methods=["POST"], needs=MANAGE)
def robot_removal(request: PageRequest, robot_id: int) -> HttpResponse:
    """Send nothing more to a group."""
    remove_robot.run(request.actor, robot_id, {})
    return go(request, PLACE, _("群机器人已移除"))


@page(f"{ROUTE}/robots/<int:robot_id>/test", name="robot-test", methods=["POST"], needs=MANAGE)
def robot_test(request: PageRequest, robot_id: int) -> HttpResponse:
    """Send a message to the group and say what became of it."""
    try:
        rows = begin_robot_test(request.actor, robot_id)
    except Refused as refusal:
        if refusal.status == 404:
            raise
        return go(request, PLACE, refusal.message, tone="bad")
    text, tone = told(send_now(request.actor, rows))
    return go(request, PLACE, text, tone=tone)


@page(f"{ROUTE}/push", name="channel-push", methods=["POST"], needs=MANAGE)
def push(request: PageRequest) -> HttpResponse:
    """Switch Web Push on or off."""
    on = request.POST.get("on", "")
    set_push.run(request.actor, None, {"on": on})
    return go(request, PLACE, _("浏览器推送已启用") if on else _("浏览器推送已停用"))


@page(f"{ROUTE}/again", name="send-again", methods=["POST"], needs=MANAGE)
def again(request: PageRequest) -> HttpResponse:
    """Send one delivery again, or all that failed."""
    raw = {name: request.POST.get(name, "") for name in ("delivery", "channel")}
    send_again.run(request.actor, None, raw)
    return go(request, PLACE, _("已重新排队，稍后发送"))


@page(f"{ROUTE}/mails", name="kept-mails", needs=MANAGE)
def mails(request: PageRequest) -> HttpResponse:
    """Mails that were kept here instead of sent; `?before=` goes on."""
    before = request.GET.get("before", "")
    rows, more = kept_mails(request.actor, before=int(before) if before.isdecimal() and len(before) < 19 else None)
    return settings_page(request, "reminders/mails.html", "channels", mails=rows, more=rows[-1].pk if more else None)
