"""Setting up pipelines (B9): made as a copy, changed, made the default, switched off and on, deleted while unused."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.codes_store import new_ids
from genjin.kernel.fields import Text, YesNo
from genjin.kernel.fields.fixed import OneOf
from genjin.kernel.recording import record, record_removal
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import bump_stamp
from genjin.opportunities.changing.configuring import changing, check_name, pipeline_row, ready_stages, stages_of
from genjin.opportunities.defaults import READY
from genjin.opportunities.fields import PipelineChoice
from genjin.opportunities.models import Opportunity, Pipeline, Stage
from genjin.opportunities.record import MANAGE
from genjin.opportunities.rules import MOST_PIPELINES
from genjin.org.fields import Departments

Which = Annotated[str, PipelineChoice(key="pipeline", label=gettext_lazy("销售管线"), required=True)]
Name = Annotated[str, Text(key="name", label=gettext_lazy("名称"), most=60, required=True)]
English = Annotated[str, Text(key="english", label=gettext_lazy("英文名称"), most=60)]
Of = Annotated[
    list[int],
    Departments(
        key="departments",
        label=gettext_lazy("默认给哪些部门用"),
        help=gettext_lazy("含下级；这些部门的人新建商机时先选它，也可以改选别的"),
    ),
]
Ready = Annotated[
    str,
    OneOf(
        key="ready",
        label=gettext_lazy("或用现成的阶段"),
        pairs=(("", "—"), *((key, label) for key, (label, _stages) in READY.items())),
        help=gettext_lazy("选了现成的就不复制；建好后都可以改"),
    ),
]
RollsBack = Annotated[bool, YesNo(key="rolls_back", label=gettext_lazy("允许退回前面的阶段"))]
Jumps = Annotated[
    bool,
    YesNo(
        key="jumps",
        label=gettext_lazy("允许跳过阶段"),
        help=gettext_lazy("跳过的阶段要求的内容也要补齐"),
    ),
]
Reopens = Annotated[bool, YesNo(key="reopens", label=gettext_lazy("允许重新打开已结束的商机"))]


@action("pipelines.create", on=Pipeline, needs=MANAGE, label=gettext_lazy("新建管线"), icon="plus", listed=False)
def create_pipeline(
    actor: Actor,
    *,
    name: Name,
    english: English = "",
    pipeline: Annotated[str, PipelineChoice(key="pipeline", label=gettext_lazy("阶段从哪条管线复制"))] = "",
    ready: Ready = "",
    departments: Of = [],  # noqa: B006 - read only
    rolls_back: RollsBack = True,
    jumps: Jumps = True,
    reopens: Reopens = False,
) -> Pipeline:
    """A new pipeline with the stages of another one (of the default), or of a set to begin with (B9, S2-46). Raises
    Refused("too_many", "same_name")."""
    changing(actor)
    rows = list(Pipeline.objects.order_by("order", "id"))
    if len(rows) >= MOST_PIPELINES:
        raise Refused("too_many", _("最多 %d 条管线") % MOST_PIPELINES)
    check_name(name, [row.name for row in rows])
    source = pipeline_row(pipeline) if pipeline else next(row for row in rows if row.default)
    (number,) = new_ids(1)
    row = Pipeline(
        id=number, key=f"p{number}", name=name, english=english, departments=departments, rolls_back=rolls_back,
        jumps=jumps, reopens=reopens, order=rows[-1].order + 10,
    )  # fmt: skip
    record(actor, row)
    for stage in ready_stages(ready) if ready else stages_of(source):
        (number,) = new_ids(1)
        record(
            actor,
            Stage(
                id=number, key=f"s{number}", pipeline=row, name=stage.name, english=stage.english, kind=stage.kind,
                order=stage.order, probability=stage.probability, category=stage.category,
                allowed_days=stage.allowed_days, tasks=stage.tasks, close_days=stage.close_days,
            ),
        )  # fmt: skip
    bump_stamp()
    return row


@action("pipelines.edit", on=Pipeline, needs=MANAGE, label=gettext_lazy("修改管线"), icon="pencil", listed=False)
def edit_pipeline(
    actor: Actor,
    *,
    pipeline: Which,
    name: Name,
    english: English = "",
    departments: Of = [],  # noqa: B006 - read only
    rolls_back: RollsBack = False,
    jumps: Jumps = False,
    reopens: Reopens = False,
) -> Pipeline:
    """Change a pipeline. Raises Refused("same_name"), NotFound."""
    changing(actor)
    row = pipeline_row(pipeline)
    check_name(name, list(Pipeline.objects.exclude(pk=row.pk).values_list("name", flat=True)))
    row.name, row.english, row.departments = name, english, departments
    row.rolls_back, row.jumps, row.reopens = rolls_back, jumps, reopens
    return _kept(actor, row)


@action("pipelines.make_default", on=Pipeline, needs=MANAGE, label=gettext_lazy("设为默认"), icon="star", listed=False)
def make_default_pipeline(actor: Actor, *, pipeline: Which) -> Pipeline:
    """The pipeline of everybody who has no other. Raises Refused("off")."""
    changing(actor)
    row = pipeline_row(pipeline)
    if not row.enabled:
        raise Refused("off", _("已停用的管线不能设为默认，请先启用"))
    for other in Pipeline.objects.select_for_update().filter(default=True).exclude(pk=row.pk):
        other.default = False
        record(actor, other)
    row.default = True
    return _kept(actor, row)


@action("pipelines.switch_off", on=Pipeline, needs=MANAGE, label=gettext_lazy("停用"), icon="hand-stop", listed=False)
def switch_off_pipeline(actor: Actor, *, pipeline: Which) -> Pipeline:
    """Nothing begins in it any more; what stands there goes on. Raises Refused("default")."""
    changing(actor)
    row = pipeline_row(pipeline)
    if row.default:
        raise Refused("default", _("默认管线不能停用，请先把另一条设为默认"))
    row.enabled = False
    return _kept(actor, row)


@action("pipelines.switch_on", on=Pipeline, needs=MANAGE, label=gettext_lazy("启用"), icon="check", listed=False)
def switch_on_pipeline(actor: Actor, *, pipeline: Which) -> Pipeline:
    """Opportunities may begin in it again."""
    changing(actor)
    row = pipeline_row(pipeline)
    row.enabled = True
    return _kept(actor, row)


@action("pipelines.delete", on=Pipeline, needs=MANAGE, label=gettext_lazy("删除"), icon="trash", listed=False)
def delete_pipeline(actor: Actor, *, pipeline: Which) -> None:
    """Delete a pipeline in which there never was an opportunity. Raises Refused("default", "holds")."""
    changing(actor)
    row = pipeline_row(pipeline)
    if row.default:
        raise Refused("default", _("默认管线不能删除，请先把另一条设为默认"))
    if Opportunity.objects.filter(pipeline=row.key).exists():
        raise Refused("holds", _("这条管线里有商机，只能停用"))
    for stage in stages_of(row):
        record_removal(actor, stage)
    record_removal(actor, row)
    bump_stamp()


def _kept(actor: Actor, row: Pipeline) -> Pipeline:
    record(actor, row)
    bump_stamp()
    return row
