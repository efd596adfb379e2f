"""Pages of follow-ups: on records' pages, writing, phrases, statistics."""

from genjin.followups.web import panels, phrases, statistics, writing

__all__ = ["panels", "phrases", "statistics", "writing"]
