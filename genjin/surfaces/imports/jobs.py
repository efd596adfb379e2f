"""The job that brings a long table in."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from genjin.kernel.actor import Actor
from genjin.kernel.jobs import job, progress
from genjin.surfaces.imports.actions import JOB
from genjin.surfaces.imports.queries import import_for
from genjin.surfaces.imports.running import run_import


@job(JOB, title=_("导入表格"), as_member=True)
def run_import_job(actor: Actor, job_id: int, *, import_id: int) -> dict[str, Any]:
    """Bring what is left of an import; run twice it goes on where it stopped."""
    row = run_import(actor, import_for(actor, import_id), lambda done, total: progress(job_id, done, total))
    return {"import": row.pk}
