"""One import at the step where it stands; one comes back to it from the list at any time."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.surfaces.imports.models import AT_WORK, Import, State
from genjin.surfaces.imports.queries import import_for
from genjin.surfaces.imports.web.drawing import check_page, columns_page, run_page, summary
from genjin.surfaces.imports.web.steps import head_of
from genjin.ui.pages import PageRequest, fragment, go, page, render, wants_fragment

NEEDS = "imports.run"
BEFORE_RUN = (State.CHECKING, State.CHECKED)


@page("imports/<int:import_id>", name="import", needs=NEEDS)
def show(request: PageRequest, import_id: int) -> HttpResponse:
    """The step an import stands at; `?step=columns` goes back to the columns."""
    return drawn(request, import_for(request.actor, import_id))


@page("imports/<int:import_id>/progress", name="import-progress", needs=NEEDS)
def progress(request: PageRequest, import_id: int) -> HttpResponse:
    """The bar; once the work is over, the page is loaded afresh."""
    row = import_for(request.actor, import_id)
    found = summary(request.actor, row)
    if not wants_fragment(request):
        return drawn(request, row)
    if row.state not in AT_WORK or found["work"] is None or not found["work"].at_work:
        return go(request, reverse("import", args=[row.pk]))
    return fragment(request, "imports/summary.html", head=head_of(row), **found)


def drawn(request: PageRequest, row: Import, refusal: str = "", *, status: int = 200) -> HttpResponse:
    """The whole page of an import, with what was refused just now."""
    template, context = _step(request, row, refusal)
    return render(request, template, status=status, **context)


def _step(request: PageRequest, row: Import, refusal: str) -> tuple[str, dict[str, Any]]:
    actor, asked = request.actor, request.GET
    back = asked.get("step") == "columns" and row.state == State.CHECKED
    if row.state == State.UPLOADED or back:
        try:
            return "imports/columns.html", columns_page(actor, row, refusal)
        except Refused as refused:
            return "imports/lost.html", {"head": head_of(row), "refusal": refused.message}
    if row.state in BEFORE_RUN:
        return "imports/review.html", check_page(actor, row, refusal, asked.dict())
    return "imports/outcome.html", run_page(actor, row, refusal, asked.dict())


def changing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For views that only change something: asked with GET (after signing in again) they show the import; what an
    action refuses is told there, in the state the import has now (another window may have gone on)."""

    @wraps(view)
    def changed(request: PageRequest, import_id: int, **more: Any) -> HttpResponse:
        here = reverse("import", args=[import_id])
        if request.method == "GET":
            return drawn(request, import_for(request.actor, import_id))
        try:
            return view(request, import_id, **more)
        except Refused as refusal:
            if isinstance(refusal, NotFound | Forbidden):
                raise
            import_for(request.actor, import_id)
            return go(request, here, refusal.message, tone="bad")

    return changed
