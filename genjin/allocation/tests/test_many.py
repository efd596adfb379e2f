"""New records given by themselves, and whole lists as a job (B20, S2-42)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from genjin.allocation.actions.allocating import ALLOCATE
from genjin.allocation.actions.learning import learn
from genjin.allocation.actions.testing import start_test
from genjin.allocation.jobs import _next_chunk, enter_records, run_over, undo_over
from genjin.allocation.models import BackTest, Offer, Round, Run
from genjin.allocation.tests.conftest import World
from genjin.customers.actions.customers import create_customer, edit_customer, transfer_customer
from genjin.customers.models import Customer
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Surface, system
from genjin.kernel.fields import Values
from genjin.kernel.jobs import start_job
from genjin.kernel.models.events import Event
from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.kernel.sealing import deliver, seal
from genjin.kernel.undo import undo_event
from genjin.ownership.models import Period

pytestmark = pytest.mark.long
SYSTEM = system("allocation.place")


def entered(world: World) -> list[dict[str, Any]]:
    """What the reader of events put in the queue."""
    while seal() or deliver():
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'allocation.enter' ORDER BY id")
        rows = cursor.fetchall()
    return [json.loads(args)["arguments"] for (args,) in rows]


def test_b20_new_records_are_given_by_themselves(world: World) -> None:
    owner, teammate, stranger = world.people
    first = world.customer("没有方案时新建的")
    entered(world)
    world.scheme("turns", seats=[owner, teammate], on_entry=True, conditions={"region.in": ["320000"]})
    world.scheme("turns", seats=[stranger], on_entry=False, priority=1)
    mine = create_customer(world.cast.actor("owner"), values=Values({"name": "自己的", "region": "320500"}))
    given = create_customer(
        world.admin, values=Values({"name": "指定了人", "region": "320500"}), owner=stranger, duplicate_known=True
    )
    rows = [world.customer(f"江苏{n}", region="320571") for n in range(3)]
    rows.append(
        create_customer(
            world.cast.actor("administrator", Surface.IMPORT),
            values=Values({"name": "导入的", "region": "320500"}),
            duplicate_known=True,
        )
    )
    elsewhere = world.customer("浙江", region="330100")
    moved = world.customer("转走了", region="320500")
    transfer_customer(world.admin, moved.pk, owner=stranger)
    jobs = entered(world)
    ids = [row_id for job in jobs for row_id in job["ids"]]
    assert {row.pk for row in rows} <= set(ids)
    assert first.pk not in ids
    job = start_job(SYSTEM, "allocation.enter", **jobs[0])
    for _twice in range(2):
        enter_records(SYSTEM, job.pk, record_type="customer", ids=ids)
    assert world.owners(rows) == [owner, teammate, owner, teammate]
    admin = world.cast.administrator.pk
    assert world.owners([mine, given, elsewhere, moved, first]) == [owner, stranger, admin, stranger, admin]
    periods = Period.objects.filter(record_id=rows[3].pk).order_by("id")
    assert [period.rule for period in periods] == ["imported", "allocated"]
    assert Event.objects.filter(action="allocation.place").count() == 4, "each with its own reason"


def test_b20_by_fit_with_the_figures_in_the_reason(world: World) -> None:
    owner, teammate, stranger = world.people
    now = timezone.now()
    past = world.customers(60, region="320500", industry="C39")
    for number, row in enumerate(past):
        seller = (owner, teammate, stranger)[number % 3]
        won = number % 3 == 1 and number < 45
        Customer.objects.filter(pk=row.pk).update(
            owner_id=seller, created_at=now - timedelta(days=200), deal_date=now.date() if won else None
        )
        Period.objects.filter(record_id=row.pk).update(owner_id=seller, since=now - timedelta(days=200))
    scheme = world.scheme("fit", least=30)
    new = world.customers(4, region="320100", industry="C3973")
    outcome = ALLOCATE["customer"].run_many(world.admin, [row.pk for row in new], {"scheme": str(scheme.pk)})
    assert not outcome.refused
    got = world.owners(new)
    assert got.count(teammate) == 3, "the best one for it, but no more than twice an even share"
    period = Period.objects.get(record_id=new[got.index(teammate)].pk, until=None)
    assert period.reason.startswith("匹配度：所在地区、所属行业相同的，许星河 20 条成交 15 条（75%，收缩后 ")
    assert period.reason.endswith("全组 25%")
    (rare,) = [world.customer("没有先例", region="650100", industry="A01")]
    ALLOCATE["customer"].run(world.admin, rare.pk, {"scheme": str(scheme.pk)})
    assert Period.objects.get(record_id=rare.pk, until=None).reason.startswith(
        "相似的历史不足 30 条，不按匹配度，轮流："
    )
    assert learn(SYSTEM, scheme=scheme.pk) == learn(SYSTEM, scheme=scheme.pk) == 2, "32, and 32 with C39"
    (again,) = world.customers(1, region="320100", industry="C3973")
    with CaptureQueriesContext(connection) as asked:
        ALLOCATE["customer"].run(world.admin, again.pk, {"scheme": str(scheme.pk)})
    assert not [query for query in asked if "COUNT(" in query["sql"] and "deal_date" in query["sql"]], "kept sums do"
    assert "全组 25%" in Period.objects.get(record_id=again.pk, until=None).reason
    start_test(world.admin, scheme.pk)
    result = BackTest.objects.get().result
    assert result is not None
    assert result["learnt"] + result["judged"] == 60
    assert not result["enough"]


def test_b20_a_handed_over_win_counts_for_who_won_it(world: World) -> None:
    owner, teammate, _stranger = world.people
    now = timezone.now()
    for row in world.customers(10, region="320500"):
        Customer.objects.filter(pk=row.pk).update(
            owner_id=teammate, created_at=now - timedelta(days=300), deal_date=(now - timedelta(days=100)).date()
        )
        Period.objects.filter(record_id=row.pk).update(
            owner_id=owner, since=now - timedelta(days=300), until=now - timedelta(days=50)
        )
        Period.objects.create(record_type="customer", record_id=row.pk, owner_id=teammate, rule="transferred")
    scheme = world.scheme("fit", seats=[owner, teammate], least=5)
    (row,) = [world.customer("新的", region="320500")]
    ALLOCATE["customer"].run(world.admin, row.pk, {"scheme": str(scheme.pk)})
    assert "周牧远 10 条成交 10 条" in Period.objects.get(record_id=row.pk, until=None).reason


def test_b20_a_whole_list_as_a_job_that_goes_on_after_a_kill(world: World) -> None:
    owner, teammate, _stranger = world.people
    world.scheme(seats=[owner, {"member": teammate, "cap": 60}])
    rows = world.customers(12, source="exhibition") + world.customers(2)
    verb = ACTIONS["customers.allocate_all"]
    with pytest.raises(Forbidden):
        verb.run(world.cast.actor("owner"), None, {})
    with pytest.raises(Refused, match="没有符合条件的记录"):
        verb.run(world.admin, None, {"asked": {"q": ["没有这个名字"]}})
    verb.run(world.admin, None, {"asked": {"source.in": ["展会"]}})
    run = Run.objects.get()
    assert run.total == 12
    from genjin.allocation import jobs

    kept, jobs.CHUNK = jobs.CHUNK, 5
    try:
        _next_chunk(world.admin, run.pk)
        run.refresh_from_db()
        assert (run.done, run.last) == (5, rows[4].pk)
        job = JobProgress.objects.get(pk=run.job_id or 0)
        result = run_over(world.admin, job.pk, run=run.pk)
        assert run_over(world.admin, job.pk, run=run.pk) == result, "run again, nothing is given twice"
    finally:
        jobs.CHUNK = kept
    assert result == {"run": run.pk, "done": 12, "refused": 0}
    assert world.owners(rows[:12]) == [owner, teammate] * 6
    assert world.owners(rows[12:]) == [world.cast.administrator.pk] * 2
    assert Period.objects.filter(rule="allocated").count() == 12
    # taken back as a whole, but for what was touched since
    back, admin = ACTIONS["customers.unallocate_all"], world.cast.administrator.pk
    transfer_customer(world.admin, rows[3].pk, owner=world.people[2])
    with pytest.raises(NotFound):
        back.run(world.cast.actor("manager"), None, {"run": run.pk})
    back.run(world.admin, None, {"run": run.pk})
    undoing = JobProgress.objects.order_by("-pk")[0]
    assert undo_over(world.admin, undoing.pk, run=run.pk) == {"run": run.pk, "back": 11, "kept": 1}
    assert undo_over(world.admin, undoing.pk, run=run.pk) == {"run": run.pk, "back": 11, "kept": 1}
    assert world.owners(rows[:12]) == [admin] * 3 + [world.people[2]] + [admin] * 8
    run.refresh_from_db()
    assert [row_id for row_id, _words in run.told] == [rows[3].pk]
    assert list(Round.objects.get().taken.values()) == [0, 1], "and counts against nobody's day"
    with pytest.raises(Refused, match="已经撤销过"):
        back.run(world.admin, None, {"run": run.pk})


def test_b20_one_allocation_is_undone_while_nobody_touched_it(world: World) -> None:
    owner, admin = world.people[0], world.cast.administrator.pk
    verb = ALLOCATE["customer"]
    given, offered, touched = world.customers(3)
    scheme = world.scheme(seats=[owner])
    first = verb.run(world.admin, given.pk, {"scheme": str(scheme.pk)}).event_id or 0
    with pytest.raises(NotFound):
        undo_event(world.cast.actor("owner"), first)
    undo_event(world.admin, first)
    period = Period.objects.get(record_id=given.pk, until=None)
    assert (period.owner_id, period.rule, period.reason) == (admin, "undone", "撤销分配")
    with pytest.raises(Refused, match="已经撤销过"):
        undo_event(world.admin, first)
    waiting = world.scheme(name="先问", seats=[owner], offer_minutes=10)
    second = verb.run(world.admin, offered.pk, {"scheme": str(waiting.pk)}).event_id or 0
    undo_event(world.admin, second)
    assert Offer.objects.get(record_id=offered.pk).state == "dropped"
    third = verb.run(world.admin, touched.pk, {"owner": str(owner)}).event_id or 0
    edit_customer(world.admin, touched.pk, values=Values({"short_name": "改过"}))
    with pytest.raises(Refused, match="之后又被修改"):
        undo_event(world.admin, third)
    assert world.owners([given, offered, touched]) == [admin, admin, owner]


def test_b20_many_records_cost_the_same_each(world: World) -> None:
    world.scheme()
    rows = world.customers(30)
    counts = []
    for some in (rows[:10], rows[10:30]):
        with CaptureQueriesContext(
            connection,
        ) as found:
            ALLOCATE["customer"].run_many(world.admin, [row.pk for row in some], {})
        counts.append(len(found) / len(some))
    assert counts[1] <= counts[0]
    assert not Offer.objects.exists()
