"""The steps of the demo's story: what somebody does to a customer at a moment, through the actions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from genjin.customers.actions.contacts import create_contact
from genjin.customers.actions.customers import (
    add_customer_teammate,
    create_customer,
    edit_customer,
    transfer_customer,
    void_customer,
)
from genjin.customers.actions.resting import archive_customer, pause_customer
from genjin.demo import sayings, words
from genjin.demo.accounts import Invented
from genjin.demo.calendar import Calendar
from genjin.demo.company import Staff, sellers
from genjin.demo.fates import Fate
from genjin.demo.own_fields import of_contact, of_customer, papers
from genjin.demo.people import PEOPLE
from genjin.demo.talks import Talk
from genjin.followups.actions import create_followup, edit_followup
from genjin.kernel.actor import Surface
from genjin.kernel.fields import Values

OPERATIONS = "许星河"
CAREFUL = frozenset({"salesperson", "manager", "department_head"})
SUPERIOR_OF = {person.name: person.superior for person in PEOPLE}
HELPERS = [person.name for person in PEOPLE if person.department in ("安装调试组", "渠道部", "客户服务部")]
RECENT = timedelta(days=21)


@dataclass
class Account:
    """A customer of the story, with what is known once he is created. `moved`: he is given away on the way."""

    invented: Invented
    created: datetime
    owner: str
    fate: Fate = Fate.WORKING
    imported: bool = False
    moved: bool = False
    id: int = 0
    talks: list[Talk] = field(default_factory=list)
    contacts: list[tuple[int, str]] = field(default_factory=list)
    parent: Account | None = None
    introduced_by: Account | None = None
    last_followup: int = 0
    open_plan: int | None = None


class Deeds:
    """Runs steps."""

    def __init__(self, random: Random, staff: Staff, calendar: Calendar) -> None:
        self.random, self.staff, self.calendar = random, staff, calendar
        self.engineers = [staff.ids[person.name] for person in PEOPLE if person.department == "安装调试组"]

    def create(self, account: Account) -> None:
        """The owner types the customer in; during the first days operations brings the old list in."""
        by = (OPERATIONS, account.created, Surface.IMPORT) if account.imported else (account.owner, account.created)
        actor = self.staff.acting(*by)
        invented = account.invented
        own = of_customer(invented.raw, invented.machine, self.engineers, self.calendar.today)
        own |= {"x_decider": _decider(invented.contacts)} if own and invented.contacts else {}
        own |= papers(actor, invented.raw, invented.machine, own)
        arguments = create_customer.parse(actor, invented.raw | own)
        if account.parent:
            arguments["values"]["parent"] = account.parent.id
        if account.introduced_by:
            arguments["values"]["referred_by"] = account.introduced_by.id
        account.id = create_customer(actor, owner=self.staff.ids[account.owner], **arguments).pk

    def add_contact(self, account: Account, moment: datetime, raw: dict[str, Any]) -> None:
        """A contact, typed in minutes later."""
        actor = self.staff.acting(account.owner, moment)
        own = of_contact(raw, self.calendar.today)
        contact = create_contact(actor, values=Values(raw | own, customer=account.id))
        account.contacts.append((contact.pk, raw["name"]))

    def talk(self, account: Account, talk: Talk) -> None:
        """A follow-up by whoever owns the customer then; now and then its author completes it minutes later."""
        actor = self.staff.acting(account.owner, talk.written)
        contact_id, name = self.random.choice(account.contacts) if account.contacts else (None, "对方")
        named = (contact_id and self.calendar.now - talk.occurred < RECENT) or self.random.random() < 0.3
        content = talk.content.replace("{contact}", name)
        values = Values(
            customer=account.id,
            contact=contact_id if named else None,
            occurred_at=talk.occurred,
            minutes=talk.minutes,
            method=talk.method,
            call_result=talk.call_result,
            place=self._place(account) if talk.method == "visit" else "",
            content=content,
            feedback=talk.feedback,
            solution=talk.solution,
            response=talk.response,
            objections=talk.objections,
            progress=talk.progress,
            intention=talk.intention,
            outcome=talk.outcome,
            late_reason=talk.late_reason,
            next_contact_at=talk.next_at,
            next_step=talk.next_step if talk.next_at else "",
        )
        support = self.staff.departments[talk.support] if talk.support else None
        followup = create_followup(actor, values=values, support=support)
        account.last_followup, account.open_plan = followup.pk, followup.next_plan_id
        later = talk.written + timedelta(minutes=self.random.randint(4, 50))
        if talk.corrected and later < self.calendar.now and talk is not account.talks[-1]:
            edited = Values(content=content + sayings.CORRECTION)
            edit_followup(self.staff.acting(account.owner, later), followup.pk, values=edited)

    def _place(self, account: Account) -> str:
        return str(account.invented.raw.get("address") or f"{account.invented.city}市客户工厂")

    def transfer(self, account: Account, moment: datetime, taker: str | None) -> None:
        """The superior gives the customer to a colleague of the owner."""
        superior = SUPERIOR_OF[account.owner]
        able = (p for p in sellers() if p.superior == superior and p.role in CAREFUL)
        colleagues = [p.name for p in able if p.name != account.owner]
        to = taker or (self.random.choice(colleagues) if colleagues else "")
        if to:
            reason = self.random.choice(words.TRANSFER_REASONS)
            transfer_customer(self.staff.acting(superior, moment), account.id, owner=self.staff.ids[to], reason=reason)
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

    def grow_old(self, account: Account, moment: datetime) -> None:
        """Whoever bought is an old customer."""
        edit_customer(self.staff.acting(account.owner, moment), account.id, values=Values(lifecycle="old"))

    def archive(self, account: Account, moment: datetime) -> None:
        """Closed: sold, or never to be."""
        sold = account.fate is Fate.SOLD
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


def _decider(contacts: list[dict[str, Any]]) -> str:
    """Who decides at a customer, as one would note it."""
    found = next((c for c in contacts if c["decision_role"] == "decider"), None)
    return f"{found['position']} {found['name']}" if found else ""
