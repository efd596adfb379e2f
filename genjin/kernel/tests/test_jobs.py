"""Jobs: queued with the transaction, run with rights, watched, cancelled, tried again, revived."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob

from genjin.kernel import jobs
from genjin.kernel.actor import Actor, Surface, system
from genjin.kernel.jobs import JOBS, cancel_job, job, job_for, progress, start_job
from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.stamps import bump_stamp
from genjin.testing.cast import Cast

SEEN: list[tuple[Actor, dict[str, Any]]] = []
TROUBLE: list[Exception] = []


@job("tests.count", title="数数", grants=["tests.count"], attempts=3)
def count(actor: Actor, job_id: int, **arguments: Any) -> dict[str, Any]:
    progress(job_id, 1, 2)
    SEEN.append((actor, arguments))
    if TROUBLE:
        raise TROUBLE.pop()
    return {"counted": len(arguments)}


@job("tests.as_member", title="以本人身份", as_member=True)
def as_member(actor: Actor, job_id: int) -> None:
    SEEN.append((actor, {}))


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    SEEN.clear()
    TROUBLE.clear()
    yield
    TROUBLE.clear()


def run_queued(attempts: int = 0) -> None:
    """Run what is queued as a worker would, in this transaction."""
    for queued in ProcrastinateJob.objects.filter(status="todo", task_name__startswith="tests."):
        context = SimpleNamespace(job=SimpleNamespace(attempts=attempts))
        app.tasks[queued.task_name].func(context, **queued.args)


def state_of(row: JobProgress) -> str:
    row.refresh_from_db()
    return row.state


def test_job_runs_as_system_with_its_listed_grants_only(db: None) -> None:
    row = start_job(system(), "tests.count", a=1, b="二")
    assert state_of(row) == "waiting"
    run_queued()
    actor, arguments = SEEN[0]
    assert (dict(arguments), set(actor.grants), actor.member_id) == ({"a": 1, "b": "二"}, {"tests.count"}, None)
    assert state_of(row) == "done"
    assert (row.result, row.done, row.total, row.title) == ({"counted": 2}, 1, 2, "数数")


def test_job_is_forgotten_with_a_rolled_back_transaction(db: None) -> None:
    with transaction.atomic():
        start_job(system(), "tests.count")
        assert ProcrastinateJob.objects.filter(task_name="tests.count").exists()
        transaction.set_rollback(True)
    assert not ProcrastinateJob.objects.filter(task_name="tests.count").exists()
    assert not JobProgress.objects.exists()


def test_job_of_a_member_has_his_rights_of_now(cast: Cast) -> None:
    row = start_job(cast.actor("owner"), "tests.as_member")
    run_queued()
    actor = SEEN[0][0]
    assert (actor.member_id, actor.surface) == (cast.owner.pk, Surface.JOB)
    assert state_of(row) == "done"


def test_job_of_a_deactivated_member_does_not_run(cast: Cast) -> None:
    row = start_job(cast.actor("owner"), "tests.as_member")
    type(cast.owner).objects.filter(pk=cast.owner.pk).update(is_active=False)
    bump_stamp()
    run_queued()
    assert not SEEN
    assert state_of(row) == "failed"
    assert "停用" in row.error


def test_finished_job_does_nothing_when_it_runs_again(db: None) -> None:
    start_job(system(), "tests.count")
    run_queued()
    run_queued()
    assert len(SEEN) == 1


def test_refusal_ends_a_job_at_once_with_its_reason(db: None) -> None:
    row = start_job(system(), "tests.count")
    TROUBLE.append(Refused("no", "不行"))
    run_queued()
    assert state_of(row) == "failed"
    assert row.error == "不行"


def test_error_is_tried_again_and_the_last_one_is_told_without_its_words(db: None) -> None:
    row = start_job(system(), "tests.count")
    TROUBLE.append(ValueError("secret"))
    with pytest.raises(ValueError, match="secret"):
        run_queued(attempts=0)
    assert state_of(row) == "waiting"
    TROUBLE.append(ValueError("secret"))
    with pytest.raises(ValueError, match="secret"):
        run_queued(attempts=2)
    assert state_of(row) == "failed"
    assert "secret" not in row.error


def test_job_that_kills_its_worker_each_time_is_given_up(db: None) -> None:
    row = start_job(system(), "tests.count")
    run_queued(attempts=3)
    assert not SEEN
    assert state_of(row) == "failed"


def test_attempts_and_waits_are_handed_to_the_queue() -> None:
    strategy = app.tasks["tests.count"].retry_strategy
    assert strategy is not None
    failed = SimpleNamespace(attempts=1)
    again = strategy.get_retry_exception(ValueError(), failed)  # type: ignore[arg-type]
    assert again is not None
    last = SimpleNamespace(attempts=2)
    assert strategy.get_retry_exception(ValueError(), last) is None  # type: ignore[arg-type]


def test_waiting_job_is_cancelled_before_it_runs(cast: Cast) -> None:
    actor = cast.actor("owner")
    row = start_job(actor, "tests.count")
    cancel_job(actor, row.pk)
    run_queued()
    assert not SEEN
    assert state_of(row) == "cancelled"


def test_running_job_stops_at_its_next_progress(cast: Cast) -> None:
    row = start_job(cast.actor("owner"), "tests.count")
    JobProgress.objects.update(cancel_requested=True)
    run_queued()
    assert not SEEN
    assert state_of(row) == "cancelled"


def test_finished_job_cannot_be_cancelled(cast: Cast) -> None:
    actor = cast.actor("owner")
    row = start_job(actor, "tests.count")
    run_queued()
    with pytest.raises(Refused, match="已经结束"):
        cancel_job(actor, row.pk)
    assert state_of(row) == "done"


def test_a_job_of_somebody_else_looks_absent(cast: Cast) -> None:
    row = start_job(cast.actor("owner"), "tests.count")
    assert job_for(cast.actor("owner"), row.pk) == row
    for part in ("stranger", "administrator"):
        with pytest.raises(NotFound):
            cancel_job(cast.actor(part), row.pk)
    assert not JobProgress.objects.filter(cancel_requested=True).exists()


def test_a_name_is_given_once() -> None:
    with pytest.raises(TypeError, match="twice"):
        job("tests.count", title="")(count)
    assert JOBS["tests.count"].function is count


def test_old_finished_jobs_are_forgotten(db: None) -> None:
    old, new = start_job(system(), "tests.count"), start_job(system(), "tests.count")
    run_queued()
    JobProgress.objects.filter(pk=old.pk).update(finished_at="2020-01-01T00:00Z")
    jobs.forget_jobs(system())
    assert list(JobProgress.objects.values_list("pk", flat=True)) == [new.pk]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_real_worker_runs_a_job_and_revives_one_whose_worker_was_killed() -> None:
    row = start_job(system(), "tests.count")
    with connection.cursor() as cursor:  # as a worker that took it and was killed leaves it
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        )
        worker = cursor.fetchone()[0]
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [worker])
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as real:

        async def revive() -> None:
            async with real.open_async():
                context = SimpleNamespace(app=real)
                await jobs.revive_jobs(context, 0)  # type: ignore[arg-type]

        asyncio.run(revive())
        real.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
    assert state_of(row) == "done"
    assert len(SEEN) == 1
