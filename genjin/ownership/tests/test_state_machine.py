"""Random sequences of all verbs of ownership against a simple reference model: no record has two owners, none is lost,
quotas and ledger agree, replaying the ledger gives today's owners (B4)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from genjin.clashes.models import Clash
from genjin.clashes.rules import ClashState, Origin, Ruling
from genjin.customers.models import Customer
from genjin.customers.record import CUSTOMER
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor, system
from genjin.kernel.codes_store import new_ids
from genjin.kernel.models.rows import Life
from genjin.kernel.refusal import Refused
from genjin.kernel.undo import undo_event
from genjin.ownership.jobs.clocks import restate
from genjin.ownership.jobs.nights import GRANTS, Fallen, fall
from genjin.ownership.models import Daily, Period, Pool
from genjin.ownership.queries.shares import shares_on
from genjin.ownership.rules import BACK_A_DAY, company_day
from genjin.ownership.tests.pool_worlds import make_capacity, make_pool, make_rule
from genjin.ownership.tests.reference import (
    COOL,
    IDLE,
    LEADS,
    LIMIT,
    LOCKS,
    MEMBERS,
    MOST,
    MOST_OF,
    NEW,
    PEOPLE,
    Last,
    Reference,
    Row,
)  # fmt: skip
from genjin.testing.cast import Cast
from genjin.testing.steps import Steps

pytestmark = pytest.mark.slow(about=60)
STANDS = ("owner", "pool", "life", "locked", "owner_since", "pooled_at", "previous_owner", "taken_from")
WHICH, POOLS, EITHER = range(6), (0, 1), (True, False)
step = Steps()


class Ownership(Reference, RuleBasedStateMachine):
    """The product and the model, step by step."""

    cast: Cast
    kept: list[Pool]
    done: Counter[tuple[str, bool]]

    def __init__(self) -> None:
        super().__init__()
        self.rows = {}
        self.claims: Counter[tuple[str, int, Any]] = Counter()
        self.backs: Counter[tuple[str, int, Any]] = Counter()
        self.now = timezone.now()
        self.last: Last | None = None
        self.sides: dict[int, tuple[str | None, str | None]] = {}
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
        self.done[verb, expected] += 1
        return None if outcome is None else outcome.event_id if key else outcome.row_id

    def did(self, part: str, verb: str, key: int, event: int | None, change: Callable[[Row], None]) -> None:
        """Let the model do it too."""
        if event is None:
            return
        row = self.rows[key]
        self.last = Last(event, part, verb, key, replace(row), self.now)
        change(row)

    def tick(self) -> None:
        """A moment of its own: of decisions the last one counts."""
        self.now += timedelta(seconds=1)

    # steps

    @initialize(seed=st.integers(0, 10**9))
    def begin(self, seed: int) -> None:
        """Two customers and one in a pool."""
        self.chance = Random(seed)  # noqa: S311 - no secret
        for part, pool in (("owner", None), ("stranger", None), ("owner", 0)):
            self.create(part, pool)

    @rule()
    def anything(self) -> None:
        """Anything."""
        name, inputs = step.drawn(self.chance)
        note(f"{name} {inputs}")
        getattr(self, name)(**inputs)

    @step(part=PEOPLE, pool=(None, *POOLS))
    def create(self, part: str, pool: int | None) -> None:
        """A new one, owned or in a pool."""
        into = {} if pool is None else {"pool": str(self.kept[pool].pk)}
        expected = self.sees(part, pool) if pool is not None else self.held(part) < MOST
        raw = {"name": f"公司{len(self.rows)}", "duplicate_known": "1", **into}
        key = self.run(part, "create", None, raw, expected)
        if key:
            owned = pool is None
            self.rows[key] = Row(
                part if owned else None, pool, since=self.now if owned else None, pooled=None if owned else self.now
            )

    @step(3, part=PEOPLE, number=WHICH)
    def claim(self, part: str, number: int) -> None:
        """P1."""
        key = self.chosen(number, lambda row: row.pool is not None and row.life == Life.LIVE)
        row, pool = self.rows[key], self.rows[key].pool
        expected = self.sees(part, pool) and row.life == Life.LIVE and self.fits(part, row)
        counted = (part, pool or 0, company_day(self.now))
        if expected and row.pooled and pool is not None:
            leads = pool in LEADS.get(part, set())
            expected = leads or self.claims[counted] < LIMIT
            expected = expected and self.now >= row.pooled + timedelta(hours=NEW)
            expected = expected and (row.previous != part or self.now >= row.pooled + timedelta(hours=COOL))
        event = self.run(part, "claim", key, {}, expected)
        self.claims[counted] += event is not None
        self.did(part, "claim", key, event, lambda it: self.gain(it, part))

    @step(number=WHICH)
    def claim_again(self, number: int) -> None:
        """By whom it was lost (P1-5)."""
        key = self.chosen(number, lambda row: row.pool is not None and row.previous is not None)
        place = sorted(key for key, row in self.rows.items() if row.pool is not None and row.life == Life.LIVE)
        if key in place:
            self.claim(self.rows[key].previous or "owner", len(place) + place.index(key))

    @step(part=("manager", "administrator", "stranger"), number=WHICH, to=PEOPLE)
    def assign(self, part: str, number: int, to: str) -> None:
        """P2."""
        key = self.chosen(number, lambda row: row.pool is not None)
        row = self.rows[key]
        leads = row.pool in LEADS.get(part, set())
        expected = row.pool is not None and leads and row.life == Life.LIVE and self.fits(to, row)
        event = self.run(part, "assign", key, {"receiver": str(self.member(to))}, expected)
        self.did(part, "assign", key, event, lambda it: self.gain(it, to))

    @step(number=WHICH)
    def give_up(self, number: int) -> None:
        """Returned by its owner (administrators may for anybody)."""
        key = self.chosen(number, lambda row: row.owner is not None)
        row = self.rows[key]
        part, home = row.owner or "stranger", self.home(row.owner)
        expected = row.owner is not None and row.life == Life.LIVE and not row.locked and home is not None
        event = self.run(part, "return", key, {"reason": "no_demand"}, expected)
        self.did(part, "return", key, event, lambda it: self.drop(it, home or 0))

    @step(number=WHICH, pool=POOLS)
    def reclaim(self, number: int, pool: int) -> None:
        """Taken back by who leads, into a pool that he chooses."""
        key = self.chosen(number, lambda row: row.owner is not None)
        row = self.rows[key]
        expected = row.owner is not None and row.life == Life.LIVE and not row.locked
        raw = {"reason": "长期不跟进", "pool": str(self.kept[pool].pk)}
        event = self.run("administrator", "reclaim", key, raw, expected)
        self.did("administrator", "reclaim", key, event, lambda it: self.drop(it, pool))

    @step(number=WHICH, to=PEOPLE)
    def transfer(self, number: int, to: str) -> None:
        """To somebody else."""
        key = self.chosen(number)
        row = self.rows[key]
        expected = row.pool is None and row.owner != to and self.fits(to, row)
        event = self.run("administrator", "transfer", key, {"owner": str(self.member(to))}, expected)
        self.did("administrator", "transfer", key, event, lambda it: self.gain(it, to))

    @step(part=("manager", "owner"), number=WHICH, pool=POOLS)
    def move(self, part: str, number: int, pool: int) -> None:
        """Between pools."""
        key = self.chosen(number, lambda row: row.pool is not None)
        row = self.rows[key]
        expected = row.pool is not None and row.pool != pool and part in LEADS
        event = self.run(part, "move_pool", key, {"pool": str(self.kept[pool].pk)}, expected)
        self.did(part, "move_pool", key, event, lambda it: self.drop(it, pool))

    @step(number=WHICH)
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

    @step(number=WHICH)
    def rest(self, number: int) -> None:
        """Archived by its owner, or taken up again when there is room."""
        key = self.chosen(number)
        row = self.rows[key]
        part = row.owner or "administrator"
        if row.life == Life.ARCHIVED:
            expected = row.pool is None and self.fits(row.owner, row)
            if self.run(part, "unarchive", key, {}, expected):
                row.life = Life.LIVE
        else:
            expected = row.pool is None and row.life == Life.LIVE
            if self.run(part, "archive", key, {"reason": "budget"}, expected):
                row.life = Life.ARCHIVED
        self.last = None

    @step(number=WHICH)
    def void(self, number: int) -> None:
        """Into the recycle bin, in pools too, and out again when its owner has room."""
        key = self.chosen(number)
        row = self.rows[key]
        if row.life == Life.VOIDED:
            if self.run("administrator", "restore", key, {}, row.owner is None or self.fits(row.owner, row)):
                row.life = Life.LIVE
        else:
            self.run("administrator", "void", key, {"reason": "重复"}, True)
            row.life = Life.VOIDED
        self.last = None

    @step(one=WHICH, two=WHICH, ruling=tuple(Ruling), part=("administrator", "manager"))
    def settle(self, one: int, two: int, ruling: Ruling, part: str) -> None:
        """B3: a clash is ruled: one owner, halves, or nothing; never by one of the sides."""
        first, second = sorted((self.chosen(one, lambda it: it.owner is not None), self.chosen(two)))
        if first == second:
            return
        self.tick()
        earlier, later = self.rows[first], self.rows[second]
        case = self.case(first, second)
        sides = {earlier.owner, later.owner, *self.sides[case]}
        there = None not in (earlier.owner, later.owner) and Life.VOIDED not in (earlier.life, later.life)
        wins, loses = (earlier, later) if ruling is Ruling.EARLIER else (later, earlier)
        expected = there and part not in sides and (part == "administrator" or sides == {"owner"})
        if ruling is not Ruling.APART:
            expected = expected and earlier.owner != later.owner
        if ruling in (Ruling.EARLIER, Ruling.LATER):
            expected = expected and self.fits(wins.owner, loses)
        if self.run(part, "rule_clash", case, {"ruling": ruling.value, "reason": "先拜访"}, expected):
            if ruling is Ruling.SHARED:
                earlier.shares, later.shares = {str(later.owner): 50}, {str(earlier.owner): 50}
            elif ruling is not Ruling.APART:
                self.gain(loses, str(wins.owner))
            self.last = None
        self.tick()

    def case(self, first: int, second: int) -> int:
        """The open clash of two records; opened when there is none."""
        known = Clash.objects.filter(earlier_id=first, later_id=second, state=ClashState.OPEN).first()
        if known is not None:
            return known.pk
        owners = self.rows[first].owner, self.rows[second].owner
        clash = Clash(
            id=new_ids(1)[0], record_type="customer", earlier_id=first, later_id=second, origin=Origin.CREATED,
            earlier_owner_id=self.member(owners[0]), later_owner_id=self.member(owners[1]),
        )  # fmt: skip
        clash.save(force_insert=True)
        self.sides[clash.pk] = owners
        return clash.pk

    @step(2, number=WHICH, to=PEOPLE, percent=(30, 50, 100), proposes=EITHER)
    def split(self, number: int, to: str, percent: int, proposes: bool) -> None:
        """B15: a part for somebody else, decided at once or asked for by the owner."""
        key = self.chosen(number, lambda row: row.owner is not None)
        row = self.rows[key]
        if row.owner in (to, "administrator"):
            return
        self.tick()
        part = row.owner or "stranger" if proposes else "administrator"
        lines: Any = [{"member": self.member(row.owner) or self.member("owner"), "percent": str(100 - percent)}]
        lines += [{"member": self.member(to), "percent": str(percent)}]
        expected = row.owner is not None and not (proposes and row.proposed)
        verb = "propose_split" if proposes else "split"
        event = self.run(part, verb, key, {"shares": lines, "reason": "协助演示"}, expected)
        if proposes and event:
            row.proposed, self.last = (part, to, percent), None
        elif not proposes:

            def change(it: Row) -> None:
                it.shares, it.proposed = {to: percent}, None

            self.did(part, verb, key, event, change)
        self.tick()

    @step(2, number=WHICH, agrees=EITHER)
    def answer(self, number: int, agrees: bool) -> None:
        """Who leads agrees to what was proposed, or its author takes it back."""
        key = self.chosen(number, lambda row: row.proposed is not None)
        row = self.rows[key]
        if row.owner in (None, "administrator"):
            return
        self.tick()
        asks, to, percent = row.proposed or ("", "", 0)
        part = "administrator" if agrees else row.owner or ""
        verb = "accept_split" if agrees else "withdraw_split"
        event = self.run(part, verb, key, {}, row.proposed is not None and (agrees or asks == part))

        def change(it: Row) -> None:
            it.shares, it.proposed = ({to: percent} if agrees else it.shares), None

        self.did(part, verb, key, event, change)
        self.last = self.last if agrees else None
        self.tick()

    @step(2)
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
        self.done["undo", undone] += 1
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

    @step(2, hours=(1, 7, 29, 50))
    def wait(self, hours: int) -> None:
        """Time passes."""
        self.now += timedelta(hours=hours)

    @step()
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
                self.done["fall", True] += 1
        self.last = None

    # what must hold after each

    @invariant()
    def stands_as_the_model_says(self) -> None:
        """Every record stands once, with its owner or in its pool, and the ledger says the same."""
        found = {row.pk: row for row in Customer.objects.only(*STANDS)}
        assert set(found) == set(self.rows)
        ledger: defaultdict[int, list[Period]] = defaultdict(list)
        for period in Period.objects.filter(record_id__in=found).order_by("id"):
            ledger[period.record_id].append(period)
        for key, row in self.rows.items():
            real, pool = found[key], None if row.pool is None else self.kept[row.pool].pk
            taken = None if row.taken is None else self.kept[row.taken].pk
            assert (real.owner_id, real.pool_id, real.taken_from_id) == (self.member(row.owner), pool, taken), row
            assert (real.life, real.locked, real.owner_since) == (row.life, row.locked, row.since), row
            assert (real.pooled_at, real.owner_id is None or real.pool_id is None) == (row.pooled, True)
            if row.pool is not None:
                assert real.previous_owner_id == self.member(row.previous)
            periods = ledger[key]
            ends = [(each.since, each.until) for each in periods]
            assert all(until == following[0] for (_s, until), following in pairwise(ends))
            assert (periods[-1].owner_id, periods[-1].pool_id, periods[-1].until) == (
                real.owner_id, real.pool_id, None,
            )  # fmt: skip

    @invariant()
    def shares_agree(self) -> None:
        """Whose the performance of today is (B15): the parts of others stay when the owner changes, none in pools."""
        found = shares_on(list(self.rows), company_day(self.now))
        for key, row in self.rows.items():
            others = {self.member(part): percent for part, percent in row.shares.items()}
            wanted = Counter({self.member(row.owner): 100 - sum(others.values())}) + Counter(others)
            told = {one.member_id: one.percent for one in found[key].portions}
            assert told == {member: Decimal(percent) for member, percent in wanted.items()}, row

    @invariant()
    def quotas_agree(self) -> None:
        """Claims of a day are those that were made and not taken back; nobody holds more than he may."""
        counted = {(row.member_id, row.pool_id, row.day): row.claims for row in Daily.objects.all()}
        wanted = {
            (self.member(part), self.kept[pool].pk, day): count for (part, pool, day), count in self.claims.items()
        }
        assert {key: count for key, count in counted.items() if count} == {k: v for k, v in wanted.items() if v}
        assert all(self.held(part) <= MOST for part in PEOPLE)
        of = Counter((it.owner, it.taken) for it in self.rows.values() if it.owner and it.life == Life.LIVE)
        assert all(of[part, pool] <= most for part in PEOPLE for pool, most in MOST_OF.items())


@pytest.mark.filterwarnings("ignore")
def test_any_sequence_of_steps_agrees_with_the_model_B4(cast: Cast) -> None:
    claims = {"daily_limit": LIMIT, "cooldown_hours": COOL, "new_data_hours": NEW}
    made = []
    for number, name in enumerate(("华东公海", "华南公海")):
        members = [getattr(cast, part).pk for part in sorted(MEMBERS[number])]
        limits = claims | ({"most_held": MOST_OF[number]} if number in MOST_OF else {})
        pool = make_pool(
            name, *members, admins=(cast.manager.pk,), claims=limits, recycles=True, priority=number
        )  # fmt: skip
        make_rule(pool, "no_followup", IDLE // 24)
        made.append(pool)
    make_capacity(MOST, most_locked=LOCKS)
    done: Counter[tuple[str, bool]] = Counter()
    machine = type("Machine", (Ownership,), {"cast": cast, "kept": made, "done": done})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=16, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    verbs = {"create", "claim", "assign", "return", "reclaim", "transfer", "move_pool", "fall", "lock", "unlock"}
    verbs |= {"archive", "unarchive", "void", "restore", "rule_clash", "undo"}
    verbs |= {"split", "propose_split", "accept_split", "withdraw_split"}
    assert not (missing := {verb for verb in verbs if not done[verb, True]}), f"{missing} never happened: {done}"
    refused = {verb for verb, expected in done if not expected}
    assert {"create", "claim", "assign", "transfer", "rule_clash"} <= refused, done
