"""Steps by which opportunities move (B9), for the actions of this and of higher areas, never actions themselves:
beginning, advancing along the table, ending with facts, opening again. Whoever calls them holds the row's lock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from genjin.customers.rhythm import local_day
from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import fresh
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused
from genjin.kernel.together import insert
from genjin.opportunities.models import Closing, Opportunity, Stay
from genjin.opportunities.pipelines import pipelines_at
from genjin.opportunities.queries import last_closing
from genjin.opportunities.rules import (
    OUTCOME,
    Category,
    Move,
    Outcome,
    Pipe,
    StageKind,
    Step,
    Why,
    move_between,
    tasks_of,
)
from genjin.opportunities.tasks import demand_tasks


@dataclass(frozen=True)
class Ending:
    """The facts with which an opportunity ends."""

    outcome: Outcome
    on: date
    reason: str = ""
    note: str = ""
    competitor: str = ""


def here_of(actor: Actor, row: Opportunity) -> tuple[Pipe, Step]:
    """The pipeline and the stage of an opportunity."""
    known = pipelines_at(actor.stamp)
    step = known.steps[row.stage]
    return known.pipes[step.pipeline], step


def stand_at(row: Opportunity, step: Step, at: datetime, *, keep: frozenset[str] = frozenset()) -> None:
    """Put a row into a stage: probability and category follow it, unless they were given in the same breath."""
    row.previous_stage, row.stage, row.pipeline = row.stage or "", step.key, step.pipeline
    row.stage_entered_at = at
    if "probability" not in keep:
        row.probability = step.probability
    if "category" not in keep:
        row.category = step.category


def advance(actor: Actor, row: Opportunity, stage: str, *, keep: frozenset[str] = frozenset()) -> None:
    """Move a (locked) opportunity to a stage and save it; a move to the deal wins it as of today. Raises Refused for
    what the table does not list ("same_stage", "other_pipeline", "no_jump", "no_roll_back", "ended", "not_won"), and
    "tasks_due" with what is missing."""
    pipe, here = here_of(actor, row)
    there = pipe.step(stage)
    found = move_between(pipe, Outcome(row.outcome), here.key, stage)
    if isinstance(found, Why) or there is None:
        raise refusal_of(found if isinstance(found, Why) else Why.ELSEWHERE, row, here, there)
    if found is Move.WIN:
        end(actor, row, Ending(Outcome.WON, local_day(actor.now())))
        return
    if found is not Move.AFTER:
        demand_tasks(actor, row, tasks_of(pipe, here.key, there.key), there)
    stand_at(row, there, actor.now(), keep=keep)
    row.furthest = further(pipe, row.furthest, there)
    _begin_stay(actor, row)
    record(actor, row)


def switch(actor: Actor, row: Opportunity, pipe: Pipe, stage: str) -> None:
    """Let a (locked) open opportunity go on in another pipeline, at a stage of its or at its first. What stages before
    it ask is due, as when it had begun there."""
    _demand_open(row)
    _demand_enabled(pipe)
    there = pipe.step(stage) or pipe.first
    if there.kind is not StageKind.PROGRESS:
        raise Refused("not_won", _("换管线时请选进行中的阶段，换好后再赢单"), "stage")
    _demand_entry(actor, row, pipe, there)
    stand_at(row, there, actor.now())
    row.furthest = there.key
    _begin_stay(actor, row)
    record(actor, row)


def enter(actor: Actor, row: Opportunity, pipe: Pipe, there: Step, ending: Ending | None, opened: date) -> None:
    """Put a new row into its stage, or at its end; `begun` is to be called once it is saved. Raises Refused."""
    _demand_enabled(pipe)
    asked = there if ending is None or ending.outcome is not Outcome.WON else pipe.won
    _demand_entry(actor, row, pipe, asked)
    row.opened_on = opened
    stand_at(row, there, begun_at(actor, opened), keep=_given(row))
    row.furthest = there.key
    row.outcome = Outcome.OPEN
    if ending is not None:
        _end(row, pipe, there, ending)


def begun(actor: Actor, row: Opportunity, before: Step, ending: Ending | None) -> None:
    """Write down the first stay of a row that was saved, and its end."""
    at = begun_at(actor, row.opened_on)
    if ending is None:
        insert(fresh(Stay, opportunity_id=row.pk, stage=row.stage, entered_at=at, by_id=actor.member_id))
        return
    left = max(at, min(_moment(actor, ending.on), actor.now()))
    insert(fresh(Stay, opportunity_id=row.pk, stage=before.key, entered_at=at, left_at=left, by_id=actor.member_id))
    _close(actor, row, before, ending)


def end(actor: Actor, row: Opportunity, ending: Ending) -> None:
    """End a (locked) open opportunity with its facts and save it. Raises Refused("bad_move", "no_amount",
    "future", "tasks_due", "no_jump", "reason_needed")."""
    pipe, here = here_of(actor, row)
    _check_ending(actor, row, ending)
    if ending.outcome is Outcome.WON:
        found = move_between(pipe, Outcome(row.outcome), here.key, pipe.won.key)
        if isinstance(found, Why):
            raise refusal_of(found, row, here, pipe.won)
        demand_tasks(actor, row, tasks_of(pipe, here.key, pipe.won.key), pipe.won)
    kept = row.probability, row.category
    _end(row, pipe, here, ending)
    Stay.objects.filter(opportunity_id=row.pk, left_at=None).update(left_at=actor.now())
    _close(actor, row, here, ending, *kept)
    record(actor, row, **_told(ending))


def reopen(actor: Actor, row: Opportunity, *, undone: bool = False) -> None:
    """Open a (locked) ended opportunity again, at the stage where it ended (B9: by switch). `undone`: the ending is
    taken back. Raises Refused("bad_move", "no_reopening")."""
    pipe, here = here_of(actor, row)
    if row.outcome != Outcome.OPEN and not (pipe.reopens or undone):
        raise Refused("no_reopening", _("管线「%s」不允许重新打开已结束的商机") % pipe.label)
    OUTCOME.move(row, Outcome.OPEN)
    closing = last_closing(row.pk)
    stage = closing.stage if closing else here.key
    there = pipe.step(stage) or pipe.progress[-1]
    row.closed_on, row.loss_reason, row.lost_stage = None, "", ""
    stand_at(row, there, actor.now())
    row.probability = closing.probability if closing else there.probability
    row.category = closing.category if closing and closing.category else there.category
    Closing.objects.filter(opportunity_id=row.pk, until=None).update(until=actor.now())
    _begin_stay(actor, row)
    record(actor, row)


def put_back(actor: Actor, row: Opportunity, stage: str, probability: int) -> None:
    """Take the last move of a (locked) open opportunity back: it stands where it stood, as if it had not moved."""
    pipe, _here = here_of(actor, row)
    known = pipelines_at(actor.stamp)
    there = known.steps[stage]
    stays = list(Stay.objects.filter(opportunity_id=row.pk).order_by("-id")[:3])
    if len(stays) > 1 and stays[0].left_at is None and stays[1].stage == stage:
        stays[0].delete()
        Stay.objects.filter(pk=stays[1].pk).update(left_at=None)
        at, before = stays[1].entered_at, stays[2].stage if len(stays) > 2 else ""
    else:
        at, before = actor.now(), row.stage
    pipe = known.pipes[there.pipeline]
    stand_at(row, there, at)
    row.previous_stage, row.probability = before, probability
    left = Stay.objects.filter(opportunity_id=row.pk).values_list("stage", flat=True)
    row.furthest = _furthest_of(pipe, [there.key, *left])
    record(actor, row)


def back_after_sale(actor: Actor, row: Opportunity, there: Step) -> None:
    """Take the last move of a (locked) won opportunity after the sale back: it stays won."""
    stays = list(Stay.objects.filter(opportunity_id=row.pk).order_by("-id"))
    if stays[0].left_at is None:
        stays.pop(0).delete()
    at = stays[0].left_at or actor.now()
    if stays[0].stage == there.key:
        Stay.objects.filter(pk=stays[0].pk).update(left_at=None)
        at = stays.pop(0).entered_at
    stand_at(row, there, at)
    row.previous_stage = stays[0].stage
    row.furthest = _furthest_of(pipelines_at(actor.stamp).pipes[there.pipeline], [there.key, *(s.stage for s in stays)])
    record(actor, row)


def refusal_of(why: Why, row: Opportunity, here: Step, there: Step | None) -> Refused:
    """Why there is no such move, in words."""
    to = there.label if there else ""
    said = {
        Why.SAME: _("商机已经在「%s」阶段") % here.label,
        Why.ELSEWHERE: _("这个阶段不属于商机所在的管线"),
        Why.NO_JUMP: _("这条管线不允许跳过阶段，请先移到「%s」的前一个阶段") % to,
        Why.NO_BACK: _("这条管线不允许退回「%s」阶段") % to,
        Why.ENDED: _("商机已%s，不能再移动阶段") % Outcome(row.outcome).label,
        Why.NOT_WON: _("赢单以后才能进入「%s」阶段") % to,
    }
    return Refused(why.value, said[why], "stage")


def further(pipe: Pipe, furthest: str, there: Step) -> str:
    """The furthest of two stages."""
    known = pipe.step(furthest)
    return there.key if known is None or there.place > known.place else known.key


def _furthest_of(pipe: Pipe, stages: Iterable[str]) -> str:
    places = {step.key: step.place for step in pipe.steps}
    return max((key for key in stages if key in places), key=lambda key: places[key])


def begun_at(actor: Actor, opened: date) -> datetime:
    """When what was opened on a day began: now, or that day's noon."""
    now = actor.now()
    return now if opened >= local_day(now) else _moment(actor, opened)


