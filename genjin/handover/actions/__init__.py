"""Writes of handovers: preparing one, running it step by step, taking it back."""

from genjin.handover.actions.preparing import arrange, cancel_handover, change_handover, prepare_handover
from genjin.handover.actions.running import begin_handover, go_on, move_next
from genjin.handover.actions.undoing import move_back_next, undo_handover

__all__ = [
    "arrange",
    "begin_handover",
    "cancel_handover",
    "change_handover",
    "go_on",
    "move_back_next",
    "move_next",
    "prepare_handover",
    "undo_handover",
]
