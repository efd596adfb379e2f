"""Showing a masked value in full: who asked, of which field of which record, is written down; the value is not."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import ACTIONS, Action, action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, may, row_for
from genjin.kernel.editing import get_value
from genjin.kernel.fields import Text
from genjin.kernel.models.rows import Record
from genjin.kernel.recording import record
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.org.models import Member
from genjin.revealing.queries import demand_room, field_to_reveal
from genjin.revealing.settings import REASON


def reveal_action(record_type: RecordType) -> Action[Any, Any]:
    """The verb of one type."""
    grant = record_type.grant("reveal")

    @action(
        grant,
        on=record_type.model,
        needs=grant,
        to=SEE,
        label=gettext_lazy("查看完整号码"),
        icon="eye",
        listed=False,
    )
    def reveal(
        actor: Actor,
        record_id: int,
        *,
        revealed: Annotated[str, Text(key="revealed", label=gettext_lazy("字段"), most=80)],
        reveal_reason: Annotated[str, Text(key="reveal_reason", label=gettext_lazy("原因"), most=200)] = "",
    ) -> Record:
        """Write down that a value is shown. Raises NotFound for a field that is not masked, Forbidden beyond the
        grant's scope, Refused("reason_needed"), TooMany."""
        row = row_for(actor, record_type.model, record_id, to=SEE)
        if not may(actor, row, grant, SEE):
            raise Forbidden
        field_to_reveal(actor, record_type, revealed)
        if REASON.at(actor.stamp) and not reveal_reason:
            raise Refused("reason_needed", _("请填写查看原因"), "reveal_reason")
        list(
            Member.objects.select_for_update(no_key=True).filter(pk=actor.member_id or 0)
        )  # so that requests at once queue
        demand_room(actor)
        why = {"reason": reveal_reason} if reveal_reason else {}
        record(actor, row, revealed=f"{record_type.key}.{revealed}", **why)
        return row

    return reveal


def revealed_text(actor: Actor, record_type: RecordType, record_id: int, key: str, reason: str = "") -> str:
    """The value as text, after it was written down that it is shown. Raises as the action, NotFound for a type whose
    values nobody shows in full."""
    verb = ACTIONS.get(record_type.grant("reveal"))
    if verb is None:
        raise NotFound
    verb.run(actor, record_id, {"revealed": key, "reveal_reason": reason})
    known = field_to_reveal(actor, record_type, key)
    row = row_for(actor, record_type.model, record_id, to=SEE)
    value = get_value(row, known)
    return known.text(value, actor) if value not in (None, "", []) else ""
