"""Pages of duplicates: the hint while a record is entered, the tool, the rules, risks of registrations."""

from genjin.duplicates.web import checking, groups, hint, risk_settings, risks, rules

__all__ = ["checking", "groups", "hint", "risk_settings", "risks", "rules"]
