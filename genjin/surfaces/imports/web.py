"""Pages of imports: upload, what would happen with each row, confirm, progress, what became of it."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.doors import titles_of
from genjin.kernel.jobs import job_for
from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.refusal import NotFound, Refused
from genjin.surfaces.imports.actions import begin_import, resume_import, upload_table
from genjin.surfaces.imports.models import Duplicates, Import, State
from genjin.surfaces.imports.planning import DUPLICATE, READY, REJECTED, Plan, plan_import
from genjin.surfaces.imports.queries import import_for, imports_of
from genjin.surfaces.imports.earlier_running import planned, run_import
from genjin.surfaces.imports.words import HEADINGS
from genjin.ui.navigation import NavItem, register_nav
from genjin.ui.pages import PageRequest, go, page, render, respond

NEEDS = "imports.run"
MOST_BYTES = 10 << 20
MOST_SHOWN = 200
BROKEN = (JobProgress.State.FAILED, JobProgress.State.CANCELLED)


@page("imports", name="imports", methods=["GET", "POST"], needs=NEEDS)
def imports(request: PageRequest) -> HttpResponse:
    """Upload a file; one's own earlier imports."""
    refusal = None
    if request.method == "POST":
        try:
            row = _uploaded(request)
            return go(request, reverse("import", args=[row.pk]))
        except Refused as refused:
            refusal = refused
    context: dict[str, Any] = {"rows": imports_of(request.actor), "known": _known_headings()}
    context["error"] = refusal.message if refusal else ""
    return render(request, "imports/upload.html", status=422 if refusal else 200, **context)


@page("imports/<int:import_id>", name="import", needs=NEEDS)
def show(request: PageRequest, import_id: int) -> HttpResponse:
    """One import: the preview, the progress (asked again and again by the page), or what became of it."""
    row = import_for(request.actor, import_id)
    drawn = {State.UPLOADED: _preview, State.RUNNING: _progress, State.DONE: _result}[State(row.state)]
    return respond(request, "imports/import.html#state", row=row, **drawn(request, row))


@page("imports/<int:import_id>/run", name="import-run", methods=["POST"], needs=NEEDS)
def run(request: PageRequest, import_id: int) -> HttpResponse:
    """Bring the file in: at once, or as a job when it is long; again when the job failed half-way."""
    row = import_for(request.actor, import_id)
    if row.state == State.RUNNING and _stopped(request, row):
        row = resume_import(request.actor, row.pk)
    else:
        row = begin_import(request.actor, row.pk, duplicates=request.POST.get("duplicates", ""))
    if row.job_id is None:
        run_import(request.actor, row)
    return go(request, reverse("import", args=[row.pk]))


def _uploaded(request: PageRequest) -> Import:
    """Keep the file when a table is found in it. Raises Refused."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Refused("no_file", _("请选择一个文件（xlsx、xls 或 csv）"), "file")
    if (file.size or 0) > MOST_BYTES:
        raise Refused("too_large", _("文件太大，最多 %(most)s MB；请分成几个文件") % {"most": MOST_BYTES >> 20}, "file")
    content, name = file.read(), file.name or ""
    plan = plan_import(request.actor, content, name)
    return upload_table(request.actor, filename=name, content=content, rows=len(plan.rows))


def _known_headings() -> list[str]:
    """The first heading of each field, as a hint."""
    return list(dict.fromkeys(headings[0] for headings in HEADINGS.values()))


def _preview(request: PageRequest, row: Import) -> dict[str, Any]:
    plan = planned(request.actor, row)
    counts = {state: plan.count(state) for state in (READY, DUPLICATE, REJECTED)}
    return {"plan": plan, "counts": counts, "shown": _worth_seeing(plan), "choices": Duplicates.choices}


def _worth_seeing(plan: Plan) -> list[Any]:
    """All rows of a short table; of a long one those with problems first."""
    rows = plan.rows
    if len(rows) > MOST_SHOWN:
        rows = sorted(rows, key=lambda row: (row.state == READY, row.number))
    return rows[:MOST_SHOWN]


def _progress(request: PageRequest, row: Import) -> dict[str, Any]:
    try:
        job = job_for(request.actor, row.job_id or 0)
    except NotFound:
        job = None
    return {"job": job, "stopped": job is None or job.state in BROKEN}


def _stopped(request: PageRequest, row: Import) -> bool:
    return bool(_progress(request, row)["stopped"])


def _result(request: PageRequest, row: Import) -> dict[str, Any]:
    brought = row.report.get("brought", [])[:MOST_SHOWN]
    titles = titles_of(request.actor, "customer", [customer for _number, customer in brought])
    links = [(number, customer, titles[customer]) for number, customer in brought if customer in titles]
    return {"report": row.report, "links": links}


register_nav(
    NavItem(
        key="imports",
        label=gettext_lazy("导入"),
        icon="database-import",
        url_name="imports",
        section="management",
        order=40,
        needs=NEEDS,
    )
)
