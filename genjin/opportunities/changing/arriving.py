"""How a new opportunity comes in (B9): its pipeline and stage, how it has ended already, what keeps it out. Asked by
the action that makes one, and ahead of it by whoever brings many. Nothing is written here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from genjin.customers.rhythm import local_day
from genjin.kernel.actor import Actor
from genjin.kernel.editing import apply_values
from genjin.kernel.fields import Values
from genjin.kernel.models.rows import fresh
from genjin.kernel.refusal import Refused
from genjin.opportunities.changing import moving
from genjin.opportunities.changing.moving import Ending
from genjin.opportunities.fields import step_called
from genjin.opportunities.models import Opportunity
from genjin.opportunities.pipelines import pipeline_for, pipelines_at
from genjin.opportunities.rules import CHOSEN, Outcome, Pipe, StageKind, Step


@dataclass(frozen=True)
class Ended:
    """How what is brought in from elsewhere has ended, as it was said; '' and None for nothing."""

    outcome: str = ""
    on: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class Arrival:
    """Where a new opportunity stands: `before` is the last stage in progress that it was in."""

    pipe: Pipe
    there: Step
    ending: Ending | None

    @property
    def before(self) -> Step:
        """The stage itself, or that from which it was won."""
        return self.there if self.there.kind is StageKind.PROGRESS else self.pipe.progress[-1]


def arrive(actor: Actor, values: Values, owner: int | None, ended: Ended) -> tuple[Opportunity, Arrival]:
    """A new row as it would stand, not saved yet, and where. Raises Refused as `moving.enter`, "bad_range", "future",
    "category_follows", "no_amount", "reason_needed"."""
    now = actor.now()
    today = local_day(now)
    row = fresh(Opportunity, stage_entered_at=now, opened_on=today, category="")
    apply_values(actor, row, values)
    pipe, there = _place(actor, owner, row.pipeline, row.stage)
    row.stage = row.pipeline = ""
    ending = _ending(actor, row, there, ended)
    demand_sound(actor, row)
    opened = values.get("opened_on") or (ending.on if ending else None) or today
    arrival = Arrival(pipe, there, ending)
    moving.enter(actor, row, pipe, arrival.before, ending, opened)
    if there.kind is StageKind.AFTER:
        row.stage = there.key
    return row, arrival


def demand_sound(actor: Actor, row: Any) -> None:
    """What must hold of every opportunity. Raises Refused("bad_range", "future", "category_follows")."""
    if row.budget_min is not None and row.budget_max is not None and row.budget_min > row.budget_max:
        raise Refused("bad_range", _("预算上限应不小于下限"), "budget_max")
    today = local_day(actor.now())
    row.opened_on = row.opened_on or today
    if row.opened_on > today:
        raise Refused("future", _("商机日期不能晚于今天"), "opened_on")
    if row.category not in ("", *CHOSEN) and row.outcome == Outcome.OPEN:
        raise Refused("category_follows", _("「已成交」和「不计入」由结果决定，请选其他类别"), "category")
    row.probability = row.probability or 0


def _place(actor: Actor, owner_id: int | None, pipeline: str, stage: str) -> tuple[Pipe, Step]:
    """Pipeline and stage of a new opportunity: as given, else the usual ones of its owner's department."""
    known = pipelines_at(actor.stamp)
    if stage and not pipeline:
        usual = pipeline_for(actor, owner_id)
        there = step_called(usual, stage, actor)
        return (usual, there) if there else (known.of_stage(stage), known.steps[stage])
    pipe = known.pipes[pipeline] if pipeline else pipeline_for(actor, owner_id)
    found = (pipe.step(stage) or step_called(pipe, stage, actor)) if stage else pipe.first
    if found is None:
        raise Refused("other_pipeline", _("「%s」没有这个阶段") % pipe.label, "stage")
    return pipe, found


def _ending(actor: Actor, row: Opportunity, there: Step, ended: Ended) -> Ending | None:
    """With what a new opportunity has ended; one that begins at the deal or after it was won."""
    outcome = ended.outcome
    if there.kind is not StageKind.PROGRESS and outcome in ("", Outcome.OPEN):
        outcome = Outcome.WON
    if outcome in ("", Outcome.OPEN):
        return None
    given = ended.reason or ("mistake" if outcome == Outcome.INVALID else "")
    on = ended.on or local_day(actor.now())
    ending = Ending(Outcome(outcome), on, given if outcome != Outcome.WON else "")
    moving.check_facts(actor, row.amount, ending)
    return ending
