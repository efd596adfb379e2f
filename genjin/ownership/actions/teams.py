"""Adding to and removing from a record's relevant team (B5)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import Action, action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import OWN, row_for
from genjin.kernel.fields import DateTime, Person, YesNo
from genjin.kernel.models.rows import Record
from genjin.kernel.recording import record, record_removal
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import NotFound, Refused
from genjin.org.fields import OneOf
from genjin.ownership.models import Teammate, TeamRole

ROLES = tuple((role.value, role.label) for role in (TeamRole.ORDINARY, TeamRole.JOINT, TeamRole.AFTER_SALES))


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
