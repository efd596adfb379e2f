"""What is sent, written at the moment of sending from what its reader may see then."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from genjin.kernel.actor import Actor, Surface
from genjin.kernel.models.events import Notification
from genjin.kernel.notices import Notice, worded
from genjin.org.queries import actor_for
from genjin.org.snapshot import Organisation
from genjin.reminders.channels.message import LONGEST_LINE, MOST_LINES, Line, Message
from genjin.reminders.digest import MOST_LINES as MOST_OF_SECTION
from genjin.reminders.digest import sections_for
from genjin.reminders.models import Delivery, Robot
from genjin.reminders.queries import label_of, members_of
from genjin.ui.addresses import notice_url

Written = tuple[Message | None, list[Delivery]]
"""The message (None: nothing to say) and the rows it tells; the others need not be sent."""


def write_notices(actor: Actor, rows: Sequence[Delivery], key: str) -> Written:
    """A member's messages: one as it is, several as a list."""
    with override(actor.language):
        told = _told(actor, rows)
        if not told:
            return None, []
        lines = [Line(_cut(notice.words), notice_url(notice)) for _row, notice in told]
        path = lines[0].path if len(lines) == 1 and lines[0].path else "/inbox"
        title = lines[0].text if len(lines) == 1 else _new(len(lines))
        return _message(title, lines, key, path), [row for row, _notice in told]


def write_for_group(robot: Robot, org: Organisation, rows: Sequence[Delivery], key: str) -> Written:
    """Messages of several members for their group: numbers by member and kind; with names of records only where the
    robot is set so."""
    of_member: defaultdict[int, list[Delivery]] = defaultdict(list)
    for row in rows:
        of_member[row.member_id or 0].append(row)
    lines: list[Line] = []
    sent: list[Delivery] = []
    with override(settings.LANGUAGE_CODE):
        for member_id, own in of_member.items():
            actor = actor_for(member_id, Surface.JOB)
            told = _told(actor, own) if actor else []
            if told:
                name = org.people[member_id].name
                lines += _named(name, told) if robot.named else [_counted(name, told)]
                sent += [row for row, _notice in told]
        return (_message(_("跟进：") + _new(len(sent)), lines, key) if sent else None), sent


def write_digest(actor: Actor, day: date, key: str) -> Message | None:
    """A member's morning; None when there is nothing."""
    with override(actor.language):
        lines: list[Line] = []
        for section in sections_for(actor):
            lines.append(Line(_cut(f"【{section.title}】{section.number}"), section.path))
            lines += [Line(_cut(words), path) for words, path in section.lines[:MOST_OF_SECTION]]
        return _message(_digest_title(day), lines, key, "/", most=60) if lines else None


def write_group_digest(robot: Robot, org: Organisation, day: date, key: str) -> Message | None:
    """The morning of a group: numbers by section and member, never names of records."""
    totals: defaultdict[str, Counter[str]] = defaultdict(Counter)
    with override(settings.LANGUAGE_CODE):
        for member_id in members_of(robot, org):
            actor = actor_for(member_id, Surface.JOB)
            for section in sections_for(actor) if actor else ():
                totals[section.title][org.people[member_id].name] += section.number
        lines = [Line(_cut(f"{title}：{sum(of.values())}（{_tally(of)}）")) for title, of in totals.items()]
        return _message(_("跟进：") + _digest_title(day), lines, key, "/") if lines else None


def write_test(language: str, key: str) -> Message:
    """A message that shows that a channel works."""
    with override(language):
        return _message(
            _("跟进：测试消息"), [Line(_("收到这条消息，说明这个渠道可以正常使用。"))], key, "/profile/reminders"
        )


def _told(actor: Actor, rows: Sequence[Delivery]) -> list[tuple[Delivery, Notice]]:
    """Rows with their words; without what was read meanwhile and what the member may not see any more."""
    of_notice = {row.notification_id or 0: row for row in rows}
    found = Notification.objects.filter(pk__in=list(of_notice), read_at=None).select_related("event").order_by("id")
    return [(of_notice[notice.id], notice) for notice in worded(actor, list(found)) if not notice.hidden]


def _named(name: str, told: Sequence[tuple[Delivery, Notice]]) -> list[Line]:
    return [Line(_cut(f"{name}：{notice.words}")) for _row, notice in told]


def _counted(name: str, told: Sequence[tuple[Delivery, Notice]]) -> Line:
    return Line(_cut(f"{name}：{_tally(Counter(label_of(notice.kind) for _row, notice in told))}"))


def _tally(numbers: Counter[str]) -> str:
    joined: Callable[[Sequence[str]], str] = "、".join
    return joined([f"{name} {number}" for name, number in numbers.most_common(10)])


def _new(number: int) -> str:
    return ngettext("%d 条新提醒", "%d 条新提醒", number) % number


def _digest_title(day: date) -> str:
    return _("早间摘要 %(month)d 月 %(day)d 日") % {"month": day.month, "day": day.day}


def _message(title: str, lines: Sequence[Line], key: str, path: str = "/inbox", most: int = MOST_LINES) -> Message:
    left = len(lines) - most
    more = ngettext("另外还有 %d 条", "另外还有 %d 条", left) % left if left > 0 else ""
    return Message(_cut(title), tuple(lines[:most]), path, key, more, _("在跟进中查看"))


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE - 1]}…"
