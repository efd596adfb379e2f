"""Random sequences of all verbs of ownership against a simple reference model: no record has two owners, none is lost,
quotas and ledger agree, replaying the ledger gives today's owners (B4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from genjin.customers.models import Customer
from genjin.customers.record import CUSTOMER
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor, system
from genjin.kernel.models.rows import Life
from genjin.kernel.refusal import Refused
from genjin.kernel.undo import undo_event
from genjin.ownership.jobs.clocks import restate
from genjin.ownership.jobs.nights import GRANTS, Fallen, fall
from genjin.ownership.models import Daily, Period, Pool
from genjin.ownership.rules import BACK_A_DAY, company_day
from genjin.ownership.tests.pool_worlds import make_capacity, make_pool, make_rule
from genjin.testing.cast import Cast

pytestmark = pytest.mark.slow
MOST, LOCKS, LIMIT, COOL, NEW, IDLE = 3, 1, 2, 30, 6, 48
PEOPLE = ("owner", "stranger", "teammate", "manager", "administrator")
LEADS = {"manager": {0, 1}, "administrator": {0, 1}}
MEMBERS = {0: {"owner", "stranger"}, 1: {"stranger", "teammate"}}


@dataclass
class Row:
    """A customer as the model knows it."""

    owner: str | None = None
    pool: int | None = None
    previous: str | None = None
    since: datetime | None = None
    pooled: datetime | None = None
    life: int = Life.LIVE
    locked: bool = False


@dataclass
class Last:
    """The last step that may be undone."""

    event: int
    part: str
    verb: str
    key: int
    before: Row
    at: datetime


people, which, pools = st.sampled_from(PEOPLE), st.integers(0, 5), st.integers(0, 1)


class Ownership(RuleBasedStateMachine):
    """The product and the model, step by step."""

    cast: Cast
    kept: list[Pool]

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[int, Row] = {}
        self.claims: Counter[tuple[str, int, Any]] = Counter()
        self.backs: Counter[tuple[str, int, Any]] = Counter()
        self.now = timezone.now()
        self.last: Last | None = None
        self.frame = transaction.atomic()
        self.frame.__enter__()

    def teardown(self) -> None:
        """Everything is as before."""
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    # what the model knows

    def actor(self, part: str) -> Actor:
        """A member at the model's moment."""
        return replace(self.cast.actor(part), moment=self.now)

    def member(self, part: str | None) -> int | None:
        """The id of a part."""
        return getattr(self.cast, part).pk if part else None

    def held(self, part: str | None) -> int:
        """How many a member holds."""
        return sum(row.owner == part and row.life == Life.LIVE for row in self.rows.values())

    def sees(self, part: str, pool: int | None) -> bool:
        """Whether a pool is his."""
        return pool is not None and (part in MEMBERS[pool] or pool in LEADS.get(part, set()))

    def home(self, owner: str | None) -> int | None:
        """Where a member's records fall."""
        return next((pool for pool in (0, 1) if owner in MEMBERS[pool]), None)

    def chosen(self, number: int, fits: Callable[[Row], bool] = bool) -> int:
        """One of the customers, mostly one that a verb fits."""
        fitting = [key for key, row in sorted(self.rows.items()) if number == 0 or fits(row)] or sorted(self.rows)
        return fitting[number % len(fitting)]

    def run(self, part: str, verb: str, key: int | None, raw: dict[str, str], expected: bool) -> int | None:
        """Do it; the product must say what the model says."""
        outcome, why = None, ""
        try:
            outcome = ACTIONS[f"customers.{verb}"].run(self.actor(part), key, raw)
        except Refused as refusal:
            why = refusal.message
        assert (outcome is not None) == expected, f"{verb} by {part} of {self.rows.get(key or 0)}: {why}"
        return None if outcome is None else outcome.event_id if key else outcome.row_id

    def did(self, part: str, verb: str, key: int, event: int | None, change: Callable[[Row], None]) -> None:
        """Let the model do it too."""
        if event is None:
            return
        row = self.rows[key]
        self.last = Last(event, part, verb, key, replace(row), self.now)
        change(row)

    def gain(self, row: Row, owner: str) -> None:
        """A new owner, a new base date."""
        row.owner, row.pool, row.since, row.pooled = owner, None, self.now, None

    def drop(self, row: Row, pool: int) -> None:
        """Into a pool; moved between pools it stays lost when it was."""
        row.previous = row.owner or row.previous
        row.pooled = row.pooled if row.pool is not None else self.now
        row.owner, row.pool, row.since, row.locked = None, pool, None, False

    # steps

    @initialize()
    def begin(self) -> None:
        """Two customers and one in a pool."""
        for part, pool in (("owner", None), ("stranger", None), ("owner", 0)):
            self.create(part, pool)

    @rule(part=people, pool=st.none() | pools)
    def create(self, part: str, pool: int | None) -> None:
        """A new one, owned or in a pool."""
        into = {} if pool is None else {"pool": str(self.kept[pool].pk)}
        expected = self.sees(part, pool) if pool is not None else self.held(part) < MOST
        raw = {"name": f"公司{len(self.rows)}", "duplicate_known": "1", **into}
        key = self.run(part, "create", None, raw, expected)
        if key:
            owned = pool is None
            self.rows[key] = Row(
                part if owned else None, pool, None, self.now if owned else None, None if owned else self.now
            )

    @rule(part=people, number=which)
    def claim(self, part: str, number: int) -> None:
        """P1."""
        key = self.chosen(number, lambda row: row.pool is not None and row.life == Life.LIVE)
        row, pool = self.rows[key], self.rows[key].pool
        expected = self.sees(part, pool) and row.life == Life.LIVE and self.held(part) < MOST
        counted = (part, pool or 0, company_day(self.now))
        if expected and row.pooled and pool is not None:
            leads = pool in LEADS.get(part, set())
            expected = leads or self.claims[counted] < LIMIT
            expected = expected and self.now >= row.pooled + timedelta(hours=NEW)
            expected = expected and (row.previous != part or self.now >= row.pooled + timedelta(hours=COOL))
        event = self.run(part, "claim", key, {}, expected)
        self.claims[counted] += event is not None
        self.did(part, "claim", key, event, lambda it: self.gain(it, part))

    @rule(number=which)
    def claim_again(self, number: int) -> None:
        """By whom it was lost (P1-5)."""
        key = self.chosen(number, lambda row: row.pool is not None and row.previous is not None)
        place = sorted(key for key, row in self.rows.items() if row.pool is not None and row.life == Life.LIVE)
        if key in place:
            self.claim(self.rows[key].previous or "owner", len(place) + place.index(key))

    @rule(part=st.sampled_from(("manager", "administrator", "stranger")), number=which, to=people)
    def assign(self, part: str, number: int, to: str) -> None:
        """P2."""
        key = self.chosen(number, lambda row: row.pool is not None)
        row = self.rows[key]
        leads = row.pool in LEADS.get(part, set())
        expected = row.pool is not None and leads and row.life == Life.LIVE and self.held(to) < MOST
        event = self.run(part, "assign", key, {"receiver": str(self.member(to))}, expected)
        self.did(part, "assign", key, event, lambda it: self.gain(it, to))

    @rule(number=which)
    def give_up(self, number: int) -> None:
        """Returned by its owner (administrators may for anybody)."""
        key = self.chosen(number, lambda row: row.owner is not None)
        row = self.rows[key]
        part, home = row.owner or "stranger", self.home(row.owner)
        expected = row.owner is not None and row.life == Life.LIVE and not row.locked and home is not None
        event = self.run(part, "return", key, {"reason": "no_demand"}, expected)
        self.did(part, "return", key, event, lambda it: self.drop(it, home or 0))

    @rule(number=which, pool=pools)
    def reclaim(self, number: int, pool: int) -> None:
        """Taken back by who leads, into a pool that he chooses."""
        key = self.chosen(number, lambda row: row.owner is not None)
        row = self.rows[key]
        expected = row.owner is not None and row.life == Life.LIVE and not row.locked
        raw = {"reason": "长期不跟进", "pool": str(self.kept[pool].pk)}
        event = self.run("administrator", "reclaim", key, raw, expected)
        self.did("administrator", "reclaim", key, event, lambda it: self.drop(it, pool))

    @rule(number=which, to=people)
    def transfer(self, number: int, to: str) -> None:
        """To somebody else."""
        key = self.chosen(number)
        row = self.rows[key]
        expected = row.pool is None and row.owner != to and self.held(to) < MOST
        event = self.run("administrator", "transfer", key, {"owner": str(self.member(to))}, expected)
        self.did("administrator", "transfer", key, event, lambda it: self.gain(it, to))

    @rule(part=st.sampled_from(("manager", "owner")), number=which, pool=pools)
    def move(self, part: str, number: int, pool: int) -> None:
        """Between pools."""
        key = self.chosen(number, lambda row: row.pool is not None)
        row = self.rows[key]
        expected = row.pool is not None and row.pool != pool and part in LEADS
        event = self.run(part, "move_pool", key, {"pool": str(self.kept[pool].pk)}, expected)
        self.did(part, "move_pool", key, event, lambda it: self.drop(it, pool))

    @rule(number=which)
    def lock(self, number: int) -> None:
        """P4: one each; or unlock what is locked."""
        key = self.chosen(number, lambda row: row.owner is not None)
        row = self.rows[key]
        part = row.owner or "stranger"
        if row.locked:
            self.run(part, "unlock", key, {}, True)
            row.locked = False
        else:
            locks = sum(it.owner == row.owner and it.locked and it.life == Life.LIVE for it in self.rows.values())
            expected = row.owner is not None and row.life == Life.LIVE and locks < LOCKS
            row.locked = self.run(part, "lock", key, {}, expected) is not None
        self.last = None

    @rule(number=which)
    def rest(self, number: int) -> None:
        """Archived by its owner, or taken up again when there is room."""
        key = self.chosen(number)
        row = self.rows[key]
        part = row.owner or "administrator"
        if row.life == Life.ARCHIVED:
            expected = row.pool is None and self.held(row.owner) < MOST
            if self.run(part, "unarchive", key, {}, expected):
                row.life = Life.LIVE
        else:
            expected = row.pool is None and row.life == Life.LIVE
            if self.run(part, "archive", key, {"reason": "budget"}, expected):
                row.life = Life.ARCHIVED
        self.last = None

    @rule(number=which)
    def void(self, number: int) -> None:
        """Into the recycle bin, in pools too, and out again when its owner has room."""
        key = self.chosen(number)
        row = self.rows[key]
        if row.life == Life.VOIDED:
            if self.run("administrator", "restore", key, {}, row.owner is None or self.held(row.owner) < MOST):
                row.life = Life.LIVE
        else:
            self.run("administrator", "void", key, {"reason": "重复"}, True)
            row.life = Life.VOIDED
        self.last = None

    @rule()
    def undo(self) -> None:
        """The last step, if that is the last thing that happened to its record."""
        last, self.last = self.last, None
        if last is None:
            return
        row, before = self.rows[last.key], last.before
        late = last.verb == "claim" and self.now - last.at > timedelta(seconds=15)
        undone, why = True, ""
        try:
            undo_event(self.actor(last.part), last.event)
        except Refused as refusal:
            undone, why = False, refusal.message
        assert undone != late, f"{last}: {why}"
        if late:
            return
        if last.verb == "transfer":  # an owner holds it anew
            before.since = self.now
        if last.verb == "claim" and before.pool is not None:
            day = (last.part, before.pool, company_day(last.at))
            if self.backs[day] < BACK_A_DAY:
                self.backs[day] += 1
                self.claims[day] -= 1
        before.life = row.life
        self.rows[last.key] = before

    @rule(hours=st.sampled_from((1, 7, 29, 50)))
    def wait(self, hours: int) -> None:
        """Time passes."""
        self.now += timedelta(hours=hours)

    @rule()
    def night(self) -> None:
        """P5, P8: what nobody followed up for two days falls into the first pool of its owner."""
        actor = replace(system(*GRANTS), moment=self.now)
        list(restate(actor))
        list(fall(actor, CUSTOMER, self.now, Fallen()))
        for row in self.rows.values():
            home = self.home(row.owner)
            due = row.since is not None and self.now >= row.since + timedelta(hours=IDLE)
            if due and home is not None and row.life == Life.LIVE and not row.locked:
                self.drop(row, home)
        self.last = None

    # what must hold after each

    @invariant()
    def stands_as_the_model_says(self) -> None:
        """Every record stands once, with its owner or in its pool, and the ledger says the same."""
        found = {row.pk: row for row in Customer.objects.all()}
        assert set(found) == set(self.rows)
        for key, row in self.rows.items():
            real, pool = found[key], None if row.pool is None else self.kept[row.pool].pk
            assert (real.owner_id, real.pool_id) == (self.member(row.owner), pool), row
            assert (real.life, real.locked, real.owner_since) == (row.life, row.locked, row.since), row
            assert (real.pooled_at, real.owner_id is None or real.pool_id is None) == (row.pooled, True)
            if row.pool is not None:
                assert real.previous_owner_id == self.member(row.previous)
            periods = list(Period.objects.filter(record_id=key).order_by("id"))
            ends = [(each.since, each.until) for each in periods]
            assert all(until == following[0] for (_s, until), following in pairwise(ends))
            assert (periods[-1].owner_id, periods[-1].pool_id, periods[-1].until) == (
                real.owner_id, real.pool_id, None,
            )  # fmt: skip

    @invariant()
    def quotas_agree(self) -> None:
        """Claims of a day are those that were made and not taken back; nobody holds more than he may."""
        counted = {(row.member_id, row.pool_id, row.day): row.claims for row in Daily.objects.all()}
        wanted = {
            (self.member(part), self.kept[pool].pk, day): count for (part, pool, day), count in self.claims.items()
        }
        assert {key: count for key, count in counted.items() if count} == {k: v for k, v in wanted.items() if v}
        assert all(self.held(part) <= MOST for part in PEOPLE)


@pytest.mark.filterwarnings("ignore")
def test_any_sequence_of_steps_agrees_with_the_model_B4(cast: Cast) -> None:
    claims = {"daily_limit": LIMIT, "cooldown_hours": COOL, "new_data_hours": NEW}
    made = []
    for number, name in enumerate(("华东公海", "华南公海")):
        members = [getattr(cast, part).pk for part in sorted(MEMBERS[number])]
        pool = make_pool(
            name, *members, admins=(cast.manager.pk,), claims=claims, recycles=True, priority=number
        )  # fmt: skip
        make_rule(pool, "no_followup", IDLE // 24)
        made.append(pool)
    make_capacity(MOST, most_locked=LOCKS)
    machine = type("Machine", (Ownership,), {"cast": cast, "kept": made})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
