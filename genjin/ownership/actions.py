"""Writes of ownership: transfer to another owner, places in a team."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel import people
from genjin.kernel.actions import Action, action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import OWN, row_for
from genjin.kernel.fields import DateTime, Person, Text, YesNo
from genjin.kernel.grants import declare_grants
from genjin.kernel.models.rows import Record
from genjin.kernel.recording import record, record_removal
from genjin.kernel.records import RecordType, belonging_to
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.undo import Call, Maker, Past
from genjin.org.fields import OneOf
from genjin.ownership.changing import change_owner
from genjin.ownership.models import Rule, Teammate, TeamRole

ROLES = tuple((role.value, role.label) for role in (TeamRole.ORDINARY, TeamRole.JOINT, TeamRole.AFTER_SALES))


def transfer_action(record_type: RecordType) -> Action[Any, Any]:
    """The transfer verb of one owned type."""

    @action(
        f"{record_type.plural}.transfer",
        on=record_type.model,
        needs=record_type.grant("transfer"),
        to=OWN,
        label=gettext_lazy("转移"),
        icon="user-check",
        bulk=True,
        undo=_giving_back(record_type),
    )
    def transfer(
        actor: Actor,
        record_id: int,
        *,
        owner: Annotated[int, Person(key="owner", label=gettext_lazy("新负责人"))],
        reason: Annotated[str, Text(key="reason", label=gettext_lazy("原因"))] = "",
    ) -> Record:
        """Give the record to another owner (S2-31, B5). Raises Refused("same_owner")."""
        row = row_for(actor, record_type.model, record_id, to=OWN, lock=True)
        if row.owner_id == owner:
            raise Refused("same_owner", _("他已经是这条记录的负责人"), "owner")
        change_owner(actor, row, owner, rule=Rule.TRANSFERRED, reason=reason)
        return row

    return transfer


def _giving_back(record_type: RecordType) -> Maker:
    """The inverse of a transfer: to the owner from before; what belongs to the record follows, and goes back to
    whoever else it had belonged to."""

    def inverse(_actor: Actor, past: Past) -> Sequence[Call]:
        owner = past.before.get("owner_id")
        if owner is None:
            return []
        calls = [Call(record_type.grant("transfer"), past.row_id, {"owner": str(owner)})]
        apart = {row: was["owner_id"] for row, was in past.others.items() if was.get("owner_id") not in (None, owner)}
        for other, link in belonging_to(record_type.key) if apart else ():
            rows = other.model._default_manager.filter(**{"pk__in": apart, link.column: past.row_id})
            ids = rows.values_list("pk", flat=True)
            calls += [Call(other.grant("transfer"), row, {"owner": str(apart[row])}) for row in ids]
        return calls

    return inverse


def teammate_action(record_type: RecordType) -> Action[Any, Any]:
    """Adding somebody to the team of one type's records."""

    @action(
        f"{record_type.plural}.add_teammate",
        on=record_type.model,
        needs=record_type.grant("team"),
        to=OWN,
        label=gettext_lazy("添加团队成员"),
        icon="user-plus",
        bulk=True,
    )
    def add_teammate(
        actor: Actor,
        record_id: int,
        *,
        member: Annotated[int, Person(key="member", label=gettext_lazy("成员"))],
        writes: Annotated[bool, YesNo(key="writes", label=gettext_lazy("允许编辑（读写）"))] = False,
        expires_at: Annotated[datetime | None, DateTime(key="expires_at", label=gettext_lazy("到期时间"))] = None,
        role: Annotated[str, OneOf(key="role", label=gettext_lazy("角色"), pairs=ROLES)] = TeamRole.ORDINARY,
    ) -> Record:
        """Give a member a place in the record's team, or change it (B5). Raises Refused."""
        row = row_for(actor, record_type.model, record_id, to=OWN, lock=True)
        if row.owner_id == member:
            raise Refused("is_owner", _("他是负责人，不需要加入团队"), "member")
        if expires_at is not None and expires_at <= actor.now():
            raise Refused("past", _("到期时间应晚于现在"), "expires_at")
        place = Teammate.objects.filter(record_id=record_id, member_id=member).first()
        place = place or Teammate(record_type=record_type.key, record_id=record_id, member_id=member)
        place.writes, place.expires_at = writes, expires_at
        place.role = role or TeamRole.ORDINARY
        record(actor, row, teammate=member, writes=writes)
        record(actor, place)
        return row

    return add_teammate


def removal_action(record_type: RecordType) -> Action[Any, Any]:
    """Removing somebody from the team of one type's records."""

    @action(
        f"{record_type.plural}.remove_teammate",
        on=record_type.model,
        needs=record_type.grant("team"),
        to=OWN,
        label=gettext_lazy("移出团队"),
        icon="user-x",
        listed=False,
    )
    def remove_teammate(
        actor: Actor,
        record_id: int,
        *,
        member: Annotated[int, Person(key="member", label=gettext_lazy("成员"))],
    ) -> Record:
        """Take a member out of the record's team (B5). Raises NotFound."""
        row = row_for(actor, record_type.model, record_id, to=OWN, lock=True)
        place = Teammate.objects.filter(record_id=record_id, member_id=member).first()
        if place is None:
            raise NotFound
        record(actor, row, teammate_removed=member)
        record_removal(actor, place)
        return row

    return remove_teammate


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
