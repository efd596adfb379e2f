"""The jobs of imports: checking, running and undoing long ones; dropping files whose time is over."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from genjin.kernel.actor import Actor
from genjin.kernel.gathering import settle, unsettled
from genjin.kernel.jobs import job, periodic, progress
from genjin.surfaces.imports.actions.dropping import drop_files
from genjin.surfaces.imports.actions.reviewing import CHECK_JOB
from genjin.surfaces.imports.actions.running import RUN_JOB
from genjin.surfaces.imports.actions.undoing import UNDO_JOB
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.models import Import, State
from genjin.surfaces.imports.queries import import_for
from genjin.surfaces.imports.work import do_check, do_run, do_undo


@job(CHECK_JOB, title=_("校验要导入的表格"), as_member=True)
def check_import_job(actor: Actor, job_id: int, *, import_id: int) -> dict[str, Any]:
    """Check what is left of a file."""
    do_check(actor, import_for(actor, import_id), lambda done, total: progress(job_id, done, total))
    return {"import": import_id}


@job(RUN_JOB, title=_("导入表格"), as_member=True)
def run_checked_job(actor: Actor, job_id: int, *, import_id: int) -> dict[str, Any]:
    """Bring what is left of an import; run twice it goes on where it stopped."""
    row = do_run(actor, import_for(actor, import_id), lambda done, total: progress(job_id, done, total))
    return {"import": import_id, "counts": row.counts}


@job(UNDO_JOB, title=_("撤销导入"), as_member=True)
def undo_import_job(actor: Actor, job_id: int, *, import_id: int) -> dict[str, Any]:
    """Take back what is left."""
    row = do_undo(actor, import_for(actor, import_id), lambda done, total: progress(job_id, done, total))
    return {"import": import_id, "counts": row.counts}


@periodic("50 17 * * *", "imports.drop_files", grants=["imports.drop"])
def drop_old_files(actor: Actor) -> None:
    """Files whose time is over go every night; search indexes that a killed import left gathering are put back."""
    drop_files(actor)
    if not Import.objects.filter(state=State.RUNNING).exists():
        models = {part.action.on for kind in KINDS.values() for part in kind.parts if part.action.on}
        for name in unsettled(models):
            settle(name)
