"""What follows by itself: expired places in teams end, records move with their owner to his department."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from genjin.kernel import people
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.grants import declare_grants
from genjin.kernel.models.rows import Record
from genjin.kernel.recording import record_removal
from genjin.ownership.changing import change_owner
from genjin.ownership.models import Rule, Teammate

AT_ONCE = 500
declare_grants(
    gettext_lazy("系统"),
    ("ownership.expire", gettext_lazy("清理到期的团队成员")),
    ("ownership.follow", gettext_lazy("记录随负责人调动部门")),
    scoped=False,
    internal=True,
)


@action(
    "ownership.expire_places",
    on=None,
    needs="ownership.expire",
    label=gettext_lazy("清理到期的团队成员"),
    silent="on a night when nothing expired",
    listed=False,
)
def expire_places(actor: Actor) -> int:
    """Remove up to 500 expired places in teams (B5); returns how many."""
    expired = Teammate.objects.filter(expires_at__lte=timezone.now()).order_by("id")[:AT_ONCE]
    for place in expired:
        record_removal(actor, place, expired=True)
    return len(expired)


@action(
    "ownership.follow_department",
    on=None,
    needs="ownership.follow",
    label=gettext_lazy("随负责人调动部门"),
    silent="when nothing is left to move",
    listed=False,
)
def follow_department(actor: Actor, *, member: int, model: type[Record]) -> int:
    """Move up to 500 records of an owner to his present main department (B5); returns how many. Earlier periods keep
    the department of their time."""
    department_id = people.directory().department_of(member, actor.stamp)
    settled = Q(department_id=department_id) if department_id else Q(department_id__isnull=True)
    rows = model._default_manager.filter(owner_id=member).exclude(settled).order_by("id")
    left_behind = list(rows.select_for_update(of=("self",))[:AT_ONCE])
    for row in left_behind:
        change_owner(actor, row, member, rule=Rule.MOVED)
    return len(left_behind)
