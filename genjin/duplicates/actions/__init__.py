"""Writes of duplicates: who was told what, rules, pairs that are none, rulings of risks."""

from genjin.duplicates.actions.rules import change_rule, create_rule, end_rule
from genjin.duplicates.actions.telling import tell

__all__ = ["change_rule", "create_rule", "end_rule", "tell"]
