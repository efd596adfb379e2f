"""The work of allocation outside requests: new records placed, runs over many, offers that run out, back-tests, and the
messages about all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from genjin.allocation.actions.allocating import ALLOCATE
from genjin.allocation.actions.allocating import JOB as RUN_JOB
from genjin.allocation.actions.learning import JOB as LEARN_JOB
from genjin.allocation.actions.learning import learn
from genjin.allocation.actions.offering import lapse_offer
from genjin.allocation.actions.placing import place_new
from genjin.allocation.actions.testing import JOB as TEST_JOB
from genjin.allocation.actions.testing import MOST, cases_of, compared
from genjin.allocation.actions.undoing import UNDO_JOB
from genjin.allocation.ahead import worked_out
from genjin.allocation.grants import PLACE
from genjin.allocation.models import BackTest, Offer, Run
from genjin.allocation.portraits import PORTRAITS
from genjin.allocation.queries import due_offers, live_schemes
from genjin.allocation.rules.modes import OfferState
from genjin.kernel.actor import Actor, system
from genjin.kernel.jobs import job, periodic, progress, start_job
from genjin.kernel.lists import page, read_query
from genjin.kernel.models.events import Event, EventLink, EventPayload
from genjin.kernel.notices import Told, declare_notice, notify_each
from genjin.kernel.recording import standing_note
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.sealing import consumer
from genjin.kernel.titles import titles_of
from genjin.kernel.undo import undo_event

ENTER_JOB = "allocation.enter"
CHUNK, PLACED_AT_ONCE, TOLD = 100, 50, 50
UNDONE_AT_ONCE = 100
IDS_PER_JOB = 500
GIVING = frozenset({"allocation.place", "allocation.flow", "allocation.take"})
_LABEL = gettext_lazy("分配与派单")


def _titled(reader: Actor, note: Mapping[str, Any]) -> dict[str, str]:
    """What an offer is about, as long as it waits for the reader; afterwards what he sees anyway."""
    offer = Offer.objects.filter(pk=int(note.get("offer") or 0), member_id=reader.member_id or 0).first()
    if offer is None or offer.record_type not in RECORD_TYPES:
        return {}
    declared = RECORD_TYPES[offer.record_type]
    if offer.state == OfferState.OPEN:
        row = declared.model._default_manager.filter(pk=offer.record_id).first()
        title = str(getattr(row, declared.title, ""))
    else:
        title = titles_of(reader, declared.key, [offer.record_id]).get(offer.record_id, "")
    until = timezone.localtime(offer.expires_at, reader.zone).strftime("%H:%M")
    return {"what": title or "—", "until": until}


declare_notice(
    "offer",
    gettext_lazy("派单给您：「%(what)s」，请在 %(until)s 前领取"),
    "hourglass-low",
    label=_LABEL,
    facts=_titled,
    place="/allocation/offers",
)
declare_notice("allocated", gettext_lazy("「%(title)s」分配给了您"), "route", label=_LABEL)
declare_notice("unanswered", gettext_lazy("没有人领取「%(title)s」，请直接指定负责人"), "alert-triangle", label=_LABEL)


@consumer("allocation_notifications")
def tell(events: Sequence[Event]) -> None:
    """Whoever gets a record or an offer is told, and who had asked when nobody took it."""
    given = {e.pk: e for e in events if e.action in GIVING or e.action.endswith(".allocate")}
    offers = {e.pk for e in events if e.note.get("offered_to")}
    unanswered = {e.note["unanswered"]: e for e in events if e.note.get("unanswered")}
    told = [*_of_owners(given), *_of_offers(offers), *_of_unanswered(unanswered)]
    if told:
        notify_each(told)


def _of_owners(events: Mapping[int, Event]) -> list[Told]:
    rows = EventPayload.objects.filter(event_id__in=events).values_list("event_id", "row_id", "changes")
    owners = {(event, row): (changes.get("owner_id") or [None, None])[1] for event, row, changes in rows}
    links = EventLink.objects.filter(event_id__in=events, row_type__in=PORTRAITS) if events else ()
    told = []
    for link in links:
        owner = owners.get((link.event_id, link.row_id))
        if owner and owner != events[link.event_id].member_id:
            row = RECORD_TYPES[link.row_type].model(id=link.row_id)
            told.append(Told(int(owner), "allocated", row, link.event_id))
    return told


def _of_offers(event_ids: set[int]) -> list[Told]:
    if not event_ids:
        return []
    links = EventLink.objects.filter(event_id__in=event_ids, row_type=Offer.row_type)
    made = Offer.objects.in_bulk(links.values_list("row_id", flat=True))
    return [
        Told(offer.member_id, "offer", None, once=f"offer.{offer.pk}", note={"offer": offer.pk})
        for offer in made.values()
        if offer.state == "open"
    ]


def _of_unanswered(events: Mapping[int, Event]) -> list[Told]:
    if not events:
        return []
    firsts = Offer.objects.in_bulk(events.keys())
    return [
        Told(offer.made_by_id, "unanswered", RECORD_TYPES[offer.record_type].model(id=offer.record_id), event.pk)
        for chain, event in events.items()
        if (offer := firsts.get(chain)) is not None and offer.made_by_id and offer.record_type in RECORD_TYPES
    ]


@consumer("allocation_entry")
def enter(events: Sequence[Event]) -> None:
    """New records of types with a scheme for them go to a job: nobody who creates or imports waits for it."""
    for key in PORTRAITS:
        created = [e.pk for e in events if e.action == RECORD_TYPES[key].grant("create")]
        if not created or not live_schemes(key, on_entry=True):
            continue
        links = EventLink.objects.filter(event_id__in=created, row_type=key, row_version=1).order_by("row_id")
        ids = list(links.values_list("row_id", flat=True))
        for start in range(0, len(ids), IDS_PER_JOB):
            start_job(system(), ENTER_JOB, record_type=key, ids=ids[start : start + IDS_PER_JOB])


@job(ENTER_JOB, title=gettext_lazy("自动分配新记录"), grants=[PLACE])
def enter_records(actor: Actor, job_id: int, *, record_type: str, ids: list[int]) -> dict[str, Any]:
    """Place new records, some in a transaction. Run again, it passes over those that have gone their way."""
    declared = RECORD_TYPES[record_type]
    given = 0
    for start in range(0, len(ids), PLACED_AT_ONCE):
        some = ids[start : start + PLACED_AT_ONCE]
        with transaction.atomic():
            rows = list(declared.model._default_manager.filter(pk__in=some).order_by("id"))
            with worked_out(actor, rows, live_schemes(record_type, on_entry=True)):
                given += sum(place_new(actor, record_type=record_type, row=row.pk) for row in rows)
        progress(job_id, start + len(some), len(ids))
    return {"given": given}


@job(RUN_JOB, title=gettext_lazy("分配整个列表"), as_member=True)
def run_over(actor: Actor, job_id: int, *, run: int) -> dict[str, Any]:
    """Allocate a list's records from the lowest id up, some in a transaction together with the mark of how far it is:
    killed at any moment, it goes on behind the last one that was done."""
    while not _next_chunk(actor, run):
        made = Run.objects.get(pk=run)
        progress(job_id, made.done + made.refused, made.total)
    made = Run.objects.get(pk=run)
    return {"run": run, "done": made.done, "refused": made.refused}


@transaction.atomic
def _next_chunk(actor: Actor, run_id: int) -> bool:
    """The next records of a run; whether it has come to its end."""
    run = Run.objects.select_for_update().get(pk=run_id)
    verb, declared = ALLOCATE[run.record_type], RECORD_TYPES[run.record_type]
    query = read_query(actor, declared, run.asked)
    left = Q(id__gt=run.last, id__lte=run.top)
    query = replace(query.without_page(), sort=None, descending=False, size=CHUNK, only=left)
    ids = [row.id for row in page(actor, query, ()).rows]
    if not ids:
        run.finished_at = run.finished_at or timezone.now()
        run.save()
        return True
    raw = {"scheme": str(run.scheme_id or "")}
    rows = list(declared.model._default_manager.filter(pk__in=ids).order_by("id"))
    schemes = [s for s in live_schemes(run.record_type) if not run.scheme_id or s.pk == run.scheme_id]
    noted = standing_note.set({"run": run.pk})
    try:
        with worked_out(actor, rows, schemes):
            outcome = verb.run_calls(actor, [(row_id, partial(verb, actor, row_id, **raw)) for row_id in ids])
    finally:
        standing_note.reset(noted)
    run.last, run.done = ids[-1], run.done + len(outcome.done)
    run.refused += len(outcome.refused)
    room = TOLD - len(run.told)
    run.told += [[row_id, refusal.message] for row_id, refusal in outcome.refused[: max(0, room)]]
    run.save()
    return False


@job(UNDO_JOB, title=gettext_lazy("撤销整批分配"), as_member=True)
def undo_over(actor: Actor, job_id: int, *, run: int) -> dict[str, Any]:
    """Give back what a run gave, record by record, each as the undo of its own event: killed at any moment, it goes on
    behind the last one."""
    found = Run.objects.get(pk=run)
    while found.undone_at is None:
        _undo_some(actor, found)
        progress(job_id, found.back + found.kept, found.done)
    return {"run": run, "back": found.back, "kept": found.kept}


def _undo_some(actor: Actor, run: Run) -> None:
    given = Event.objects.filter(member_id=actor.member_id or 0, action=ALLOCATE[run.record_type].name)
    given = given.filter(at__gte=run.began_at, note__run=run.pk, pk__gt=run.undone_to).order_by("pk")
    events = list(given.values_list("pk", flat=True)[:UNDONE_AT_ONCE])
    for event_id in events:
        with transaction.atomic():
            _undo_one(actor, run, event_id)
    if not events:
        run.undone_at = timezone.now()
        run.save()


def _undo_one(actor: Actor, run: Run, event_id: int) -> None:
    """One record back, together with the mark of how far it is."""
    run.undone_to = event_id
    try:
        undo_event(actor, event_id, late=True)
        run.back += 1
    except (Refused, NotFound) as refusal:
        run.kept += 1
        if len(run.told) < TOLD:
            links = EventLink.objects.filter(event_id=event_id, row_type=run.record_type)
            run.told += [[row_id, refusal.message] for row_id in links.values_list("row_id", flat=True)[:1]]
    run.save()


@periodic("* * * * * */15", "allocation.lapse_offers", grants=[PLACE])
def lapse_offers(actor: Actor) -> None:
    """End offers whose time is over and ask the next ones; each in its own transaction, and each only once."""
    for offer_id in due_offers(timezone.now(), 200):
        lapse_offer(actor, offer=offer_id)


@job(LEARN_JOB, title=gettext_lazy("汇总成交历史"), grants=[PLACE])
def learn_of(actor: Actor, job_id: int, *, scheme: int) -> dict[str, Any]:  # noqa: ARG001 - every job gets it
    """Add up the past of a scheme by fit. Run again it adds up the same."""
    return {"cells": learn(actor, scheme=scheme)}


@periodic("40 17 * * *", "allocation.learn_again", grants=[PLACE])
def learn_again(actor: Actor) -> None:
    """Every night, of all schemes in force."""
    for record_type in PORTRAITS:
        for scheme in live_schemes(record_type):
            learn(actor, scheme=scheme.pk)


@job(TEST_JOB, title=gettext_lazy("回测分配方式"), as_member=True)
def run_test(actor: Actor, job_id: int, *, test: int) -> dict[str, Any]:
    """Compare the ways of choosing on many records."""
    kept = BackTest.objects.select_related("scheme").filter(pk=test).first()
    if kept is None:
        return {}
    cases = cases_of(actor, kept.scheme, MOST)
    progress(job_id, 1, 2)
    kept.result = compared(actor, kept.scheme, cases)
    kept.save()
    return {"test": test}
