"""Pages of duplicates: the hint while a record is entered, the tool, the rules."""

from genjin.duplicates.web import checking, hint, rules

__all__ = ["checking", "hint", "rules"]
