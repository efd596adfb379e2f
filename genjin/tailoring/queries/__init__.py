"""Reads of fields and layouts: what is there, how many rows hold values, what a change would touch."""

from genjin.tailoring.queries.changes import Leftover, Preview, Sample, distinct_texts, left_over, preview
from genjin.tailoring.queries.fields import (
    FieldLine,
    LayoutView,
    PlacedField,
    PlacedSection,
    count_holders,
    field_counts,
    field_for,
    field_named,
    fields_of,
    holders,
    layout_of,
    managed_types,
)

__all__ = [
    "FieldLine",
    "LayoutView",
    "Leftover",
    "PlacedField",
    "PlacedSection",
    "Preview",
    "Sample",
    "count_holders",
    "distinct_texts",
    "field_counts",
    "field_for",
    "field_named",
    "fields_of",
    "holders",
    "layout_of",
    "left_over",
    "managed_types",
    "preview",
]
