"""Reads of reminders: what members chose, what the company set up, what went wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from genjin.kernel.actor import Actor
from genjin.kernel.notices import NOTICE_KINDS, NoticeKind
from genjin.kernel.refusal import Forbidden, NotFound
from genjin.kernel.workdays import DayState
from genjin.org.queries import organisation
from genjin.org.queries.holidays import calendar
from genjin.org.snapshot import Organisation
from genjin.reminders.models import Channel, Delivery, Device, KeptMail, MailServer, PushService, ReminderChoice, Robot
from genjin.reminders.rules import Quiet, clock, wants

INSIDE_ONLY = frozenset({"channel_trouble"})
"""Kinds that stay in the product: a message that a channel fails is not sent by channels."""

State = Delivery.State
TROUBLE = (State.FAILED, State.UNSURE)
MANAGE = "channels.manage"


def choices_of(member_ids: Iterable[int]) -> dict[int, ReminderChoice]:
    """What these members chose; members without a row get the defaults."""
    wanted = set(member_ids)
    found = {row.member_id: row for row in ReminderChoice.objects.filter(member_id__in=wanted)}
    return {member_id: found.get(member_id) or ReminderChoice(member_id=member_id) for member_id in wanted}


def my_choice(actor: Actor) -> ReminderChoice:
    """What the actor chose."""
    member_id = actor.member_id or 0
    return choices_of([member_id])[member_id]


def quiet_of(choice: ReminderChoice) -> Quiet:
    """A member's quiet hours."""
    return Quiet(choice.quiet, clock(choice.quiet_from), clock(choice.quiet_until), choice.quiet_off_days)


def off_days(actor: Actor) -> Callable[[date], bool]:
    """Whether nobody works on a day; in a year that is not announced weekends are off."""
    known = calendar(actor)

    def is_off(day: date) -> bool:
        state = known.is_workday(day)
        return day.weekday() >= 5 if state is DayState.NOT_ANNOUNCED else state is DayState.HOLIDAY

    return is_off


@dataclass(frozen=True)
class KindLine:
    """A line of a member's preferences: one or several kinds under one label, and where they go."""

    key: str
    label: str
    kinds: tuple[str, ...]
    on: Mapping[str, bool]


def kind_lines(choice: ReminderChoice) -> list[KindLine]:
    """Every label under which messages can be chosen, with what holds for this member."""
    grouped: defaultdict[str, list[NoticeKind]] = defaultdict(list)
    for kind in NOTICE_KINDS.values():
        if kind.key not in INSIDE_ONLY:
            grouped[str(kind.label)].append(kind)
    return [
        KindLine(
            kinds[0].key,
            label,
            tuple(kind.key for kind in kinds),
            {channel: wants(choice.kinds, kinds[0].key, channel) for channel in Channel.values},
        )
        for label, kinds in grouped.items()
    ]


def label_of(kind: str) -> str:
    """Under which label a kind of message can be chosen."""
    known = NOTICE_KINDS.get(kind)
    return str(known.label) if known else kind


def devices_of(member_ids: Iterable[int]) -> dict[int, list[Device]]:
    """The browsers of these members that receive pushes."""
    found: defaultdict[int, list[Device]] = defaultdict(list)
    for device in Device.objects.filter(member_id__in=set(member_ids)).order_by("id"):
        found[device.member_id].append(device)
    return found


def live_robots() -> list[Robot]:
    """Robots that are switched on."""
    return list(Robot.objects.filter(on=True, removed_at=None).order_by("id"))


def robots_for(robots: Iterable[Robot], org: Organisation, member_id: int) -> list[Robot]:
    """The robots whose group a member belongs to: of the nearest department above him that has any, else the
    company's."""
    of_department: defaultdict[int | None, list[Robot]] = defaultdict(list)
    for robot in robots:
        of_department[robot.department_id].append(robot)
    person = org.people.get(member_id)
    node = org.departments.get(person.department_id or 0) if person else None
    while node is not None:
        if node.id in of_department:
            return of_department[node.id]
        node = org.departments.get(node.parent_id or 0)
    return of_department[None]


def members_of(robot: Robot, org: Organisation) -> list[int]:
    """The active members for whom a robot speaks."""
    return [person.id for person in org.people.values() if person.active and robots_for([robot], org, person.id)]


def mail_server() -> MailServer | None:
    """What the company set for mails; None when it set nothing."""
    return MailServer.objects.order_by("id").first()


def push_service() -> PushService | None:
    """The company's Web Push, when it is switched on."""
    return PushService.objects.filter(on=True).order_by("id").first()


@dataclass(frozen=True)
class ChannelFacts:
    """What the page of channels shows."""

    mail: MailServer | None
    robots: list[tuple[Robot, str]]
    push: PushService | None
    devices: int
    counts: Mapping[str, Mapping[str, int]]


def channel_facts(actor: Actor) -> ChannelFacts:
    """All channels of the company. Raises Forbidden."""
    actor.demand(MANAGE)
    org = organisation(actor)
    robots = Robot.objects.filter(removed_at=None).order_by("id")
    counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
    rows = Delivery.objects.filter(state__in=[*TROUBLE, State.WAITING]).order_by()
    for channel, state, count in rows.values_list("channel", "state").annotate(number=Count("id")):
        counts[channel][state] = count
    return ChannelFacts(
        mail_server(),
        [(r, org.departments[r.department_id].name if r.department_id else org.company) for r in robots],
        PushService.objects.order_by("id").first(),
        Device.objects.count(),
        counts,
    )


def robot_for(actor: Actor, robot_id: int) -> Robot:
    """A robot that was not removed. Raises Forbidden, NotFound."""
    actor.demand(MANAGE)
    robot = Robot.objects.filter(pk=robot_id, removed_at=None).first()
    if robot is None:
        raise NotFound
    return robot


def troubles(actor: Actor, *, before: int | None = None, most: int = 50) -> tuple[list[Delivery], bool]:
    """(deliveries that failed or whose arrival is unsure, newest first, whether there are earlier ones)."""
    actor.demand(MANAGE)
    rows = Delivery.objects.filter(state__in=TROUBLE).order_by("-id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: most + 1])
    return found[:most], len(found) > most


def kept_mails(actor: Actor, *, before: int | None = None, most: int = 30) -> tuple[list[KeptMail], bool]:
    """(mails kept here, newest first, whether there are earlier ones). Only for administrators: among them are codes
    with which passwords are set. Raises Forbidden."""
    if not actor.administrator:
        raise Forbidden
    rows = KeptMail.objects.order_by("-id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: most + 1])
    return found[:most], len(found) > most
