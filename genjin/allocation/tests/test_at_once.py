"""Several processes at once, and processes killed in the middle: no turn twice, no offer twice, nothing half (B20)."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections import Counter

import pytest
from django.db import connection
from django.utils import timezone

from genjin.allocation.actions.allocating import ALLOCATE
from genjin.allocation.jobs import run_over
from genjin.allocation.models import Offer, Round, Run
from genjin.allocation.tests.conftest import World
from genjin.customers.models import Customer
from genjin.kernel.actions import ACTIONS
from genjin.kernel.models.events import Event
from genjin.kernel.models.jobs import JobProgress
from genjin.ownership.models import Period
from genjin.testing.cast import make_cast
from genjin.testing.served import PATIENCE

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

START = """
import sys
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = {database!r}
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Surface
from genjin.kernel.refusal import Refused
from genjin.org.queries import actor_for
actor = actor_for({member}, Surface.WEB)
print("ready", flush=True)
sys.stdin.readline()
"""
GIVE = """
for row in {rows!r}:
    ACTIONS["customers.allocate"].run(actor_for({member}, Surface.WEB), row, {{}})
print("done", flush=True)
"""
TAKE = """
try:
    ACTIONS["allocation.take"].run(actor, {offer}, {{}})
    print("taken", flush=True)
except Refused as refusal:
    print(refusal.code, flush=True)
"""
RUN = """
from genjin.allocation import jobs
jobs.CHUNK = 5
kept = jobs._next_chunk
def slowly(actor, run):
    over = kept(actor, run)
    print("chunk", flush=True)
    sys.stdin.readline()
    return over
jobs._next_chunk = slowly
jobs.run_over(actor, {job}, run={run})
print("done", flush=True)
"""


@pytest.fixture
def world(transactional_db: None) -> World:
    return World(make_cast())


def started(member: int, program: str, **facts: object) -> subprocess.Popen[str]:
    """A process that stands ready to do it."""
    text = (START + program).format(database=connection.settings_dict["NAME"], member=member, **facts)
    process = subprocess.Popen(
        [sys.executable, "-c", text],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "ready"
    return process


def all_go(processes: list[subprocess.Popen[str]]) -> list[str]:
    """Let them go together; the last thing each said."""
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    return [process.communicate(timeout=PATIENCE)[0].strip().splitlines()[-1] for process in processes]


def test_b20_two_processes_at_once_never_give_a_turn_twice(world: World) -> None:
    owner, teammate, stranger = world.people
    seats = [owner, teammate, {"member": stranger, "cap": 5}]
    world.scheme(seats=seats)
    rows = [row.pk for row in world.customers(30)]
    admin = world.cast.administrator.pk
    assert all_go([started(admin, GIVE, rows=rows[:15]), started(admin, GIVE, rows=rows[15:])]) == ["done", "done"]
    owners = Counter(Customer.objects.filter(pk__in=rows).values_list("owner_id", flat=True))
    assert owners[stranger] == 5, "a cap is never exceeded"
    assert {owners[owner], owners[teammate]} <= {12, 13}
    numbers: dict[str, list[int]] = {}
    for event in Event.objects.filter(action="customers.allocate"):
        found = re.fullmatch(r"轮流：(.+)今天 (?:第 )?(\d+)(?: 条|/5)，.+", event.note["reason"])
        assert found, event.note["reason"]
        numbers.setdefault(found[1], []).append(int(found[2]))
    assert all(sorted(each) == list(range(1, len(each) + 1)) for each in numbers.values()), "every turn once"
    assert sum(Round.objects.get().taken.values()) == 30


def test_b20_an_offer_is_taken_exactly_once_whoever_presses_together(world: World) -> None:
    world.scheme(offer_minutes=10)
    (row,) = world.customers(1)
    ALLOCATE["customer"].run(world.admin, row.pk, {})
    offer = Offer.objects.get()
    said = all_go([started(offer.member_id, TAKE, offer=offer.pk) for _each in range(2)])
    assert Counter(said) == {"taken": 1, "answered": 1}
    assert Customer.objects.get(pk=row.pk).owner_id == offer.member_id
    assert Period.objects.filter(record_id=row.pk, rule="allocated").count() == 1


def test_b20_an_offer_that_runs_out_is_taken_by_nobody_or_lapses_for_nobody(world: World) -> None:
    lapse = """
from genjin.allocation.jobs import lapse_offers
from genjin.kernel.actor import system
lapse_offers(system("allocation.place"))
print("lapsed", flush=True)
"""
    world.scheme(offer_minutes=10)
    (row,) = world.customers(1)
    ALLOCATE["customer"].run(world.admin, row.pk, {})
    Offer.objects.update(expires_at=timezone.now())
    first = Offer.objects.get()
    said = all_go(
        [started(first.member_id, TAKE, offer=first.pk), *(started(first.member_id, lapse) for _ in range(2))]
    )
    assert said == ["lapsed", "lapsed", "lapsed"], "the first one hears that its time is over"
    assert [o.state for o in Offer.objects.order_by("id")] == ["lapsed", "open"], "the next one is asked once"
    assert Customer.objects.get(pk=row.pk).owner_id == world.cast.administrator.pk


def test_b20_a_run_that_was_killed_goes_on_behind_what_is_done(world: World) -> None:
    world.scheme(seats=world.people[:2])
    rows = [row.pk for row in world.customers(17)]
    ACTIONS["customers.allocate_all"].run(world.admin, None, {})
    run = Run.objects.get()
    process = started(world.cast.administrator.pk, RUN, run=run.pk, job=run.job_id)
    assert process.stdin is not None
    assert process.stdout is not None
    for _chunk in range(2):  # after each it waits for a line
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline().strip() == "chunk"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    run.refresh_from_db()
    done = Period.objects.filter(record_id__in=rows, rule="allocated").count()
    assert run.done == done >= 10
    assert done < 17
    job = JobProgress.objects.get(pk=run.job_id or 0)
    assert (run_over(world.admin, job.pk, run=run.pk) or {})["done"] == 17
    periods = Period.objects.filter(record_id__in=rows, rule="allocated")
    assert Counter(periods.values_list("record_id", flat=True)) == Counter(rows), "each exactly once"
    assert sum(Round.objects.get().taken.values()) == 17
