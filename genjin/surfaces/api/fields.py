"""The company's own fields and layouts through the JSON door, for those who manage them. Changed by the actions
fields.* and layouts.*."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from genjin.kernel.records import by_plural
from genjin.kernel.refusal import NotFound
from genjin.surfaces.api.bodies import LARGEST_ID, parameters
from genjin.surfaces.api.door import ApiRequest, endpoint
from genjin.surfaces.api.problems import answer
from genjin.surfaces.api.schemas import Schema
from genjin.tailoring.grants import MANAGE
from genjin.tailoring.queries import FieldLine, fields_of, layout_of, preview

TOLD = (
    "key", "kind", "label", "english", "help", "section", "order", "required", "required_when", "shown_when", "unique",
    "searched", "in_list", "width", "sensitivity", "default", "facts", "state", "index", "version",
)  # fmt: skip
FIELDS: Schema = {
    "type": "object",
    "properties": {
        "fields": {"type": "array", "items": {"type": "object"}},
        "layout": {"type": "object"},
    },
}


@endpoint("GET")
def of_type(request: ApiRequest, plural: str) -> HttpResponse:
    """The fields of a type with how many rows hold a value (`about`: reckoned), and its layout."""
    parameters(request, ())
    request.actor.demand(MANAGE)
    record_type = by_plural(plural)
    if record_type is None:
        raise NotFound
    layout = layout_of(request.actor, record_type)
    sections = [
        {"key": s.key, "label": s.label, "english": s.english, "shown_when": s.shown_when}
        | {"fields": [placed.field.key for placed in s.fields]}
        for s in layout.sections
    ]
    shown = {"sections": sections, "overlays": dict(layout.overlays), "quick": list(layout.quick)}
    fields = [_shown(line) for line in fields_of(request.actor, record_type)]
    return answer({"fields": fields, "layout": shown | {"changed": layout.changed}})


@endpoint("GET")
def touched(request: ApiRequest, field_id: int) -> HttpResponse:
    """What retiring or deleting a field would touch; with `kind`, what would become of its values."""
    given = parameters(request, ("kind",))
    found = preview(request.actor, min(field_id, LARGEST_ID), kind=given.get("kind", [""])[0])
    samples = [{"id": s.row_id, "title": s.title, "text": s.text, "why": s.why} for s in found.samples]
    return answer(
        {
            "holds": found.holds, "tried": found.tried, "converts": found.converts, "fails": found.fails,
            "samples": samples, "views": found.views, "rules": found.rules, "options": found.options,
        }
    )  # fmt: skip


def _shown(line: FieldLine) -> dict[str, Any]:
    told: dict[str, Any] = {"id": line.row.pk} | {name: getattr(line.row, name) for name in TOLD}
    options = [{"key": o.key, "label": str(o.label), "colour": o.colour, "retired": o.retired} for o in line.options]
    return told | {"holds": line.holds, "about": line.about, "left": line.left, "options": options}
