"""A handover is begun, gone on with, taken back."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from genjin.handover import work
from genjin.handover.grants import MANAGE
from genjin.handover.web.showing import changing
from genjin.ui.pages import PageRequest, go, page

BOTH = ["GET", "POST"]


@page("handovers/<int:handover_id>/begin", name="handover-begin", methods=BOTH, needs=MANAGE)
@changing
def begin(request: PageRequest, handover_id: int) -> HttpResponse:
    """Hand over: short ones are done when the answer comes, long ones run on."""
    work.begin_handover(request.actor, handover_id, force=bool(request.POST.get("force")))
    return _back(request, handover_id)


@page("handovers/<int:handover_id>/resume", name="handover-resume", methods=BOTH, needs=MANAGE)
@changing
def resume(request: PageRequest, handover_id: int) -> HttpResponse:
    """Go on behind the last step that was done."""
    work.resume(request.actor, handover_id)
    return _back(request, handover_id)


@page("handovers/<int:handover_id>/undo", name="handover-undo", methods=BOTH, needs=MANAGE)
@changing
def undo(request: PageRequest, handover_id: int) -> HttpResponse:
    """Give everything back that nobody has changed since."""
    work.undo_handover(request.actor, handover_id)
    return _back(request, handover_id)


def _back(request: PageRequest, handover_id: int) -> HttpResponse:
    return go(request, reverse("handover", args=[handover_id]))
