"""What nobody took over: so many days after somebody left, his records lie in a pool (B16 ◇, B4). It is a handover like
any other, made by the system: listed, reported, and taken back by whoever is in charge while nothing has changed."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.handover.actions.reminding import SOON, goes_to_pools
from genjin.handover.arrangement import Arrangement
from genjin.handover.grants import RELEASE
from genjin.handover.models import Handover, Item
from genjin.handover.pools import POOL, left_in_pools
from genjin.handover.queries import keys_of, left_behind, left_for
from genjin.handover.receivers import written
from genjin.handover.rules import Kind, Standing, State
from genjin.handover.settings import LEFT_DAYS
from genjin.kernel.actions import action
from genjin.kernel.actor import EVERYTHING, Actor
from genjin.kernel.copying import copy_in
from genjin.kernel.models.events import Notification
from genjin.kernel.models.rows import fresh
from genjin.kernel.recording import record


def to_release(actor: Actor, today: date) -> list[int]:
    """Members whose records go into pools now: they left long enough ago, nobody is at it, and whoever is in charge
    was told of it on an earlier day."""
    left = [each.member_id for each in left_behind(actor, EVERYTHING)]
    gone = left_for(left, LEFT_DAYS.at(actor.stamp), actor.now())
    begin = datetime.combine(today, time(), ZoneInfo(settings.COMPANY_TIME_ZONE))
    told = Notification.objects.filter(kind=SOON, at__lt=begin, note__leaver__in=list(gone))
    known = {int(member) for member in told.values_list("note__leaver", flat=True)}
    return sorted(goes_to_pools(actor, [member for member in gone if member in known]))


@action(
    "handovers.release",
    on=None,
    needs=RELEASE,
    label=gettext_lazy("无人接收的放入公海"),
    icon="ripple",
    silent="when no pool takes any of it any more",
    listed=False,
)
def release_left(actor: Actor, *, leaver: int, today: date) -> Handover | None:
    """List what somebody who has left still owns, each with the pool it goes to; None when there is nothing. The steps
    of the handover do the rest."""
    meant = left_in_pools(leaver)
    if not meant:
        return None
    row = Handover(
        leaver_id=leaver,
        kind=Kind.RESIGNATION,
        notice_on=today,
        leaves_on=today,
        reason=_("满 %d 天无人接收") % LEFT_DAYS.at(actor.stamp),
        arrangement=Arrangement().to_json(),
        state=State.RUNNING,
        begun_at=actor.now(),
    )
    row.staged, row.total = keys_of(row), sum(len(ids) for _key, _pool, ids in meant)
    record(actor, row)
    copy_in(
        Item,
        [
            fresh(Item, handover_id=row.pk, part=key, row_id=row_id, to=written(POOL, pool_id), state=Standing.WAITING)
            for key, pool_id, ids in meant
            for row_id in ids
        ],
    )
    return row
