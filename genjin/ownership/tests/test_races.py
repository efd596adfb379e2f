"""Everybody works on the same few customers at once: claims beside the night, merges beside edits, a handover beside
claims, undoing beside editing. Nobody waits for ever, nothing breaks off, and owners, ledger and what hangs on a record
agree (B4, B3, B16)."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from genjin.customers.models import Contact, Customer
from genjin.customers.record import CUSTOMER
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.handover.actions.preparing import arrange, prepare_handover
from genjin.handover.work import begin_handover
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import system
from genjin.kernel.deadlocks import unlocked
from genjin.kernel.models.events import Event
from genjin.kernel.models.rows import Life
from genjin.kernel.processes import wait_until
from genjin.kernel.refusal import Refused
from genjin.kernel.undo import undo_event
from genjin.ownership.jobs.nights import GRANTS, Fallen, fall
from genjin.ownership.models import Daily, Period
from genjin.ownership.tests.pool_worlds import drop, make_pool, make_rule
from genjin.testing.cast import Cast, make_cast
from genjin.testing.served import PATIENCE, somebody_waits_for_us

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CUSTOMERS, STEPS, LIMIT = 6, 22, 9


@dataclass
class Rush:
    """The people at work: what each may try, what came of it, and what must never come of it."""

    cast: Cast
    pool: int
    rows: list[int]
    contacts: dict[int, int]
    came: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    own: threading.local = field(default_factory=threading.local)

    def run(self, part: str, verb: str, row: int, raw: dict[str, Any]) -> None:
        """One action; of what succeeded some is undone at once."""
        actor = self.cast.actor(part)
        outcome = ACTIONS[verb].run(actor, row, raw)
        self.came[verb] += 1
        if outcome.event_id and self.dice().random() < 0.2:
            undo_event(actor, outcome.event_id)
            self.came["undo"] += 1

    def dice(self) -> Random:
        """Each worker's own."""
        dice: Random = self.own.dice
        return dice

    def salesperson(self, part: str) -> None:
        """Claims, gives back, edits, writes to contacts."""
        row, words = self.dice().choice(self.rows), str(self.dice().random())
        ways: list[tuple[str, int, dict[str, Any]]] = [
            ("customers.claim", row, {}),
            ("customers.claim", row, {}),
            ("customers.return", row, {"reason": "no_demand", "pool": str(self.pool)}),
            ("customers.edit", row, {"remarks": words}),
            ("contacts.edit", self.contacts[row], {"position": words}),
            ("customers.lock", row, {}),
            ("customers.unlock", row, {}),
        ]
        self.run(part, *self.dice().choice(ways))

    def leader(self, part: str) -> None:
        """Takes back, gives away, assigns, merges, takes a contact elsewhere."""
        row, other = self.dice().sample(self.rows, 2)
        receiver = str(self.dice().choice([self.cast.owner.pk, self.cast.stranger.pk, self.cast.teammate.pk]))
        ways: list[tuple[str, int, dict[str, Any]]] = [
            ("customers.transfer", row, {"owner": receiver}),
            ("customers.assign", row, {"receiver": receiver}),
            ("customers.reclaim", row, {"reason": "重分", "pool": str(self.pool)}),
            ("customers.merge", row, {"others": [other], "reason": "同一家"}),
            ("contacts.edit", self.contacts[row], {"customer": str(other)}),
        ]
        self.run(part, *self.dice().choice(ways))

    def night(self, _part: str) -> None:
        """Lets fall what is due."""
        list(fall(system(*GRANTS), CUSTOMER, timezone.now() + timedelta(days=40), Fallen()))
        self.came["night"] += 1

    def handing(self, _part: str) -> None:
        """Hands over what one has, to another."""
        administrator = self.cast.actor("administrator")
        made = prepare_handover(administrator, leaver=self.cast.owner.pk, kind="move")
        arrange(administrator, made.pk, arrangement={"everything": [f"member:{self.cast.teammate.pk}"]})
        begin_handover(administrator, made.pk, waiting=True)
        self.came["handover"] += 1

    def work(self, what: Callable[[str], None], part: str, seed: int, begin: threading.Barrier) -> None:
        """Some steps, whatever they come to."""
        self.own.dice = Random(seed)  # noqa: S311 - which steps, not a secret
        begin.wait()
        for _step in range(STEPS):
            try:
                what(part)
            except Refused as refusal:
                self.came[refusal.code] += 1
            except Exception as error:  # noqa: BLE001 - whatever breaks off is told
                self.broken.append(f"{what.__name__}: {error!r}")
        connections.close_all()


