"""Random sequences of all that may be done with leads and opportunities, against a simple reference model (B1, B2, B9):
no state outside the tables, no conversion lost or made twice, nothing left by a refusal, board totals equal to a
recount, and the ledger says who owns what today.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from genjin.conversion.models import Conversion
from genjin.conversion.tests.agreeing import BOSS, PEOPLE, Agreeing
from genjin.conversion.tests.reference import STAGES, WORKED, Deal, Firm, Lead
from genjin.handover.rules import Kind
from genjin.handover.tests.factories import handed_over
from genjin.kernel.actions import ACTIONS
from genjin.kernel.undo import undo_event
from genjin.leads.models import Lead as LeadRow
from genjin.leads.tests.factories import follow, make_lead_pool
from genjin.merging.models import Merge
from genjin.opportunities.totals.jobs import fold
from genjin.testing.cast import Cast
from genjin.testing.steps import Steps

pytestmark = pytest.mark.slow(about=60)
NAMES = ("苏州晶砺半导体", "无锡恒川机电")
ON = {True: "1", False: ""}
EITHER, PERHAPS = (True, False), (None, None, *range(8))
WHICH, ANYBODY = range(8), (*PEOPLE, BOSS, BOSS)
DEALS, AMOUNTS = ("年度采购", "备件"), (None, 7, 5000, 9999)
step = Steps()


class Selling(Agreeing):
    """The steps."""

    # leads

    @initialize(seed=st.integers(0, 10**9))
    def begin(self, seed: int) -> None:
        """Leads of two and one in the pool, customers with opportunities."""
        self.chance = Random(seed)  # noqa: S311 - no secret
        for part, pooled in (("owner", False), ("stranger", False), ("owner", True)):
            self.create_lead(part, pooled, 0)
        for part, name in (("owner", 0), ("stranger", 1)):
            self.create_firm(part, name)
        self.create_deal(0, "owner", "contact", 5000, "年度采购")
        self.create_deal(1, "stranger", "need", None, "备件")
        self.create_deal(2, "owner", "negotiation", 700, "备件")

    @rule()
    def anything(self) -> None:
        """Anything."""
        name, inputs = step.drawn(self.chance)
        note(f"{name} {inputs}")
        getattr(self, name)(**inputs)

    @step(part=PEOPLE, pooled=EITHER, name=(0, 1))
    def create_lead(self, part: str, pooled: bool, name: int) -> None:
        """L1, L2."""
        raw = {"name": f"线索{len(self.world.leads)}", "company": NAMES[name], "duplicate_known": "1"}
        key = self.run(part, "leads.create", None, raw | ({"pool": str(self.pool.pk)} if pooled else {}), True)
        self.world.leads[key or 0] = Lead(NAMES[name], None if pooled else part, "unassigned" if pooled else "pending")

    @step(part=PEOPLE, number=WHICH)
    def claim(self, part: str, number: int) -> None:
        """L4."""
        key, lead = self.pick(self.world.leads, number, lambda it: it.owner is None)
        if self.run(part, "leads.claim", key, {}, lead.owner is None and lead.live):
            self.world.gain(lead, part)

    @step(number=WHICH, to=PEOPLE)
    def assign(self, number: int, to: str) -> None:
        """L3."""
        key, lead = self.pick(self.world.leads, number, lambda it: it.owner is None)
        raw = {"receiver": str(self.member(to))}
        if self.run(BOSS, "leads.assign", key, raw, lead.owner is None and lead.live):
            self.world.gain(lead, to)

    @step(part=ANYBODY, number=WHICH)
    def give_back(self, part: str, number: int) -> None:
        """L6."""
        key, lead = self.pick(self.world.leads, number, lambda it: it.workable and self.reaches(part, it.owner))
        raw = {"reason": "no_demand", "pool": str(self.pool.pk)}
        if self.run(part, "leads.return", key, raw, lead.workable and self.reaches(part, lead.owner)):
            self.world.drop(lead)

    @step(number=WHICH)
    def reclaim(self, number: int) -> None:
        """L7."""
        key, lead = self.pick(self.world.leads, number)
        raw = {"reason": "重新分配", "pool": str(self.pool.pk)}
        if self.run(BOSS, "leads.reclaim", key, raw, lead.workable and lead.state in WORKED):
            self.world.drop(lead)

    @step(2, part=ANYBODY, number=WHICH)
    def follow(self, part: str, number: int) -> None:
        """L5, L9."""
        key, lead = self.pick(self.world.leads, number, lambda it: it.workable and self.reaches(part, it.owner))
        expected = lead.workable and self.reaches(part, lead.owner)
        self.last = None
        with self.told("follow", expected):
            follow(self.actor(part), LeadRow.objects.get(pk=key))
        if expected:
            lead.state, lead.followed, lead.talks = "following", True, lead.talks + 1

    @step(part=ANYBODY, number=WHICH)
    def invalidate(self, part: str, number: int) -> None:
        """L8."""
        key, lead = self.pick(self.world.leads, number, lambda it: it.workable and self.reaches(part, it.owner))
        expected = lead.workable and lead.state in WORKED and self.reaches(part, lead.owner)
        if self.run(part, "leads.invalidate", key, {"reason": "no_wish"}, expected):
            lead.state = "invalid"

    @step(number=WHICH)
    def void_lead(self, number: int) -> None:
        """L11."""
        key, lead = self.pick(self.world.leads, number)
        if self.run(BOSS, "leads.void", key, {"reason": "广告"}, lead.live and lead.state != "converted"):
            lead.voided = True

    @step(part=(BOSS, BOSS, "manager", "owner"), number=WHICH, gone=EITHER)
    def out_of_the_bin(self, part: str, number: int, gone: bool) -> None:
        """L12, L13: administrators alone, and only what is in the bin."""
        key, lead = self.pick(self.world.leads, number, lambda it: it.voided)
        done = self.run(part, "leads.delete" if gone else "leads.restore", key, {}, lead.voided and part == BOSS)
        if done and gone:
            del self.world.leads[key]
            self.last = None
        elif done:
            lead.voided = False

    @step(number=WHICH, to=PEOPLE)
    def transfer_lead(self, number: int, to: str) -> None:
        """L14."""
        key, lead = self.pick(self.world.leads, number, lambda it: it.owner is not None)
        raw = {"owner": str(self.member(to))}
        if self.run(BOSS, "leads.transfer", key, raw, lead.owner not in (None, to)):
            self.world.gain(lead, to)

    # conversion

    @step(3, number=WHICH, opens=(None, *DEALS), choose=PERHAPS)
    def convert(self, number: int, opens: str | None, choose: int | None) -> None:
        """L10, B2: one by one, the customer chosen or found by its name."""
        key, lead = self.pick(self.world.leads, number, lambda it: it.workable)
        firm: int | bool | None = self.world.joined(lead, many=False)
        raw: dict[str, Any] = {}
        if choose is not None:
            firm = self.pick(self.world.firms, choose, lambda it: it.into is None)[0]
            raw = {"customer": str(firm)}
            firm = firm if self.world.firms[firm].into is None else False
        if opens:
            raw |= {"opportunity": "1", "opportunity_name": opens}
        expected = lead.workable and firm is not False
        if expected and opens and firm is not None:
            expected = not self.world.named_already(firm, opens)
        if self.run(BOSS, "leads.convert", key, raw, expected):
            self._converted(key, opens)

    @step(numbers=[(1, 2, 3), (3, 4, 5, 0), (7, 6, 5, 4, 3)], opens=(None, "年度采购"))
    def convert_many(self, numbers: Sequence[int], opens: str | None) -> None:
        """B2 in bulk: what one lead may not become refuses no others."""
        keys = list(dict.fromkeys(self.pick(self.world.leads, n, lambda it: it.workable)[0] for n in numbers))
        raw = {"opportunity": "1", "opportunity_name": opens} if opens else {}
        self.now, self.last = self.now + timedelta(minutes=1), None
        outcome = ACTIONS["leads.convert"].run_many(self.actor(BOSS), keys, raw)
        refused = {key for key, _why in outcome.refused}
        assert set(outcome.done) | refused == set(keys)
        for key in keys:
            lead = self.world.leads[key]
            firm = self.world.joined(lead, many=True)
            named = opens is not None and firm is not None and self.world.named_already(int(firm), opens)
            assert (key not in refused) == (lead.workable and not named), (lead, outcome.refused)
            if key not in refused:
                self._converted(key, opens)

    def _converted(self, key: int, opens: str | None) -> None:
        """The model does it too; which customer and opportunity were made, the product says."""
        lead, fact = self.world.leads[key], Conversion.objects.get(lead_id=key)
        lead.firm, lead.new, lead.state = fact.customer_id, fact.customer_id not in self.world.firms, "converted"
        if lead.new:
            self.world.firms[lead.firm] = Firm(lead.company, lead.owner or "")
        if opens:
            lead.deal = fact.opportunity_id
            self.world.deals[fact.opportunity_id or 0] = Deal(lead.firm, lead.owner or "", opens)
        self.last = None

    # customers

    @step(part=PEOPLE, name=(0, 1))
    def create_firm(self, part: str, name: int) -> None:
        """One more customer of a name."""
        raw = {"name": NAMES[name], "owner": str(self.member(part)), "duplicate_known": "1"}
        key = self.run(BOSS, "customers.create", None, raw, True)
        self.world.firms[key or 0] = Firm(NAMES[name], part)

    @step(number=WHICH, to=PEOPLE)
    def transfer_firm(self, number: int, to: str) -> None:
        """P9: open opportunities of the same owner go along."""
        key, firm = self.pick(self.world.firms, number, lambda it: it.into is None)
        if firm.into is None and self.run(
            BOSS, "customers.transfer", key, {"owner": str(self.member(to))}, firm.owner != to
        ):
            self.world.give(key, to)

    @step(numbers=[(1, 2), (2, 1), (3, 5), (6, 0), (7, 4)])
    def merge(self, numbers: Sequence[int]) -> None:
        """B3: what named the one names the other."""
        (master, one), (other, two) = (self.pick(self.world.firms, n, lambda it: it.into is None) for n in numbers)
        if master == other or (one.into is not None and two.into is not None):
            return
        raw = {"others": [other], "reason": "重复录入"}
        if self.run(BOSS, "customers.merge", master, raw, one.into is None and two.into is None):
            self.world.merge(master, other, Merge.objects.latest("id").pk)
        self.last = None

    @step()
    def unmerge(self) -> None:
        """The last merge is taken back."""
        last = self.world.merged
        if last is not None:
            self.run(BOSS, "customers.unmerge", last.master, {"merge": last.number}, True)
            self.world.unmerge()
            self.last = None

    @step(leaver=PEOPLE, to=PEOPLE)
    def hand_over(self, leaver: str, to: str) -> None:
        """B16: all of a member's goes to another."""
        if leaver != to:
            self.now, self.last = self.now + timedelta(minutes=1), None
            handed_over(self.actor(BOSS), getattr(self.cast, leaver), getattr(self.cast, to), kind=Kind.MOVE)
            self.known.clear()
            self.world.hand_over(leaver, to)

    # opportunities

    @step(
        number=WHICH,
        part=PEOPLE,
        stage=STAGES[:4],
        amount=AMOUNTS,
        name=DEALS,
    )
    def create_deal(self, number: int, part: str, stage: str, amount: int | None, name: str) -> None:
        """At any stage whose tasks are done, once under its name unless one insists (B9)."""
        firm, it = self.pick(self.world.firms, number, lambda it: it.into is None)
        if it.into is not None:
            return
        insists = number % 2 == 0
        raw = {"customer": str(firm), "name": name, "owner": str(self.member(part)), "stage": stage}
        raw |= {"amount": str(amount)} if amount else {}
        expected = self.world.has_amount(Deal(firm, part, name, amount=amount), 0, STAGES.index(stage))
        expected = expected and (insists or not self.world.named_already(firm, name))
        key = self.run(BOSS, "opportunities.create", None, raw | {"duplicate_known": ON[insists]}, expected)
        if key:
            made = Deal(firm, part, name, amount=amount)
            self.world.move(made, stage)
            self.world.deals[key] = made

    @step(3, part=ANYBODY, number=WHICH, stage=STAGES, form=EITHER)
    def move(self, part: str, number: int, stage: str, form: bool) -> None:
        """Forward, back, by a jump; a form is a move like any other."""
        key, deal = self.pick(self.world.deals, number, lambda it: it.stands and self.reaches(part, it.owner))
        expected = self.reaches(part, deal.owner) and self.world.may_move(deal, stage)
        if form and deal.stage == stage:
            return  # nothing is asked for
        if self.run(part, f"opportunities.{'edit' if form else 'move'}", key, {"stage": stage}, expected):
            self.world.move(deal, stage)
            self.last = None if form else self.last

    @step(number=WHICH, amount=AMOUNTS, percent=(None, 15, 95))
    def edit(self, number: int, amount: int | None, percent: int | None) -> None:
        """Amount and probability."""
        key, deal = self.pick(self.world.deals, number)
        raw = {"amount": str(amount or "")} | ({"probability": str(percent)} if percent else {})
        free = deal.outcome == "open" or percent in (None, deal.percent)
        if self.run(BOSS, "opportunities.edit", key, raw, not deal.voided and free):
            deal.amount, deal.percent = amount, percent or deal.percent
        self.last = None

    @step(2, part=ANYBODY, number=WHICH, outcome=("won", "lost", "invalid"))
    def end(self, part: str, number: int, outcome: str) -> None:
        """Won, lost, invalid."""
        key, deal = self.pick(self.world.deals, number, lambda it: it.stands and self.reaches(part, it.owner))
        verb = {"won": "win", "lost": "lose", "invalid": "invalidate"}[outcome]
        raw = {"lost": {"reason": "price"}, "invalid": {"reason": "mistake"}}.get(outcome, {})
        expected = self.reaches(part, deal.owner) and deal.stands
        if outcome == "won":
            expected = expected and self.world.may_move(deal, "won")
        if self.run(part, f"opportunities.{verb}", key, raw, expected):
            self.world.end(deal, outcome)

    @step(2, number=WHICH)
    def reopen(self, number: int) -> None:
        """By switch."""
        key, deal = self.pick(self.world.deals, number, lambda it: it.outcome != "open")
        expected = not deal.voided and deal.outcome != "open" and self.world.reopens
        if self.run(BOSS, "opportunities.reopen", key, {}, expected):
            self.world.reopen(deal)
        self.last = None

    @step(2, number=WHICH, back=EITHER)
    def void_deal(self, number: int, back: bool) -> None:
        """Into the bin and out of it."""
        key, deal = self.pick(self.world.deals, number, lambda it: it.voided == back)
        if self.run(BOSS, f"opportunities.{'restore' if back else 'void'}", key, {}, deal.voided == back):
            deal.voided = not back

    @step(number=WHICH, to=PEOPLE)
    def transfer_deal(self, number: int, to: str) -> None:
        """To a colleague."""
        key, deal = self.pick(self.world.deals, number)
        if self.run(BOSS, "opportunities.transfer", key, {"owner": str(self.member(to))}, deal.owner != to):
            deal.owner = to

    @step(jumps=EITHER, rolls_back=EITHER, reopens=EITHER)
    def switch(self, jumps: bool, rolls_back: bool, reopens: bool) -> None:
        """The pipeline's switches."""
        raw = {"name": "默认管线", "jumps": ON[jumps], "rolls_back": ON[rolls_back], "reopens": ON[reopens]}
        self.run(BOSS, "pipelines.edit", None, {"pipeline": "default", **raw}, True)
        self.known.clear()
        self.world.jumps, self.world.rolls_back, self.world.reopens = jumps, rolls_back, reopens

    # both

    @step(3)
    def undo(self) -> None:
        """The last step, if that is the last thing that happened."""
        last, self.last = self.last, None
        action = ACTIONS[last.verb] if last else None
        if last is None or action is None or action.undo is None or last.verb.endswith((".edit", ".claim")):
            return
        undo_event(self.actor(last.part), last.event)
        for key, lead in last.before.leads.items():  # a transfer taken back is one more change of hands
            moved = lead.owner != self.world.leads[key].owner and last.verb.endswith(".transfer")
            lead.followed = lead.followed and not moved
        self.world = last.before

    @step()
    def fold(self) -> None:
        """Deltas of the board are folded into its totals."""
        fold()


@pytest.mark.filterwarnings("ignore")
def test_any_sequence_of_steps_agrees_with_the_model_B1_B2_B9(cast: Cast) -> None:
    pool = make_lead_pool()
    tasks = '[{"when": "exit", "kind": "field", "of": "amount"}]'
    raw = {"stage": "need", "name": "需求确认", "probability": "30", "allowed_days": "21", "tasks": tasks}
    ACTIONS["stages.edit"].run(cast.actor(BOSS), None, raw)
    done: Counter[tuple[str, bool]] = Counter()
    machine = type("Machine", (Selling,), {"cast": cast, "pool": pool, "done": done})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=16, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    happened = {verb for verb, expected in done if expected}
    assert {"leads.convert", "customers.merge", "opportunities.move", "opportunities.win", "leads.return"} <= happened
    assert sum(done.values()) > 300, done
