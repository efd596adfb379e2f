"""Writes around a run over the whole base: beginning one, saying that two records are not one (remembered for later
runs), taking that back.
"""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.duplicates.actions.rules import compared_types
from genjin.duplicates.grants import SWEEP
from genjin.duplicates.models import DuplicateGroup, NoDuplicate, Sweep
from genjin.duplicates.queries import group_for
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Number
from genjin.kernel.jobs import start_job
from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.recording import note_event, record, record_removal
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.titles import titles_of
from genjin.org.fields import OneOf


@action("duplicates.begin_sweep", on=None, needs=SWEEP, label=gettext_lazy("开始全库查重"), icon="search", listed=False)
def begin_sweep(
    actor: Actor,
    *,
    record_type: Annotated[str, OneOf(key="record_type", label=gettext_lazy("数据类型"), pairs=compared_types)],
) -> None:
    """Put a run in the queue. Raises Refused("running") while one of the type is under way."""
    runs = Sweep.objects.select_for_update().filter(record_type=record_type, finished_at=None)
    if any(under_way(run) for run in runs):
        raise Refused("running", _("这类数据正在查重，请等它完成"))
    runs.delete()
    run = Sweep.objects.create(record_type=record_type, member_id=actor.member_id)
    job = start_job(actor, "duplicates.sweep", sweep_id=run.pk)
    Sweep.objects.filter(pk=run.pk).update(job_id=job.pk)
    note_event(actor, record_type=record_type)


@action(
    "duplicates.dismiss",
    on=NoDuplicate,
    needs=SWEEP,
    label=gettext_lazy("不是重复"),
    icon="x",
    listed=False,
    undo="duplicates.suspect",
)
def dismiss(
    actor: Actor,
    *,
    group: Annotated[int, Number(key="group", label=gettext_lazy("重复组"))],
    member: Annotated[int, Number(key="member", label=gettext_lazy("记录"))],
) -> NoDuplicate:
    """A record is none of the others of its group; it leaves the group, and no later run unites them. Raises NotFound
    for what the actor does not see."""
    known = group_for(actor, int(group))
    row = DuplicateGroup.objects.select_for_update().get(pk=known.pk)
    others = [other for other in row.members if other != int(member)]
    if int(member) not in row.members or int(member) not in known.titles or not others:
        raise NotFound
    made: NoDuplicate | None = None
    for other in others:
        one_id, other_id = sorted((int(member), other))
        if not NoDuplicate.objects.filter(one_id=one_id, other_id=other_id).exists():
            made = NoDuplicate(record_type=row.record_type, one_id=one_id, other_id=other_id)
            record(actor, made)
    row.members, row.size = others, len(others)
    row.settled = row.size < 2
    row.save(update_fields=["members", "size", "settled"])
    if made is None:
        raise Refused("known", _("已经标为不是重复"))
    return made


@action(
    "duplicates.suspect",
    on=NoDuplicate,
    needs=SWEEP,
    label=gettext_lazy("恢复为疑似重复"),
    icon="arrow-back-up",
    listed=False,
)
def suspect(actor: Actor, pair_id: int) -> NoDuplicate:
    """Two records may be one after all: the one that had left the group stands in it again. Raises NotFound for a pair
    of which the actor sees neither."""
    row = NoDuplicate.objects.select_for_update().filter(pk=pair_id).first()
    if row is None or not titles_of(actor, row.record_type, [row.one_id, row.other_id]):
        raise NotFound
    pair = {row.one_id, row.other_id}
    alike = DuplicateGroup.objects.select_for_update().filter(record_type=row.record_type)
    for group in alike.filter(members__overlap=list(pair)).exclude(members__contains=list(pair)):
        group.members = sorted(pair.union(group.members))
        group.size, group.settled = len(group.members), False
        group.save(update_fields=["members", "size", "settled"])
    record_removal(actor, row)
    row.pk = pair_id
    return row


def under_way(run: Sweep) -> bool:
    """Whether its job may still run."""
    return JobProgress.objects.filter(pk=run.job_id or 0, finished_at=None).exists()
