"""The same leads are converted from two processes at once, one by one with every request sent twice, and many at once:
each becomes one customer, one company one customer (B2), and nobody waits for ever.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter

import pytest
from django.db import connection

from genjin.conversion.models import Conversion
from genjin.customers.models import Contact, Customer
from genjin.followups.models import FollowUp
from genjin.leads.models import Lead
from genjin.leads.tests.factories import follow, make_lead
from genjin.testing.cast import Cast, make_cast
from genjin.testing.served import PATIENCE

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PROGRAM = """
import json, random, threading
import django
django.setup()
from django.db import connection, connections
connection.settings_dict["NAME"] = {database!r}
from genjin.conversion.actions import convert_lead
from genjin.kernel.actor import Surface
from genjin.kernel.refusal import Refused
from genjin.org.queries import actor_for
told, lock, begin = [], threading.Lock(), threading.Barrier(4)

def work(seed):
    actor, ids = actor_for({member!r}, Surface.WEB), {leads!r}
    random.Random(seed).shuffle(ids)
    begin.wait()
    said = []
    many = seed % 2
    if many:
        outcome = convert_lead.run_many(actor, ids[:6], {{}})
        said += [[row, "done"] for row in outcome.done] + [[row, why.code] for row, why in outcome.refused]
    for row in () if many else ids:
        for _attempt in range(2):
            try:
                replayed = convert_lead.run(actor, row, {{}}, key=f"{{seed}}-{{row}}").replayed
                said.append([row, "again" if replayed else "done"])
            except Refused as refusal:
                said.append([row, refusal.code])
    with lock:
        told.extend(said)
    connections.close_all()

threads = [threading.Thread(target=work, args=({seed!r} * 10 + n,)) for n in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(json.dumps(told))
"""


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def test_B2_12_no_lead_is_converted_twice_and_no_company_made_twice(cast: Cast) -> None:
    owner = cast.actor("owner")
    leads = [
        make_lead(owner, f"线索{n}", company=f"苏州晶砺{n // 2}号有限公司", contact_name="陆怀瑾") for n in range(12)
    ]
    for lead in leads:
        follow(owner, lead)
    ids, database = [lead.pk for lead in leads], connection.settings_dict["NAME"]
    programs = [PROGRAM.format(database=database, member=cast.owner.pk, leads=ids, seed=seed) for seed in (1, 2)]
    workers = [
        subprocess.Popen([sys.executable, "-c", each], stdout=subprocess.PIPE, text=True, env=dict(os.environ))
        for each in programs
    ]
    told = [said for worker in workers for said in json.loads(worker.communicate(timeout=PATIENCE)[0])]
    done = Counter(row for row, said in told if said == "done")
    assert done == dict.fromkeys(ids, 1)
    answers = Counter(said for _row, said in told)
    singly = {row for row, said in told if said == "again"}
    assert answers["again"] == len(singly)  # what was done and sent once more is told as done
    converted = 4 * 2 * len(ids) + 4 * 6 - 12 - len(singly)
    assert answers == Counter(done=12, again=len(singly), converted=converted)
    assert Conversion.objects.count() == 12
    assert Lead.objects.filter(state="converted").count() == 12
    assert Customer.objects.count() == 6
    assert Contact.objects.count() == 6
    assert Counter(Conversion.objects.values_list("new_customer", flat=True)) == {True: 6, False: 6}
    assert FollowUp.objects.filter(customer=None).count() == 0
