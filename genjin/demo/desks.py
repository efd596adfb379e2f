"""What lies on desks besides talks with customers: routines, tasks, plans asked for, handed on and helped with,
phrases, comments, the end of the month. Steps that run after all others; each has its own moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

from genjin.comments.actions import write_comment
from genjin.customers.actions.contacts import edit_contact
from genjin.customers.monthend.actions import finish_month, propose_rests
from genjin.customers.monthend.queries import first_of
from genjin.demo import sayings
from genjin.demo.calendar import Calendar
from genjin.demo.company import Staff, sellers
from genjin.demo.deeds import OPERATIONS, SUPERIOR_OF, Account
from genjin.demo.fates import Fate
from genjin.demo.people import ADMINISTRATOR, PEOPLE
from genjin.followups.actions import add_phrase
from genjin.kernel.actor import Surface, system
from genjin.kernel.fields import Values
from genjin.kernel.stamps import current_stamp
from genjin.plans.actions.passing import hand_on_plan
from genjin.plans.actions.plans import complete_plan, create_plan
from genjin.plans.actions.support import record_support
from genjin.plans.care.actions import plan_holiday
from genjin.plans.care.festivals import festivals_between
from genjin.plans.care.jobs import GRANTS as CARING
from genjin.plans.care.jobs import plan_care
from genjin.plans.care.queries import owners_to_remind
from genjin.plans.queries import open_of_series

Deed = tuple[datetime, Callable[[], Any]]
LEADS = {p.superior for p in PEOPLE}
SELLERS = frozenset(p.name for p in sellers())
ASKED, HANDED, REMARKED = 24, 20, 60
WEEKS = 6
CARING_FOR = ("周牧远", "林知夏", "陆望舒")


class Desks:
    """Plans these steps; `steps` gives them once the customers' stories are planned."""

    def __init__(self, random: Random, staff: Staff, calendar: Calendar) -> None:
        self.random, self.staff, self.calendar = random, staff, calendar

    def steps(self, accounts: list[Account]) -> Iterator[Deed]:
        """All, in no order."""
        worked = [a for a in accounts if a.fate is Fate.WORKING and a.talks and SUPERIOR_OF[a.owner] in SELLERS]
        yield from self._phrases()
        yield from self._routines()
        yield from self._tasks()
        yield from self._asked(worked)
        yield from self._handed(worked)
        yield from self._helped(accounts)
        yield from self._remarks(worked)
        yield self._month_end()
        yield from self._birthdays(accounts)
        yield self._care()

    # texts at hand

    def _phrases(self) -> Iterator[Deed]:
        first = self.calendar.founded + timedelta(days=2)
        for place, (title, said) in enumerate(sayings.PHRASES):
            moment = first + timedelta(minutes=7 * place)
            yield moment, partial(self._add_phrase, OPERATIONS, moment, title, said, shared=True, order=place)
        for place, (title, said) in enumerate(sayings.OWN_PHRASES):
            moment = first + timedelta(days=9, minutes=place)
            yield moment, partial(self._add_phrase, "周牧远", moment, title, said, shared=False, order=place)

    def _add_phrase(self, name: str, moment: datetime, title: str, said: str, *, shared: bool, order: int) -> None:
        add_phrase(self.staff.acting(name, moment), title=title, words=said, shared=shared, order=order)

    # plans without a customer

    def _routines(self) -> Iterator[Deed]:
        """Series that somebody began some weeks ago, carried out each time; a few are behind with the last one."""
        for person in (*sellers(), *(p for p in PEOPLE if p.role == "operations")):
            known = sayings.DIRECTING if person.name in LEADS else sayings.ROUTINES
            words, rhythm, weekday, hour = self.random.choice(known)
            monday = self.calendar.today - timedelta(days=self.calendar.today.weekday(), weeks=WEEKS)
            first = self.calendar.at(monday + timedelta(days=weekday), time(hour, 0))
            begun = first - timedelta(hours=self.random.randint(1, 30) if weekday else 1)
            series: list[int] = []
            values = Values(content=words, starts_at=first, rhythm=rhythm, minutes=45)
            yield begun, partial(self._plan, person.name, begun, values, series)
            step = timedelta(days={"week": 7, "fortnight": 14}[rhythm])
            for number in range(WEEKS + 1):
                done = first + step * number + timedelta(minutes=self.random.randint(20, 200))
                if done < self.calendar.now and (self.calendar.now - done > step or self.random.random() < 0.85):
                    yield done, partial(self._go_on, person.name, done, series)

    def _plan(self, name: str, moment: datetime, values: Values, kept: list[int]) -> None:
        kept.append(create_plan(self.staff.acting(name, moment), values=values).pk)

    def _go_on(self, name: str, moment: datetime, series: list[int]) -> None:
        plan_id = open_of_series(series[0])
        if plan_id is not None:
            complete_plan(self.staff.acting(name, moment), plan_id)

    def _tasks(self) -> Iterator[Deed]:
        """Single tasks of today and of the days around it, that concern no customer; one is done already."""
        for name, tasks in sayings.OFFICE.items():
            for place, words in enumerate(tasks):
                starts = self.calendar.at(self.calendar.today, time(9 + 3 * place % 8, 30))
                starts += timedelta(days=(0, 0, -1, 1)[place % 4])
                begun = self.calendar.past(starts - timedelta(days=2, hours=self.random.randint(0, 3)))
                kept: list[int] = []
                yield begun, partial(self._plan, name, begun, Values(content=words, starts_at=starts), kept)
                done = self.calendar.now - timedelta(minutes=25)
                if not place and done > begun and self.calendar.now.hour >= 9:
                    yield done, partial(self._finish, name, done, kept)

    def _finish(self, name: str, moment: datetime, kept: list[int]) -> None:
        complete_plan(self.staff.acting(name, moment), kept[0], result="已完成")

    # plans between people

    def _asked(self, accounts: list[Account]) -> Iterator[Deed]:
        """A superior plans something for one of his people."""
        for account in self._some(accounts, ASKED):
            superior = SUPERIOR_OF[account.owner]
            moment = self._lately(account)
            day = self.calendar.today + timedelta(days=self.random.randint(0, 5))
            starts = self.calendar.at(day, time(self.random.randint(9, 17), 0))
            values = Values(content=self.random.choice(sayings.ASKED), starts_at=starts)
            yield moment, partial(self._ask, superior, moment, account, values)

    def _ask(self, superior: str, moment: datetime, account: Account, values: Values) -> None:
        assignee = self.staff.ids[account.owner]
        create_plan(self.staff.acting(superior, moment), values=Values(values, customer=account.id, assignee=assignee))

    def _handed(self, accounts: list[Account]) -> Iterator[Deed]:
        """A salesperson hands his next step on to his superior."""
        for account in self._some([a for a in accounts if a.talks[-1].next_at], HANDED):
            moment = self._lately(account)
            yield moment, partial(self._hand_on, account, moment)

    def _hand_on(self, account: Account, moment: datetime) -> None:
        superior = self.staff.ids[SUPERIOR_OF[account.owner]]
        if account.open_plan:
            actor = self.staff.acting(account.owner, moment)
            hand_on_plan(actor, account.open_plan, assignee=superior, reason="客户总经理出面，请您一起谈")

    def _helped(self, accounts: list[Account]) -> Iterator[Deed]:
        """Departments that were asked to help answer, half of them."""
        for account in accounts:
            if account.fate is Fate.WORKING and account.talks[-1].support and self.random.random() < 0.5:
                moment = self._lately(account)
                yield moment, partial(self._help, account, moment, account.talks[-1].support)

    def _help(self, account: Account, moment: datetime, department: str) -> None:
        helper = next(person.name for person in PEOPLE if person.department == department)
        if account.open_plan:
            actor = self.staff.acting(helper, moment)
            record_support(actor, account.open_plan, result=self.random.choice(sayings.SUPPORT_RESULTS))

    def _remarks(self, accounts: list[Account]) -> Iterator[Deed]:
        """Talk about customers: between a salesperson and his superior, and with those who see everything."""
        for place, account in enumerate(self._some(accounts, REMARKED)):
            moment = self._lately(account)
            yield moment, partial(self._remark, place, moment, account)

    def _remark(self, place: int, moment: datetime, account: Account) -> None:
        owner, superior = account.owner, SUPERIOR_OF[account.owner]
        beyond = (OPERATIONS, ADMINISTRATOR.name)[place % 2]
        writer, other = ((superior, owner), (owner, superior), (superior, beyond))[place % 3]
        said = self.random.choice(sayings.REMARKS if other in SELLERS else sayings.FOR_THE_OFFICE)
        mentions = [self.staff.ids[other]] if "{other}" in said else []
        on_talk = account.last_followup and self.random.random() < 0.4
        write_comment(
            self.staff.acting(writer, moment),
            record_type="followup" if on_talk else "customer",
            record_id=account.last_followup if on_talk else account.id,
            words=said.format(other=other),
            mentions=mentions,
        )

    def _some(self, accounts: list[Account], most: int) -> list[Account]:
        return self.random.sample(accounts, min(most, len(accounts) // 4))

    def _lately(self, account: Account) -> datetime:
        """Between the last talk and now, in the last days, in office hours where there are some."""
        since = max(account.talks[-1].written, self.calendar.now - timedelta(days=6)) + timedelta(minutes=1)
        return self.calendar.between(since, self.calendar.now - timedelta(minutes=1))

    # birthdays and the next holiday

    def _birthdays(self, accounts: list[Account]) -> Iterator[Deed]:
        """Those who show the demo have birthdays ahead: they asked for the dates some days ago."""
        for name in CARING_FOR:
            own = [a for a in accounts if a.owner == name and a.invented.raw.get("level") in ("A", "B")]
            known = [a for a in own if a.fate is Fate.WORKING and a.talks and a.invented.contacts]
            for account, days in zip(known, (1, 3, 6), strict=False):
                moment = self._lately(account)
                born = (self.calendar.today + timedelta(days=days)).replace(year=1972 + 4 * days)  # leap years
                yield moment, partial(self._ask_birthday, account, moment, born)

    def _ask_birthday(self, account: Account, moment: datetime, born: date) -> None:
        contact_id, _name = account.contacts[0]
        edit_contact(self.staff.acting(account.owner, moment), contact_id, values=Values(birthday=born))

    def _care(self) -> Deed:
        moment = self.calendar.now - timedelta(hours=2)
        return moment, partial(self._greet, moment)

    def _greet(self, moment: datetime) -> None:
        """What the daily job plans; the next holiday is planned already, so that there is a list to look at."""
        actor = replace(system(*CARING, surface=Surface.SETUP).as_of(moment), stamp=current_stamp())
        plan_care(actor)
        ahead = festivals_between(moment.date(), moment.date() + timedelta(days=200))
        day, festival = next((day, one) for day, one in ahead if one.usual)
        owners = owners_to_remind(day, festival, actor.stamp)
        plan_holiday(actor, owners=owners, occasion=festival.key, day=day)

    # the end of the month

    def _month_end(self) -> Deed:
        this_month = self.calendar.at(self.calendar.today.replace(day=1), time())
        moment = this_month - timedelta(hours=5, minutes=50)
        return moment, partial(self._propose, moment)

    def _propose(self, moment: datetime) -> None:
        actor = system("customers.propose", surface=Surface.SETUP).as_of(moment)
        month = first_of(moment.date())
        after: int | None = 0
        while after is not None:
            after = propose_rests(actor, month=month, after=after)
        finish_month(actor, month=month)
