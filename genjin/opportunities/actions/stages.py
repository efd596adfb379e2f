"""The stages of a pipeline (B9): added, changed, moved up and down, deleted while no opportunity ever stood there."""

from __future__ import annotations

from typing import Annotated, Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.codes_store import new_ids
from genjin.kernel.fields import Number, Percent, Text
from genjin.kernel.fields.fixed import OneOf
from genjin.kernel.recording import record, record_removal
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import bump_stamp
from genjin.opportunities.changing.configuring import (
    StageTasks,
    changing,
    check_name,
    holds,
    pipeline_row,
    put_in_order,
    stage_row,
    stages_of,
)
from genjin.opportunities.fields import PipelineChoice, StageChoice
from genjin.opportunities.models import Stage
from genjin.opportunities.record import MANAGE
from genjin.opportunities.rules import CHOSEN, Category, StageKind, category_of

Which = Annotated[str, StageChoice(key="stage", label=gettext_lazy("阶段"), required=True)]
Name = Annotated[str, Text(key="name", label=gettext_lazy("名称"), most=60, required=True)]
English = Annotated[str, Text(key="english", label=gettext_lazy("英文名称"), most=60)]
Probability = Annotated[
    int | None, Percent(key="probability", label=gettext_lazy("赢率"), help=gettext_lazy("进入这个阶段时的赢率"))
]
Days = Annotated[
    int | None,
    Number(
        key="allowed_days",
        label=gettext_lazy("最多停留"),
        least=1,
        greatest=3650,
        unit=gettext_lazy(" 天"),
        help=gettext_lazy("超过就标为停滞；不填就不限"),
    ),
]
Closes = Annotated[
    int | None,
    Number(
        key="close_days",
        label=gettext_lazy("自动输单"),
        least=1,
        greatest=3650,
        unit=gettext_lazy(" 天"),
        help=gettext_lazy("商机建立超过这么多天仍在这个阶段，夜里自动输单，原因是系统；不填就不关"),
    ),
]
InForecast = Annotated[
    str,
    OneOf(
        key="category",
        label=gettext_lazy("预测类别"),
        pairs=(("", gettext_lazy("按赢率")), *((one.value, one.label) for one in CHOSEN)),
    ),
]
Tasks = Annotated[
    list[dict[str, Any]],
    StageTasks(key="tasks", label=gettext_lazy("进入和离开时要完成的内容")),
]
KINDS = tuple((one.value, one.label) for one in (StageKind.PROGRESS, StageKind.AFTER))
WAYS = (("up", gettext_lazy("上移")), ("down", gettext_lazy("下移")))


@action("stages.add", on=Stage, needs=MANAGE, label=gettext_lazy("添加阶段"), icon="plus", listed=False)
def add_stage(
    actor: Actor,
    *,
    pipeline: Annotated[str, PipelineChoice(key="pipeline", label=gettext_lazy("销售管线"), required=True)],
    name: Name,
    english: English = "",
    kind: Annotated[str, OneOf(key="kind", label=gettext_lazy("类型"), pairs=KINDS)] = StageKind.PROGRESS,
    probability: Probability = None,
    category: InForecast = "",
    allowed_days: Days = None,
    close_days: Closes = None,
    tasks: Tasks = [],  # noqa: B006 - read only
) -> Stage:
    """Add a stage behind the last one of its kind. Raises Refused("too_many", "same_name")."""
    changing(actor)
    row = pipeline_row(pipeline)
    stages = stages_of(row)
    check_name(name, [stage.name for stage in stages])
    (number,) = new_ids(1)
    stage = Stage(
        id=number, key=f"s{number}", pipeline=row, name=name, english=english, kind=kind or StageKind.PROGRESS
    )
    stage.tasks = tasks
    before = [one.probability for one in stages if one.kind == StageKind.PROGRESS]
    _fill(stage, before[-1] if probability is None and before else probability, category, allowed_days, close_days)
    kinds = [StageKind.PROGRESS, StageKind.WON, StageKind.AFTER]
    place = sum(kinds.index(StageKind(one.kind)) <= kinds.index(StageKind(stage.kind)) for one in stages)
    put_in_order(actor, [*stages[:place], stage, *stages[place:]])
    bump_stamp()
    return stage


@action("stages.edit", on=Stage, needs=MANAGE, label=gettext_lazy("修改阶段"), icon="pencil", listed=False)
def edit_stage(
    actor: Actor,
    *,
    stage: Which,
    name: Name,
    english: English = "",
    probability: Probability = None,
    category: InForecast = "",
    allowed_days: Days = None,
    close_days: Closes = None,
    tasks: Tasks = [],  # noqa: B006 - read only
) -> Stage:
    """Change a stage. What stands there keeps its probability; by when it stalls follows. Raises
    Refused("same_name")."""
    changing(actor)
    row = stage_row(stage)
    check_name(name, [other.name for other in stages_of(row.pipeline) if other.pk != row.pk])
    row.name, row.english, row.tasks = name, english, tasks
    before = row.allowed_days
    _fill(row, row.probability if probability is None else probability, category, allowed_days, close_days)
    record(actor, row)
    bump_stamp()
    if row.allowed_days != before:
        _restate_stalls(row)
    return row


@action("stages.shift", on=Stage, needs=MANAGE, label=gettext_lazy("移动"), icon="arrows-sort", listed=False)
def shift_stage(
    actor: Actor, *, stage: Which, way: Annotated[str, OneOf(key="way", label=gettext_lazy("方向"), pairs=WAYS)]
) -> Stage:
    """Move a stage up or down among those of its kind. Raises Refused("bad_order")."""
    changing(actor)
    row = stage_row(stage)
    stages = stages_of(row.pipeline)
    at = next(place for place, one in enumerate(stages) if one.pk == row.pk)
    to = at + (1 if way == "down" else -1)
    if not 0 <= to < len(stages):
        raise Refused("bad_order", _("已经在最边上了"))
    stages[at], stages[to] = stages[to], stages[at]
    put_in_order(actor, stages)
    bump_stamp()
    return row


@action("stages.delete", on=Stage, needs=MANAGE, label=gettext_lazy("删除"), icon="trash", listed=False)
def delete_stage(actor: Actor, *, stage: Which) -> None:
    """Delete a stage in which no opportunity ever stood (B9). Raises Refused("holds", "bad_order")."""
    changing(actor)
    row = stage_row(stage)
    if holds(row.key):
        raise Refused("holds", _("有商机在（或到过）「%s」，不能删除；可以改名继续用") % row.name)
    left = [one for one in stages_of(row.pipeline) if one.pk != row.pk]
    put_in_order(actor, left)
    record_removal(actor, row)
    bump_stamp()


def _fill(row: Stage, probability: int | None, category: str, allowed_days: int | None, close_days: int | None) -> None:
    if row.kind != StageKind.PROGRESS:
        row.probability, row.category, row.allowed_days, row.close_days = 100, Category.CLOSED, None, None
        return
    row.probability = min(probability or 0, 99)
    row.category = category or category_of(row.probability)
    row.allowed_days, row.close_days = allowed_days, close_days


def _restate_stalls(row: Stage) -> None:
    """By when those that stand there stall. What follows from configuration moves no version."""
    days = f"{row.allowed_days} days" if row.allowed_days else None
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE opportunities_opportunity SET stalls_on ="
            " (stage_entered_at AT TIME ZONE %s)::date + %s::interval"
            " WHERE stage = %s AND outcome = 'open'",
            [settings.COMPANY_TIME_ZONE, days, row.key],
        )
