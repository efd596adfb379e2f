"""A masked value in full over the JSON door: one at a time, written down as on the pages."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel import viewing
from genjin.revealing.actions import revealed_text
from genjin.revealing.settings import SECONDS
from genjin.surfaces.api.bodies import parameters, read_object
from genjin.surfaces.api.door import ApiRequest, endpoint
from genjin.surfaces.api.problems import Problem, answer
from genjin.surfaces.api.records import row_named, type_named


@endpoint("POST")
def reveal(request: ApiRequest, plural: str, row_id: int) -> HttpResponse:
    """{field, reason} -> {field, value, seconds}; 429 when the member has asked for as many as he may for now."""
    parameters(request, ())
    actor = request.actor
    record_type = type_named(plural, actor)
    row_named(actor, record_type, row_id)
    body = read_object(request)
    key, reason = body.pop("field", ""), body.pop("reason", "")
    if body or not isinstance(key, str) or not isinstance(reason, str) or not key:
        raise Problem(400, "bad_body", _('内容应为 {"field": "…", "reason": "…"}'))
    text = revealed_text(actor, record_type, row_id, key[:80], reason[:200])
    viewing.note(actor, viewing.Kind.REVEALS, of=record_type.key)
    return answer({"field": key, "value": text, "seconds": SECONDS})
