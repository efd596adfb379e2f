"""Pages of follow-ups: on records' pages, writing, phrases, statistics."""

from genjin.followups.web import panels, phrases, sheets, statistics, writing

__all__ = ["panels", "phrases", "sheets", "statistics", "writing"]
