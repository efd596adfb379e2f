"""The verb that gives a record to another owner (S2-31, B5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import Action, action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import OWN, row_for
from genjin.kernel.fields import Person, Text
from genjin.kernel.models.events import EventLink
from genjin.kernel.models.rows import Record
from genjin.kernel.recording import record
from genjin.kernel.records import RecordType, belonging_to
from genjin.kernel.refusal import Refused
from genjin.kernel.undo import Call, Maker, Past
from genjin.org.fields import OneOf
from genjin.ownership.capacity import await_turn, demand_room, origin
from genjin.ownership.changing import change_owner
from genjin.ownership.models import Rule, Teammate

READS, WRITES = "read", "write"
STAYS = (("", gettext_lazy("不保留")), (READS, gettext_lazy("保留，只读")), (WRITES, gettext_lazy("保留，可编辑")))
"""Whether who owned a record keeps a place in its team (B16)."""


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
        stays: Annotated[str, OneOf(key="stays", label=gettext_lazy("原负责人留在团队"), pairs=STAYS)] = "",
    ) -> Record:
        """Give the record to another owner (S2-31, B5); the one from before may keep a place in its team (B16). Raises
        Refused("same_owner", "full")."""
        await_turn(actor, record_type, owner)
        row = row_for(actor, record_type.model, record_id, to=OWN, lock=True)
        if row.owner_id == owner:
            raise Refused("same_owner", _("他已经是这条记录的负责人"), "owner")
        demand_room(actor, record_type, owner, pool=origin(actor, row), field="owner")
        before = row.owner_id
        change_owner(actor, row, owner, rule=Rule.TRANSFERRED, reason=reason)
        if stays and before is not None:
            _keep_place(actor, row, before, writes=stays == WRITES)
        return row

    return transfer


def _keep_place(actor: Actor, row: Record, member_id: int, *, writes: bool) -> None:
    """A place in the team for who owned the record; one that he has already stays as it is."""
    if not Teammate.objects.filter(record_id=row.pk, member_id=member_id).exists():
        place = Teammate(record_type=row.row_type, record_id=row.pk, member_id=member_id, writes=writes)
        record(actor, place)


def _giving_back(record_type: RecordType) -> Maker:
    """The inverse of a transfer: to the owner from before; what belongs to the record follows, and goes back to
    whoever else it had belonged to."""

    def inverse(_actor: Actor, past: Past) -> Sequence[Call]:
        owner = past.before.get("owner_id")
        if owner is None:
            return []
        calls = [Call(record_type.grant("transfer"), past.row_id, {"owner": str(owner)})]
        made = EventLink.objects.filter(event_id=past.event_id, row_type=Teammate.row_type).values("row_id")
        if Teammate.objects.filter(pk__in=made, record_id=past.row_id, member_id=owner).exists():
            calls.append(Call(record_type.grant("remove_teammate"), past.row_id, {"member": str(owner)}))
        apart = {row: was["owner_id"] for row, was in past.others.items() if was.get("owner_id") not in (None, owner)}
        for other, link in belonging_to(record_type.key) if apart else ():
            rows = other.model._default_manager.filter(**{"pk__in": apart, link.column: past.row_id})
            ids = rows.values_list("pk", flat=True)
            calls += [Call(other.grant("transfer"), row, {"owner": str(apart[row])}) for row in ids]
        return calls

    return inverse
