"""Pages of scoring: the card beside a record, whom to turn to first, the rules in the settings."""

from genjin.scoring.web import cards, settings, today

__all__ = ["cards", "settings", "today"]
