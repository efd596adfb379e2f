"""kill -9 in the middle of handing over and of taking back, at random points: the end is as if nothing was (B16)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from random import Random

import pytest
from django.conf import settings
from django.db import connection

from genjin.customers.models import Contact, Customer
from genjin.followups.models import FollowUp
from genjin.handover.actions import begin_handover, undo_handover
from genjin.handover.models import Handover, Item
from genjin.handover.rules import Standing, State
from genjin.handover.tests.factories import prepared
from genjin.handover.tests.test_many import furnish
from genjin.kernel.models.events import EventLink
from genjin.ownership.models import Period
from genjin.testing.cast import Cast, make_cast

pytestmark = [pytest.mark.slow(about=30), pytest.mark.django_db(transaction=True)]

CUSTOMERS, KILLS = 300, 10
# One process with all set up; each line makes a child of it that works until it is done or killed.
WORKER = """
import os, sys
import django
django.setup()
from django.conf import settings
from django.db import connection
connection.settings_dict["NAME"] = {database!r}
settings.FILES = {files!r}
from genjin.kernel.actor import Surface
from genjin.org.queries import actor_for
from genjin.handover import work
from genjin.handover.actions import running, undoing
from genjin.handover.queries import handover_for
running.CHUNK = undoing.CHUNK = 7
for line in sys.stdin:
    handover_id, member_id = line.split()
    child = os.fork()
    if child == 0:
        actor = actor_for(int(member_id), Surface.JOB)
        work.run(actor, handover_for(actor, int(handover_id)))
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("ended", flush=True)
"""


@contextmanager
def workers() -> Iterator[subprocess.Popen[str]]:
    """The process that makes workers."""
    program = WORKER.format(database=connection.settings_dict["NAME"], files=str(settings.FILES))
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_b16_killed_again_and_again_nothing_is_lost_or_doubled(transactional_db: None) -> None:
    cast = make_cast()
    furnish(cast.owner, CUSTOMERS)
    boss = cast.actor("manager")
    row = begin_handover(boss, prepared(boss, cast.owner, cast.teammate, cast.stranger).pk, waiting=True)
    with workers() as process:
        killed = driven(process, row, State.RUNNING, cast)
        check(row, State.DONE, Standing.MOVED, 1)
        half = CUSTOMERS // 2
        assert [Customer.objects.filter(owner=member).count() for member in (cast.teammate, cast.stranger)] == [
            half,
            half,
        ]
        undo_handover(boss, row.pk, waiting=True)
        killed += driven(process, row, State.UNDOING, cast)
        check(row, State.UNDONE, Standing.BACK, 2)
    assert not Customer.objects.exclude(owner=cast.owner).exists()
    assert killed >= KILLS, "killed too seldom to tell anything"


def check(row: Handover, state: State, standing: Standing, moves: int) -> None:
    """Each record changed hands exactly so often, and the ledger of ownership says the same as the records."""
    row.refresh_from_db()
    assert row.state == state
    assert (Item.objects.filter(handover=row).count(), row.done) == (CUSTOMERS, CUSTOMERS)
    assert set(Item.objects.filter(handover=row).values_list("state", flat=True)) == {standing}
    for model, count in ((Customer, 1), (Contact, 1), (FollowUp, 2)):
        rows = model._default_manager.all()
        assert rows.count() == count * CUSTOMERS
        assert set(rows.values_list("version", flat=True)) == {1 + moves}
        open_periods = dict(
            Period.objects.filter(until=None, record_type=model.row_type).values_list("record_id", "owner_id")
        )
        assert open_periods == dict(rows.values_list("pk", "owner_id"))
    assert Period.objects.count() == 4 * CUSTOMERS * (1 + moves)
    links = EventLink.objects.filter(row_type="customer")
    assert links.count() == links.values("row_id", "row_version").distinct().count() == CUSTOMERS * moves


def driven(process: subprocess.Popen[str], row: Handover, state: State, cast: Cast) -> int:
    """Start a worker, kill it at a random moment, again until the work is done; how many were killed at work."""
    assert process.stdin
    assert process.stdout
    chance, killed = Random(str(state)), 0  # noqa: S311 - moments, no secrets
    while Handover.objects.get(pk=row.pk).state == state:
        process.stdin.write(f"{row.pk} {cast.manager.pk}\n")
        process.stdin.flush()
        child = int(process.stdout.readline())
        if killed < KILLS:
            wait_for_progress(row, state)
            time.sleep(chance.random() * 0.03)
            with suppress(ProcessLookupError):  # it was done before
                os.kill(child, signal.SIGKILL)
        process.stdout.readline()
        killed += Handover.objects.get(pk=row.pk).state == state
    return killed


def wait_for_progress(row: Handover, state: State) -> None:
    """Until the worker has committed something, so that every kill finds work done and work at hand."""
    before, until = Handover.objects.get(pk=row.pk), time.monotonic() + 20
    while time.monotonic() < until:
        now = Handover.objects.get(pk=row.pk)
        if (now.done, now.staged) != (before.done, before.staged) or now.state != state:
            return
        time.sleep(0.005)
