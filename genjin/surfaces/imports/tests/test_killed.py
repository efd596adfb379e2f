"""kill -9 in the middle of checking and of running, at ten random points each: the end is as if nothing was (S9)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from random import Random
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from genjin.customers.models import Contact, Customer
from genjin.followups.models import FollowUp
from genjin.kernel.models.events import EventLink
from genjin.opportunities.models import Closing, Line, Opportunity
from genjin.ownership.models import Period
from genjin.surfaces.imports import work
from genjin.surfaces.imports.actions import begin_run, running, set_policy
from genjin.surfaces.imports.actions.reviewing import begin_check
from genjin.surfaces.imports.models import Brought, Import, ImportRow, State
from genjin.surfaces.imports.queries import counts, import_for
from genjin.surfaces.imports.receiving import upload_file
from genjin.surfaces.imports.tests.files import csv_file
from genjin.surfaces.imports.work import check_import, run_import
from genjin.testing.cast import Cast, make_cast

pytestmark = [pytest.mark.slow(about=50), pytest.mark.django_db(transaction=True)]

ROWS, KILLS = 300, 10
DEAL = ("external_code", "customer__name", "stage", "outcome", "amount", "closed_on", "version", "owner_id")
HEADER = ["客户名称", "电话", "联系人", "跟进日期", "跟进内容", "客户等级"]
TABLES = (
    "surfaces_brought", "surfaces_importrow", "surfaces_import", "followups_followup", "customers_contact",
    "customers_customer", "ownership_period", "kernel_eventpayload", "kernel_eventlink", "kernel_event",
)  # fmt: skip
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
from genjin.surfaces.imports import work
from genjin.surfaces.imports.actions import running
from genjin.surfaces.imports.queries import import_for
work.CHUNK, running.CHUNK, work.MANY = 10, 7, 1
for line in sys.stdin:
    step, import_id, member_id = line.split()
    child = os.fork()
    if child == 0:
        actor = actor_for(int(member_id), Surface.JOB)
        getattr(work, step)(actor, import_for(actor, int(import_id)))
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


@pytest.mark.parametrize("kind", ["customers", "opportunities"])
def test_an_import_that_is_killed_again_and_again_ends_as_if_undisturbed(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(work, "CHUNK", 10)  # as in the worker: rows of one step share their events
    monkeypatch.setattr(running, "CHUNK", 7)
    monkeypatch.setattr(work, "MANY", 1)
    cast = make_cast()
    actor = cast.actor("owner")
    undisturbed = run_import(actor, check_import(actor, _uploaded(cast, kind).pk, waiting=True).pk, waiting=True)
    expected, told = _state(undisturbed), counts(undisturbed)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
    batch = _uploaded(cast, kind)
    with workers() as process:
        begin_check(actor, batch.pk, waiting=True)
        killed = _driven(process, "do_check", batch, State.CHECKING, cast)
        begin_run(actor, batch.pk, waiting=True)
        killed += _driven(process, "do_run", batch, State.RUNNING, cast)
    batch = import_for(actor, batch.pk)
    assert (batch.state, counts(batch)) == (State.DONE, told)
    assert _state(batch) == expected
    assert killed >= KILLS, "killed too seldom to tell anything"


def _uploaded(cast: Cast, kind: str) -> Import:
    if kind == "opportunities":
        return _deals(cast)
    rows: list[list[Any]] = [HEADER]
    for number in range(ROWS):
        name, phone = f"第{number % 170}号贸易公司", f"138{number % 190:08d}" if number % 3 else ""
        rows.append(
            [
                name,
                phone,
                f"张{number}",
                "2020-1-2" if number % 2 else "",
                f"谈了 {number}",
                "天" if number % 50 == 7 else "",
            ]
        )
    return upload_file(cast.actor("owner"), filename="客户.csv", content=BytesIO(csv_file(*rows)))


def _deals(cast: Cast) -> Import:
    """Open ones, won ones, some refused, of customers that come again and again."""
    rows: list[list[Any]] = [["商机编号", "客户名称", "阶段", "金额", "成交日期", "产品"]]
    for number in range(ROWS):
        stage = ("成交", "需求确认", "输单")[number % 3]
        ended = f"2020-1-{number % 28 + 1}" if number % 3 != 1 else ""
        amount = "" if number % 50 == 6 else number
        rows.append([f"D{number % 290}", f"第{number % 17}号贸易公司", stage, amount, ended, f"产品{number % 5}"])
    batch = upload_file(
        cast.actor("owner"), filename="商机.csv", content=BytesIO(csv_file(*rows)), kind="opportunities"
    )
    return set_policy(cast.actor("owner"), batch.pk, policy={"given": {"opportunity.reason": "price"}})


def _driven(process: subprocess.Popen[str], step: str, batch: Import, state: State, cast: Cast) -> int:
    """Start a worker, kill it at a random moment, again until the step is done; how many were killed at work."""
    assert process.stdin
    assert process.stdout
    chance, killed = Random(step), 0  # noqa: S311 - moments, no secrets
    while Import.objects.get(pk=batch.pk).state == state:
        process.stdin.write(f"{step} {batch.pk} {cast.owner.pk}\n")
        process.stdin.flush()
        child = int(process.stdout.readline())
        before = Import.objects.get(pk=batch.pk).position
        if killed < KILLS:
            _wait_for_progress(batch, before)
            time.sleep(chance.random() * 0.05)
            with suppress(ProcessLookupError):  # it was done before
                os.kill(child, signal.SIGKILL)
        process.stdout.readline()
        killed += Import.objects.get(pk=batch.pk).state == state
    return killed


def _wait_for_progress(batch: Import, before: int) -> None:
    """Until the worker has committed something, so that every kill finds work done and work at hand."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        now = Import.objects.get(pk=batch.pk)
        if now.position != before or now.state not in (State.CHECKING, State.RUNNING):
            return
        time.sleep(0.01)


def _state(batch: Import) -> dict[str, Any]:
    """All that an import left behind, but ids and moments."""
    links = EventLink.objects.exclude(row_type="import").values_list("row_type", "row_version", "event__action")
    rows = ImportRow.objects.filter(batch_id=batch.pk).order_by("number")
    brought = Brought.objects.filter(batch_id=batch.pk).order_by("number", "record_type", "verb")
    customers = Customer.objects.order_by("name", "phone")
    followups = FollowUp.objects.order_by("content")
    told = ("name", "phone", "level", "version", "owner_id", "imported", "fuzzy_key", "last_followed_at")
    return {
        "customers": list(customers.values_list(*told)),
        "contacts": list(Contact.objects.order_by("name").values_list("name", "customer__name", "primary", "version")),
        "followups": list(followups.values_list("content", "customer__name", "occurred_at", "version")),
        "opportunities": list(Opportunity.objects.order_by("external_code", "name").values_list(*DEAL)),
        "ended": list(Closing.objects.order_by("opportunity__external_code").values_list("outcome", "on", "amount")),
        "lines": Line.objects.count(),
        "periods": Period.objects.count(),
        "events": sorted(links),
        "rows": list(rows.values_list("number", "state", "follows", "duplicate_row", "duplicate_why", "problems")),
        "brought": list(brought.values_list("number", "record_type", "verb")),
        "counts": {key: n for key, n in batch.counts.items() if n},
    }
