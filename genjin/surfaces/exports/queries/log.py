"""Reads of exports: one's own, all of them for those who watch, who downloaded what."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.files import path_of
from genjin.kernel.models.events import EventLink
from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import NotFound
from genjin.surfaces.exports.asked import words_of
from genjin.surfaces.exports.grants import WATCH
from genjin.surfaces.exports.models import PRINTED, Export

FETCHED, KEPT = "exports.fetch", "exports.keep"
BROKEN = (JobProgress.State.FAILED, JobProgress.State.CANCELLED)


@dataclass(frozen=True)
class Line:
    """An export as its page tells of it. `state`: waiting, running, ready, expired, failed, cancelled or printed;
    `fetched`: when it was downloaded and from where; `full`: labels of the columns with personal values in full."""

    export: Export
    state: str
    what: str
    rows: str
    who: str
    own: bool
    job: JobProgress | None = None
    error: str = ""
    fetched: list[tuple[datetime, str]] = field(default_factory=list)
    full: list[str] = field(default_factory=list)


def export_for(actor: Actor, export_id: int, *, lock: bool = False) -> Export:
    """The door to one's own export. Raises NotFound."""
    rows = Export.objects.filter(pk=export_id, member_id=actor.member_id or 0)
    export = (rows.select_for_update() if lock else rows).first()
    if export is None:
        raise NotFound
    return export


def offered(export: Export) -> bool:
    """Whether there is a file to download now."""
    alive = export.stored_as and export.expires_at is not None and export.expires_at > timezone.now()
    return bool(alive) and path_of(export.stored_as).is_file()


def line_of(actor: Actor, export: Export) -> Line:
    """One export in words."""
    return lines_of(actor, [export])[0]


def exports_page(
    actor: Actor, *, everybody: bool = False, before: int | None = None, most: int = 30
) -> tuple[list[Line], bool]:
    """(exports newest first, whether there are earlier ones): one's own, or everybody's for those who may watch."""
    rows = Export.objects.order_by("-id")
    if not (everybody and actor.may(WATCH)):
        rows = rows.filter(member_id=actor.member_id or 0)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: most + 1])
    return lines_of(actor, found[:most]), len(found) > most


def lines_of(actor: Actor, exports: list[Export]) -> list[Line]:
    """Exports in words. One query for the jobs, one for the downloads."""
    jobs = JobProgress.objects.in_bulk([e.job_id for e in exports if e.job_id])
    fetched: defaultdict[int, list[tuple[datetime, str]]] = defaultdict(list)
    full: dict[int, list[str]] = {}
    links = EventLink.objects.filter(row_id__in=[e.pk for e in exports], event__action__in=(FETCHED, KEPT))
    told = links.order_by("event_id").values_list("row_id", "event__action", "event__at", "event__note")
    for row_id, action, at, note in told:
        if action == FETCHED:
            fetched[row_id].append((at, str(note.get("address", ""))))
        else:
            full[row_id] = list(note.get("full", full.get(row_id, ())))
    return [
        _line(actor, export, jobs.get(export.job_id or 0), fetched[export.pk], full.get(export.pk, []))
        for export in exports
    ]


def _line(
    actor: Actor, export: Export, job: JobProgress | None, fetched: list[tuple[datetime, str]], full: list[str]
) -> Line:
    declared = RECORD_TYPES.get(export.record_type)
    state = _state(export, job)
    return Line(
        export=export,
        state=state,
        what=str(declared.many) if declared else export.record_type,
        rows=words_of(actor, export),
        who=people.directory().member_name(export.member_id, actor.stamp),
        own=export.member_id == actor.member_id,
        job=job,
        error=_error(job) if state == "failed" else "",
        fetched=fetched,
        full=full,
    )


def _state(export: Export, job: JobProgress | None) -> str:
    if export.format == PRINTED:
        return "printed"
    if export.stored_as:
        return "ready" if offered(export) else "expired"
    if job is None or job.state in BROKEN or job.finished_at is not None:
        return "cancelled" if job is not None and job.state == JobProgress.State.CANCELLED else "failed"
    return str(job.state)


def _error(job: JobProgress | None) -> str:
    return (job.error if job else "") or _("文件没有做完，请重新导出")
