"""Looking at new records, and at edits that give a record what another one has (S2-59…62): by events, so that nobody
who enters or imports waits for it; telling reviewers, several at once; forgetting what was counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from genjin.duplicates.actions.risks import flag_registrations
from genjin.duplicates.grants import FLAG, JUDGE
from genjin.duplicates.models import Risk, Trace, TraceKind
from genjin.duplicates.registering import REGISTERED, Registered
from genjin.duplicates.risks.finding import suspects, suspects_of_edits
from genjin.duplicates.risks.queries import entered_of, seen, untold
from genjin.duplicates.risks.settings import MINUTES, ON
from genjin.duplicates.risks.tracing import Entered, traces
from genjin.kernel.actor import Actor, Surface, system
from genjin.kernel.jobs import job, periodic, progress, start_job
from genjin.kernel.models.events import Event, EventLink, EventPayload
from genjin.kernel.notices import declare_notice, notify
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.sealing import consumer
from genjin.org.queries import actor_for, organisation

JOB, EDITS = "duplicates.registrations", "duplicates.edits"
IDS_PER_JOB, AT_ONCE = 10_000, 500
NEW_DAYS = 30
"""Records that were registered longer ago are known, not looked at: when an older installation gets this."""
LOCK = 7_204_764
MOST_TOLD = 2_000
NOTICE = "risks_found"


def _facts(_reader: Actor, note: Mapping[str, Any]) -> Mapping[str, str]:
    return {"count": f"{int(note.get('count', 0)):,}"}


declare_notice(
    NOTICE,
    gettext_lazy("新登记里有 %(count)s 条有疑点，请核查"),
    "alert-triangle",
    label=gettext_lazy("登记风险"),
    facts=_facts,
)


@consumer("duplicates_registrations")
def look_at(events: Sequence[Event]) -> None:
    """New records of registered types go to a job, some thousands each; so do those to which somebody gave another
    number, code or address. What is put back was there before."""
    ids = [event.pk for event in events]
    own = [event.pk for event in events if "undoes" not in event.note]
    for key, registered in REGISTERED.items():
        links = EventLink.objects.filter(row_type=key).order_by("row_id")
        made = list(links.filter(event_id__in=ids, row_version=1).values_list("row_id", flat=True))
        for start in range(0, len(made), IDS_PER_JOB):
            start_job(system(), JOB, record_type=key, ids=made[start : start + IDS_PER_JOB])
        later = links.filter(event_id__in=own, row_version__gt=1).values_list("row_id", "event_id")
        edited = _edited(registered, dict(later))
        if edited:
            start_job(system(), EDITS, record_type=key, edited=edited)


def _edited(registered: Registered, rows: Mapping[int, int]) -> dict[str, int]:
    """{row: event that changed what registrations are looked at by}."""
    watched = sorted(registered.watched())
    there = EventPayload.objects.filter(row_id__in=list(rows), event_id__in=list(rows.values()))
    found = there.filter(changes__has_any_keys=watched).values_list("row_id", "event_id")
    return {str(row_id): event_id for row_id, event_id in found}


@job(EDITS, title=gettext_lazy("检查改过的登记"), grants=[FLAG])
def look_at_edits(actor: Actor, job_id: int, *, record_type: str, edited: dict[str, int]) -> dict[str, Any]:
    """An edit that brings in another's number, code or address is looked at as a registration by who made it (S2-60,
    S2-62); run again, it finds what it found."""
    found, rows = 0, list(edited.items())
    for start in range(0, len(rows), AT_ONCE):
        part = {int(row_id): event_id for row_id, event_id in rows[start : start + AT_ONCE]}
        found += _look_at_edits(actor, record_type, part)
        progress(job_id, min(start + AT_ONCE, len(rows)), len(rows))
    return {"found": found}


@transaction.atomic
def _look_at_edits(actor: Actor, record_type: str, edited: Mapping[int, int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    registered = REGISTERED[record_type]
    events = Event.objects.in_bulk(edited.values())
    entered = {row: Entered((at := events[event]).at, at.member_id, at.surface) for row, event in edited.items()}
    payloads = EventPayload.objects.filter(row_id__in=list(edited), event_id__in=list(edited.values()))
    changes = {row_id: set(changed) for row_id, changed in payloads.values_list("row_id", "changes")}
    rows = list(RECORD_TYPES[record_type].model._default_manager.filter(pk__in=list(edited)).order_by("id"))
    Trace.objects.filter(record_id__in=list(edited), kind=TraceKind.ADDRESS).delete()
    kept = (trace for row in rows for trace in traces(registered, row, entered[row.pk], recent=False))
    Trace.objects.bulk_create(kept, ignore_conflicts=True)
    if not ON.at(actor.stamp):
        return 0
    fields = {row_id: registered.fields_of(columns) for row_id, columns in changes.items()}
    found = suspects_of_edits(record_type, rows, {row: each.at for row, each in entered.items()}, fields, actor.stamp)
    return flag_registrations(actor, found=found, entered=entered) if found else 0


@job(JOB, title=gettext_lazy("检查新登记"), grants=[FLAG])
def look(actor: Actor, job_id: int, *, record_type: str, ids: list[int]) -> dict[str, Any]:
    """Some in a transaction; run again, it finds what it found."""
    found = 0
    for start in range(0, len(ids), AT_ONCE):
        found += _look(actor, record_type, ids[start : start + AT_ONCE])
        progress(job_id, min(start + AT_ONCE, len(ids)), len(ids))
    return {"found": found}


@transaction.atomic
def _look(actor: Actor, record_type: str, ids: list[int]) -> int:
    """One batch; batches come one after another, so that each sees the traces of those before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    entered = entered_of(ids)
    model = RECORD_TYPES[record_type].model
    rows = [row for row in model._default_manager.filter(pk__in=ids).order_by("id") if row.pk in entered]
    since = timezone.now() - timedelta(days=NEW_DAYS)
    new = [row for row in rows if entered[row.pk].at > since]
    fresh = {row.pk for row in new}
    kept = (
        trace for row in rows for trace in traces(REGISTERED[record_type], row, entered[row.pk], recent=row.pk in fresh)
    )
    Trace.objects.bulk_create(kept, ignore_conflicts=True)
    if not new or not ON.at(actor.stamp):
        return 0
    moments = {row.pk: entered[row.pk].at for row in new}
    found = suspects(record_type, new, moments, actor.stamp)
    if not found:
        return 0
    entered |= entered_of(sorted(set(found) - set(entered)))
    return flag_registrations(actor, found=found, entered=entered)


