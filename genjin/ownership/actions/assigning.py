"""The verb by which the administrators of a pool give its records to somebody (P2), and what undoes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import Action, action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE
from genjin.kernel.fields import Person, Text
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RecordType
from genjin.kernel.undo import Call, Maker, Past
from genjin.ownership.actions.going_back import demand_undoing, put_back, row_to_put_back
from genjin.ownership.actions.pooled import administered, row_at_pool
from genjin.ownership.capacity import demand_room
from genjin.ownership.changing import change_owner
from genjin.ownership.claims import demand_live
from genjin.ownership.models import Rule


def assign_action(record_type: RecordType) -> Action[Any, Any]:
    """The assign verb of one type."""

    @action(
        f"{record_type.plural}.assign",
        on=record_type.model,
        needs=record_type.grant("assign"),
        to=SEE,
        label=gettext_lazy("指派"),
        icon="user-check",
        bulk=True,
        when=lambda row: row.pool_id is not None,
        undo=_back(record_type),
    )
    def assign(
        actor: Actor,
        record_id: int,
        *,
        receiver: Annotated[int, Person(key="receiver", label=gettext_lazy("指派给"))],
        reason: Annotated[str, Text(key="reason", label=gettext_lazy("原因"))] = "",
    ) -> Record:
        """Give a record of a pool to a member (P2): his capacity is asked, the day's limit, cool-down and new-data
        block are not. Raises Refused("full", "taken", "not_live"), Forbidden for who does not administer the pool."""
        pool = administered(actor, record_type, record_id)
        demand_room(actor, record_type, receiver, pool=pool, field="receiver")
        row = row_at_pool(actor, record_type, record_id, pool)
        demand_live(row.life)
        change_owner(actor, row, receiver, rule=Rule.ASSIGNED, reason=reason or pool.name)
        return row

    return assign


def unassign_action(record_type: RecordType) -> Action[Any, Any]:
    """What undoing an assignment comes to."""

    @action(
        f"{record_type.plural}.unassign",
        on=record_type.model,
        needs=record_type.grant("assign"),
        label=gettext_lazy("撤销指派"),
        icon="arrow-back-up",
        listed=False,
    )
    def unassign(actor: Actor, record_id: int) -> Record:
        """Back into the pool, as it lay there. Only as an undo, while nobody touched the record."""
        demand_undoing()
        row, _period = row_to_put_back(actor, record_type, record_id, Rule.ASSIGNED)
        put_back(actor, row, _("撤销指派"))
        return row  # type: ignore[no-any-return]

    return unassign


def _back(record_type: RecordType) -> Maker:
    def inverse(_actor: Actor, past: Past) -> Sequence[Call]:
        return [Call(f"{record_type.plural}.unassign", past.row_id)]

    return inverse
