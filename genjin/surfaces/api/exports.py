"""Exports through the JSON door: started by POST /api/v1/actions/exports.start, asked for their state, fetched.

{"record_type": "customers", "query": "level.in=A&sort=-id", "columns": "name,phone", "format": "csv"}
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from genjin.surfaces.api.bodies import LARGEST_ID, parameters
from genjin.surfaces.api.door import ApiRequest, endpoint
from genjin.surfaces.api.problems import answer
from genjin.surfaces.api.records import BASE
from genjin.surfaces.api.schemas import Schema
from genjin.surfaces.exports.actions import fetch_export
from genjin.surfaces.exports.evidence import noting_place
from genjin.surfaces.exports.grants import RUN
from genjin.surfaces.exports.queries import export_for, line_of
from genjin.surfaces.exports.web.log import file_answer

NUMBER = {"type": ["integer", "null"]}
WORDS = {"type": ["string", "null"]}
EXPORT: Schema = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "state": {"enum": ["waiting", "running", "ready", "expired", "failed", "cancelled"]},
        "type": {"type": "string"},
        "format": {"type": "string"},
        "counted": {"type": "integer"},
        "rows": NUMBER,
        "done": {"type": "integer"},
        "error": WORDS,
        "size": NUMBER,
        "sha256": WORDS,
        "name": {"type": "string"},
        "expires_at": WORDS | {"format": "date-time"},
        "file": WORDS,
    },
}


@endpoint("GET")
def state(request: ApiRequest, export_id: int) -> HttpResponse:
    """One's own export: how far it is, and where its file is once it is there."""
    parameters(request, ())
    request.actor.demand(RUN)
    return answer(_shown(request, export_id))


@endpoint("GET")
def file(request: ApiRequest, export_id: int) -> HttpResponse:
    """The file, for its asker alone; absent before it is made and after it has expired."""
    parameters(request, ())
    with noting_place(request):
        return file_answer(fetch_export(request.actor, min(export_id, LARGEST_ID)))


def _shown(request: ApiRequest, export_id: int) -> dict[str, Any]:
    export = export_for(request.actor, min(export_id, LARGEST_ID))
    line = line_of(request.actor, export)
    made = bool(export.stored_as)
    return {
        "id": export.pk,
        "state": line.state,
        "type": export.record_type,
        "format": export.format,
        "counted": export.counted,
        "rows": export.rows if made else None,
        "done": line.job.done if line.job else export.rows,
        "error": line.error or None,
        "size": export.size if made else None,
        "sha256": export.sha256 or None,
        "name": export.name,
        "expires_at": export.expires_at.isoformat() if export.expires_at else None,
        "file": f"{BASE}/exports/{export.pk}/file" if line.state == "ready" else None,
    }
