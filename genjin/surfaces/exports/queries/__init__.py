"""Reads of exports: the log of them, and how much was taken out on a day."""

from genjin.surfaces.exports.queries.log import (
    Line,
    export_for,
    exports_page,
    line_of,
    lines_of,
    offered,
)
from genjin.surfaces.exports.queries.volume import day_of, on_the_way, rows_in, taken_on, tier_of

__all__ = [
    "Line",
    "day_of",
    "export_for",
    "exports_page",
    "line_of",
    "lines_of",
    "offered",
    "on_the_way",
    "rows_in",
    "taken_on",
    "tier_of",
]
