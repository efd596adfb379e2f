"""Work outside the request: a thin layer over procrastinate, with progress that a person can watch and cancel.

At least once: a job killed half-way runs again, so every job function must bear being run twice (do the work in
chunks that commit, ask what is done already). Effects that must happen once belong to the ledger's consumers.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import close_old_connections, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from genjin.kernel.actor import Actor, Surface, system
from genjin.kernel.fields.base import Label
from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.refusal import NotFound, Refused

logger = logging.getLogger(__name__)

KEEP_DAYS = 90
STALLED_AFTER_SECONDS = 30

JobFunction = Callable[..., dict[str, Any] | None]
PeriodicFunction = Callable[[Actor], None]
State = JobProgress.State


class JobCancelled(Exception):
    """Raised by `progress` inside a job that somebody asked to stop."""


@dataclass(frozen=True)
class Job:
    """A registered kind of job."""

    name: str
    title: Label
    grants: tuple[str, ...]
    as_member: bool
    attempts: int
    function: JobFunction


JOBS: dict[str, Job] = {}
PERIODIC: dict[str, str] = {}


class _Actors:
    of: Callable[[int, Surface], Actor | None] | None = None


def use_actors(find: Callable[[int, Surface], Actor | None]) -> None:
    """Tell where a member's actor comes from: as of now, None when the member may no longer act."""
    _Actors.of = find


def job(
    name: str, *, title: Label, grants: Sequence[str] = (), as_member: bool = False, attempts: int = 5
) -> Callable[[JobFunction], JobFunction]:
    """Register `function(actor, job_id, **arguments) -> result`, run by a worker.

    The actor is SYSTEM with the listed grants, or with `as_member` the member who started it, with the rights he has
    when it runs. A refusal ends the job at once; any other error is tried again, later and later.
    """

    def decorate(function: JobFunction) -> JobFunction:
        if name in JOBS:
            raise TypeError(f"job {name} is declared twice")
        JOBS[name] = Job(name, title, tuple(grants), as_member, attempts, function)
        # Procrastinate counts the tries after the first one, and takes 0 for "without end".
        retry = RetryStrategy(max_attempts=attempts - 1, exponential_wait=3) if attempts > 1 else False
        app.task(name=name, retry=retry, pass_context=True)(functools.partial(_run, name))
        return function

    return decorate