def _moment(actor: Actor, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=actor.zone)


def _given(row: Opportunity) -> frozenset[str]:
    """What a new row was given that a stage would set."""
    return frozenset({"probability"} if row.probability else ()) | frozenset({"category"} if row.category else ())


def _demand_entry(actor: Actor, row: Opportunity, pipe: Pipe, there: Step) -> None:
    demand_tasks(actor, row, tasks_of(pipe, "", there.key), there)


def _demand_enabled(pipe: Pipe) -> None:
    if not pipe.enabled:
        raise Refused("pipeline_off", _("管线「%s」已停用，请换一条管线") % pipe.label, "pipeline")


def _demand_open(row: Opportunity) -> None:
    if row.outcome != Outcome.OPEN:
        raise Refused("ended", _("商机已%s，不能再移动阶段") % Outcome(row.outcome).label, "pipeline")


def _check_ending(actor: Actor, row: Opportunity, ending: Ending) -> None:
    if not OUTCOME.allows(Outcome(row.outcome), ending.outcome):
        OUTCOME.move(row, ending.outcome)  # refuses in its own words
    check_facts(actor, row.amount, ending)


def check_facts(actor: Actor, amount: Decimal | None, ending: Ending) -> None:
    """What an ending needs (B9). Raises Refused("future", "no_amount", "reason_needed")."""
    if ending.on > max(local_day(actor.now()), actor.now().date()):
        raise Refused("future", _("实际结束日期不能晚于今天"), "on")
    if ending.outcome is Outcome.WON and not (amount and amount > 0):
        raise Refused("no_amount", _("赢单前请填写商机金额"), "amount", facts={"missing": ["amount"]})
    if ending.outcome is not Outcome.WON and not ending.reason:
        raise Refused("reason_needed", _("请选择原因"), "reason")


