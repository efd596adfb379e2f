"""Reads of customer care: whose birthdays come, who has customers to greet, whom to greet, and who must not be."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import ExtractDay, ExtractMonth

from genjin.customers.models import Contact, Customer
from genjin.customers.record import CONTACT
from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_to
from genjin.kernel.fields.times import month_days, on_days
from genjin.kernel.models.rows import Life
from genjin.org.models import Member
from genjin.plans.care.festivals import Festival
from genjin.plans.care.settings import Window, cared_for
from genjin.plans.models import DUE, Greeting, Plan
from genjin.plans.rules import PlanKind

MOST_GREETED = 50
CAP = 1_000
MAY_BE_GREETED = Q(life=Life.LIVE, do_not_contact=False)


@dataclass(frozen=True)
class Greeted:
    """A customer to greet: its first contact who may be contacted ('' for a customer without any), and whether it was
    greeted."""

    customer_id: int
    customer: str
    level: str
    contact_id: int | None
    contact: str
    phone: str
    done: bool
    place: str


def birthdays_coming(window: Window, stamp: int) -> list[tuple[int, int]]:
    """[(contact, customer)] of who celebrates, may be contacted and has no plan for it yet. By the index over the days
    of the year: all at once, because in order and piece by piece every contact would be walked past."""
    customers = Customer.objects.filter(cared_for(stamp), owner__is_active=True, pk=OuterRef("customer_id"))
    born_on = ExtractDay(OuterRef("birthday"))
    same_day = Q(occurs_on__day=born_on) | Q(occurs_on__month=2, occurs_on__day=28) & Q(occurs_on__day=born_on - 1)
    planned = Plan.objects.filter(
        same_day,
        kind=PlanKind.CARE,
        contact_id=OuterRef("pk"),
        occurs_on__range=(window.today, window.last),
        occurs_on__month=ExtractMonth(OuterRef("birthday")),
    )
    rows = Contact.objects.filter(
        MAY_BE_GREETED, on_days("birthday", month_days(window.today, window.last)), birthday__isnull=False
    )
    return list(rows.filter(Exists(customers), ~Exists(planned)).order_by().values_list("pk", "customer_id"))


def owners_to_remind(day: date, festival: Festival, stamp: int) -> list[int]:
    """Active members who own customers to greet on a holiday and have no plan for it yet."""
    customers = Customer.objects.filter(cared_for(stamp), owner_id=OuterRef("pk"))
    planned = Plan.objects.filter(care_of_id=OuterRef("pk"), occurs_on=day, occasion=festival.key)
    members = Member.objects.filter(Exists(customers), ~Exists(planned), is_active=True)
    return list(members.order_by("pk").values_list("pk", flat=True))


def to_greet(actor: Actor, plan: Plan, *, after: str = "", most: int = MOST_GREETED) -> list[Greeted]:
    """Whom a holiday's plan means, as things stand now: its owner's customers that are cared for and that the actor
    sees, by name, behind a `place`; one more than `most` when there are more. Who asked not to be contacted is never
    among them."""
    rows = _meant(actor, plan).filter(_behind(after))
    contacts = visible_to(actor, Contact) if actor.may(CONTACT.grant("see")) else Contact.objects.none()
    first = contacts.filter(MAY_BE_GREETED, customer_id=OuterRef("pk")).order_by("-primary", "pk")
    greeted = Greeting.objects.filter(plan_id=plan.pk, customer_id=OuterRef("pk"))
    rows = rows.annotate(
        reached=Subquery(first.values("pk")[:1]),
        reached_name=Subquery(first.values("name")[:1]),
        reached_phone=Subquery(first.values("phone")[:1]),
        done=Exists(greeted),
    )
    found = rows.order_by("pinyin", "pk").values_list(
        "pk", "name", "level", "reached", "reached_name", "reached_phone", "phone", "done", "pinyin"
    )
    return [
        Greeted(pk, name, level, contact, who or "", (number if contact else phone) or "", done, f"{pinyin}.{pk}")
        for pk, name, level, contact, who, number, phone, done, pinyin in found[: most + 1]
    ]


def tally(actor: Actor, plan: Plan) -> tuple[int, int]:
    """(how many were greeted, how many there are to greet), counted to CAP."""
    meant = _meant(actor, plan)
    done = Greeting.objects.filter(plan_id=plan.pk, customer_id=OuterRef("pk"))
    return meant.filter(Exists(done)).order_by()[:CAP].count(), meant.order_by()[:CAP].count()


def is_meant(actor: Actor, plan: Plan, customer_id: int) -> bool:
    """Whether a customer is among those to greet."""
    return _meant(actor, plan).filter(pk=customer_id).exists()


def silenced(plans: Iterable[Plan]) -> set[int]:
    """The ids of those plans to congratulate somebody who has asked not to be contacted, or is voided (B19)."""
    about = [(plan.pk, plan.contact_id) for plan in plans if plan.kind == PlanKind.CARE and plan.contact_id]
    if not about:
        return set()
    reached = Contact.objects.filter(MAY_BE_GREETED, pk__in={contact_id for _plan, contact_id in about})
    may_be = set(reached.values_list("pk", flat=True))
    return {plan_id for plan_id, contact_id in about if contact_id not in may_be}


def open_birthdays_of(contact_ids: Collection[int]) -> list[tuple[int, int]]:
    """[(plan, customer)] of open birthdays of these contacts."""
    rows = Plan.objects.filter(DUE, kind=PlanKind.CARE, contact_id__in=contact_ids, customer__isnull=False)
    return [(pk, customer_id) for pk, customer_id in rows.order_by("pk").values_list("pk", "customer_id")]


def _behind(place: str) -> Q:
    pinyin, _dot, pk = place.rpartition(".")
    if not pk.isdecimal() or len(pk) > 18:
        return Q()
    return Q(pinyin__gt=pinyin) | Q(pinyin=pinyin, pk__gt=int(pk))


def _meant(actor: Actor, plan: Plan) -> QuerySet[Customer]:
    """Customers of the plan's owner that are cared for; not those all of whose contacts asked to be left alone."""
    contacts = Contact.objects.filter(customer_id=OuterRef("pk"), life=Life.LIVE)
    rows = visible_to(actor, Customer).filter(cared_for(actor.stamp), owner_id=plan.care_of_id)
    reachable = Exists(contacts.filter(MAY_BE_GREETED)) | ~Exists(contacts)
    return rows.filter(reachable)


def greeted_in(plan_id: int) -> int:
    """How many customers were greeted by a holiday's plan."""
    return Greeting.objects.filter(plan_id=plan_id).count()
