"""From messages to deliveries: which channels and targets each message goes to, and when at the earliest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from genjin.kernel.actor import Actor
from genjin.kernel.models.events import Notification
from genjin.org.queries import organisation
from genjin.org.snapshot import Organisation, Person
from genjin.reminders.channels import mail
from genjin.reminders.models import Channel, Delivery, MailMode, ReminderChoice
from genjin.reminders.queries import (
    INSIDE_ONLY,
    choices_of,
    devices_of,
    live_robots,
    off_days,
    push_service,
    quiet_of,
    robots_for,
)
from genjin.reminders.rules import DIGEST, digest_day, quiet_until, wants

AT_ONCE = 500
OLD = timedelta(hours=24)
"""A message that waited so long (the worker stood still) is read in the product; nobody wants it by mail now."""

Target = tuple[str, int]


class Targets:
    """Where messages of some members can go now."""

    def __init__(self, actor: Actor, member_ids: Iterable[int]) -> None:
        self.org: Organisation = organisation(actor)
        self.members = {m: self.org.people[m] for m in member_ids if m in self.org.people and self.org.people[m].active}
        self.choices = choices_of(self.members)
        self.mail = mail.mode() != MailMode.OFF
        self.robots = live_robots()
        self.devices = devices_of(self.members) if push_service() else {}
        self.is_off = off_days(actor)

    def of(self, person: Person, kind: str) -> Iterator[Target]:
        """(channel, target) of every way that this member chose for a kind of message and that exists."""
        kinds = self.choices[person.id].kinds
        if self.mail and person.email and wants(kinds, kind, Channel.MAIL):
            yield Channel.MAIL, 0
        if self.robots and wants(kinds, kind, Channel.ROBOT):
            yield from ((Channel.ROBOT, robot.pk) for robot in robots_for(self.robots, self.org, person.id))
        if person.id in self.devices and wants(kinds, kind, Channel.PUSH):
            yield from ((Channel.PUSH, device.pk) for device in self.devices[person.id])

    def earliest(self, person: Person, now: datetime) -> datetime:
        """When this member's quiet lets a message through."""
        return quiet_end(self.choices[person.id], person, now, self) or now


def quiet_end(choice: ReminderChoice, person: Person, now: datetime, targets: Targets) -> datetime | None:
    """When the quiet that holds for a member now ends; None when none holds."""
    return quiet_until(quiet_of(choice), now, ZoneInfo(person.time_zone), targets.is_off)


def spread(actor: Actor, now: datetime) -> int:
    """Give the next messages to the channels; how many there were. Two workers never take the same ones."""
    with transaction.atomic():
        waiting = Notification.objects.filter(spread=False).order_by("id")
        rows = list(waiting.select_for_update(skip_locked=True)[:AT_ONCE])
        fresh = [row for row in rows if row.read_at is None and row.at > now - OLD and row.kind not in INSIDE_ONLY]
        if fresh:
            made = list(_deliveries(Targets(actor, {row.member_id for row in fresh}), fresh, now))
            Delivery.objects.bulk_create(made, ignore_conflicts=True, batch_size=AT_ONCE)
        Notification.objects.filter(pk__in=[row.pk for row in rows]).update(spread=True)
    return len(rows)


def _deliveries(targets: Targets, rows: Sequence[Notification], now: datetime) -> Iterator[Delivery]:
    for row in rows:
        person = targets.members.get(row.member_id)
        if person is None:
            continue
        earliest = targets.earliest(person, now)
        for channel, target in targets.of(person, row.kind):
            yield Delivery(
                notification_id=row.pk,
                member_id=person.id,
                channel=channel,
                target=target,
                next_at=earliest,
                made_at=now,
            )


def make_digests(actor: Actor, now: datetime) -> int:
    """Make the digests that are due, at most one per member, day, channel and target, and one per robot and day."""
    org = organisation(actor)
    targets = Targets(actor, [person.id for person in org.people.values() if person.active])
    made = [*_own_digests(targets, now), *_robot_digests(actor, targets, now)]
    known = Delivery.objects.filter(what=Delivery.What.DIGEST, day__in={row.day for row in made})
    there = set(known.values_list("day", "channel", "target", "member_id")) if made else set()
    new = [row for row in made if (row.day, row.channel, row.target, row.member_id) not in there]
    Delivery.objects.bulk_create(new, ignore_conflicts=True, batch_size=AT_ONCE)
    return len(new)


def _own_digests(targets: Targets, now: datetime) -> Iterator[Delivery]:
    for person in targets.members.values():
        choice = targets.choices[person.id]
        zone = ZoneInfo(person.time_zone)
        day = digest_day(choice.digest_at, now, zone, targets.is_off, off_days=choice.digest_off_days)
        if day is None:
            continue
        for channel, target in targets.of(person, DIGEST):
            if channel != Channel.ROBOT:  # a group has a digest of its own
                yield Delivery(
                    what=Delivery.What.DIGEST, day=day, member_id=person.id, channel=channel, target=target, next_at=now
                )


def _robot_digests(actor: Actor, targets: Targets, now: datetime) -> Iterator[Delivery]:
    for robot in targets.robots:
        if robot.digest_at:
            day = digest_day(robot.digest_at, now, actor.zone, targets.is_off, off_days=False)
            if day is not None:
                yield Delivery(what=Delivery.What.DIGEST, day=day, channel=Channel.ROBOT, target=robot.pk, next_at=now)
