"""A year of the demo company as a list of steps: who did what to which customer when. Steps run in `seeding`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from genjin.demo.accounts import Accounts
from genjin.demo.allotments import Allotments
from genjin.demo.bargains import Bargains
from genjin.demo.calendar import OPENING_DAYS, Calendar
from genjin.demo.campaigns import Campaigns
from genjin.demo.company import Staff, sellers
from genjin.demo.deeds import CAREFUL, SUPERIOR_OF, Account, Deeds
from genjin.demo.desks import Desks
from genjin.demo.disputes import Disputes
from genjin.demo.fates import CLOSED, DEALT, Fate, draw_fate, rhythm_days
from genjin.demo.people import PEOPLE
from genjin.demo.prospects import Prospects
from genjin.demo.seas import Seas
from genjin.demo.talks import Course, Talks

ROLE_OF = {person.name: person.role for person in PEOPLE}
HEAD = "沈砚秋"
GROUPS = 24
YOUNG = 30
TRANSFERRED = 0.06
# whose new customers nobody has called yet, and how many hours ago they came
WAITING = (
    ("周牧远", 2.5),
    ("周牧远", 27),
    ("林知夏", 5),
    ("宋予安", 1.5),
    ("罗星遥", 4),
    ("周牧远", 9),
    ("江沐白", 12),
    ("魏清溪", 17),
    ("陆望舒", 20),
    ("彭云舟", 31),
    ("方思远", 7),
)
HANDED = (("陆望舒", "周牧远", 4), ("邓子棠", "罗星遥", 46))


@dataclass(frozen=True)
class Step:
    """Something somebody does. All customers are made first, then all contacts, then the rest happens: that takes
    fewer statements, and as each step has its moment it comes to the same."""

    moment: datetime
    phase: int
    number: int
    run: Callable[[], Any]


class Story:
    """Plans everything before anything is written; the same random source gives the same story."""

    def __init__(self, random: Random, staff: Staff, calendar: Calendar, customers: int) -> None:
        self.random, self.staff, self.calendar = random, staff, calendar
        self.invent = Accounts(random)
        self.talks = Talks(random, calendar)
        self.deeds = Deeds(random, staff, calendar)
        self.steps: list[Step] = []
        self.accounts: list[Account] = []
        self.disputes = Disputes(staff, calendar)
        self.trends = {person.name: random.choice((-1, 0, 0, 1)) for person in sellers()}
        self._plan(customers)

    def _plan(self, customers: int) -> None:
        waiting = WAITING[: max(customers // 20, 1)]
        people = sellers()
        moments = self.calendar.creations(customers - len(waiting))
        owners = self.random.choices(people, [p.share for p in people], k=len(moments))
        named = {person.name: person for person in people}
        found = [(moment, owner, None) for moment, owner in zip(moments, owners, strict=True)]
        late = [(self.calendar.hours_ago(hours), named[name], Fate.WAITING) for name, hours in waiting]
        for moment, owner, fate in sorted([*found, *late], key=lambda each: each[0]):
            self._plan_account(moment, owner.name, owner.sells, fate)
        self._plan_handed()
        seas = Seas(self.random, self.staff, self.calendar)
        fallen = seas.choose(self.accounts)
        others = [account for account in self.accounts if account not in fallen]
        for moment, run in Desks(self.random, self.staff, self.calendar).steps(others):
            self._add(moment, 3, run)
        for moment, run in seas.steps(fallen):
            self._add(moment, 4, run)
        for moment, run in Allotments(self.staff, self.calendar).steps(others):
            self._add(moment, 4, run)
        for phase, moment, run in self.disputes.steps(self.accounts, fallen):
            self._add(moment, phase, run)
        campaigns = Campaigns(Random(f"campaigns {customers}"), self.staff, self.calendar)  # noqa: S311 - invents
        for moment, run in campaigns.steps(others):
            self._add(moment, 3, run)
        invented = Random(f"leads {customers}")  # noqa: S311 - invents
        leads = Prospects(invented, self.staff, self.calendar, self.invent, campaigns)
        self._add(leads.opening()[0], 4, leads.opening()[1])
        for moment, run in leads.steps(customers // 2, others):
            self._add(moment, 5, run)
        for later, (moment, run) in Bargains(self.random, self.staff, self.calendar).steps(others):
            self._add(moment, 6 + later, run)

    def _plan_account(self, created: datetime, owner: str, market: str, fate: Fate | None) -> None:
        parent = self._parent()
        invented = self.invent.invent(market, brand=parent.invented.brand if parent else "")
        if len(self.accounts) < GROUPS:
            invented = self.invent.group()
        account = Account(invented, created, owner, parent=parent, imported=self._brought_in(created))
        self.accounts.append(account)
        if invented.raw["source"] in ("referral", "friend"):
            account.introduced_by = self._known_to(owner, created)
        course = self._course(account, fate)
        account.fate = course.fate
        self._add(created, 0, partial(self.deeds.create, account))
        for number, raw in enumerate(invented.contacts):
            moment = self.calendar.soon(created, self.random.randint(2, 9) * (number + 1))
            self._add(moment, 1, partial(self.deeds.add_contact, account, moment, raw))
        account.talks = self.talks.plan(course)
        self._plan_turns(account)
        for talk in account.talks:
            self._add(talk.written, 2, partial(self.deeds.talk, account, talk))

    def _course(self, account: Account, fate: Fate | None) -> Course:
        age = (self.calendar.today - account.created.date()).days
        raw = account.invented.raw
        raw["lifecycle"] = self._lifecycle(age, imported=account.imported)
        stamp = self.staff.actors[account.owner].stamp
        fate = fate or draw_fate(self.random, age, rhythm_days(raw, stamp))
        if fate in CLOSED and ROLE_OF[account.owner] not in CAREFUL:
            fate = Fate.WORKING
        rhythm = rhythm_days(raw, stamp, dealt=fate in DEALT)
        trend = self.trends[account.owner]
        return Course(account.created, fate, rhythm, account.invented.machine, account.imported, trend)

    def _lifecycle(self, age: int, *, imported: bool) -> str:
        if imported:
            return self.random.choices(("old", "potential", "lost"), (34, 62, 4))[0]
        return "new" if age < YOUNG else "potential"

    def _brought_in(self, created: datetime) -> bool:
        return created.date() <= self.calendar.workdays[OPENING_DAYS - 1]

    def _plan_turns(self, account: Account) -> None:
        """What befalls a customer besides talks."""
        if account.fate is Fate.WAITING:
            return
        begin = min(account.talks[-1].written + timedelta(minutes=30), self.calendar.now - timedelta(minutes=1))
        later = self.calendar.between(begin, min(begin + timedelta(days=6), self.calendar.now))
        ends = {
            Fate.SOLD: self.deeds.archive,
            Fate.LOST: self.deeds.archive,
            Fate.PAUSED: self.deeds.pause,
            Fate.VOIDED: self.deeds.void,
        }
        careful = ROLE_OF[account.owner] in CAREFUL
        if account.fate in ends:
            self._add(later, 2, partial(ends[account.fate], account, later))
        elif account.fate is Fate.WORKING and self.random.random() < 0.12 and careful:
            self._add(later, 2, partial(self.deeds.support, account, later))
        elif account.fate is Fate.WON:
            deal = next(talk for talk in account.talks if talk.outcome == "deal")
            moment = min(deal.written + timedelta(minutes=3), self.calendar.now)
            self._add(moment, 2, partial(self.deeds.grow_old, account, moment))
        if len(account.talks) > 2 and self.random.random() < TRANSFERRED and SUPERIOR_OF[account.owner] != HEAD:
            self._plan_transfer(account)

    def _plan_transfer(self, account: Account) -> None:
        """The superior gives the customer away between two talks; the new owner is in touch within the day."""
        place = self.random.randint(1, len(account.talks) - 1)
        before, after = account.talks[place - 1], account.talks[place]
        moment = after.occurred - timedelta(minutes=self.random.randint(15, 60))
        if moment > before.written + timedelta(hours=6):
            before.next_at, account.moved = None, True
            self._add(moment, 2, partial(self.deeds.transfer, account, moment, None))

    def _plan_handed(self) -> None:
        """Customers that were given away in the last hours, whom their new owner has yet to call."""
        for giver, taker, hours in HANDED[: max(len(self.accounts) // 100, 1)]:
            moment = self.calendar.hours_ago(hours)
            ready = (a for a in self.accounts if a.owner == giver and a.fate is Fate.COLD and not a.talks[-1].next_at)
            account = next(ready, None)
            if account and account.talks[-1].written < moment:
                account.fate = Fate.WAITING
                self._add(moment, 2, partial(self.deeds.transfer, account, moment, taker))

    def _add(self, moment: datetime, phase: int, run: Callable[[], Any]) -> None:
        self.steps.append(Step(moment, phase, len(self.steps), run))

    def _parent(self) -> Account | None:
        grown = len(self.accounts) > GROUPS * 4 and len(self.accounts) % 33 == 0
        return self.random.choice(self.accounts[:GROUPS]) if grown else None

    def _known_to(self, owner: str, before: datetime) -> Account | None:
        known = [a for a in self.accounts[-400:-1] if a.owner == owner and a.created < before - timedelta(days=1)]
        return self.random.choice(known) if known else None

    def in_order(self) -> list[Step]:
        """All steps in the order in which to run them."""
        return sorted(self.steps, key=lambda step: (step.phase, step.moment, step.number))