@periodic("*/10 * * * *", "duplicates.tell_reviewers")
def tell_reviewers(actor: Actor) -> None:
    """One message to each reviewer for all that was found since the last one, as far as he sees the records."""
    with transaction.atomic():
        risks = untold(MOST_TOLD)
        if not risks:
            return
        Risk.objects.filter(pk__in=[risk.pk for risk in risks]).update(told=True)
        once = f"{NOTICE}:{risks[-1].pk}:{risks[-1].version}"
        for member_id in _reviewers(actor):
            reader = actor_for(member_id, Surface.JOB)
            count = len(seen(reader, [risk for risk in risks if risk.ruling == "open"])) if reader else 0
            if count:
                notify([member_id], NOTICE, None, once=once, note={"count": count})


def _reviewers(actor: Actor) -> list[int]:
    org = organisation(actor)
    return [each.id for each in org.people.values() if each.active and JUDGE in org.grants(each.id)]


@periodic("40 18 * * *", "duplicates.forget_traces")
def forget(actor: Actor) -> None:
    """What was counted over a short time goes a day later."""
    before = timezone.now() - timedelta(days=1, minutes=MINUTES.at(actor.stamp))
    Trace.objects.filter(at__lt=before).exclude(kind=TraceKind.ADDRESS).delete()
