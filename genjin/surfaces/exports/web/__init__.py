"""Pages of exports: the dialog of a list, the log of exports, their files; records and lists on paper; cards."""

from genjin.surfaces.exports.web import cards, exporting, log, printing

__all__ = ["cards", "exporting", "log", "printing"]
