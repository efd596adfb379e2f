"""Writes of customer care: the system plans birthdays and holidays and takes back what is unwanted; members tick whom
they greeted.

Planning asks again under the customer's lock, and what was planned once (also cancelled or voided) is never planned
again: killed, repeated or run by two at once it comes to the same (B7, S2-68).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers.models import Contact, Customer
from genjin.customers.queries import contact_for, customer_for
from genjin.customers.rhythm import local_day
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, WRITE
from genjin.kernel.fields import Number
from genjin.kernel.fields.times import next_birthday
from genjin.kernel.models.rows import Life
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused
from genjin.kernel.undo import Call, Past
from genjin.kernel.workdays import day_start
from genjin.org.queries import actor_for
from genjin.org.queries.holidays import calendar
from genjin.ownership.changing import change_owner
from genjin.ownership.models import Rule
from genjin.plans.care.festivals import FESTIVALS, Festival
from genjin.plans.care.queries import is_meant
from genjin.plans.care.settings import BIRTHDAY_DAYS, HOLIDAY_DAYS, birthdays_in, day_for
from genjin.plans.models import Greeting, Plan
from genjin.plans.planning import company_zone
from genjin.plans.queries import plan_for
from genjin.plans.record import PLAN
from genjin.plans.rules import MOVES, PlanKind, PlanState, is_open

BIRTHDAY = "birthday"
Whom = Annotated[int, Number(key="customer", label=gettext_lazy("客户"))]


@action(
    "plans.care_birthdays",
    on=None,
    needs="plans.care",
    label=gettext_lazy("安排生日祝福"),
    silent="when all of them were planned meanwhile",
    listed=False,
)
def plan_birthdays(actor: Actor, *, contacts: Sequence[tuple[int, int]]) -> int:
    """Plan to congratulate: (contact, customer) each; returns for how many. Not those who must not be contacted, whose
    customer rests, or whose owner has left."""
    return sum(_plan_birthday(actor, contact_id, customer_id) for contact_id, customer_id in contacts)


@action(
    "plans.care_holiday",
    on=None,
    needs="plans.care",
    label=gettext_lazy("安排节日问候"),
    silent="when all of them were planned meanwhile",
    listed=False,
)
def plan_holiday(actor: Actor, *, owners: Sequence[int], occasion: str, day: date) -> int:
    """One plan for each of these members to greet his customers on a holiday; returns for how many."""
    return sum(_plan_greetings(actor, owner_id, FESTIVALS[occasion], day) for owner_id in owners)


@action(
    "plans.drop_care",
    on=None,
    needs="plans.care",
    label=gettext_lazy("撤下客户关怀"),
    silent="when it may stand",
    listed=False,
)
def drop_care(actor: Actor, *, plans: Sequence[tuple[int, int]]) -> int:
    """Cancel birthdays that must not be kept: (plan, customer) each; who asked not to be contacted, is voided, or has
    another birthday by now (B19). Returns how many."""
    count = 0
    for plan_id, customer_id in plans:
        customer_for(actor, customer_id, to=SEE, lock=True)
        plan = plan_for(actor, plan_id, to=SEE, lock=True)
        why = unwanted(actor, plan)
        if why and is_open(plan.state):
            MOVES.move(plan, PlanState.CANCELLED)
            plan.closed_at, plan.result = actor.now(), why
            record(actor, plan, reason=why)
            count += 1
    return count


def _not_greeted(_actor: Actor, past: Past) -> Sequence[Call]:
    return [Call("plans.ungreet", past.row_id, {"customer": str(past.note["greeted_id"])})]


def _greeted_again(_actor: Actor, past: Past) -> Sequence[Call]:
    return [Call("plans.greet", past.row_id, {"customer": str(past.note["greeted_id"])})]


@action(
    "plans.greet",
    on=Plan,
    needs="plans.edit",
    label=gettext_lazy("问候客户"),
    icon="check",
    listed=False,
    undo=_not_greeted,
)
def greet_customer(actor: Actor, plan_id: int, *, customer: Whom) -> Plan:
    """Tick a customer off a holiday's list. Raises Refused("no_list"), Refused("closed"), Refused("not_meant") for one
    who is not to be greeted (any more)."""
    plan = _with_list(actor, plan_id)
    if not is_meant(actor, plan, customer):
        words = _("这个客户已不在问候名单里（可能要求请勿打扰、已暂停或换了负责人），请刷新页面")
        raise Refused("not_meant", words, "customer")
    greeted = customer_for(actor, customer, to=SEE)
    facts = {"by_id": actor.member_id, "at": actor.now()}
    Greeting.objects.get_or_create(plan_id=plan.pk, customer_id=greeted.pk, defaults=facts)
    record(actor, plan, greeted=greeted.name, greeted_id=greeted.pk)
    return plan


@action(
    "plans.ungreet",
    on=Plan,
    needs="plans.edit",
    label=gettext_lazy("撤销问候"),
    icon="arrow-back-up",
    listed=False,
    undo=_greeted_again,
)
def ungreet_customer(actor: Actor, plan_id: int, *, customer: Whom) -> Plan:
    """Take the tick away. Raises Refused("no_list"), Refused("closed")."""
    plan = _with_list(actor, plan_id)
    greeted = customer_for(actor, customer, to=SEE)
    Greeting.objects.filter(plan_id=plan.pk, customer_id=greeted.pk).delete()
    record(actor, plan, greeted=greeted.name, greeted_id=greeted.pk)
    return plan


def unwanted(actor: Actor, plan: Plan) -> str:
    """Why a birthday is not to be kept, as things stand now; '' where it is."""
    if plan.kind != PlanKind.CARE or plan.contact_id is None:
        return ""
    contact = contact_for(actor, plan.contact_id, to=SEE)
    if contact.do_not_contact:
        return _("联系人要求请勿打扰")
    if contact.life != Life.LIVE:
        return _("联系人已作废")
    on = plan.occurs_on
    if contact.birthday is None or (on and next_birthday(contact.birthday, on) != on):
        return _("生日已更正")
    return _("联系人换了客户") if contact.customer_id != plan.customer_id else ""


def _plan_birthday(actor: Actor, contact_id: int, customer_id: int) -> bool:
    customer = customer_for(actor, customer_id, to=SEE, lock=True)
    contact = contact_for(actor, contact_id, to=SEE, lock=True)
    today = local_day(actor.now())
    window = birthdays_in(today, actor.stamp)
    if window is None or contact.birthday is None or not _may_be_planned(actor, customer, contact):
        return False
    day = next_birthday(contact.birthday, today)
    planned = Plan.objects.filter(kind=PlanKind.CARE, contact_id=contact.pk, occurs_on=day)
    if day > window.last or planned.exists():
        return False
    words = _("%(name)s的生日（%(month)d 月 %(day)d 日）：送上祝福")
    plan = Plan(customer_id=customer.pk, contact_id=contact.pk, occasion=BIRTHDAY)
    _save(actor, plan, words % {"name": contact.name, "month": day.month, "day": day.day}, day, customer.owner_id)
    return True


def _plan_greetings(actor: Actor, owner_id: int, festival: Festival, day: date) -> bool:
    planned = Plan.objects.filter(care_of_id=owner_id, occurs_on=day, occasion=festival.key)
    if not _works(actor, owner_id) or planned.exists():
        return False
    words = _("%(festival)s问候（%(month)d 月 %(day)d 日）：给名单里的客户送上祝福")
    facts = {"festival": festival.label, "month": day.month, "day": day.day}
    _save(actor, Plan(care_of_id=owner_id, occasion=festival.key), words % facts, day, owner_id)
    return True


def _save(actor: Actor, plan: Plan, content: str, day: date, owner_id: int | None) -> None:
    """A greeting is no next step: the customer's next contact stays what people have planned."""
    before = (BIRTHDAY_DAYS if plan.occasion == BIRTHDAY else HOLIDAY_DAYS).at(actor.stamp)
    on = day_for(day, before, local_day(actor.now()), calendar(actor))
    plan.kind, plan.occurs_on, plan.content = PlanKind.CARE, day, content[:500]
    plan.starts_at, plan.assignee_id = day_start(on, company_zone()), owner_id or 0
    change_owner(actor, plan, owner_id, rule=Rule.CREATED)


def _may_be_planned(actor: Actor, customer: Customer, contact: Contact) -> bool:
    rests = customer.life != Life.LIVE or customer.paused
    quiet = contact.do_not_contact or contact.life != Life.LIVE or contact.customer_id != customer.pk
    return not rests and not quiet and customer.owner_id is not None and _works(actor, customer.owner_id)


def _works(actor: Actor, member_id: int) -> bool:
    """Whether a member is there and works with plans."""
    member = actor_for(member_id, actor.surface)
    return member is not None and member.may(PLAN.grant("see"))


def _with_list(actor: Actor, plan_id: int) -> Plan:
    plan = plan_for(actor, plan_id, to=WRITE, lock=True)
    if plan.care_of_id is None:
        raise Refused("no_list", _("这条计划没有问候名单"))
    if not is_open(plan.state):
        raise Refused("closed", _("计划已结束；要继续，请先重新打开"))
    return plan
