"""Pages of follow-ups: on records' pages, words to greet with, workbench, writing, phrases, sheets, statistics."""

from genjin.followups.web import greetings, panels, phrases, quick, sheets, statistics, team, today, writing

__all__ = ["greetings", "panels", "phrases", "quick", "sheets", "statistics", "team", "today", "writing"]
