"""Writes of duplicates: who was told what, rules, runs over the base, pairs that are none, risks of registrations."""

from genjin.duplicates.actions.risks import flag_registrations, judge_risk
from genjin.duplicates.actions.rules import change_rule, create_rule, end_rule
from genjin.duplicates.actions.sweeping import begin_sweep, dismiss, suspect
from genjin.duplicates.actions.telling import tell

__all__ = [
    "begin_sweep",
    "change_rule",
    "create_rule",
    "dismiss",
    "end_rule",
    "flag_registrations",
    "judge_risk",
    "suspect",
    "tell",
]
