"""The morning's reminders: records of who has left that nobody took over (B16), handovers whose day is past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy

from genjin.handover.grants import REMIND
from genjin.handover.models import Handover
from genjin.handover.pools import left_in_pools
from genjin.handover.queries import in_charge, left_behind, left_for, overdue
from genjin.handover.rules import AT_WORK, State
from genjin.handover.settings import LEFT_DAYS, LEFT_TO_POOL
from genjin.kernel.actions import action
from genjin.kernel.actor import EVERYTHING, Actor
from genjin.kernel.notices import Told, notify_each
from genjin.org.snapshot import ORGANISATION
from genjin.org.snapshot import Organisation as People

LEFT, LATE, SOON = "handover_left", "handover_late", "handover_soon"
AHEAD = 3
"""So many days before they go into a pool, and at least a day, whoever is in charge is told of it."""


@action(
    "handovers.remind",
    on=None,
    needs=REMIND,
    label=gettext_lazy("提醒尚未交接的记录"),
    silent="being told of what is left to do is no business event",
    listed=False,
)
def remind_of_handovers(actor: Actor, *, today: date) -> int:
    """Tell administrators, and whoever may hand over for these people, once a day; returns how many messages."""
    org = ORGANISATION.now()
    told = [*_left(actor, org, today)]
    for row in overdue(today):
        facts = {"leaver": row.leaver_id, "kind": row.kind, "handover": row.pk}
        told += [
            Told(one, LATE, None, None, f"{LATE}:{row.pk}:{today}", facts) for one in in_charge(org, row.leaver_id)
        ]
    notify_each(told)
    return len(told)


def goes_to_pools(actor: Actor, members: list[int]) -> set[int]:
    """Of those who have left with records: whose records go into pools when nobody takes them over. Not where somebody
    prepares a handover, or took them out of the pools again; what stayed out is tried again a period later."""
    if not LEFT_TO_POOL.at(actor.stamp):
        return set()
    own = Handover.objects.filter(leaver_id__in=members)
    busy = own.filter(state__in=(State.DRAFT, *AT_WORK)).values_list("leaver_id", flat=True)
    lately = actor.now() - timedelta(days=LEFT_DAYS.at(actor.stamp))
    tried = own.filter(Q(state=State.UNDONE) | Q(ended_at__gte=lately), made_by=None).values_list(
        "leaver_id", flat=True
    )
    return {member for member in set(members) - set(busy) - set(tried) if left_in_pools(member)}


def _left(actor: Actor, org: People, today: date) -> Iterator[Told]:
    left = {each.member_id: each.held for each in left_behind(actor, EVERYTHING)}
    days = LEFT_DAYS.at(actor.stamp)
    released = goes_to_pools(actor, list(left))
    for member, ago in sorted(left_for(left, max(days - AHEAD, 0), actor.now()).items()):
        if member in released or ago >= days:
            kind = SOON if member in released else LEFT
            note = {"leaver": member, "count": left[member], "days": max(days - ago, 1)}
            yield from (Told(one, kind, None, None, f"{kind}:{member}:{today}", note) for one in in_charge(org, member))
