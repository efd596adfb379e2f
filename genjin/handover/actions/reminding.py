"""The morning's reminders: records of who has left that nobody took over (B16), handovers whose day is past."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy

from genjin.handover.grants import MANAGE, REMIND
from genjin.handover.queries import left_behind, left_for, overdue
from genjin.handover.settings import LEFT_DAYS
from genjin.kernel.actions import action
from genjin.kernel.actor import EVERYTHING, Actor
from genjin.kernel.notices import Told, notify_each
from genjin.org.snapshot import ORGANISATION
from genjin.org.snapshot import Organisation as People

LEFT, LATE = "handover_left", "handover_late"


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
    left = {each.member_id: each for each in left_behind(actor, EVERYTHING)}
    told: list[Told] = []
    for member in sorted(left_for(left, LEFT_DAYS.at(actor.stamp), actor.now())):
        note = {"leaver": member, "count": left[member].held}
        told += [Told(one, LEFT, None, None, f"{LEFT}:{member}:{today}", note) for one in _in_charge(org, member)]
    for row in overdue(today):
        facts = {"leaver": row.leaver_id, "kind": row.kind, "handover": row.pk}
        told += [
            Told(one, LATE, None, None, f"{LATE}:{row.pk}:{today}", facts) for one in _in_charge(org, row.leaver_id)
        ]
    notify_each(told)
    return len(told)


def _in_charge(org: People, leaver: int) -> list[int]:
    person = org.people[leaver]
    found = []
    for each in org.people.values():
        scope = org.grants(each.id).get(MANAGE) if each.active and each.id != leaver else None
        if scope is not None and scope.holds(person.id, person.department_id):
            found.append(each.id)
    return found
