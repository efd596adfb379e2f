"""Writes of duplicates: who was told what, rules, runs over the base, pairs that are none."""

from genjin.duplicates.actions.rules import change_rule, create_rule, end_rule
from genjin.duplicates.actions.sweeping import begin_sweep, dismiss
from genjin.duplicates.actions.telling import tell

__all__ = ["begin_sweep", "change_rule", "create_rule", "dismiss", "end_rule", "tell"]
