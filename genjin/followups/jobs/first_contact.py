"""Keeps the runs of the clock 首次联系时限 as the ledger of ownership and the follow-ups say, and tells who is late.

Runs are brought to what stands, never stepped: reading the same events twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import BooleanField, Case, DateTimeField, F, Max, OuterRef, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy

from genjin.customers.models import WORKED, Customer, Rest
from genjin.followups.clocks import counts, due_at
from genjin.followups.models import FirstContact, FollowUp
from genjin.kernel.actor import Actor
from genjin.kernel.jobs import periodic
from genjin.kernel.models.events import Event, EventLink
from genjin.kernel.models.rows import Life
from genjin.kernel.notices import Told, declare_notice, notify_each
from genjin.kernel.sealing import consumer
from genjin.kernel.stamps import current_stamp
from genjin.org.queries.holidays import CALENDAR
from genjin.ownership.models import Period, Rule

AT_ONCE = 500
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
CONTACTED, OTHER_OWNER, RESTS = "contacted", "owner", "rest"

declare_notice(
    "first_contact",
    gettext_lazy("「%(title)s」的首次联系时限已到，请尽快联系"),
    "hourglass-low",
    label=gettext_lazy("首次联系时限到了"),
)


@dataclass(frozen=True)
class Tenure:
    """One owner's time with a customer: since when, until when (None: still), the first contact in it."""

    owner_id: int
    gained_at: datetime
    until: datetime | None
    contacted_at: datetime | None


@dataclass(frozen=True)
class Working:
    """Whether a customer is worked on now, and when it was last taken up again after a rest."""

    now: bool
    taken_up_at: datetime | None


@consumer("first_contacts")
def follow_events(events: Sequence[Event]) -> None:
    """Every customer that an event concerns, itself or by a follow-up, is looked at once."""
    links = EventLink.objects.filter(event_id__in=[event.pk for event in events])
    rows = set(links.filter(row_type__in=(Customer.row_type, FollowUp.row_type)).values_list("row_type", "row_id"))
    customers = {row_id for row_type, row_id in rows if row_type == Customer.row_type}
    talks = [row_id for row_type, row_id in rows if row_type == FollowUp.row_type]
    held = FollowUp.objects.filter(pk__in=talks).values_list("customer_id", flat=True)
    customers |= {customer_id for customer_id in held if customer_id is not None}
    restate(sorted(customers))


def restate(customer_ids: Sequence[int]) -> None:
    """Bring the runs of these customers to what stands now: a run for each owner's time, in five queries per 500."""
    stamp = current_stamp()
    for start in range(0, len(customer_ids), AT_ONCE):
        part = customer_ids[start : start + AT_ONCE]
        known = FirstContact.objects.filter(customer_id__in=part)
        runs = {(run.customer_id, run.gained_at): run for run in known}
        working = _working(part)
        changed: list[FirstContact] = []
        begun: list[FirstContact] = []
        for customer_id, rule, tenure in _tenures(part):
            run = runs.get((customer_id, tenure.gained_at))
            if run is None and not counts(rule, stamp):
                continue
            if run is None:
                run = FirstContact(customer_id=customer_id, owner_id=tenure.owner_id, gained_at=tenure.gained_at)
                run.due_at = _due(tenure.gained_at, stamp)
                begun.append(run)
                _settle(run, tenure, working[customer_id], stamp)
            elif _settle(run, tenure, working[customer_id], stamp):
                changed.append(run)
        FirstContact.objects.bulk_update(changed, ["due_at", "contacted_at", "ended_at", "ended_by", "reminded_at"])
        FirstContact.objects.bulk_create(begun)


def _working(customer_ids: Collection[int]) -> dict[int, Working]:
    rests = Rest.objects.filter(customer_id__in=customer_ids).exclude(until=None).order_by().values("customer_id")
    taken_up = dict(rests.annotate(last=Max("until")).values_list("customer_id", "last"))
    worked = Case(When(WORKED, then=True), default=False, output_field=BooleanField())
    rows = Customer.objects.filter(pk__in=customer_ids).annotate(worked=worked).values_list("pk", "worked")
    return {customer_id: Working(now, taken_up.get(customer_id)) for customer_id, now in rows}


def _tenures(customer_ids: Collection[int]) -> Iterator[tuple[int, str, Tenure]]:
    """(customer, the rule, an owner's time), the earliest first. The move of a department ends none."""
    talks = FollowUp.objects.filter(
        customer_id=OuterRef("record_id"), life=Life.LIVE, imported=False, occurred_at__gte=OuterRef("begins")
    )
    begins = Case(When(rule=Rule.CREATED, then=Value(LONG_AGO)), default=F("since"), output_field=DateTimeField())
    first = Subquery(talks.order_by("occurred_at").values("occurred_at")[:1])
    periods = Period.objects.filter(record_id__in=customer_ids).exclude(rule=Rule.MOVED).annotate(begins=begins)
    rows = list(
        periods.annotate(contacted=first)
        .order_by("record_id", "id")
        .values_list("record_id", "owner_id", "since", "rule", "contacted")
    )
    for (customer_id, owner_id, since, rule, contacted), after in zip(rows, [*rows[1:], None], strict=True):
        until = after[2] if after and after[0] == customer_id else None
        if owner_id is not None:
            within = contacted if contacted and (until is None or contacted < until) else None
            yield customer_id, rule, Tenure(owner_id, since, until, within)


def _settle(run: FirstContact, tenure: Tenure, working: Working, stamp: int) -> bool:
    """Bring a run to what its time says; whether that changed it."""
    before = (run.due_at, run.contacted_at, run.ended_at, run.ended_by)
    if tenure.contacted_at:
        _contact(run, tenure.contacted_at)
    elif tenure.until:
        run.contacted_at, run.ended_at, run.ended_by = None, tenure.until, OTHER_OWNER
    elif not working.now:
        if run.ended_by != RESTS:
            run.contacted_at, run.ended_at, run.ended_by = None, timezone.now(), RESTS
    elif run.ended_at is not None or run._state.adding:
        _reopen(run, working, stamp)
    return before != (run.due_at, run.contacted_at, run.ended_at, run.ended_by)


def _reopen(run: FirstContact, working: Working, stamp: int) -> None:
    """It runs (again): with its old end, or anew since the customer was taken up."""
    rested_at = run.ended_at if run.ended_by == RESTS else run.gained_at
    if working.taken_up_at and rested_at and working.taken_up_at > rested_at:
        run.due_at, run.reminded_at = _due(working.taken_up_at, stamp), None
    run.contacted_at, run.ended_at, run.ended_by = None, None, ""


def _contact(run: FirstContact, at: datetime) -> None:
    run.contacted_at = run.ended_at = max(at, run.gained_at)
    run.ended_by = CONTACTED


def _due(start: datetime, stamp: int) -> datetime:
    return due_at(start, stamp, CALENDAR.at(stamp), ZoneInfo(settings.COMPANY_TIME_ZONE))


@periodic("* * * * *", "followups.first_contact")
def remind(actor: Actor) -> None:
    """Tell each owner once, when the time has run out (B1)."""
    now = actor.now()
    late = FirstContact.objects.filter(ended_at=None, reminded_at=None, due_at__lte=now).select_related("customer")
    while runs := list(late.order_by("due_at")[:AT_ONCE]):
        notify_each(
            Told(run.owner_id, "first_contact", run.customer, None, f"first_contact.{run.pk}", {}) for run in runs
        )
        FirstContact.objects.filter(pk__in=[run.pk for run in runs]).update(reminded_at=now)
