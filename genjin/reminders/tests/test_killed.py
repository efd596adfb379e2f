"""Workers that are killed with SIGKILL, and two at once: what leaves the product leaves it once (trust S12)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from genjin.kernel.actor import system
from genjin.reminders.changing.sending import deliver_due
from genjin.reminders.changing.spreading import make_digests, spread
from genjin.reminders.models import Delivery
from genjin.reminders.tests.conftest import Company, make_company
from genjin.reminders.tests.servers import Post, Provider
from genjin.testing.served import PATIENCE

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WORKER = """
import django
django.setup()
from django.conf import settings
from django.db import connection
connection.settings_dict["NAME"] = {database!r}
settings.OUTBOUND_ORIGINS = frozenset({origins!r})
from django.utils import timezone
from genjin.kernel.actor import system
from genjin.reminders.changing.sending import deliver_due
from genjin.reminders.changing.spreading import spread
print("ready", flush=True)
spread(system(), timezone.now())
deliver_due(system(), timezone.now())
"""


@pytest.fixture
def busy(outside: Provider, office: Post, transactional_db: None) -> Company:
    """A company in committed rows, with a robot, a browser and a mail server, and nothing else to be sent."""
    company = make_company(outside, office)
    company.go()
    return company


def worker(company: Company) -> subprocess.Popen[str]:
    """Another process that sends what is due, on the same database."""
    origins = [company.outside.origin, company.office.origin]
    program = WORKER.format(database=connection.settings_dict["NAME"], origins=origins)
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=dict(os.environ))


def test_killed_between_call_and_mark_a_group_gets_it_once(busy: Company) -> None:
    busy.use_robot()
    busy.tell()
    busy.outside.fault = "silent"
    process = worker(busy)
    try:
        assert busy.outside.entered.wait(PATIENCE)
        assert Delivery.objects.get().state == Delivery.State.CALLING
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    busy.outside.fault = ""
    for hours in (1, 2, 3):
        deliver_due(system(), timezone.now() + timedelta(hours=hours))
    assert len(busy.outside.accepted) == 1
    assert Delivery.objects.get().state == Delivery.State.UNSURE


def test_killed_before_the_call_it_is_sent_once_by_the_next(busy: Company) -> None:
    busy.use_mail()
    busy.use_robot()
    busy.tell()
    process = worker(busy)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)  # somewhere between start and end
    process.communicate()
    for hours in (1, 2, 3):
        now = timezone.now() + timedelta(hours=hours)
        spread(system(), now)
        deliver_due(system(), now)
    assert len(busy.outside.accepted) + Delivery.objects.filter(state=Delivery.State.UNSURE).count() == 1


def test_many_workers_at_once_send_each_message_once(busy: Company) -> None:
    busy.use_robot(named="on")
    busy.use_push()
    for _each in range(30):
        busy.tell()

    def work() -> None:
        try:
            for _round in range(5):
                spread(system(), timezone.now())
                deliver_due(system(), timezone.now())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    busy.go(timezone.now() + timedelta(minutes=2))
    assert Delivery.objects.count() == 60
    assert set(Delivery.objects.values_list("state", flat=True)) == {Delivery.State.SENT}
    robot_lines = [
        line
        for call in busy.outside.accepted
        if "msg_type" in call.told
        for line in call.told["content"]["post"]["zh_cn"]["content"][:-1]
    ]
    assert sum(_told(line[0]["text"]) for line in robot_lines) == 30


def _told(text: str) -> int:
    """Messages that a line stands for: itself, or `另外还有 10 条`."""
    return int(text.split()[1]) if text.startswith("另外还有") else 1


def test_two_makers_of_digests_make_one(busy: Company) -> None:
    busy.use_mail()
    morning = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)  # a working day, 09:00 in Shanghai

    def make() -> None:
        try:
            make_digests(system(), morning)
        finally:
            connection.close()

    threads = [threading.Thread(target=make) for _n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Delivery.objects.filter(what="digest", member=busy.owner).count() == 1
