"""Writes of follow-ups."""

from genjin.followups.actions.correcting import edit_followup, restore_followup, unvoid_followup, void_followup
from genjin.followups.actions.phrases import add_phrase, edit_phrase, restore_phrase, retire_phrase
from genjin.followups.actions.taking_back import take_back_followup
from genjin.followups.actions.writing import create_followup

__all__ = [
    "add_phrase",
    "create_followup",
    "edit_followup",
    "edit_phrase",
    "restore_followup",
    "restore_phrase",
    "retire_phrase",
    "take_back_followup",
    "unvoid_followup",
    "void_followup",
]
