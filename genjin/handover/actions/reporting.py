"""The report of a handover is taken away: who took it is written down (B19)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from genjin.handover.grants import MANAGE
from genjin.handover.models import Handover
from genjin.handover.queries import handover_for
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.recording import record
from genjin.kernel.taking_out import demand_taking_out


@action(
    "handovers.report", on=Handover, needs=MANAGE, label=gettext_lazy("下载交接报告"), icon="download", listed=False
)
def take_report(actor: Actor, handover_id: int) -> Handover:
    """Note that the report was taken. Raises NotFound, Refused("leaving")."""
    demand_taking_out(actor)
    row = handover_for(actor, handover_id)
    record(actor, row, report=row.total)
    return row
