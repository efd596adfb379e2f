"""Periodic work of reminders: messages go to the channels and out, digests in the morning, old deliveries go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor
from genjin.kernel.jobs import periodic
from genjin.kernel.models.events import Event, EventLink
from genjin.kernel.notices import declare_notice
from genjin.kernel.sealing import consumer
from genjin.reminders.changing.sending import deliver_due
from genjin.reminders.changing.spreading import make_digests, spread
from genjin.reminders.models import Delivery, Device, KeptMail

KEEP_DAYS = 90
ROUNDS = 5
ENDING = frozenset(
    {"profile.change_password", "profile.end_other_sessions", "org.reset_password", "members.deactivate"}
)

declare_notice(
    "channel_trouble",
    gettext_lazy("通知渠道「%(channel)s」发送失败，请在设置里查看原因"),
    "alert-triangle",
    label=gettext_lazy("通知渠道故障"),
    facts=lambda _reader, note: {"channel": str(note.get("channel", ""))},
)


@consumer("reminders_devices")
def forget_devices(events: Sequence[Event]) -> None:
    """Whoever sets a new password or ends his sessions has lost a device, perhaps: all must be switched on again."""
    ended = [event.pk for event in events if event.action in ENDING]
    members = EventLink.objects.filter(event_id__in=ended, row_type="member").values("row_id")
    if ended:
        Device.objects.filter(member_id__in=members).delete()


@periodic("* * * * * */10", "reminders.deliver")
def deliver(actor: Actor) -> None:
    """Spread and send what is due; a few rounds, so that other jobs get their turn."""
    for _round in range(ROUNDS):
        now = timezone.now()
        if not spread(actor, now) + deliver_due(actor, now):
            break


@periodic("* * * * *", "reminders.digests")
def digests(actor: Actor) -> None:
    """Make the digests whose time has come."""
    make_digests(actor, timezone.now())


@periodic("25 18 * * *", "reminders.forget")
def forget(actor: Actor) -> None:
    """Drop what was delivered long ago."""
    del actor
    before = timezone.now() - timedelta(days=KEEP_DAYS)
    Delivery.objects.filter(made_at__lt=before).delete()
    KeptMail.objects.filter(at__lt=before).delete()
