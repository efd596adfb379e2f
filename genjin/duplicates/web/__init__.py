"""Pages of duplicates: the hint while a record is entered, the tool, the rules."""

from genjin.duplicates.web import checking, groups, hint, rules

__all__ = ["checking", "groups", "hint", "rules"]
