"""Running an import: begun, chunk by chunk, paused, resumed, cancelled. What is in stays in."""

from __future__ import annotations

import time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.jobs import start_job
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused
from genjin.surfaces.imports.actions.bringing import Bringing, Prepared
from genjin.surfaces.imports.actions.shapes import remember_import
from genjin.surfaces.imports.models import MOVES, Import, State
from genjin.surfaces.imports.queries import import_for, progress

NEEDS = "imports.run"
AT_ONCE = 200
MOST_AT_WORK = 1
RUN_JOB = "imports.run"
CHUNK = 1_000
STEP = "a step of running; the actions of the rows record what they do"


@action("imports.begin_run", on=Import, needs=NEEDS, label=gettext_lazy("开始导入"), listed=False)
def begin_run(actor: Actor, import_id: int, *, waiting: bool = False) -> Import:
    """Bring the checked rows in; many go to the queue unless the caller waits for it. Raises Refused("bad_move"),
    Refused("busy")."""
    row = import_for(actor, import_id, lock=True)
    MOVES.move(row, State.RUNNING)
    _demand_free(actor, row)
    row.position, row.counts, row.words = 0, {}, ""
    row.clock = {**row.clock, "running": 0}
    row.begun_at = timezone.now()
    remember_import(actor, row)
    _queue(actor, row, waiting)
    record(actor, row)
    return row


@action("imports.pause", on=Import, needs=NEEDS, label=gettext_lazy("暂停导入"), listed=False)
def pause_import(actor: Actor, import_id: int) -> Import:
    """Stop after the rows at hand; what is in stays in. Raises Refused("bad_move")."""
    row = import_for(actor, import_id, lock=True)
    MOVES.move(row, State.PAUSED)
    record(actor, row)
    return row


@action("imports.go_on", on=Import, needs=NEEDS, label=gettext_lazy("继续导入"), listed=False)
def go_on_import(actor: Actor, import_id: int, *, waiting: bool = False) -> Import:
    """Go on behind the last row that is in: after a pause, or when the job ended half-way. Raises
    Refused("not_stopped")."""
    row = import_for(actor, import_id, lock=True)
    if row.state == State.PAUSED:
        MOVES.move(row, State.RUNNING)
    elif row.state != State.RUNNING or not (waiting or progress(actor, row).stopped):
        raise Refused("not_stopped", _("这次导入没有停在半途"))
    _demand_free(actor, row)
    row.words = ""
    _queue(actor, row, waiting)
    record(actor, row)
    return row


@action("imports.cancel", on=Import, needs=NEEDS, label=gettext_lazy("取消导入"), listed=False)
def cancel_import(actor: Actor, import_id: int) -> Import:
    """Give an import up: before it runs altogether, later behind the rows that are in. Raises Refused("bad_move")."""
    row = import_for(actor, import_id, lock=True)
    MOVES.move(row, State.CANCELLED)
    row.ended_at = timezone.now()
    record(actor, row)
    return row


@action("imports.bring_next", on=Import, needs=NEEDS, label=gettext_lazy("导入数据行"), silent=STEP, listed=False)
def bring_next(actor: Actor, import_id: int, *, bringing: Bringing, prepared: Prepared | None = None) -> Import:
    """Bring the next rows in: they, what they became and how far the import is are one transaction. `prepared`: the
    next rows as they were made ahead; nothing is done when others have come before them."""
    row = import_for(actor, import_id, lock=True)
    if row.state != State.RUNNING or (prepared and prepared.after != row.position):
        return row
    begun = max(prepared.begun if prepared else time.perf_counter(), bringing.ended)
    position, counts = prepared.write(row) if prepared else bringing.bring(row, CHUNK)
    bringing.ended = time.perf_counter()
    facts: dict[str, Any] = {"position": position or row.position, "counts": counts}
    facts["clock"] = {**row.clock, "running": row.clock.get("running", 0) + bringing.ended - begun}
    if position is None:
        MOVES.move(row, State.DONE)
        row.ended_at = timezone.now()
        row.counts = counts
        record(actor, row)
    Import.objects.filter(pk=row.pk).update(**facts)
    for name, value in facts.items():
        setattr(row, name, value)
    return row


def _demand_free(actor: Actor, row: Import) -> None:
    """At most so many imports of one member are at work at once."""
    others = Import.objects.filter(member=actor.member_id, state=State.RUNNING).exclude(pk=row.pk)
    if others.count() >= MOST_AT_WORK:
        raise Refused("busy", _("您有一次导入正在进行，请等它完成，或先暂停它"))


def _queue(actor: Actor, row: Import, waiting: bool) -> None:
    row.job_id = None
    if row.total > AT_ONCE and not waiting:
        row.job_id = start_job(actor, RUN_JOB, title=_("导入 %s") % row.filename, import_id=row.pk).pk
