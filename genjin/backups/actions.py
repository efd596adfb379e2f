"""The writes of backups: asking for one, and what each run came to. The backup itself lies outside the database."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.backups.grants import MANAGE, RUN
from genjin.backups.models import Reason, Run
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.jobs import start_job
from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.recording import note_event
from genjin.kernel.refusal import Refused

JOB = "backups.take"


@action(
    "backups.start",
    on=None,
    needs=MANAGE,
    label=gettext_lazy("立即备份"),
    icon="database-export",
    listed=False,
)
def start_backup(actor: Actor) -> None:
    """Ask for a backup now: a job makes it. Raises Refused("running") when one is being made."""
    if _working():
        raise Refused("running", _("已有一个备份正在进行，请等它结束"))
    run = Run.objects.create(reason=Reason.BUTTON)
    run.job_id = start_job(actor, JOB, run_id=run.pk).pk
    run.save(update_fields=["job_id"])
    note_event(actor, run=run.pk)


@action(
    "backups.plan",
    on=None,
    needs=RUN,
    label=gettext_lazy("安排每日备份"),
    silent="the end of the run is recorded",
    listed=False,
)
def plan_backup(actor: Actor) -> None:
    """The daily backup: as `start_backup`, when its time has come. Does nothing while one is being made."""
    if _working():
        return
    run = Run.objects.create(reason=Reason.DAILY)
    run.job_id = start_job(actor, JOB, run_id=run.pk).pk
    run.save(update_fields=["job_id"])


@action(
    "backups.begin",
    on=None,
    needs=RUN,
    label=gettext_lazy("开始备份"),
    silent="the end of the run is recorded",
    listed=False,
)
def begin_backup(actor: Actor, *, reason: str, run_id: int | None = None) -> Run:
    """A run begins: the one that was asked for, or a new one."""
    del actor
    run = Run.objects.filter(pk=run_id).first() if run_id else None
    run = run or Run(reason=reason)
    run.state, run.began_at, run.ended_at, run.error = Run.State.RUNNING, timezone.now(), None, ""
    run.save()
    return run


@action("backups.finish", on=None, needs=RUN, label=gettext_lazy("完成备份"), listed=False)
def finish_run(
    actor: Actor, *, run_id: int, name: str, size: int, seconds: float, verify_seconds: float, faults: int
) -> Run:
    """A run has ended well: the backup is there and its trial restore equalled it. Others that never ended were cut
    off: the folder's lock let this one in."""
    run = Run.objects.select_for_update().get(pk=run_id)
    run.state, run.ended_at, run.verified = Run.State.DONE, timezone.now(), True
    run.name, run.size, run.seconds, run.verify_seconds = name, size, seconds, verify_seconds
    run.save()
    left = Run.objects.filter(state=Run.State.RUNNING, began_at__lt=run.began_at)
    left.update(state=Run.State.FAILED, ended_at=timezone.now(), error=_("中途被打断"))
    note_event(actor, run=run.pk, name=name, size=size, seconds=round(seconds + verify_seconds), faults=faults)
    return run


@action("backups.fail", on=None, needs=RUN, label=gettext_lazy("备份失败"), listed=False)
def fail_run(actor: Actor, *, run_id: int, error: str, name: str = "", cancelled: bool = False) -> Run:
    """A run has failed, with the reason in words, or somebody stopped it; `name` when there is a backup that did not
    stand the trial."""
    run = Run.objects.select_for_update().get(pk=run_id)
    run.state = Run.State.CANCELLED if cancelled else Run.State.FAILED
    run.ended_at, run.error, run.name = timezone.now(), error, name
    run.save()
    note_event(actor, run=run.pk, error=error)
    return run


def _working() -> bool:
    """Is a job at it, or waiting to be?"""
    jobs = Run.objects.filter(state__in=(Run.State.WAITING, Run.State.RUNNING), job_id__isnull=False).values("job_id")
    return JobProgress.objects.filter(pk__in=jobs, finished_at=None).exists()
