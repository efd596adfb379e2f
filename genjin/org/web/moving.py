"""The verbs of a list of rules in the settings: switched on and off, ended, deleted; answered on the list itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from genjin.kernel.actions import Action
from genjin.kernel.fields.base import Label
from genjin.kernel.refusal import NotFound, Refused
from genjin.ui.pages import PageRequest, go

Moves = Mapping[str, tuple[Action[Any, Any], Label]]
"""{move as addresses name it: (its action, what is told when it is done)}; on and off undo each other."""


def moved(request: PageRequest, moves: Moves, place: str, row_id: int, move: str) -> HttpResponse:
    """Carry a move out and go back to the list at `place`. Raises NotFound for one that is none."""
    if move not in moves:
        raise NotFound
    action, told = moves[move]
    try:
        action.run(request.actor, row_id, {})
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return go(request, place, refusal.message, tone="bad")
    undo = {"on": f"{place}/{row_id}/off", "off": f"{place}/{row_id}/on"}.get(move, "")
    return go(request, place, str(told), undo=undo)
