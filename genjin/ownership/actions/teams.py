"""Adding to and removing from a record's relevant team (B5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import Action, action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import OWN, SEE, may, row_for, visible_to
from genjin.kernel.fields import DateTime, Person, YesNo
from genjin.kernel.models.rows import Record
from genjin.kernel.recording import record, record_removal
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import NotFound, Refused
from genjin.org.fields import OneOf
from genjin.ownership.followers import Along, along_with
from genjin.ownership.models import Teammate, TeamRole

ROLES = tuple((role.value, role.label) for role in (TeamRole.ORDINARY, TeamRole.JOINT, TeamRole.AFTER_SALES))


Member = Annotated[int, Person(key="member", label=gettext_lazy("成员"))]
Writes = Annotated[bool, YesNo(key="writes", label=gettext_lazy("允许编辑（读写）"))]
Until = Annotated[datetime | None, DateTime(key="expires_at", label=gettext_lazy("到期时间"))]
Part = Annotated[str, OneOf(key="role", label=gettext_lazy("角色"), pairs=ROLES)]
AlongWith = Annotated[
    bool,
    YesNo(
        key="along",
        label=gettext_lazy("同时加入进行中的商机"),
        help=gettext_lazy("只加入您能管理团队的商机；已经在其中的不变，以后从客户团队移出也不影响商机"),
    ),
]
MOST_ALONG = 200


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
        member: Member,
        writes: Writes = False,
        expires_at: Until = None,
        role: Part = TeamRole.ORDINARY,
    ) -> Record:
        """Give a member a place in the record's team, or change it (B5). Raises Refused."""
        row = row_for(actor, record_type.model, record_id, to=OWN, lock=True)
        return _add(actor, row, Place(member, writes, expires_at, role))

    return add_teammate


def teammate_along_action(record_type: RecordType) -> Action[Any, Any]:
    """The same, where whoever adds somebody may add him to the records below as well that areas name (B5)."""

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
        member: Member,
        writes: Writes = False,
        expires_at: Until = None,
        role: Part = TeamRole.ORDINARY,
        along: AlongWith = False,
    ) -> Record:
        """Give a member a place in the record's team, or change it (B5); `along`: also in those of what hangs on it
        and whose team the actor manages. Raises Refused."""
        row = row_for(actor, record_type.model, record_id, to=OWN, lock=True)
        place = Place(member, writes, expires_at, role)
        _add(actor, row, place)
        for below in along_with(record_type.key) if along else ():
            _add_below(actor, row, below, place)
        return row

    return add_teammate


@dataclass(frozen=True)
class Place:
    """Who comes into a team, whether he writes, until when, as what."""

    member: int
    writes: bool
    expires_at: datetime | None
    role: str


def _add(actor: Actor, row: Record, wanted: Place) -> Record:
    """A place in the team of a (locked) record. Raises Refused("is_owner", "past")."""
    if row.owner_id == wanted.member:
        raise Refused("is_owner", _("他是负责人，不需要加入团队"), "member")
    if wanted.expires_at is not None and wanted.expires_at <= actor.now():
        raise Refused("past", _("到期时间应晚于现在"), "expires_at")
    place = Teammate.objects.filter(record_id=row.pk, member_id=wanted.member).first()
    place = place or Teammate(record_type=row.row_type, record_id=row.pk, member_id=wanted.member)
    place.writes, place.expires_at = wanted.writes, wanted.expires_at
    place.role = wanted.role or TeamRole.ORDINARY
    record(actor, row, teammate=wanted.member, writes=wanted.writes)
    record(actor, place)
    return row


def _add_below(actor: Actor, above: Record, below: Along, wanted: Place) -> None:
    """Into the teams of what hangs on a (locked) record, as far as the actor manages them. Who owns one of them, or
    has a place there, keeps that: nothing is narrowed by the way."""
    declared = RECORD_TYPES[below.key]
    if not actor.may(declared.grant("team")):
        return
    rows = visible_to(actor, declared.model).filter(below.fitting, **{below.column: above.pk})
    ids = list(rows.exclude(owner_id=wanted.member).order_by("pk").values_list("pk", flat=True)[:MOST_ALONG])
    there = Teammate.objects.filter(record_id__in=ids, member_id=wanted.member)
    placed = set(there.exclude(expires_at__lte=actor.now()).values_list("record_id", flat=True))
    for row_id in ids:
        if row_id in placed:
            continue
        row = row_for(actor, declared.model, row_id, to=SEE, lock=True)
        if may(actor, row, declared.grant("team"), OWN) and row.owner_id != wanted.member:
            _add(actor, row, wanted)


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
