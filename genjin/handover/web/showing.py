"""One handover as it stands: its step while it is prepared, how far it is, what it came to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from genjin.handover.grants import MANAGE
from genjin.handover.models import Handover
from genjin.handover.queries import handover_for, progress
from genjin.handover.rules import AT_WORK, State
from genjin.handover.web.drawing import head_of, step_of
from genjin.handover.web.outcome import outcome
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.ui.pages import PageRequest, fragment, go, page, render, wants_fragment


@page("handovers/<int:handover_id>", name="handover", needs=MANAGE)
def show(request: PageRequest, handover_id: int) -> HttpResponse:
    """The handover where it stands; `?step=who|receivers|options|preview` while it is prepared,
    `?part=&standing=&after=` in its report."""
    return drawn(request, handover_for(request.actor, handover_id))


@page("handovers/<int:handover_id>/progress", name="handover-progress", needs=MANAGE)
def show_progress(request: PageRequest, handover_id: int) -> HttpResponse:
    """The bar; once the work is over, the page is loaded afresh."""
    row = handover_for(request.actor, handover_id)
    found = progress(row)
    if not wants_fragment(request):
        return drawn(request, row)
    if row.state not in AT_WORK or found.stopped:
        return go(request, reverse("handover", args=[row.pk]))
    return fragment(request, "handover/running.html#progress", head=head_of(request.actor, row), progress=found)


def drawn(request: PageRequest, row: Handover, refusal: Refused | None = None) -> HttpResponse:
    """The whole page, with what was refused just now."""
    head = head_of(request.actor, row)
    told: dict[str, Any] = {"head": head, "refusal": refusal, "row": row}
    status = 422 if refusal else 200
    if row.state == State.DRAFT:
        template, context = step_of(request, row, refusal)
        return render(request, template, status=status, **told, **context)
    if row.state in AT_WORK:
        return render(request, "handover/running.html", status=status, progress=progress(row), **told)
    return render(request, "handover/outcome.html", status=status, **told, **outcome(request, row))


def changing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For views that only change something: asked with GET (after signing in again) they show the handover; what an
    action refuses is told there, in the state that it has now."""

    @wraps(view)
    def changed(request: PageRequest, handover_id: int) -> HttpResponse:
        row = handover_for(request.actor, handover_id)
        if request.method == "GET":
            return drawn(request, row)
        try:
            return view(request, handover_id)
        except Refused as refusal:
            if isinstance(refusal, NotFound | Forbidden):
                raise
            return drawn(request, handover_for(request.actor, handover_id), refusal)

    return changed
