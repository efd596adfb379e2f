"""Steps of changing pipelines, for the actions: the stored row of what is declared, the inputs of tasks, what holds for
every pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from genjin.followups.options import METHOD
from genjin.kernel.actor import Actor
from genjin.kernel.fields import FieldError
from genjin.kernel.fields.fixed import Structured
from genjin.kernel.options import options_of
from genjin.kernel.recording import record
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.stamps import bump_stamp
from genjin.opportunities.defaults import ready_steps
from genjin.opportunities.models import Opportunity, Pipeline, Stage, Stay
from genjin.opportunities.pipelines import kept_tasks, pipelines_at, task_of
from genjin.opportunities.rules import MOST_STAGES, MOST_TASKS, Pipe, StageKind, Task, TaskKind, in_order
from genjin.opportunities.tasks import ROWS, askable

QUEUE = 7_204_782
MOST_COUNT = 20


@dataclass(frozen=True, kw_only=True)
class StageTasks(Structured):
    """Tasks of a stage: [{"when": "entry"|"exit", "kind": "field"|"followup"|"file", "of": field key or way,
    "count": 1, "required": true}]."""

    def parse(self, raw: Any, actor: Actor) -> list[dict[str, Any]]:
        """Raises FieldError with the number of the task that cannot be read."""
        given = super().parse(raw, actor)
        if len(given) > MOST_TASKS:
            raise FieldError(_("一个阶段最多 %d 项任务") % MOST_TASKS)
        return kept_tasks(dict.fromkeys(self._task(actor, number, each) for number, each in enumerate(given, 1)))

    def _task(self, actor: Actor, number: int, raw: Any) -> Task:
        try:
            task = task_of(raw)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise FieldError(_("第 %d 项任务无法识别") % number) from None
        if task.kind is TaskKind.FIELD and task.of not in askable(actor.stamp) and task.of not in ROWS:
            raise FieldError(_("第 %d 项任务：请选择要填写的字段") % number)
        if task.kind is TaskKind.FOLLOWUP and task.of and task.of not in options_of(METHOD.key, actor.stamp):
            raise FieldError(_("第 %d 项任务：没有这种跟进方式") % number)
        if not 1 <= task.count <= MOST_COUNT:
            words = _("第 %(n)d 项任务：次数应为 1 到 %(most)d")
            raise FieldError(words % {"n": number, "most": MOST_COUNT})
        return task


def changing(actor: Actor) -> None:
    """Let whoever else changes pipelines wait; what is only declared is written down, so that it can be changed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [QUEUE])
    if Pipeline.objects.exists():
        return
    for pipe in pipelines_at(0).pipes.values():
        _write_down(actor, pipe)


def _write_down(actor: Actor, pipe: Pipe) -> None:
    row = Pipeline(key=pipe.key, name=pipe.label, english=pipe.english, default=pipe.default)
    record(actor, row)
    for step in pipe.steps:
        stage = Stage(
            key=step.key,
            pipeline=row,
            name=step.label,
            english=step.english,
            kind=step.kind,
            order=step.place * 10,
            probability=step.probability,
            category=step.category,
            allowed_days=step.allowed_days,
            tasks=kept_tasks(step.tasks),
            close_days=step.close_days,
        )
        record(actor, stage)
    bump_stamp()


def pipeline_row(key: str) -> Pipeline:
    """The stored row of a pipeline. Raises NotFound."""
    row = Pipeline.objects.select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound
    return row


def stage_row(key: str) -> Stage:
    """The stored row of a stage. Raises NotFound."""
    row = Stage.objects.select_for_update(of=("self",)).select_related("pipeline").filter(key=key).first()
    if row is None:
        raise NotFound
    return row


def stages_of(pipeline: Pipeline) -> list[Stage]:
    """The stages of a pipeline in order."""
    return list(Stage.objects.filter(pipeline=pipeline).order_by("order", "id"))


def ready_stages(key: str) -> list[Stage]:
    """The stages of a set to begin with, not stored."""
    return [
        Stage(
            name=step.label, english=step.english, kind=step.kind, order=step.place * 10,
            probability=step.probability, category=step.category, allowed_days=step.allowed_days, tasks=[],
        )
        for step in ready_steps(key)
    ]  # fmt: skip


def put_in_order(actor: Actor, stages: Sequence[Stage]) -> None:
    """Give stages this order. Raises Refused("bad_order", "too_many")."""
    if len(stages) > MOST_STAGES:
        raise Refused("too_many", _("一条管线最多 %d 个阶段") % MOST_STAGES)
    if not in_order([StageKind(stage.kind) for stage in stages]):
        raise Refused("bad_order", _("进行中的阶段在前（至少一个），「成交」只能有一个，售后阶段在它后面"))
    for place, stage in enumerate(stages):
        stage.order = place * 10
        record(actor, stage)


def holds(stage: str) -> bool:
    """Whether any opportunity, voided ones included, stands, stood or was lost in a stage."""
    standing = Q(stage=stage) | Q(lost_stage=stage) | Q(furthest=stage) | Q(previous_stage=stage)
    return Opportunity.objects.filter(standing).exists() or Stay.objects.filter(stage=stage).exists()


def check_name(name: str, others: Sequence[str]) -> None:
    """Raises Refused("same_name")."""
    if name.casefold() in {other.casefold() for other in others}:
        raise Refused("same_name", _("已有「%s」，请换一个名称") % name, "name")