def periodic(cron: str, name: str, *, grants: Sequence[str] = ()) -> Callable[[PeriodicFunction], PeriodicFunction]:
    """Register `function(actor)` to run at the times of the cron line (UTC; six fields: with seconds), singly."""

    def decorate(function: PeriodicFunction) -> PeriodicFunction:
        def run(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
            try:
                function(system(*grants))
            finally:
                _give_connection_back()

        PERIODIC[name] = cron
        task = app.task(name=name, queueing_lock=name, lock=name)(run)
        app.periodic(cron=cron, periodic_id=name)(task)
        return function

    return decorate


def start_job(actor: Actor, name: str, *, title: str = "", **arguments: Any) -> JobProgress:
    """Put a job in the queue, with the caller's transaction: rolled back with it, unseen by workers before its commit.

    Arguments must be plain JSON values.
    """
    kind = JOBS[name]
    with transaction.atomic():
        row = JobProgress.objects.create(name=name, title=title or str(kind.title), member_id=actor.member_id)
        app.configure_task(name).defer(job_id=row.pk, arguments=arguments)
    return row


def run_here(name: str, **arguments: Any) -> JobProgress:
    """Run a job of the system in this very process, for commands of a terminal; its row when it has ended. An error is
    raised, a refusal stands in the row."""
    kind = JOBS[name]
    row = JobProgress.objects.create(name=name, title=str(kind.title))
    _run_once(kind, row.pk, arguments, attempt=kind.attempts)
    row.refresh_from_db()
    return row


def job_for(actor: Actor, job_id: int) -> JobProgress:
    """A job of the actor's own. Raises NotFound."""
    own = JobProgress.objects.filter(pk=job_id, member_id=actor.member_id or 0)
    row = own.first()
    if row is None:
        raise NotFound
    return row


def running_of(actor: Actor) -> list[JobProgress]:
    """The actor's own jobs that have not ended, the oldest first."""
    return list(JobProgress.objects.filter(member_id=actor.member_id or 0, finished_at=None).order_by("pk")[:20])


def cancel_job(actor: Actor, job_id: int) -> JobProgress:
    """Ask one's own job to stop. What it has committed stays. Raises NotFound, Refused("finished")."""
    with transaction.atomic():
        job_for(actor, job_id)
        row = JobProgress.objects.select_for_update().get(pk=job_id)
        if row.finished_at is not None:
            raise Refused("finished", _("任务已经结束，不能取消"))
        row.cancel_requested = True
        if row.state == State.WAITING:
            _finish(row, State.CANCELLED)
        row.save()
    return row


def progress(job_id: int, done: int, total: int | None = None) -> None:
    """Say how far a running job is. Raises JobCancelled when it was asked to stop. Call it between transactions."""
    facts = {"done": done} if total is None else {"done": done, "total": total}
    JobProgress.objects.filter(pk=job_id).update(**facts)
    if JobProgress.objects.filter(pk=job_id, cancel_requested=True).exists():
        raise JobCancelled


def _run(name: str, context: JobContext, *, job_id: int, arguments: dict[str, Any]) -> None:
    """What procrastinate calls in the worker."""
    try:
        _run_once(JOBS[name], job_id, arguments, attempt=context.job.attempts + 1)
    finally:
        _give_connection_back()


def _run_once(kind: Job, job_id: int, arguments: dict[str, Any], *, attempt: int) -> None:
    row = JobProgress.objects.filter(pk=job_id, finished_at=None).first()
    if row is None:
        return  # finished by an earlier run, or cancelled before it began
    if attempt > kind.attempts:
        _give_up(job_id)  # its worker died with it each time
        return
    JobProgress.objects.filter(pk=job_id).update(state=State.RUNNING, started_at=row.started_at or timezone.now())
    try:
        actor = _actor(kind, row)
        with translation.override(actor.language):
            result = kind.function(actor, job_id, **arguments)
    except JobCancelled:
        _save(job_id, State.CANCELLED)
    except Refused as refusal:
        _save(job_id, State.FAILED, error=str(refusal))
    except Exception:
        if attempt == kind.attempts:
            _give_up(job_id)
        else:
            JobProgress.objects.filter(pk=job_id).update(state=State.WAITING)
        raise
    else:
        _save(job_id, State.DONE, result=result or {})


def _give_connection_back() -> None:
    """The worker's threads end with their job; a caller's open transaction (a test's) stays as it is."""
    if not connection.in_atomic_block:
        close_old_connections()


def _actor(kind: Job, row: JobProgress) -> Actor:
    if not kind.as_member:
        return system(*kind.grants)
    actor = _Actors.of(row.member_id, Surface.JOB) if _Actors.of and row.member_id else None
    if actor is None:
        raise Refused("no_member", _("发起任务的成员已停用，任务没有执行"))
    return actor


def _give_up(job_id: int) -> None:
    _save(job_id, State.FAILED, error=_("任务多次失败，请联系管理员（任务编号 %s）") % job_id)


def _save(job_id: int, state: State, **facts: Any) -> None:
    with transaction.atomic():
        row = JobProgress.objects.select_for_update().get(pk=job_id)
        for name, value in facts.items():
            setattr(row, name, value)
        _finish(row, state)
        row.save()


def _finish(row: JobProgress, state: State) -> None:
    row.state, row.finished_at = state, timezone.now()


@app.periodic(cron="* * * * *", periodic_id="kernel.revive_jobs")
@app.task(name="kernel.revive_jobs", queueing_lock="kernel.revive_jobs", pass_context=True)
async def revive_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Queue again what a killed worker left half-done. Asynchronous because procrastinate's own look-ups are."""
    jobs = context.app.job_manager
    for stalled in await jobs.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
        logger.warning("job %s (%s) lost its worker; it runs again", stalled.id, stalled.task_name)
        await jobs.retry_job(stalled)


@periodic("17 3 * * *", "kernel.forget_jobs")
def forget_jobs(actor: Actor) -> None:
    """Drop what is known of jobs that ended long ago."""
    del actor
    before = timezone.now() - timedelta(days=KEEP_DAYS)
    JobProgress.objects.filter(finished_at__lt=before).delete()
