"""What drives the state machine of leads and opportunities, and what must hold after each of its steps."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils import timezone
from hypothesis.stateful import RuleBasedStateMachine, invariant

from genjin.conversion.models import Conversion
from genjin.conversion.tests.reference import STAGES, Deal, World
from genjin.customers.models import Customer
from genjin.followups.models import FollowUp
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Life
from genjin.kernel.refusal import Refused
from genjin.leads.models import Lead as LeadRow
from genjin.opportunities.models import Closing, Opportunity, Stay
from genjin.opportunities.totals.queries import Narrowed, sums_by_stage
from genjin.ownership.models import Period, Pool
from genjin.testing.cast import Cast
from genjin.testing.fingerprints import table_fingerprints

PEOPLE = ("owner", "stranger", "teammate")
BOSS = "administrator"


@dataclass
class Last:
    """The last step that may be undone: whose, and how all stood before it."""

    part: str
    event: int
    before: World
    verb: str


class Agreeing(RuleBasedStateMachine):
    """The product and the model side by side."""

    cast: Cast
    pool: Pool
    done: Counter[tuple[str, bool]]

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.now = timezone.now()
        self.known: dict[str, Actor] = {}
        self.last: Last | None = None
        self.frame = transaction.atomic()
        self.frame.__enter__()

    def teardown(self) -> None:
        """Everything is as before."""
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    # the two sides

    def actor(self, part: str) -> Actor:
        """A member at the model's moment."""
        if part not in self.known:
            self.known[part] = self.cast.actor(part)
        return replace(self.known[part], moment=self.now)

    def member(self, part: str | None) -> int | None:
        """The id of a part."""
        return getattr(self.cast, part).pk if part else None

    def pick(self, rows: dict[int, Any], number: int, fits: Callable[[Any], bool] = bool) -> tuple[int, Any]:
        """One of the rows, mostly one that a verb fits."""
        fitting = [key for key in sorted(rows) if number == 0 or fits(rows[key])] or sorted(rows)
        key = fitting[number % len(fitting)]
        return key, rows[key]

    @contextmanager
    def told(self, what: str, expected: bool) -> Iterator[None]:
        """The product must do it when the model does; what it refuses leaves no trace in any table."""
        self.now += timedelta(minutes=1)
        before = {} if expected else table_fingerprints()
        refusal = None
        try:
            with transaction.atomic():
                yield
        except Refused as refused:
            refusal = refused
        self.done[what.partition(" by ")[0], expected] += 1
        assert (refusal is None) == expected, f"{what}: {refusal.message if refusal else 'done'}"
        assert expected or table_fingerprints() == before, what

    def run(self, part: str, verb: str, key: int | None, raw: dict[str, Any], expected: bool) -> int | None:
        """One verb of a member; the row it made or changed, None when it was refused."""
        found: list[int] = []
        self.last = None
        with self.told(f"{verb} by {part}", expected):
            outcome = ACTIONS[verb].run(self.actor(part), key, raw)
            found.append(outcome.row_id or 0)
            if outcome.event_id and key:
                self.last = Last(part, outcome.event_id, deepcopy(self.world), verb)
        return found[0] if found else None

    def reaches(self, part: str, owner: str | None) -> bool:
        """Whether a row is his to work with."""
        return part in (BOSS, owner)

    # what must hold after each

    @invariant()
    def leads_stand_as_the_model_says(self) -> None:
        """Each in its state, once, with its talks; converted ones with the one customer that they became."""
        found = {row.pk: row for row in LeadRow.objects.all()}
        assert set(found) == set(self.world.leads)
        facts = {fact.lead_id: fact for fact in Conversion.objects.all()}
        assert set(facts) == {key for key, lead in self.world.leads.items() if lead.state == "converted"}
        talks: defaultdict[int, list[int | None]] = defaultdict(list)
        for lead_id, customer_id in FollowUp.objects.values_list("lead_id", "customer_id"):
            talks[lead_id or 0].append(customer_id)
        for key, lead in self.world.leads.items():
            row = found[key]
            assert (row.state, row.life == Life.VOIDED) == (lead.state, lead.voided), lead
            assert (row.owner_id, row.pool_id) == (self.member(lead.owner), None if lead.owner else self.pool.pk)
            assert (row.owner_followed, row.returned) == (lead.followed, lead.returned), lead
            assert (row.customer_id, row.opportunity_id) == (lead.firm, lead.deal), lead
            assert talks[key] == [lead.firm] * lead.talks, lead
            if lead.firm is not None:
                fact = facts[key]
                assert (fact.customer_id, fact.new_customer, fact.opportunity_id) == (lead.firm, lead.new, lead.deal)

    @invariant()
    def opportunities_stand_as_the_model_says(self) -> None:
        """At a stage of their pipeline, open or ended with facts, each stay and each end once."""
        found = {row.pk: row for row in Opportunity.objects.all()}
        assert set(found) == set(self.world.deals)
        stays: defaultdict[int, list[Stay]] = defaultdict(list)
        for stay in Stay.objects.order_by("id"):
            stays[stay.opportunity_id].append(stay)
        ends = list(Closing.objects.filter(until=None).values_list("opportunity_id", "outcome"))
        assert sorted(ends) == sorted((key, it.outcome) for key, it in self.world.deals.items() if it.outcome != "open")
        for key, deal in self.world.deals.items():
            row = found[key]
            assert (row.stage, row.outcome, row.life == Life.VOIDED) == (deal.stage, deal.outcome, deal.voided), deal
            assert (row.owner_id, row.customer_id) == (self.member(deal.owner), deal.firm), deal
            assert (row.amount, row.probability) == (deal.amount, deal.percent), deal
            last = stays[key][-1]
            assert all(one.left_at is not None for one in stays[key][:-1])
            stages = [one.stage for one in stays[key]]
            assert [one.again for one in stays[key]] == [stage in stages[:n] for n, stage in enumerate(stages)], deal
            if deal.outcome == "open" or deal.stage == "aftersale":
                assert (last.stage, last.left_at) == (deal.stage, None), deal
            else:
                assert last.left_at is not None, deal

    @invariant()
    def customers_stand_as_the_model_says(self) -> None:
        """Each once, with its owner; a won one where an opportunity was won."""
        found = {row.pk: row for row in Customer.objects.all()}
        assert set(found) == set(self.world.firms)
        for key, firm in self.world.firms.items():
            row = found[key]
            assert (row.owner_id, row.life == Life.VOIDED) == (self.member(firm.owner), firm.into is not None), firm
            assert firm.into is not None or (row.deal_date is not None) == self.world.bought(key), firm

    @invariant()
    def the_ledger_agrees(self) -> None:
        """Replayed, it gives today's owners: periods without gaps, the last one open."""
        ledger: defaultdict[int, list[Period]] = defaultdict(list)
        for period in Period.objects.order_by("id"):
            ledger[period.record_id].append(period)
        owners = {key: lead.owner for key, lead in self.world.leads.items()}
        owners |= {key: deal.owner for key, deal in self.world.deals.items()}
        for key, owner in (owners | {key: firm.owner for key, firm in self.world.firms.items()}).items():
            periods = ledger[key]
            assert all(one.until == following.since for one, following in pairwise(periods))
            assert (periods[-1].owner_id, periods[-1].until) == (self.member(owner), None)

    @invariant()
    def the_board_agrees(self) -> None:
        """Its totals, for everybody and for one, are those of the model counted one by one."""
        wanted: tuple[tuple[str, Narrowed, Callable[[Deal], bool]], ...] = (
            (BOSS, Narrowed(), lambda _deal: True),
            ("owner", Narrowed(), lambda deal: deal.owner == "owner"),
            (BOSS, Narrowed(owners=frozenset({self.cast.stranger.pk})), lambda deal: deal.owner == "stranger"),
        )
        for part, narrowed, whose in wanted:
            sums = sums_by_stage(self.actor(part), STAGES[:4], narrowed)
            told = {stage: (one.count, int(one.amount)) for stage, one in sums.items() if one.count or one.amount}
            assert told == self.world.board(whose)
