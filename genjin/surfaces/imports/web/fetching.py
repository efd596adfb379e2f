"""Sheets to fill in, for those who have no file yet."""

from __future__ import annotations

from django.http import HttpResponse

from genjin.kernel.file_names import content_disposition
from genjin.kernel.refusal import NotFound
from genjin.surfaces.imports.blanks import file_name, template
from genjin.surfaces.imports.kinds import KINDS
from genjin.ui.pages import PageRequest, page

NEEDS = "imports.run"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page("imports/templates/<str:kind>", name="import-template", needs=NEEDS)
def blank(request: PageRequest, kind: str) -> HttpResponse:
    """A sheet to fill in."""
    if kind not in KINDS:
        raise NotFound
    response = HttpResponse(template(request.actor, KINDS[kind]), content_type=XLSX)
    name = file_name(KINDS[kind])
    response.headers["Content-Disposition"] = content_disposition(name)
    return response