def test_whoever_works_on_the_same_records_at_once_leaves_them_whole_B4_B3_B16(transactional_db: None) -> None:
    cast = make_cast()
    pool = make_pool("华东公海", claims={"daily_limit": LIMIT}, entering={"clears_team": False}, recycles=True)
    make_rule(pool, "no_followup", 30)
    owner = cast.actor("owner")
    made = [make_customer(owner, f"客户{n}") for n in range(CUSTOMERS)]
    contacts = {row.pk: make_contact(owner, row, f"联系人{row.pk}").pk for row in made}
    for row in made[::2]:
        drop(row, pool)
    rush = Rush(cast, pool.pk, [row.pk for row in made], contacts)
    people: list[tuple[Callable[[str], None], str]] = [
        (rush.salesperson, "owner"), (rush.salesperson, "stranger"), (rush.salesperson, "teammate"),
        (rush.leader, "administrator"), (rush.leader, "administrator"), (rush.night, ""), (rush.handing, ""),
    ]  # fmt: skip
    begin = threading.Barrier(len(people))
    threads = [
        threading.Thread(target=rush.work, args=(what, part, seed, begin)) for seed, (what, part) in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "nobody waits for ever"
    assert rush.broken == []
    assert rush.came["customers.claim"] > 3, rush.came
    whole(cast)


def test_customers_are_locked_before_their_contacts_and_what_waits_crosswise_is_done_again_B4(
    transactional_db: None,
) -> None:
    cast = make_cast()
    owner = cast.actor("owner")
    one, other = make_customer(owner, "甲公司"), make_customer(owner, "乙公司")
    contact = make_contact(owner, one, "王芳")
    broken: list[str] = []

    def told(call: Callable[[], Any]) -> threading.Thread:
        def work() -> None:
            try:
                call()
            except Exception as error:  # noqa: BLE001 - whatever breaks off is told
                broken.append(repr(error))
            connections.close_all()

        thread = threading.Thread(target=work)
        thread.start()
        return thread

    with transaction.atomic():  # whoever gives a customer away locks it, then its contacts
        Customer.objects.select_for_update().get(pk=other.pk)
        moves = told(lambda: ACTIONS["contacts.edit"].run(owner, contact.pk, {"customer": str(other.pk)}))
        assert wait_until(somebody_waits_for_us, PATIENCE)
        Contact.objects.select_for_update(nowait=True).get(pk=contact.pk)
    moves.join()
    assert (broken, Contact.objects.get(pk=contact.pk).customer_id) == ([], other.pk)

    tries, begin = [], threading.Barrier(2)

    @unlocked
    def crosswise(*rows: int) -> None:
        tries.append(rows)
        with transaction.atomic():
            for place, row in enumerate(rows):
                Customer.objects.select_for_update().get(pk=row)
                if not place and len(tries) <= 2:
                    begin.wait(timeout=PATIENCE)

    pair = [told(lambda: crosswise(one.pk, other.pk)), told(lambda: crosswise(other.pk, one.pk))]
    for thread in pair:
        thread.join()
    assert (broken, len(tries)) == ([], 3)


def whole(cast: Cast) -> None:
    """Owners, ledger and what hangs on records agree; nobody claimed more than he may."""
    for row in Customer.objects.all():
        periods = list(Period.objects.filter(record_id=row.pk).order_by("id"))
        assert [each.until for each in periods].count(None) == 1
        last = periods[-1]
        assert (last.until, last.owner_id, last.pool_id) == (None, row.owner_id, row.pool_id)
        assert (row.owner_id is None) == (row.pool_id is not None)
        assert all(one.until == other.since for one, other in pairwise(periods))
        if row.life == Life.LIVE:
            owners = Contact.objects.filter(customer=row).exclude(life=Life.VOIDED).values_list("owner_id", flat=True)
            assert set(owners) <= {row.owner_id}
    assert all(day.claims <= LIMIT for day in Daily.objects.exclude(member=cast.administrator))
    assert Event.objects.filter(action="customers.claim").exists()
