"""Help from another department (S3-12): the one who plans asks for it in the plan, the department answers here."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import WRITE
from genjin.kernel.fields import Text
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused
from genjin.plans.models import Plan
from genjin.plans.queries import plan_for


@action(
    "plans.record_support",
    on=Plan,
    needs="plans.support",
    label=gettext_lazy("填写协助结果"),
    icon="building",
    when=lambda row: row.support_department_id is not None,
)
def record_support(
    actor: Actor,
    plan_id: int,
    *,
    result: Annotated[str, Text(key="result", label=gettext_lazy("协助结果"), most=500)],
) -> Plan:
    """Write down what the department that was asked did; by its members, or by who plans. It may be written anew.
    Raises Refused("not_asked"), Forbidden for others who see the plan."""
    plan = plan_for(actor, plan_id, to=WRITE, lock=True)
    if plan.support_department_id is None:
        raise Refused("not_asked", _("这条计划没有请别的部门协助"))
    plan.support_result, plan.support_by_id, plan.support_at = result, actor.member_id, actor.now()
    record(actor, plan)
    return plan
