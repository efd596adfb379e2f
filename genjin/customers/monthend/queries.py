"""Reads of the month's end: what is proposed and still open, what would be proposed now, what was decided and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from genjin.customers.models import WORKED, Customer, MonthEnd, Proposal, Rest, RestKind
from genjin.customers.monthend.rules import AsOf, Rule, rules
from genjin.customers.record import CUSTOMER
from genjin.customers.rhythm import idle_since, local_day
from genjin.kernel.actor import Actor
from genjin.kernel.doors import scope_condition
from genjin.kernel.models.rows import Life

DECIDES = CUSTOMER.grant("archive")
MOST_MONTHS = 24
CAP = 10_000


@dataclass(frozen=True)
class Candidate:
    """A customer that would be proposed: by which rule, idle since which day."""

    customer: Customer
    rule: Rule
    since: date


@dataclass(frozen=True)
class Tally:
    """What became of a month's proposals."""

    waiting: int = 0
    archived: int = 0
    paused: int = 0
    kept: int = 0
    taken_up: int = 0


def months() -> list[date]:
    """The months for which there are proposals, the latest first."""
    return list(MonthEnd.objects.order_by("-month").values_list("month", flat=True)[:MOST_MONTHS])


def decided_by(actor: Actor) -> QuerySet[Customer]:
    """The customers about which this actor decides: his own, his people's. Raises Forbidden without the grant."""
    return Customer.objects.filter(scope_condition(actor.demand(DECIDES)))


def open_proposals(
    actor: Actor,
    month: date,
    *,
    owner: int | None = None,
    kind: str = "",
    after: tuple[date, int] | None = None,
    most: int = 50,
) -> list[Proposal]:
    """Proposals of a month that wait for a decision, the longest idle first, with their customers; at most one more
    than `most`, so that the caller sees whether there are more."""
    rows = _of(actor, month, owner).filter(_waiting(timezone.now()))
    if kind:
        rows = rows.filter(kind=kind)
    if after:
        rows = rows.filter(Q(since__gt=after[0]) | Q(since=after[0], pk__gt=after[1]))
    rows = rows.select_related("customer").defer("customer__search", "customer__search_key")
    return list(rows.order_by("since", "pk")[: most + 1])


def tally_of(actor: Actor, month: date, owner: int | None = None) -> Tally:
    """How the month's proposals stand (S3-13). One query."""
    now = timezone.now()
    archived = Q(customer__life=Life.ARCHIVED)
    paused = Q(customer__life=Life.LIVE, customer__paused=True)
    kept = Q(customer__life=Life.LIVE, customer__paused=False, kept_at__isnull=False)
    taken_up = Q(customer__life=Life.LIVE, customer__paused=False, kept_at=None) & _taken_up(now)
    parts = {"waiting": _waiting(now), "archived": archived, "paused": paused, "kept": kept, "taken_up": taken_up}
    counted = _of(actor, month, owner).aggregate(**{key: Count("pk", filter=q) for key, q in parts.items()})
    return Tally(**counted)


def waiting_of(actor: Actor, member_id: int) -> int:
    """How many proposals of the latest month wait for this member's decision, counted to CAP; 0 without the grant."""
    latest = months()[:1]
    if not latest or not actor.may(DECIDES):
        return 0
    return _of(actor, latest[0], member_id).filter(_waiting(timezone.now())).order_by()[:CAP].count()


def owners_in(actor: Actor, month: date) -> list[int]:
    """Whose customers have proposals that wait."""
    rows = _of(actor, month, None).filter(_waiting(timezone.now()), customer__owner__isnull=False)
    return list(rows.order_by("customer__owner").values_list("customer__owner", flat=True).distinct())


def would_be_proposed(
    actor: Actor, moment: datetime, *, owner: int | None = None, most: int = 50
) -> tuple[list[Candidate], dict[str, int]]:
    """(the first customers that would be proposed now, the longest idle first; {rule: how many, counted to CAP})."""
    mine = decided_by(actor).filter(WORKED)
    if owner is not None:
        mine = mine.filter(owner_id=owner)
    found: list[Candidate] = []
    counts: dict[str, int] = {}
    before = Q(pk__in=[])
    for rule, condition in conditions(AsOf(moment, actor.stamp)):
        rows = mine.filter(condition & ~before)
        counts[rule.key] = rows.order_by()[:CAP].count()
        before |= condition
        shown = rows.defer("search", "search_key").order_by(F("last_effective_at").asc(nulls_first=True), "pk")[:most]
        found += [candidate(customer, rule) for customer in shown]
    return sorted(found, key=lambda one: (one.since, one.customer.pk))[:most], counts


def conditions(as_of: AsOf) -> Iterable[tuple[Rule, Q]]:
    """Every rule with its condition on customers."""
    return [(rule, rule.condition(as_of)) for rule in rules()]


def candidate(customer: Customer, rule: Rule) -> Candidate:
    """A customer to which a rule applies."""
    return Candidate(customer, rule, local_day(idle_since(customer)))


def reasons_of(actor: Actor, month: date, owner: int | None = None) -> dict[str, tuple[int, int]]:
    """{reason: (archived, paused)} of what began to rest in a month and still does or did to its end (S3-14)."""
    begin, end = _edge(month), _edge(next_month(month))
    customers = decided_by(actor)
    if owner is not None:
        customers = customers.filter(owner_id=owner)
    rows = Rest.objects.filter(since__gte=begin, since__lt=end, customer__in=customers.values("pk"))
    rows = rows.filter(Q(until=None) | Q(until__gte=end))
    found: dict[str, tuple[int, int]] = {}
    for reason, kind, count in rows.values_list("reason", "kind").annotate(n=Count("pk")).order_by("reason"):
        archived, paused = found.get(reason, (0, 0))
        found[reason] = (archived + count, paused) if kind == RestKind.ARCHIVED else (archived, paused + count)
    return dict(sorted(found.items(), key=lambda pair: -sum(pair[1])))


def first_of(day: date) -> date:
    """The month of a day."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return first_of(month.replace(day=1) + timedelta(days=31))


def _edge(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(settings.COMPANY_TIME_ZONE))


def _of(actor: Actor, month: date, owner: int | None) -> QuerySet[Proposal]:
    customers = decided_by(actor)
    if owner is not None:
        customers = customers.filter(owner_id=owner)
    return Proposal.objects.filter(month=month, customer__in=customers.order_by().values("pk"))


def _waiting(now: datetime) -> Q:
    return Q(customer__life=Life.LIVE, customer__paused=False, kept_at=None) & ~_taken_up(now)


def _taken_up(now: datetime) -> Q:
    contacted = Q(customer__last_effective_at__isnull=False, customer__last_effective_at__gt=F("made_at"))
    return contacted | Q(customer__next_contact_at__isnull=False, customer__next_contact_at__gt=now)
