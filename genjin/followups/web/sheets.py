"""Downloading the statistics as a spreadsheet: at once when it is short, else its progress and then the file."""

from __future__ import annotations

import io
from typing import Any, cast

from django.http import FileResponse, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from genjin.followups.statistics.actions import AT_ONCE, EXPORT, asked_of, export_sheet
from genjin.followups.statistics.models import Sheet
from genjin.followups.statistics.queries.sheets import sheet_for
from genjin.followups.statistics.sheet import file_name, write_sheet
from genjin.kernel.file_names import content_disposition
from genjin.kernel.files import path_of
from genjin.kernel.jobs import cancel_job, job_for
from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.refusal import NotFound, Refused
from genjin.ui.pages import PageRequest, go, page, respond

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BROKEN = (JobProgress.State.FAILED, JobProgress.State.CANCELLED)


@page("statistics/followups/sheets", name="followup-sheets", methods=["POST"], needs=EXPORT)
def download(request: PageRequest) -> HttpResponse:
    """Ask for the table: a short one is the answer, a long one is on its way."""
    try:
        made = export_sheet.run(request.actor, None, {"asked": request.POST.get("asked", "")})
    except Refused as refusal:
        back = f"{reverse('followup-statistics')}?{request.POST.get('asked', '')}"
        return go(request, back, refusal.message, tone="bad")
    sheet = sheet_for(request.actor, made.row_id or 0)
    if sheet.lines > AT_ONCE:
        return go(request, reverse("followup-sheet", args=[sheet.pk]))
    return _answer(_made_now(request, sheet), request, sheet)


@page("statistics/followups/sheets/<int:sheet_id>", name="followup-sheet", needs=EXPORT)
def show(request: PageRequest, sheet_id: int) -> HttpResponse:
    """How far a long table is; the page asks again every second until the file is there."""
    sheet = sheet_for(request.actor, sheet_id)
    return respond(request, "followups/sheet.html#state", **_state(request, sheet))


@page("statistics/followups/sheets/<int:sheet_id>/file", name="followup-sheet-file", needs=EXPORT)
def fetch(request: PageRequest, sheet_id: int) -> HttpResponse:
    """The file. Raises NotFound while it is not made, and after a week."""
    sheet = sheet_for(request.actor, sheet_id)
    path = path_of(sheet.stored_as)
    if not sheet.stored_as or not path.is_file():
        raise NotFound
    return _answer(path.open("rb"), request, sheet)


@page("statistics/followups/sheets/<int:sheet_id>/stop", name="followup-sheet-stop", methods=["POST"], needs=EXPORT)
def stop(request: PageRequest, sheet_id: int) -> HttpResponse:
    """Give a long one up."""
    sheet = sheet_for(request.actor, sheet_id)
    cancel_job(request.actor, sheet.job_id or 0)
    return go(request, _back(sheet), _("下载已取消"))


def _made_now(request: PageRequest, sheet: Sheet) -> io.BytesIO:
    file = io.BytesIO()
    write_sheet(request.actor, asked_of(request.actor, sheet.asked["query"]), file)
    file.seek(0)
    return file


def _answer(file: Any, request: PageRequest, sheet: Sheet) -> HttpResponse:
    name = file_name(asked_of(request.actor, sheet.asked["query"]))
    answer: Any = FileResponse(file, content_type=TYPE)
    # the answer itself names a stored file by its place on the disk
    answer.headers["Content-Disposition"] = content_disposition(name)
    answer.headers["Cache-Control"] = "private, no-store"
    return cast("HttpResponse", answer)


def _state(request: PageRequest, sheet: Sheet) -> dict[str, Any]:
    try:
        job = job_for(request.actor, sheet.job_id or 0)
    except NotFound:
        job = None
    ready = bool(sheet.stored_as) and path_of(sheet.stored_as).is_file()
    return {
        "sheet": sheet,
        "asked": asked_of(request.actor, sheet.asked["query"]),
        "job": job,
        "ready": ready,
        "broken": not ready and (job is None or job.state in BROKEN or job.finished_at is not None),
        "back": _back(sheet),
    }


def _back(sheet: Sheet) -> str:
    return f"{reverse('followup-statistics')}?{sheet.asked['query']}"
