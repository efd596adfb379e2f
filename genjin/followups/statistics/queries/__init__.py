"""Reads of the statistics: totals, distinct customers, lines. Nothing here writes."""
