"""撤销: the address by which a toast offers it, and the page that does it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from genjin.kernel.actions import Action
from genjin.kernel.undo import undo_event
from genjin.ui.pages import PageRequest, closed_dialog, go, page

CHANGED = "record:changed rows:changed"


def undo_address(action: Action[Any, Any], event_id: int | None) -> str:
    """Where to POST to take back what was just done; '' when nothing was done, or it cannot be undone."""
    return reverse("undo", args=[event_id]) if action.undo is not None and event_id else ""


@page("undo/<int:event_id>", name="undo", methods=["POST"])
def undo(request: PageRequest, event_id: int) -> HttpResponse:
    """Undo one's own event of the last minutes; the page one is on shows it."""
    undone = undo_event(request.actor, event_id)
    tone = "warn" if undone.kept else "ok"
    if request.headers.get("HX-Request") == "true":
        return closed_dialog(undone.words, changed=CHANGED, tone=tone)
    return go(request, "/", undone.words, tone=tone)
