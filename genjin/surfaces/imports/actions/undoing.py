"""Taking a whole import back, through the actions, as far as nobody has changed its rows since."""

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
from genjin.surfaces.imports.actions.taking_back import take_back
from genjin.surfaces.imports.models import MOVES, Brought, Import, State
from genjin.surfaces.imports.queries import import_for, progress

NEEDS = "imports.run"
UNDO_JOB = "imports.undo"
AT_ONCE = 200
CHUNK = 200
STEP = "a step of undoing; the actions of the rows record what they do"


@action("imports.undo", on=Import, needs=NEEDS, label=gettext_lazy("撤销整次导入"), danger=True, listed=False)
def undo_import(actor: Actor, import_id: int, *, waiting: bool = False) -> Import:
    """Take everything back that is as the import left it; what was changed since is kept and listed. Called again for
    an undoing whose job ended half-way, it goes on. Raises Refused("nothing"), Refused("bad_move")."""
    row = import_for(actor, import_id, lock=True)
    if row.state != State.UNDOING:
        if not Brought.objects.filter(batch_id=row.pk).exists():
            raise Refused("nothing", _("这次导入没有带来任何数据，不用撤销"))
        MOVES.move(row, State.UNDOING)
        row.position, row.clock = 0, {**row.clock, "undoing": 0}
        row.counts = {**row.counts, "done": 0, "taken_back": 0, "kept": 0}
    elif not (waiting or progress(actor, row).stopped):
        raise Refused("bad_move", _("正在撤销"))
    row.job_id = None
    if row.total > AT_ONCE and not waiting:
        row.job_id = start_job(actor, UNDO_JOB, title=_("撤销导入 %s") % row.filename, import_id=row.pk).pk
    record(actor, row)
    return row


@action("imports.take_back_next", on=Import, needs=NEEDS, label=gettext_lazy("撤销数据行"), silent=STEP, listed=False)
def take_back_next(actor: Actor, import_id: int) -> Import:
    """Take back what the next customers brought; with the last ones the import is undone."""
    row = import_for(actor, import_id, lock=True)
    if row.state != State.UNDOING:
        return row
    begun = time.perf_counter()
    position, counts = take_back(actor, row, CHUNK)
    facts: dict[str, Any] = {"counts": counts, "position": position or row.position}
    facts["clock"] = {**row.clock, "undoing": row.clock.get("undoing", 0) + time.perf_counter() - begun}
    if position is None:
        MOVES.move(row, State.UNDONE)
        row.ended_at = timezone.now()
        record(actor, row)
    Import.objects.filter(pk=row.pk).update(**facts)
    for name, value in facts.items():
        setattr(row, name, value)
    return row
