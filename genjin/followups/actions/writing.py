"""Writing a follow-up: one form for what was talked about, the plan it fulfils and the next step (B7, S3-07, S3-08)."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.followups.actions.checks import check_followup, sign
from genjin.followups.actions.effects import NextStep, tell
from genjin.followups.models import FollowUp
from genjin.followups.record import FOLLOWUP
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor, Surface
from genjin.kernel.doors import SEE, WRITE
from genjin.kernel.editing import apply_values
from genjin.kernel.fields import DepartmentRef, Person, RecordRef, Text, Values
from genjin.kernel.models.rows import Record, fresh
from genjin.kernel.recording import moment
from genjin.kernel.refusal import Invalid, Refused
from genjin.ownership.changing import change_owner
from genjin.ownership.models import Rule
from genjin.plans.queries import plan_for
from genjin.plans.subjects import asked_for, fill, subject_of
from genjin.revealing.actions import reveal_action

IMPORTS_ONLY = Text(key="author", label=gettext_lazy("跟进人"), most=60, shown_when=lambda _values: False)
PLAN = RecordRef(key="plan", label=gettext_lazy("完成的计划"), to="plan", help=gettext_lazy("这次跟进办完的计划"))
ASSIGNEE = Person(key="assignee", label=gettext_lazy("下一步由谁做"), help=gettext_lazy("不选就是自己"))
SUPPORT = DepartmentRef(
    key="support", label=gettext_lazy("请哪个部门协助"), help=gettext_lazy("下一步需要跨部门支持时选择")
)


@action(
    "followups.create",
    on=FollowUp,
    needs="followups.create",
    label=gettext_lazy("写跟进"),
    icon="message-2",
    undo="followups.take_back",
)
def create_followup(
    actor: Actor,
    *,
    values: Values,
    plan: Annotated[int | None, PLAN] = None,
    assignee: Annotated[int | None, ASSIGNEE] = None,
    support: Annotated[int | None, SUPPORT] = None,
    author: Annotated[str, IMPORTS_ONLY] = "",
) -> FollowUp:
    """Write down a contact with a customer or a lead, maybe about an opportunity. `plan` is completed by it; without
    one, what its author had to do for the customer by the end of that day is. A next step becomes a plan, of `assignee`
    (else one's own), with the help of the department `support` (S3-12). `author` is for imports: the name in the sheet,
    kept as text unless exactly one active member bears it. Raises Refused("future"), Refused("past"),
    Refused("voided"), Invalid."""
    hung = _followed(actor, values)
    followup = fresh(FollowUp, imported=actor.surface is Surface.IMPORT)
    apply_values(actor, followup, values)
    fill(followup, hung)
    followup.plan_id = _fitting(actor, plan, hung[0]) if plan else None
    sign(actor, followup, author)
    check_followup(actor, followup, moment())
    rule = Rule.IMPORTED if followup.imported else Rule.CREATED
    change_owner(actor, followup, hung[0].owner_id, rule=rule)
    tell(actor, hung, followup, NextStep(assignee, support))
    return followup


def _followed(actor: Actor, values: Values) -> list[Record]:
    """What the talk was about, locked: a customer, a lead, a customer with one of its opportunities."""
    hung = asked_for(actor, values, to=WRITE)
    if not hung:
        raise Invalid({"customer": _("请填写「%s」") % _("客户")})
    for each in hung:
        refused = subject_of(each).talked(each)
        if refused is not None:
            raise refused
    return hung


def _fitting(actor: Actor, plan_id: int, main: Record) -> int:
    """The plan's id, if it is a plan of this customer (or lead)."""
    if getattr(plan_for(actor, plan_id, to=SEE), subject_of(main).column) != main.pk:
        raise Refused("other_plan", _("这个计划不是这位客户的"), "plan")
    return plan_id


reveal_of_followup = reveal_action(FOLLOWUP)
