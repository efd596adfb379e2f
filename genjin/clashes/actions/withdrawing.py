"""Withdrawing a clash: by whoever opened it, or by who may rule it."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.clashes.models import Clash
from genjin.clashes.queries import clash_for, may_rule
from genjin.clashes.rules import STATES, ClashState, demand_open
from genjin.kernel.actions import Action, action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Text
from genjin.kernel.recording import record
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Forbidden, NotFound


def withdraw_action(record_type: RecordType) -> Action[Any, Any]:
    """The verb of one type."""

    @action(
        f"{record_type.plural}.withdraw_clash",
        on=Clash,
        needs=record_type.grant("declare_clash"),
        label=gettext_lazy("撤回撞单"),
        icon="arrow-back-up",
        listed=False,
    )
    def withdraw_clash(
        actor: Actor, clash_id: int, *, reason: Annotated[str, Text(key="reason", label=gettext_lazy("原因"), most=200)]
    ) -> Clash:
        """Nothing changes but that it is over. Raises NotFound, Forbidden, Refused("over")."""
        seen = clash_for(actor, clash_id)
        clash = Clash.objects.select_for_update().get(pk=seen.clash.pk)
        if clash.record_type != record_type.key:
            raise NotFound
        if clash.opened_by_id != actor.member_id and not may_rule(actor, seen):
            raise Forbidden(_("只有申报的人和裁定的人可以撤回"))
        demand_open(clash.state)
        STATES.move(clash, ClashState.WITHDRAWN)
        clash.reason, clash.decided_by_id, clash.decided_at = reason, actor.member_id, actor.now()
        record(actor, clash)
        return clash

    return withdraw_clash
