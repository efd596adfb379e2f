"""Many claim at once over two processes, and the night is killed anywhere: nothing twice or by halves (B4 P1, P8)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from genjin.customers.models import Contact, Customer
from genjin.customers.record import CUSTOMER
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import system
from genjin.kernel.models.events import EventLink
from genjin.kernel.processes import wait_until
from genjin.kernel.refusal import Refused
from genjin.org.models import MemberRole, Role
from genjin.ownership.jobs.clocks import restate
from genjin.ownership.jobs.nights import GRANTS, Fallen, fall
from genjin.ownership.models import Daily, Period, Rule
from genjin.ownership.tests.pool_worlds import drop, make_capacity, make_pool, make_rule
from genjin.testing.cast import Cast, make_cast, make_member
from genjin.testing.served import PATIENCE, somebody_waits_for_us

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PEOPLE, RECORDS, KILLS = 50, 30, 6
START = """
import json, random, sys, threading, time
import django
django.setup()
from django.db import connection, connections
connection.settings_dict["NAME"] = {database!r}
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Surface, system
from genjin.kernel.refusal import Refused
from genjin.org.queries import actor_for
"""
CLAIMING = (
    START
    + """
claim, told, lock = ACTIONS["customers.claim"], [], threading.Lock()

def work(member):
    actor = actor_for(member, Surface.WEB)
    ids = {records!r}
    random.Random(member).shuffle(ids)
    begin.wait()
    for row in ids:
        for _again in range(2):  # every request is sent twice
            try:
                outcome = claim.run(actor, row, {{}}, key=f"{{member}}-{{row}}")
                said = [member, row, "replayed" if outcome.replayed else "claimed", ""]
            except Refused as refusal:
                said = [member, row, refusal.code, refusal.message]
            with lock:
                told.append(said)
    connections.close_all()

members = {members!r}
begin = threading.Barrier(len(members))
threads = [threading.Thread(target=work, args=(member,)) for member in members]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(json.dumps(told))
"""
)
NIGHT = (
    START
    + """
from datetime import datetime
from genjin.customers.record import CUSTOMER
from genjin.ownership.jobs import clocks, nights
nights.STEP, clocks.CHUNK = 5, 20
actor = system(*nights.GRANTS)
print("begun", flush=True)
for _done in clocks.restate(actor):
    pass
for _step in nights.fall(actor, CUSTOMER, datetime.fromisoformat({moment!r}), nights.Fallen()):
    pass
print("done", flush=True)
"""
)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def started(program: str) -> subprocess.Popen[str]:
    """Another process on the test's database."""
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=dict(os.environ))


def test_fifty_people_claim_thirty_records_over_two_processes_B4_P1(cast: Cast) -> None:
    role = Role.objects.get(key="salesperson")
    people = [make_member(f"抢单{n}", cast.owner.department) for n in range(PEOPLE)]
    MemberRole.objects.bulk_create([MemberRole(member=each, role=role) for each in people])
    pool = make_pool(claims={"daily_limit": 1})
    owner = cast.actor("owner")
    rows = [drop(make_customer(owner, f"客户{n}"), pool).pk for n in range(RECORDS)]
    ids = [each.pk for each in people]
    database = connection.settings_dict["NAME"]
    workers = [
        started(CLAIMING.format(database=database, records=rows, members=half)) for half in (ids[::2], ids[1::2])
    ]
    told = [said for worker in workers for said in json.loads(worker.communicate(timeout=PATIENCE)[0])]
    assert len(told) == PEOPLE * RECORDS * 2
    won = {member: row for member, row, code, _words in told if code == "claimed"}
    # thirty different owners, each with the one record that he was told of
    assert len(won) == len(set(won.values())) == RECORDS
    owners = dict(Customer.objects.values_list("owner_id", "pk"))
    assert owners == won
    # the same request once more does nothing and says the same
    assert Counter(code for _m, _r, code, _w in told)["replayed"] == RECORDS
    words = {(code, message) for member, _row, code, message in told if member not in won}
    assert words == {("taken", "已被其他人领取")}
    after = {code for member, row, code, _w in told if member in won and row != won[member]}
    assert after == {"daily_limit", "taken"} or after == {"taken"} or after == {"daily_limit"}
    assert {day.member_id: day.claims for day in Daily.objects.all()} == dict.fromkeys(won, 1)
    claimed = Period.objects.filter(rule=Rule.CLAIMED, until=None)
    assert {(each.owner_id, each.record_id) for each in claimed} == set(won.items())


def test_a_night_that_is_killed_anywhere_comes_to_the_same_B4_P8(cast: Cast) -> None:
    pool = make_pool("华东公海", cast.owner.pk, recycles=True)
    make_rule(pool, "no_followup", 30)
    owner, moment = cast.actor("owner"), timezone.now()
    rows = [make_customer(owner, f"客户{n}") for n in range(60)]
    for row in rows:
        make_contact(owner, row, f"联系人{row.pk}")
    due = [row.pk for row in rows[:45]]
    Customer.objects.filter(pk__in=due).update(owner_since=moment - timedelta(days=40))
    program = NIGHT.format(database=connection.settings_dict["NAME"], moment=moment.isoformat())
    for kill in range(KILLS):
        worker = started(program)
        assert worker.stdout is not None
        assert worker.stdout.readline() == "begun\n"
        time.sleep(0.02 + 0.06 * kill)
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        # whatever fell, fell whole: with its contact, its period and its event
        fallen = set(Customer.objects.filter(pool=pool).values_list("pk", flat=True))
        assert fallen <= set(due)
        assert set(Contact.objects.filter(owner=None).values_list("customer_id", flat=True)) == fallen
        recycled = Period.objects.filter(rule=Rule.RECYCLED, until=None).values_list("record_id", flat=True)
        assert sorted(recycled) == sorted(fallen)
        links = EventLink.objects.filter(event__action="ownership.recycle", row_type="customer")
        assert sorted(links.values_list("row_id", flat=True)) == sorted(fallen)
    actor, rest = system(*GRANTS), Fallen()
    list(restate(actor))
    list(fall(actor, CUSTOMER, moment, rest))
    assert set(Customer.objects.filter(pool=pool).values_list("pk", flat=True)) == set(due)
    assert Period.objects.filter(rule=Rule.RECYCLED).count() == len(due)
    assert set(Customer.objects.filter(owner=cast.owner).values_list("pk", flat=True)) == {r.pk for r in rows[45:]}


def test_a_lock_is_refused_when_the_owner_changes_at_that_moment_B4_P4(cast: Cast) -> None:
    """The quota of the one who had it must not decide for the one who gets it."""
    make_capacity(200, cast.owner.pk, most_locked=5)
    make_capacity(200, cast.teammate.pk, most_locked=0)
    row, everybody, refused = make_customer(cast.actor("owner")), cast.actor("administrator"), []

    def lock() -> None:
        try:
            ACTIONS["customers.lock"].run(everybody, row.pk, {})
        except Refused as refusal:
            refused.append((refusal.code, refusal.message))
        connections.close_all()

    with transaction.atomic():
        ACTIONS["customers.transfer"].run(everybody, row.pk, {"owner": str(cast.teammate.pk)})
        other = threading.Thread(target=lock)
        other.start()
        assert wait_until(somebody_waits_for_us, PATIENCE)  # for the record
    other.join()
    assert refused == [("changed_since", "刚刚换了负责人，请刷新后再锁定")]
    assert not Customer.objects.get(pk=row.pk).locked
    with pytest.raises(Refused, match="已锁定 0 个，达到上限 0 个"):
        ACTIONS["customers.lock"].run(everybody, row.pk, {})
