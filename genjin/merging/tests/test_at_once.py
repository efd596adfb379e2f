"""Merging while others work, and processes killed in the middle of it: all or nothing (B3)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from genjin.customers.models import Contact, Customer
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.followups.models import FollowUp
from genjin.followups.queries import last_facts
from genjin.followups.tests.factories import make_followup
from genjin.kernel.actions import ACTIONS
from genjin.kernel.models.events import Event
from genjin.kernel.models.rows import Life
from genjin.kernel.refusal import Refused
from genjin.merging.models import Merge, Shift
from genjin.testing.cast import Cast, make_cast

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WORKER = """
import sys, time
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = {database!r}
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Surface
from genjin.merging.reach import SETTLERS
from genjin.org.queries import actor_for

def halfway(actor, row, moving):
    print("halfway", flush=True)
    time.sleep({pause})

SETTLERS["customer"].insert({place}, halfway)
actor = actor_for({member}, Surface.WEB)
ACTIONS[{verb!r}].run(actor, {master}, {raw!r})
print("done", flush=True)
time.sleep(60)
"""


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def killed(cast: Cast, verb: str, master: int, raw: dict[str, object], *, at: str, place: int = 0) -> None:
    """Run an action in another process and kill that with SIGKILL once it has said where it is."""
    program = WORKER.format(
        database=connection.settings_dict["NAME"],
        pause=60 if at == "halfway" else 0,
        place=place,
        member=cast.manager.pk,
        verb=verb,
        master=master,
        raw=raw,
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    assert process.stdout is not None
    try:
        while (said := process.stdout.readline().strip()) != at:
            assert said, "the process ended by itself"
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def standing() -> tuple[object, ...]:
    """All that a merge changes."""
    return (
        list(Customer.objects.order_by("pk").values_list("pk", "version", "life", "custom")),
        list(FollowUp.objects.order_by("pk").values_list("pk", "version", "customer_id", "owner_id")),
        list(Contact.objects.order_by("pk").values_list("pk", "version", "customer_id", "primary")),
        Merge.objects.count(),
        Shift.objects.count(),
        Event.objects.count(),
    )


def test_B3_killed_in_the_middle_nothing_was_merged_or_taken_back_and_after_it_all_was(cast: Cast) -> None:
    manager = cast.actor("manager")
    one, two = make_customer(manager, "甲公司"), make_customer(cast.actor("owner"), "乙公司")
    make_contact(cast.actor("owner"), two, "陆怀瑾")
    for number in range(20):
        make_followup(cast.actor("owner"), two, f"第 {number} 次")
    raw: dict[str, object] = {"others": [two.pk], "reason": "重复"}
    before = standing()
    for place in (0, 9):
        killed(cast, "customers.merge", one.pk, raw, at="halfway", place=place)
        assert standing() == before
    killed(cast, "customers.merge", one.pk, raw, at="done")
    assert set(FollowUp.objects.values_list("customer_id", flat=True)) == {one.pk}
    assert Customer.objects.get(pk=two.pk).life == Life.VOIDED
    merged = standing()
    undo: dict[str, object] = {"merge": Merge.objects.get().pk}
    killed(cast, "customers.unmerge", one.pk, undo, at="halfway")
    assert standing() == merged
    killed(cast, "customers.unmerge", one.pk, undo, at="done")
    assert set(FollowUp.objects.values_list("customer_id", flat=True)) == {two.pk}
    assert Customer.objects.get(pk=two.pk).life == Life.LIVE


def together(*works: Callable[[], object]) -> list[object]:
    """What they returned, or why they were refused, all begun at once."""
    begin = threading.Barrier(len(works))
    found: list[object] = [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        begin.wait()
        try:
            found[place] = work()
        except Refused as refusal:
            found[place] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_B3_two_merges_of_the_same_record_only_one_takes_it(cast: Cast) -> None:
    manager = cast.actor("manager")
    merge = ACTIONS["customers.merge"]
    for _round in range(5):
        one, two, three = (make_customer(manager, name) for name in ("甲公司", "乙公司", "丙公司"))
        make_followup(manager, two)
        raw = {"others": [two.pk], "reason": "重复"}
        said = together(lambda: merge.run(manager, one.pk, raw), lambda: merge.run(manager, three.pk, raw))  # noqa: B023
        assert sorted(str(each) for each in said if isinstance(each, str)) == ["merged"]
        master = Merge.objects.latest("id").master
        assert set(FollowUp.objects.filter(customer_id__in=[one.pk, two.pk, three.pk]).values_list("customer_id")) == {
            (master,)
        }


def test_B3_crosswise_merges_do_not_wait_for_each_other(cast: Cast) -> None:
    manager = cast.actor("manager")
    merge = ACTIONS["customers.merge"]
    for _round in range(5):
        one, two = make_customer(manager, "甲公司"), make_customer(manager, "乙公司")
        said = together(
            lambda: merge.run(manager, one.pk, {"others": [two.pk], "reason": "重复"}),  # noqa: B023
            lambda: merge.run(manager, two.pk, {"others": [one.pk], "reason": "重复"}),  # noqa: B023
        )
        assert len([each for each in said if each == "merged"]) == 1


def test_B3_a_follow_up_written_meanwhile_is_with_the_master_or_refused(cast: Cast) -> None:
    manager = cast.actor("manager")
    merge = ACTIONS["customers.merge"]
    for _round in range(6):
        one, two = make_customer(manager, "甲公司"), make_customer(manager, "乙公司")
        make_followup(manager, two)
        said = together(
            lambda: merge.run(manager, one.pk, {"others": [two.pk], "reason": "重复"}),  # noqa: B023
            lambda: make_followup(manager, two, "正在写"),  # noqa: B023
        )
        written = FollowUp.objects.filter(customer_id=one.pk)
        assert written.count() == (1 if said[1] == "voided" else 2)
        assert not FollowUp.objects.filter(customer_id=two.pk).exists()
        master = Customer.objects.get(pk=one.pk)
        assert master.last_followed_at == last_facts(master).occurred_at