def _end(row: Opportunity, pipe: Pipe, here: Step, ending: Ending) -> None:
    """The row as it is once it has ended; lost and invalid stay at their stage."""
    row.outcome, row.closed_on = ending.outcome, ending.on
    if ending.outcome is Outcome.WON:
        row.previous_stage, row.stage = here.key, pipe.won.key
        row.probability, row.category = 100, Category.CLOSED
        row.furthest = further(pipe, row.furthest, pipe.won)
        return
    row.probability, row.category = 0, Category.OMITTED
    if ending.outcome is Outcome.LOST:
        row.lost_stage, row.loss_reason = here.key, ending.reason


def _close(
    actor: Actor, row: Opportunity, here: Step, ending: Ending, probability: int = 0, category: str = ""
) -> None:
    closing = fresh(
        Closing,
        opportunity_id=row.pk,
        outcome=ending.outcome,
        stage=here.key,
        reason=ending.reason,
        note=ending.note,
        competitor=ending.competitor,
        amount=row.amount,
        probability=probability or here.probability,
        category=category or here.category,
        on=ending.on,
        at=actor.now(),
        by_id=actor.member_id,
        owner_id=row.owner_id,
    )
    insert(closing)


def _begin_stay(actor: Actor, row: Opportunity) -> None:
    at = actor.now()
    before = Stay.objects.filter(opportunity_id=row.pk)
    again = before.filter(stage=row.stage).exists()
    before.filter(left_at=None).update(left_at=at)
    stay = fresh(Stay, opportunity_id=row.pk, stage=row.stage, entered_at=at, again=again, by_id=actor.member_id)
    insert(stay)


def _told(ending: Ending) -> dict[str, str]:
    return {
        key: value
        for key, value in (("reason", ending.reason), ("note", ending.note), ("competitor", ending.competitor))
        if value
    }
