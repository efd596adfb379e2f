"""Bringing the checked rows in: begun, paused, continued, given up, taken back."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from genjin.surfaces.imports import work
from genjin.surfaces.imports.actions.running import cancel_import, pause_import
from genjin.surfaces.imports.queries import import_for
from genjin.surfaces.imports.web.showing import changing
from genjin.ui.pages import PageRequest, go, page

NEEDS = "imports.run"
BOTH = ["GET", "POST"]


@page("imports/<int:import_id>/run", name="import-run", methods=BOTH, needs=NEEDS)
@changing
def run(request: PageRequest, import_id: int) -> HttpResponse:
    """Begin: short ones are in when the answer comes, long ones run on."""
    work.run_import(request.actor, import_for(request.actor, import_id).pk)
    return _back(request, import_id)


@page("imports/<int:import_id>/pause", name="import-pause", methods=BOTH, needs=NEEDS)
@changing
def pause(request: PageRequest, import_id: int) -> HttpResponse:
    """Stop after the rows at hand."""
    pause_import(request.actor, import_for(request.actor, import_id).pk)
    return _back(request, import_id)


@page("imports/<int:import_id>/resume", name="import-resume", methods=BOTH, needs=NEEDS)
@changing
def resume(request: PageRequest, import_id: int) -> HttpResponse:
    """Go on behind the last row that is in."""
    work.go_on(request.actor, import_for(request.actor, import_id).pk)
    return _back(request, import_id)


@page("imports/<int:import_id>/cancel", name="import-cancel", methods=BOTH, needs=NEEDS)
@changing
def cancel(request: PageRequest, import_id: int) -> HttpResponse:
    """Give it up; what is in stays in."""
    cancel_import(request.actor, import_for(request.actor, import_id).pk)
    return _back(request, import_id, _("已取消，已经导入的行都还在"))


@page("imports/<int:import_id>/undo", name="import-undo", methods=BOTH, needs=NEEDS)
@changing
def undo(request: PageRequest, import_id: int) -> HttpResponse:
    """Take everything back that nobody has changed since."""
    work.undo(request.actor, import_for(request.actor, import_id).pk)
    return _back(request, import_id)


def _back(request: PageRequest, import_id: int, toast: str = "") -> HttpResponse:
    return go(request, reverse("import", args=[import_id]), toast)
