"""Sending what is due: rows that go to the same reader together, each call between two marks (see claiming)."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor, Surface
from genjin.kernel.notices import notify
from genjin.kernel.vault import Lost, unlock
from genjin.org.queries import actor_for, organisation
from genjin.reminders.changing.claiming import claim, mark_calling, put_back, release, settle, skip, stumble
from genjin.reminders.changing.composing import (
    write_digest,
    write_for_group,
    write_group_digest,
    write_notices,
    write_test,
)
from genjin.reminders.changing.spreading import Targets, quiet_end
from genjin.reminders.channels import mail, push
from genjin.reminders.channels.message import Answer, Message, Verdict
from genjin.reminders.channels.robots import ROBOTS
from genjin.reminders.models import Channel, Delivery, Device, Robot
from genjin.reminders.queries import push_service

logger = logging.getLogger(__name__)

GAPS = {Channel.MAIL: timedelta(minutes=5), Channel.ROBOT: timedelta(minutes=1), Channel.PUSH: timedelta()}
"""What comes sooner after the last message to the same reader waits and goes together."""

What = Delivery.What
State = Delivery.State


@dataclass
class Round:
    """One round of sending: what is known of the readers, and which targets do not answer in it."""

    actor: Actor
    targets: Targets
    now: datetime
    robots: dict[int, Robot] = field(default_factory=dict)
    devices: dict[int, Device] = field(default_factory=dict)
    broken: set[tuple[str, int]] = field(default_factory=set)


def deliver_due(actor: Actor, now: datetime | None = None) -> int:
    """Send what is due; how many rows were looked at."""
    now = now or timezone.now()
    release(now)
    _batch, rows = claim(now)
    if not rows:
        return 0
    round_ = begin_round(actor, rows, now)
    for group in grouped(rows):
        try:
            send_group(round_, group)
        except Exception:
            logger.exception("delivery %s and what goes with it broke", group[0].pk)
            stumble(group, now)
    return len(rows)


def send_now(actor: Actor, rows: Sequence[Delivery]) -> Answer:
    """Send held test messages at once; the worst answer."""
    round_ = begin_round(actor, rows, timezone.now())
    answers = [send_group(round_, [row]) or Answer(Verdict.NEVER, _("渠道已关闭")) for row in rows]
    return next((answer for answer in answers if not answer.sent), answers[0])


def begin_round(actor: Actor, rows: Sequence[Delivery], now: datetime) -> Round:
    """Read what this round needs, in a few queries."""
    round_ = Round(actor, Targets(actor, {row.member_id for row in rows if row.member_id}), now)
    round_.robots = {robot.pk: robot for robot in round_.targets.robots}
    wanted = [row.target for row in rows if row.channel == Channel.PUSH]
    round_.devices = {device.pk: device for device in Device.objects.filter(pk__in=wanted)} if push_service() else {}
    return round_


def grouped(rows: Sequence[Delivery]) -> list[list[Delivery]]:
    """Rows that make one message: of one reader by one channel; a group's of all its members."""
    groups: defaultdict[tuple[object, ...], list[Delivery]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.pk):
        reader = None if row.channel == Channel.ROBOT else row.member_id
        alone = row.pk if row.what != What.NOTICE else None
        groups[row.channel, row.target, reader, alone].append(row)
    return list(groups.values())


def send_group(round_: Round, rows: Sequence[Delivery]) -> Answer | None:
    """Send rows as one message; the answer, or None when nothing was sent."""
    ready = _ready(round_, rows)
    if not ready:
        return None
    channel, target = ready[0].channel, ready[0].target
    if (channel, target if channel == Channel.ROBOT else 0) in round_.broken:
        put_back(ready, round_.now + timedelta(minutes=1))
        return None
    message, told = _written(round_, ready)
    rest = {row.pk for row in ready} - {row.pk for row in told}
    skip([row for row in ready if row.pk in rest], _("已读、已无权查看，或没有内容"))
    if message is None or not mark_calling(told, timezone.now()):
        return None
    answer = _call(round_, told[0], message)
    settle(told, answer, max(timezone.now(), round_.now))
    _learn(round_, told[0], answer)
    return answer


