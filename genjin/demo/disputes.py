"""The demo's customers whom two people entered (撞单), one that was voided and registered again, and customers whose
performance is divided. Planned apart from the story's own chances, so that these stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from genjin.clashes.actions.detecting import detect_clashes
from genjin.clashes.grants import DETECT
from genjin.clashes.models import Clash
from genjin.clashes.rules import ClashState
from genjin.customers.actions.clashes import declare_customer_clash, rule_customer_clash
from genjin.customers.actions.shares import propose_customer_split, split_customer
from genjin.demo.accounts import Invented
from genjin.demo.calendar import Calendar
from genjin.demo.company import Staff
from genjin.demo.deeds import SUPERIOR_OF, Account, Deeds
from genjin.demo.fates import Fate
from genjin.demo.talks import Course, Talks
from genjin.duplicates.rules import Entry
from genjin.kernel.actor import Surface, system

Deed = tuple[int, datetime, Callable[[], Any]]
MADE, TALKED, SHARED = 0, 2, 9
LEAST = 100
"""A smaller company has none of this."""
EAST = "林知夏"


@dataclass(frozen=True)
class Case:
    """Who entered whose customer again how many hours ago, how the name was written; what the first of them says who
    found it himself; what is ruled and why."""

    first: str
    second: str
    hours: float
    style: str
    statement: str = ""
    ruling: str = ""
    reason: str = ""


CASES = (
    Case("周牧远", "陆望舒", 3.5, "bracket"),
    Case("周牧远", "唐思衡", 29, "short", statement="客户上周来电说一直是我在跟，请主管看一下归属。"),
    Case("江沐白", "宋予安", 74, "bracket"),
    Case(
        "周牧远", "傅听澜", 24 * 6, "short", ruling="earlier",
        reason="周牧远登记在先，一直在跟进，有样件测试记录；傅听澜在展会上换到同一家的名片，归先登记的一方。",
    ),
    Case(
        "宋予安", "姚若川", 24 * 13, "bracket", ruling="shared",
        reason="客户总部在上海、工厂在苏州，两边各跟一头，业绩各半，方案由宋予安牵头。",
    ),
    Case(
        "陆望舒", "江沐白", 24 * 20, "short", ruling="apart", reason="名称相近，但法人和联系电话都不同，不是同一家。"
    ),
)  # fmt: skip
# whose customer, who shares in it with how much, why
SPLITS = (
    ("周牧远", (("陆望舒", 50),), "两人共同跟进：周牧远谈方案，陆望舒跑现场，约定各半"),
    ("江沐白", (("薛沐言", 20),), "应用工程师两次现场打样，促成签约"),
    ("宋予安", (("何景行", 40),), "组长陪同谈判并带来样板客户"),
    ("罗星遥", (("邓子棠", 50),), "两人共同跟进，约定各半"),
    ("魏清溪", (("冯以恒", 30), ("钱子澄", 10)), "冯以恒负责前期拜访，安装工程师协助验收"),
)
PROPOSED = ("周牧远", "陆望舒", 30, "陆望舒介绍了客户的采购负责人，并一起过了技术协议")


class Disputes:
    """`steps` gives what happens at its own moment; `settle` does the rest, now."""

    def __init__(self, staff: Staff, calendar: Calendar) -> None:
        self.random = Random("disputes")  # noqa: S311 - invents, no secrets
        self.staff, self.calendar = staff, Calendar(self.random, calendar.now, calendar.zone)
        self.deeds, self.talks = Deeds(self.random, staff, self.calendar), Talks(self.random, self.calendar)
        self.used: list[Account] = []
        self.cases: list[tuple[Case, Account, Account]] = []

    def steps(self, accounts: list[Account], gone: list[Account]) -> Iterator[Deed]:
        """All, in no order. `gone`: customers with whom something else happens."""
        if len(accounts) < LEAST:
            return
        self.used += gone
        yield from self._case(CASES[0], accounts)
        yield from self._proposed(accounts)
        yield from self._splits(accounts)
        for case in CASES[1:]:
            yield from self._case(case, accounts)
        yield from self._again(accounts)

    def settle(self) -> None:
        """The cases are opened and ruled: what is read for that must be written by then."""
        for case, known, double in self.cases:
            if case.statement:
                declare_customer_clash(self._now(case.first), known.id, statement=case.statement)
            else:
                machine = system(DETECT, surface=Surface.SETUP).as_of(self.calendar.now)
                opened_by = self.staff.ids[case.second]
                detect_clashes(machine, about="customer", entry=Entry.CREATE, made=[double.id], opened_by=opened_by)
            if case.ruling:
                clash = Clash.objects.get(later_id=double.id, state=ClashState.OPEN)
                rule_customer_clash(self._now(EAST), clash.pk, ruling=case.ruling, reason=case.reason)

    def _now(self, name: str) -> Any:
        return self.staff.acting(name, self.calendar.now)

    def _case(self, case: Case, accounts: list[Account]) -> Iterator[Deed]:
        entered = self.calendar.hours_ago(case.hours)
        known = self._one_of(accounts, case.first, Fate.WORKING, before=entered - timedelta(days=9))
        if known is None:
            return
        double = Account(_written(known.invented, case), entered, case.second)
        self.cases.append((case, known, double))
        yield MADE, entered, partial(self.deeds.create, double)
        yield from self._talked(double)

    def _talked(self, double: Account) -> Iterator[Deed]:
        """Whoever entered him had just spoken to him."""
        course = Course(double.created, Fate.WORKING, 30, double.invented.machine, imported=False)
        double.talks = [talk for talk in self.talks.plan(course)[:1] if talk.written <= self.calendar.now]
        for talk in double.talks:
            talk.next_at, talk.support = None, ""
            yield TALKED, talk.written, partial(self.deeds.talk, double, talk)

    def _again(self, accounts: list[Account]) -> Iterator[Deed]:
        """One that was voided comes again under his old name, days later, to count as new."""
        since = self.calendar.now - timedelta(days=200)
        found = (a for a in accounts if a.fate is Fate.VOIDED and a.talks and a.talks[-1].written > since)
        gone = next((account for account in found if account.invented.raw.get("phone")), None)
        if gone is not None:
            moment = self.calendar.hours_ago(46)
            anew = Account(_copied(gone.invented, str(gone.invented.raw["name"])), moment, gone.owner)
            yield MADE, moment, partial(self.deeds.create, anew)
            yield from self._talked(anew)

    def _splits(self, accounts: list[Account]) -> Iterator[Deed]:
        for owner, others, reason in SPLITS:
            won = self._one_of(accounts, owner, Fate.WON)
            if won is not None:
                moment = self.calendar.soon(won.talks[-1].written, 90)
                parts = [(self.staff.ids[name], Decimal(percent)) for name, percent in others]
                yield SHARED, moment, partial(self._split, won, moment, parts, reason)

    def _proposed(self, accounts: list[Account]) -> Iterator[Deed]:
        owner, other, percent, reason = PROPOSED
        waiting = self._one_of(accounts, owner, Fate.WORKING)
        if waiting is not None:
            moment = max(self.calendar.hours_ago(20), waiting.talks[-1].written)
            parts = [(self.staff.ids[other], Decimal(percent))]
            yield SHARED, moment, partial(self._propose, waiting, moment, parts, reason)

    def _split(self, won: Account, moment: datetime, parts: list[tuple[int, Decimal]], reason: str) -> None:
        leader = self.staff.acting(SUPERIOR_OF[won.owner], moment)
        split_customer(leader, won.id, shares=self._whole(won, parts), reason=reason, joins=True)

    def _propose(self, waiting: Account, moment: datetime, parts: list[tuple[int, Decimal]], reason: str) -> None:
        owner = self.staff.acting(waiting.owner, moment)
        propose_customer_split(owner, waiting.id, shares=self._whole(waiting, parts), reason=reason)

    def _whole(self, account: Account, parts: list[tuple[int, Decimal]]) -> list[tuple[int, Decimal]]:
        owner = self.staff.ids[account.owner]
        return [(owner, Decimal(100) - sum(percent for _member, percent in parts)), *parts]

    def _one_of(
        self, accounts: list[Account], owner: str, *fates: Fate, before: datetime | None = None
    ) -> Account | None:
        """The newest customer of somebody that fits, each at most once: made `before`, never handed on."""
        fitting = (
            account
            for account in reversed(accounts)
            if account.owner == owner
            and account.fate in fates
            and not account.moved
            and account.talks
            and account.invented.raw.get("phone")
            and account.invented.raw["kind"] != "public"
            and (before is None or account.created < before)
            and not any(account is other for other in self.used)
        )
        found = next(fitting, None)
        if found is not None:
            self.used.append(found)
        return found


def _written(known: Invented, case: Case) -> Invented:
    """The same customer as somebody else writes him."""
    brand = str(known.raw["short_name"])
    bracketed = f"{brand}（{known.city}）有限公司"
    name = bracketed if case.style == "bracket" else str(known.raw["name"]).replace("有限公司", "")
    made = _copied(known, name, source="exhibition")
    if case.ruling == "apart":
        made.raw.pop("phone")
    return made


def _copied(known: Invented, name: str, **other: Any) -> Invented:
    left_out = ("credit_code", "website", "cooperation", "satisfaction")
    raw = {key: value for key, value in known.raw.items() if key not in left_out}
    facts = {"name": name, "lifecycle": "potential", "tags": [], **other}
    return Invented(raw | facts, [], known.machine, known.brand, known.city)
