"""A year of the demo company as a list of steps: who did what to which customer when. Steps run in `seeding`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from genjin.customers.actions.contacts import create_contact
from genjin.customers.actions.customers import (
    add_customer_teammate,
    create_customer,
    transfer_customer,
    void_customer,
)
from genjin.customers.actions.resting import archive_customer, pause_customer
from genjin.demo import words
from genjin.demo.accounts import Accounts, Invented
from genjin.demo.calendar import OPENING_DAYS, Calendar
from genjin.demo.company import Staff, sellers
from genjin.demo.people import PEOPLE
from genjin.demo.talks import Talk, Talks
from genjin.followups.actions import create_followup
from genjin.kernel.actor import Surface
from genjin.kernel.fields import Values

OPERATIONS = "许星河"
CAREFUL = {"salesperson", "manager", "department_head"}
ROLE_OF = {person.name: person.role for person in PEOPLE}
SUPERIOR_OF = {person.name: person.superior for person in PEOPLE}
HELPERS = [person.name for person in PEOPLE if person.department in ("安装调试组", "渠道部", "客户服务部")]
GROUPS = 24


@dataclass
class Account:
    """A customer of the story, with what is known once he is created."""

    invented: Invented
    created: datetime
    owner: str
    id: int = 0
    contacts: list[tuple[int, str]] = field(default_factory=list)
    parent: Account | None = None
    introduced_by: Account | None = None


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
        self.steps: list[Step] = []
        self.accounts: list[Account] = []
        self._plan(customers)

    def _plan(self, customers: int) -> None:
        moments = self.calendar.creations(customers)
        people = sellers()
        owners = self.random.choices(people, [p.share for p in people], k=customers)
        for moment, owner in zip(moments, owners, strict=True):
            self._plan_account(moment, owner.name, owner.sells)

    def _plan_account(self, created: datetime, owner: str, market: str) -> None:
        parent = self._parent()
        invented = self.invent.invent(market, brand=parent.invented.brand if parent else "")
        if len(self.accounts) < GROUPS:
            invented = self.invent.group()
        account = Account(invented, created, owner, parent=parent)
        self.accounts.append(account)
        if invented.raw["source"] in ("referral", "friend"):
            account.introduced_by = self._known_to(owner, created)
        self._add(created, 0, partial(self.create, account))
        for number, raw in enumerate(invented.contacts):
            moment = self.calendar.soon(created, self.random.randint(2, 9) * (number + 1))
            self._add(moment, 1, partial(self.add_contact, account, moment, raw))
        talks = self.talks.plan(created, invented.machine)
        for talk in talks:
            self._add(talk.moment, 2, partial(self.talk, account, talk))
        self._plan_turns(account, talks)

    def _plan_turns(self, account: Account, talks: list[Talk]) -> None:
        """What befalls some customers besides talks."""
        begin = max(account.created, talks[-1].moment if talks else account.created) + timedelta(minutes=30)
        later = self.calendar.between(begin, self.calendar.now)
        if later <= begin:
            return
        chance = self.random.random()
        careful = ROLE_OF[account.owner] in CAREFUL
        planned = bool(talks and talks[-1].next_at)
        if chance < 0.05 and SUPERIOR_OF[account.owner] != "沈砚秋":
            self._add(later, 2, partial(self.transfer, account, later))
        elif chance < 0.13 and careful:
            self._add(later, 2, partial(self.support, account, later))
        elif chance < 0.19 and careful and not planned:
            self._add(later, 2, partial(self.archive, account, later, talks))
        elif chance < 0.24 and careful and not planned:
            self._add(later, 2, partial(self.pause, account, later))
        elif chance < 0.3 and careful and not talks:
            self._add(later, 2, partial(self.void, account, later))

    def _add(self, moment: datetime, phase: int, run: Callable[[], Any]) -> None:
        self.steps.append(Step(moment, phase, len(self.steps), run))

    def _parent(self) -> Account | None:
        started = len(self.accounts) > GROUPS * 4
        return self.random.choice(self.accounts[:GROUPS]) if started and self.random.random() < 0.03 else None

    def _known_to(self, owner: str, before: datetime) -> Account | None:
        known = [a for a in self.accounts[-400:-1] if a.owner == owner and a.created < before - timedelta(days=1)]
        return self.random.choice(known) if known else None

    def in_order(self) -> list[Step]:
        """All steps in the order in which to run them."""
        return sorted(self.steps, key=lambda step: (step.phase, step.moment, step.number))

    # the steps

    def create(self, account: Account) -> None:
        """The owner types the customer in; during the first days operations brings the old list in."""
        opening = account.created.date() <= self.calendar.workdays[OPENING_DAYS - 1]
        by = (OPERATIONS, account.created, Surface.IMPORT) if opening else (account.owner, account.created)
        actor = self.staff.acting(*by)
        arguments = create_customer.parse(actor, account.invented.raw)
        if account.parent:
            arguments["values"]["parent"] = account.parent.id
        if account.introduced_by:
            arguments["values"]["referred_by"] = account.introduced_by.id
        account.id = create_customer(actor, owner=self.staff.ids[account.owner], **arguments).pk

    def add_contact(self, account: Account, moment: datetime, raw: dict[str, Any]) -> None:
        """A contact, typed in minutes later."""
        actor = self.staff.acting(account.owner, moment)
        contact = create_contact(actor, values=Values(raw, customer=account.id))
        account.contacts.append((contact.pk, raw["name"]))

    def talk(self, account: Account, talk: Talk) -> None:
        """A follow-up by whoever owns the customer then."""
        actor = self.staff.acting(account.owner, talk.moment)
        contact_id, name = self.random.choice(account.contacts) if account.contacts else (None, "对方")
        named = self.calendar.now - talk.moment < timedelta(days=21) and self.random.random() < 0.5
        values = Values(
            customer=account.id,
            contact=contact_id if named else None,
            occurred_at=talk.moment - timedelta(minutes=self.random.choice((1, 5, 20, 40))),
            method=talk.method,
            content=talk.content.replace("{contact}", name),
            feedback=talk.feedback,
            progress=talk.progress,
            intention=talk.intention,
            outcome=talk.outcome,
            next_contact_at=talk.next_at,
            next_step=talk.next_step,
        )
        create_followup(actor, values=values)

    def transfer(self, account: Account, moment: datetime) -> None:
        """The superior gives the customer to a colleague of the owner."""
        colleagues = [p.name for p in sellers() if p.superior == SUPERIOR_OF[account.owner] and p.name != account.owner]
        if not colleagues:
            return
        to = self.random.choice(colleagues)
        actor = self.staff.acting(SUPERIOR_OF[account.owner], moment)
        transfer_customer(
            actor, account.id, owner=self.staff.ids[to], reason=self.random.choice(words.TRANSFER_REASONS)
        )
        account.owner = to

    def support(self, account: Account, moment: datetime) -> None:
        """A helper joins the team, some of them until a day to come."""
        helper = self.random.choice(HELPERS)
        if helper == account.owner:
            return
        limited = self.random.random() < 0.3
        add_customer_teammate(
            self.staff.acting(account.owner, moment),
            account.id,
            member=self.staff.ids[helper],
            writes=self.random.random() < 0.5,
            expires_at=self.calendar.now + timedelta(days=self.random.randint(5, 60)) if limited else None,
            role=self.random.choice(("joint", "after_sales", "ordinary")),
        )

    def archive(self, account: Account, moment: datetime, talks: list[Talk]) -> None:
        """Closed: sold, or never to be."""
        sold = bool(talks and talks[-1].outcome == "deal")
        reason = "deal_done" if sold else self.random.choice(("need_changed", "budget", "competitor"))
        actor = self.staff.acting(account.owner, moment)
        archive_customer(actor, account.id, reason=reason, note=words.REST_NOTES[reason])

    def pause(self, account: Account, moment: datetime) -> None:
        """No progress for now."""
        reason = self.random.choice(("no_answer", "budget", "need_changed"))
        pause_customer(
            self.staff.acting(account.owner, moment), account.id, reason=reason, note=words.REST_NOTES[reason]
        )

    def void(self, account: Account, moment: datetime) -> None:
        """Not a customer after all."""
        void_customer(
            self.staff.acting(account.owner, moment), account.id, reason=self.random.choice(words.VOID_REASONS)
        )
