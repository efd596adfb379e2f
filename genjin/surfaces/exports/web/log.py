"""导出记录: one's own exports, all of them for those who watch; one of them on its way; its file."""

from __future__ import annotations

from typing import Any, cast

from django.http import FileResponse, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.file_names import content_disposition
from genjin.kernel.files import path_of
from genjin.kernel.jobs import cancel_job
from genjin.kernel.refusal import Forbidden
from genjin.surfaces.exports.actions import fetch_export
from genjin.surfaces.exports.evidence import noting_place
from genjin.surfaces.exports.grants import RUN, WATCH
from genjin.surfaces.exports.models import Export, Format
from genjin.surfaces.exports.queries import export_for, exports_page, line_of
from genjin.ui.navigation import NavItem, register_nav
from genjin.ui.pages import PageRequest, go, page, respond

TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
    Format.VCF: "text/vcard; charset=utf-8",
}

register_nav(
    NavItem(
        key="exports",
        label=gettext_lazy("导出记录"),
        icon="file-export",
        url_name="exports",
        section="management",
        order=41,
        needs=(RUN, WATCH),
    )
)


@page("exports", name="exports")
def exports(request: PageRequest) -> HttpResponse:
    """One's own exports; with `?all=1` everybody's, for those who may watch."""
    actor = request.actor
    if not (actor.may(RUN) or actor.may(WATCH)):
        raise Forbidden
    watches = actor.may(WATCH)
    everybody = watches and ("all" in request.GET or not actor.may(RUN))
    before = request.GET.get("before", "")
    lines, more = exports_page(actor, everybody=everybody, before=int(before) if _is_id(before) else None)
    return respond(
        request, "exports/exports.html#lines", lines=lines, more=more, everybody=everybody, watches=watches,
        first=not before,
    )  # fmt: skip


@page("exports/<int:export_id>", name="export", needs=RUN)
def show(request: PageRequest, export_id: int) -> HttpResponse:
    """How far a long export is; the page asks again every second until the file is there."""
    return respond(
        request, "exports/export.html#state", line=line_of(request.actor, export_for(request.actor, export_id))
    )


@page("exports/<int:export_id>/file", name="export-file", needs=RUN)
def fetch(request: PageRequest, export_id: int) -> HttpResponse:
    """The file, for its asker alone. Raises NotFound while it is not made, and after it has expired."""
    with noting_place(request):
        return file_answer(fetch_export(request.actor, export_id))


@page("exports/<int:export_id>/stop", name="export-stop", methods=["POST"], needs=RUN)
def stop(request: PageRequest, export_id: int) -> HttpResponse:
    """Give a long one up."""
    export = export_for(request.actor, export_id)
    cancel_job(request.actor, export.job_id or 0)
    return go(request, reverse("exports"), _("导出已取消"))


def file_answer(export: Export) -> HttpResponse:
    """The answer that offers the file for saving."""
    file = path_of(export.stored_as).open("rb")
    answer: Any = FileResponse(file, content_type=TYPES[Format(export.format)])
    # the answer itself names the file by its place on the disk
    answer.headers["Content-Disposition"] = content_disposition(export.name)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return cast("HttpResponse", answer)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
