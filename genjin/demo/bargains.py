"""The demo's opportunities: who may buy what for how much, how far that came, how it ended. By the actions, at their
moments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from genjin.demo.calendar import Calendar
from genjin.demo.company import Staff
from genjin.demo.deeds import Account
from genjin.demo.fates import Fate
from genjin.kernel.fields import Values
from genjin.opportunities.actions.moves import lose_opportunity, move_opportunity, win_opportunity
from genjin.opportunities.actions.opportunities import create_opportunity
from genjin.opportunities.actions.parts import add_competitor, add_line

Deed = tuple[datetime, Callable[[], Any]]
STAGES = ("need", "proposal", "negotiation")
SHARES = {
    Fate.WORKING: 0.24,
    Fate.COLD: 0.25,
    Fate.WON: 0.5,
    Fate.SOLD: 0.5,
    Fate.LOST: 0.36,
    Fate.PAUSED: 0.12,
}
LOSSES = {"price": 26, "competitor": 24, "budget": 16, "need_changed": 14, "timing": 10, "not_approved": 10}
RIVALS = (
    ("远岫自动化", "价格低一成", "售后要等三天"),
    ("衡川精密", "本地有服务点", "交期四个月"),
    ("北辰智能", "老客户多", "不做非标"),
)
WHAT = ("{machine} {n} 台", "{machine} 产线改造", "二期扩产 {machine}", "{machine} 样机试用转正")


@dataclass
class Bargain:
    """An opportunity of the story; `id` once it is made."""

    account: Account
    won: bool
    lost: bool
    steps: int
    begins: datetime
    ends: datetime
    id: int = 0
    moments: list[datetime] = field(default_factory=list)

    @property
    def owner(self) -> str:
        """Whoever has the customer when it happens: customers are handed on between the plan and its run."""
        return self.account.owner


class Bargains:
    """Plans and runs them."""

    def __init__(self, random: Random, staff: Staff, calendar: Calendar) -> None:
        self.random, self.staff, self.calendar = random, staff, calendar

    def steps(self, accounts: Iterable[Account]) -> Iterator[tuple[int, Deed]]:
        """(0 for making, 1 for what happens then; moment and deed)."""
        for account in accounts:
            if account.talks and self.random.random() < SHARES.get(account.fate, 0):
                yield from self._of(account)

    def _of(self, account: Account) -> Iterator[tuple[int, Deed]]:
        bargain = self._plan(account)
        yield 0, (bargain.begins, partial(self._make, bargain))
        for stage, moment in zip(STAGES, bargain.moments, strict=False):
            yield 1, (moment, partial(self._move, bargain, stage, moment))
        if bargain.won:
            yield 1, (bargain.ends, partial(self._win, bargain))
        elif bargain.lost:
            yield 1, (bargain.ends, partial(self._lose, bargain))

    def _plan(self, account: Account) -> Bargain:
        random, now = self.random, self.calendar.now
        won, lost = account.fate in (Fate.WON, Fate.SOLD), account.fate is Fate.LOST
        talks = account.talks
        deal = next((talk for talk in talks if talk.outcome == "deal"), talks[-1])
        begins = min(talks[0].written + timedelta(minutes=20), now - timedelta(minutes=30))
        ends = min(max(deal.written, begins) + timedelta(minutes=25), now)
        steps = 3 if won else random.choices((0, 1, 2, 3), (30, 30, 24, 16))[0]
        bargain = Bargain(account, won, lost, steps, begins, ends)
        last = ends if won or lost else max(begins, talks[-1].written)
        bargain.moments = sorted(begins + (last - begins) * random.uniform(0.1, 0.95) for _step in range(steps))
        return bargain

    def _make(self, bargain: Bargain) -> None:
        account, random = bargain.account, self.random
        count = random.choices((1, 2, 3, 5, 8), (38, 26, 16, 12, 8))[0]
        price = random.choice((18, 26, 34, 48, 62, 85, 120)) * 10_000
        months = random.choice((False, False, True))
        ahead = timedelta(days=random.randint(10, 120))
        expected = (bargain.ends if bargain.won or bargain.lost else self.calendar.now - timedelta(days=8)) + ahead / 2
        actor = self.staff.acting(bargain.owner, bargain.begins)
        name = random.choice(WHAT).format(machine=account.invented.machine, n=count)
        with_lines = random.random() < 0.25
        values = Values(
            customer=account.id,
            name=name,
            kind=random.choices(("new", "upsell", "renewal"), (70, 22, 8))[0],
            source=account.invented.raw["source"],
            amount=None if with_lines else Decimal(price * count),
            expected_on=expected.date(),
            expected_month=months,
            budget_min=Decimal(price * count * 8 // 10) if random.random() < 0.3 else None,
            budget_max=Decimal(price * count) if random.random() < 0.3 else None,
            need=account.invented.raw.get("core_need", ""),
        )
        contact = account.contacts[0][0] if account.contacts and random.random() < 0.8 else None
        bargain.id = create_opportunity(actor, values=values, contact=contact).pk
        if with_lines:
            percent = Decimal(random.choice((100, 95, 90)))
            machine = account.invented.machine
            add_line(
                actor, bargain.id, product=machine, price=Decimal(price), quantity=Decimal(count), discount=percent
            )
        if random.random() < 0.3:
            rival, strengths, weaknesses = random.choice(RIVALS)
            add_competitor(actor, bargain.id, name=rival, strengths=strengths, weaknesses=weaknesses)

    def _move(self, bargain: Bargain, stage: str, moment: datetime) -> None:
        move_opportunity(self.staff.acting(bargain.owner, moment), bargain.id, stage=stage)

    def _win(self, bargain: Bargain) -> None:
        reason = self.random.choice(("product", "price", "service", "relation"))
        win_opportunity(self.staff.acting(bargain.owner, bargain.ends), bargain.id, reason=reason)

    def _lose(self, bargain: Bargain) -> None:
        reason = self.random.choices(list(LOSSES), list(LOSSES.values()))[0]
        rival = self.random.choice(RIVALS)[0] if reason in ("price", "competitor") else ""
        actor = self.staff.acting(bargain.owner, bargain.ends)
        lose_opportunity(actor, bargain.id, reason=reason, competitor=rival)
