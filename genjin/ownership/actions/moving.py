"""The verb that moves a record from one pool to another."""

# annotations are read when the verb is made: the pools it offers are those of its type

from collections.abc import Sequence
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import Action, action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE
from genjin.kernel.fields import Text
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Forbidden, Refused
from genjin.kernel.undo import Call, Maker, Past
from genjin.ownership.actions.pooled import administered, chosen_pool, row_at_pool
from genjin.ownership.changing import change_owner
from genjin.ownership.fields import pool_choice
from genjin.ownership.models import Rule
from genjin.ownership.standing import administers


def move_action(record_type: RecordType) -> Action[Any, Any]:
    """The move verb of one type."""

    @action(
        f"{record_type.plural}.move_pool",
        on=record_type.model,
        needs=record_type.grant("move_pool"),
        to=SEE,
        label=gettext_lazy("移到其他公海"),
        icon="arrow-right",
        bulk=True,
        when=lambda row: row.pool_id is not None,
        undo=_back(record_type),
    )
    def move_pool(
        actor: Actor,
        record_id: int,
        *,
        pool: Annotated[str, pool_choice(record_type, gettext_lazy("移到"))],
        reason: Annotated[str, Text(key="reason", label=gettext_lazy("原因"))] = "",
    ) -> Record:
        """Move a record between pools that the actor administers both (B4). Since when it lies in pools, and with it
        its last owner's cool-down, stays. Raises Refused("same_pool", "no_pool", "taken"), Forbidden."""
        source = administered(actor, record_type, record_id)
        target = chosen_pool(actor, record_type, pool)
        if target.pk == source.pk:
            raise Refused("same_pool", _("已经在「%s」里") % target.name, "pool")
        if not administers(actor, target):
            raise Forbidden(_("您不是「%s」的公海管理员，不能移入") % target.name)
        row: Any = row_at_pool(actor, record_type, record_id, source)
        change_owner(actor, row, None, rule=Rule.POOLED, reason=reason or row.pool_reason, pool=target)
        return row  # type: ignore[no-any-return]

    return move_pool


def _back(record_type: RecordType) -> Maker:
    def inverse(_actor: Actor, past: Past) -> Sequence[Call]:
        pool_id, reason = past.before.get("pool_id"), past.before.get("pool_reason", "")
        raw = {"pool": str(pool_id), "reason": reason}
        return [Call(f"{record_type.plural}.move_pool", past.row_id, raw)] if pool_id else []

    return inverse
