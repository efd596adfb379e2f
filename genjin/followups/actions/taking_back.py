"""Taking back a follow-up that was just written, with all it did to plans: what undo does. Voiding leaves plans as they
are.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from genjin.followups.actions.correcting import void_followup
from genjin.followups.models import FollowUp
from genjin.followups.queries import followup_for
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import WRITE
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.moves import LIFE
from genjin.kernel.recording import record
from genjin.plans.models import Plan
from genjin.plans.planning import restate_next, take_back
from genjin.plans.rules import MOVES, PlanState, is_open
from genjin.plans.subjects import locked, subject_of


@action(
    "followups.take_back",
    on=FollowUp,
    needs="followups.edit",
    label=gettext_lazy("收回跟进"),
    icon="arrow-back-up",
    listed=False,
)
def take_back_followup(actor: Actor, followup_id: int) -> FollowUp:
    """Void a follow-up; plans it completed are open again, the plan it made goes if nobody has carried it out. Raises
    what voiding raises."""
    hung = locked(actor, followup_for(actor, followup_id, to=WRITE))
    followup = void_followup.function(actor, followup_id)
    _reopen(actor, hung[0], followup)
    _drop_made(actor, followup)
    restate_next(actor, *hung)
    return followup


def _reopen(actor: Actor, main: Record, followup: FollowUp) -> None:
    of = {subject_of(main).column: main.pk}
    done = Plan.objects.filter(recorded_as=followup.pk, state=PlanState.COMPLETED, **of)
    for plan in done.select_for_update(of=("self",)):
        MOVES.move(plan, PlanState.PREPARED)
        plan.closed_at, plan.recorded_as, plan.result = None, None, ""
        record(actor, plan)
        take_back(actor, plan)


def _drop_made(actor: Actor, followup: FollowUp) -> None:
    made = Plan.objects.select_for_update(of=("self",)).filter(pk=followup.next_plan_id or 0, life=Life.LIVE).first()
    if made is not None and is_open(made.state):
        LIFE.move(made, Life.VOIDED)
        record(actor, made)
