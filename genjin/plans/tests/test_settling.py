"""Plans go with their customers; reminders are made once (B7, S0-46, S0-57, S3-13)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from genjin.customers.actions.resting import archive_customer, pause_customer, resume_customer, unarchive_customer
from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import system
from genjin.kernel.jobs import JOBS
from genjin.kernel.models.events import Event, Notification
from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.sealing import deliver, seal
from genjin.plans.actions.passing import hand_on_plan, postpone_plan
from genjin.plans.actions.plans import complete_plan
from genjin.plans.digest import plans_section
from genjin.plans.jobs import SETTLING, remind, settle, tell
from genjin.plans.rules import PlanState
from genjin.plans.tests.factories import make_plan, set_time
from genjin.testing.cast import Cast

REMINDER = system("plans.remind")


def test_open_plans_of_the_old_owner_go_to_the_new_one_also_in_bulk_and_once(cast: Cast) -> None:
    owner, administrator = cast.actor("owner"), cast.actor("administrator")
    customers = [make_customer(owner, f"客户{n}") for n in range(3)]
    plans = [make_plan(owner, customer) for customer in customers]
    others = make_plan(cast.actor("manager"), customers[0], assignee=str(cast.manager.pk))
    done = make_plan(owner, customers[0], "做完了")
    complete_plan(owner, done.pk)
    raw = {"owner": str(cast.stranger.pk), "reason": "区域调整"}
    ACTIONS["customers.transfer"].run_many(administrator, [c.pk for c in customers], raw)
    _work()
    _work()
    for plan in (*plans, others, done):
        plan.refresh_from_db()
    assert {(p.assignee_id, p.owner_id) for p in plans} == {(cast.stranger.pk, cast.stranger.pk)}
    assert (others.assignee_id, done.assignee_id) == (cast.manager.pk, cast.owner.pk)
    assert Event.objects.filter(action="plans.follow_owner").count() == 1
    _work(again=True)
    assert Event.objects.filter(action="plans.follow_owner").count() == 1


def test_there_and_back_again_leaves_plans_with_the_owner(cast: Cast) -> None:
    owner, administrator = cast.actor("owner"), cast.actor("administrator")
    customer = make_customer(owner)
    plan = make_plan(owner, customer)
    for receiver in (cast.stranger, cast.teammate, cast.owner):
        ACTIONS["customers.transfer"].run(administrator, customer.pk, {"owner": str(receiver.pk)})
    _work()
    plan.refresh_from_db()
    assert plan.assignee_id == cast.owner.pk


@pytest.mark.parametrize(
    ("rest", "rise", "words"),
    [
        (archive_customer, unarchive_customer, "客户已归档：其他"),
        (pause_customer, resume_customer, "客户已暂停跟进：其他"),
    ],
)
def test_S3_13_plans_rest_with_their_customer_and_come_back_with_him(
    cast: Cast, rest: object, rise: object, words: str
) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    plan, cancelled = make_plan(owner, customer), make_plan(owner, customer, "自己取消的")
    ACTIONS["plans.cancel"].run(owner, cancelled.pk, {})
    rest.run(owner, customer.pk, {"reason": "other"})  # type: ignore[attr-defined]  # an action
    _work()
    plan.refresh_from_db()
    assert (plan.state, plan.result, plan.due_at, plan.dropped) == (PlanState.CANCELLED, words, None, True)
    assert _next(customer) is None
    rise.run(owner, customer.pk, {})  # type: ignore[attr-defined]  # an action
    _work()
    _work(again=True)
    plan.refresh_from_db()
    cancelled.refresh_from_db()
    assert (plan.state, plan.result, plan.due_at) == (PlanState.PREPARED, "", plan.starts_at)
    assert cancelled.state == PlanState.CANCELLED
    assert _next(customer) == plan.starts_at


def test_S0_46_a_reminder_is_made_when_its_time_has_come_and_once(cast: Cast) -> None:
    owner = cast.actor("owner")
    plan = make_plan(owner, None, starts_at=(owner.now() + timedelta(minutes=40)).isoformat(), remind_minutes="30")
    remind(REMINDER)
    assert not Notification.objects.exists()
    set_time(plan, remind_at=owner.now())
    remind(REMINDER)
    remind(REMINDER)
    assert _told() == [("plan_due", cast.owner.pk)]
    set_time(plan, remind_at=owner.now())  # as if it had been killed between telling and marking
    remind(REMINDER)
    assert _told() == [("plan_due", cast.owner.pk)]


def test_a_killed_reminder_is_made_by_the_next_run(cast: Cast) -> None:
    owner = cast.actor("owner")
    plan = make_plan(owner)
    set_time(plan, remind_at=owner.now())
    with pytest.raises(RuntimeError):
        _killed_reminder()
    assert not Notification.objects.exists()
    remind(REMINDER)
    assert _told() == [("plan_due", cast.owner.pk)]


def test_whoever_gets_a_postponed_or_handed_on_plan_is_reminded_anew(cast: Cast) -> None:
    owner = cast.actor("owner")
    plan = make_plan(owner, make_customer(owner))
    set_time(plan, remind_at=owner.now())
    remind(REMINDER)
    postpone_plan.run(owner, plan.pk, {"choice": "three_days"})
    plan.refresh_from_db()
    assert plan.remind_at == plan.starts_at - timedelta(minutes=15)
    hand_on_plan.run(owner, plan.pk, {"assignee": str(cast.manager.pk)})
    _work()
    assert ("plan_given", cast.manager.pk) in _told()
    set_time(plan, remind_at=owner.now())
    remind(REMINDER)
    assert ("plan_due", cast.manager.pk) in _told()
    complete_plan(owner, plan.pk)
    plan.refresh_from_db()
    assert plan.remind_at is None


def test_S0_57_the_morning_digest_names_overdue_plans_before_todays(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner, "苏州晶砺")
    assert plans_section(owner) is None
    make_plan(owner, customer, "明天的")
    tonight = owner.now().replace(hour=23, minute=59, second=59)
    today = make_plan(owner, customer, "今天的", starts_at=tonight.isoformat())
    late = make_plan(owner, None, "早该做的")
    set_time(late, starts_at=owner.now() - timedelta(days=3), due_at=owner.now() - timedelta(days=3))
    section = plans_section(owner)
    assert section is not None
    assert [path for _words, path in section.lines] == [f"/plans/{late.pk}", f"/plans/{today.pk}"]
    assert section.lines[0][0] == "逾期 3 天 · 早该做的"
    assert section.lines[1][0].endswith("今天的 · 苏州晶砺")
    assert plans_section(cast.actor("nobody")) is None


def _killed_reminder() -> None:
    with transaction.atomic():
        remind(REMINDER)
        raise RuntimeError


def _work(*, again: bool = False) -> None:
    """Seal, deliver (all once more with `again`), and run the jobs that were started."""
    while seal():
        pass
    deliver()
    if again:
        events = list(Event.objects.order_by("position"))
        settle(events)
        tell(events)
    for row in JobProgress.objects.filter(name__startswith="plans.", finished_at=None).order_by("id"):
        kind = JOBS[row.name]
        kind.function(system(*SETTLING), row.pk, **_arguments(row))
        row.delete()


def _arguments(row: JobProgress) -> dict[str, object]:
    from procrastinate.contrib.django.models import ProcrastinateJob

    job = ProcrastinateJob.objects.get(task_name=row.name, args__job_id=row.pk)
    return dict(job.args["arguments"])


def _told() -> list[tuple[str, int]]:
    return list(Notification.objects.order_by("id").values_list("kind", "member_id"))


def _next(customer: Customer) -> object:
    customer.refresh_from_db()
    return customer.next_contact_at
