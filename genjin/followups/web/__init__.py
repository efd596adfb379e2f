"""Pages of follow-ups: on records' pages, on the workbench, writing, phrases, sheets, statistics."""

from genjin.followups.web import panels, phrases, quick, sheets, statistics, team, today, writing

__all__ = ["panels", "phrases", "quick", "sheets", "statistics", "team", "today", "writing"]
