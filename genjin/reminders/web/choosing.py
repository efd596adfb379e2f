"""One's own reminders: which messages go where, quiet hours, the morning digest, a test."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.refusal import Refused
from genjin.org.queries import member_facts
from genjin.org.web.profile import device_of
from genjin.reminders.actions.choosing import choose_reminders
from genjin.reminders.actions.testing import begin_test
from genjin.reminders.changing.sending import send_now
from genjin.reminders.channels import mail
from genjin.reminders.channels.message import Answer, Verdict
from genjin.reminders.models import Channel, MailMode, ReminderChoice
from genjin.reminders.queries import devices_of, kind_lines, live_robots, my_choice, push_service
from genjin.reminders.rules import DIGEST, wants
from genjin.ui.pages import PageRequest, go, page, render

NEEDS = "inbox.use"
PLACE = "/profile/reminders"
FIELDS = ("quiet", "quiet_from", "quiet_until", "quiet_off_days", "digest_at", "digest_off_days")


@page("profile/reminders", name="my-reminders", methods=["GET", "POST"], needs=NEEDS)
def reminders(request: PageRequest) -> HttpResponse:
    """The whole page, and its form."""
    choice = my_choice(request.actor)
    if request.method != "POST":
        return _draw(request, choice)
    try:
        choose_reminders.run(request.actor, None, _sent(request, choice))
    except Refused as refusal:
        return _draw(request, choice, refusal)
    return go(request, PLACE, _("提醒方式已保存"))


@page("profile/reminders/test", name="reminder-test", methods=["POST"], needs=NEEDS)
def test(request: PageRequest) -> HttpResponse:
    """Send a message to oneself and say what became of it."""
    try:
        raw = {"channel": request.POST.get("channel", "")}
        rows = begin_test(request.actor, **begin_test.parse(request.actor, raw))
    except Refused as refusal:
        return go(request, PLACE, refusal.message, tone="bad")
    text, tone = told(send_now(request.actor, rows))
    return go(request, PLACE, text, tone=tone)


def told(answer: Answer) -> tuple[str, str]:
    """(what became of a test message, tone)."""
    if answer.sent:
        return _("测试消息已发出，请查收"), "ok"
    if answer.verdict is Verdict.UNSURE:
        return _("不确定是否送达：%s") % answer.text, "warn"
    return _("没有发出：%s") % answer.text, "bad"


def _sent(request: PageRequest, choice: ReminderChoice) -> dict[str, Any]:
    kinds: dict[str, dict[str, bool]] = {}
    for line in kind_lines(choice):
        chosen = {channel: f"{line.key}.{channel}" in request.POST for channel in Channel.values}
        kinds |= dict.fromkeys(line.kinds, chosen)
    kinds[DIGEST] = {channel: f"{DIGEST}.{channel}" in request.POST for channel in (Channel.MAIL, Channel.PUSH)}
    return {"kinds": kinds, **{name: request.POST.get(name, "") for name in FIELDS}}


def _draw(request: PageRequest, choice: ReminderChoice, refusal: Refused | None = None) -> HttpResponse:
    member = member_facts(request.actor.member_id or 0)
    service = push_service()
    return render(
        request,
        "reminders/mine.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        sent=request.POST if refusal else {},
        choice=choice,
        lines=kind_lines(choice),
        digest={channel: wants(choice.kinds, DIGEST, channel) for channel in Channel.values},
        email=member.email,
        usable={"mail": mail.mode() != MailMode.OFF, "robot": bool(live_robots()), "push": service is not None},
        push_key=service.public_key if service else "",
        devices=[(device, device_of(device.agent)) for device in devices_of([member.pk]).get(member.pk, [])],
    )