def _ready(round_: Round, rows: Sequence[Delivery]) -> list[Delivery]:
    """The rows whose reader is there and may be reached now; the others wait or are skipped."""
    ready = []
    for row in rows:
        person = round_.targets.members.get(row.member_id or 0)
        until = None
        if person is not None and row.what != What.TEST:
            until = quiet_end(round_.targets.choices[person.id], person, round_.now, round_.targets)
        if (row.member_id and person is None) or not _exists(round_, row):
            skip([row], _("成员已停用，或渠道已关闭"))
        elif until is not None:
            put_back([row], until)
        else:
            ready.append(row)
    pause = _gap_end(round_, ready[0]) if ready and ready[0].what == What.NOTICE else None
    if pause is not None:
        put_back(ready, pause)
        return []
    return ready


def _exists(round_: Round, row: Delivery) -> bool:
    if row.channel == Channel.ROBOT:
        return row.target in round_.robots
    if row.channel == Channel.PUSH:
        device = round_.devices.get(row.target)
        return device is not None and device.member_id == row.member_id
    return round_.targets.mail and bool(round_.targets.members[row.member_id or 0].email)


def _gap_end(round_: Round, row: Delivery) -> datetime | None:
    gap = GAPS[Channel(row.channel)]
    if not gap:
        return None
    last = Delivery.objects.filter(
        channel=row.channel, target=row.target, sent_at__gt=round_.now - gap, what=What.NOTICE
    )
    if row.channel != Channel.ROBOT:
        last = last.filter(member=row.member_id)
    sent: datetime | None = last.aggregate(last=Max("sent_at"))["last"]
    return sent + gap if sent is not None else None


def _written(round_: Round, rows: Sequence[Delivery]) -> tuple[Message | None, list[Delivery]]:
    row, org = rows[0], organisation(round_.actor)
    key = f"{row.what}-{row.pk}"
    robot = round_.robots.get(row.target) if row.channel == Channel.ROBOT else None
    if row.what == What.TEST:
        return write_test(
            settings.LANGUAGE_CODE if robot else round_.targets.members[row.member_id or 0].language, key
        ), [row]
    if robot is not None and row.day is None:
        return write_for_group(robot, org, rows, key)
    if robot is not None and row.day is not None:
        return _with_row(write_group_digest(robot, org, row.day, key), row)
    actor = actor_for(row.member_id or 0, Surface.JOB)
    if actor is None:
        return None, []
    if row.day is not None:
        return _with_row(write_digest(actor, row.day, key), row)
    return write_notices(actor, rows, key)


def _with_row(message: Message | None, row: Delivery) -> tuple[Message | None, list[Delivery]]:
    return message, [row] if message else []


def _call(round_: Round, row: Delivery, message: Message) -> Answer:
    if row.channel == Channel.MAIL:
        return mail.send(message, round_.targets.members[row.member_id or 0].email)
    try:
        if row.channel == Channel.ROBOT:
            robot = round_.robots[row.target]
            kept = unlock(robot.locked)
            return ROBOTS[robot.provider].send(kept["url"], kept.get("secret", ""), message)
        service = push_service()
        device = round_.devices[row.target]
        private = unlock(service.locked)["private"] if service else ""
        return push.send(push.Receiver(device.endpoint, device.public_key, device.secret), message, private)
    except Lost:
        return Answer(Verdict.NEVER, _("保存的密钥已无法读取，请重新填写"))


def _learn(round_: Round, row: Delivery, answer: Answer) -> None:
    """A device that is gone is forgotten; a channel that does not work rests in this round and is told to
    administrators, once a day."""
    if answer.sent or row.what == What.TEST:
        return
    if answer.verdict is Verdict.GONE:
        Device.objects.filter(pk=row.target).delete()
        return
    if row.channel == Channel.PUSH:
        return  # one browser's trouble says nothing of the others
    if row.channel == Channel.ROBOT or answer.verdict is not Verdict.NEVER:  # a bad address says nothing of the server
        round_.broken.add((row.channel, row.target if row.channel == Channel.ROBOT else 0))
    logger.warning("channel %s %s: %s %s", row.channel, row.target, answer.verdict, answer.text)
    row.refresh_from_db(fields=["state"])
    if row.state == State.FAILED:
        _tell_administrators(round_, row)


def _tell_administrators(round_: Round, row: Delivery) -> None:
    people = organisation(round_.actor).people.values()
    robot = round_.robots.get(row.target) if row.channel == Channel.ROBOT else None
    name = robot.name if robot else str(Channel(row.channel).label)
    once = f"channel.{row.channel}.{row.target}.{round_.now.date()}"
    administrators = [person.id for person in people if person.active and person.administrator]
    notify(administrators, "channel_trouble", None, once=once, note={"channel": name})
