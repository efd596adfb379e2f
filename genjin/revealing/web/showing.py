"""The page behind the eye: POST shows the value, GET asks why. Nothing of it is kept by browsers (no-store)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel import viewing
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, may, row_for
from genjin.kernel.fields import Field
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import Forbidden, NotFound
from genjin.revealing.actions import revealed_text
from genjin.revealing.queries import field_to_reveal
from genjin.revealing.settings import REASON, SECONDS
from genjin.ui.addresses import record_url
from genjin.ui.details.entries import register_note
from genjin.ui.pages import PageRequest, fragment, page, render, respond, wants_fragment


@page("<plural:record_type>/<int:row_id>/reveal/<str:key>", name="reveal", methods=["GET", "POST"])
def reveal(request: PageRequest, record_type: RecordType, row_id: int, key: str) -> HttpResponse:
    """A masked value in full, for a while. Raises NotFound, Forbidden, TooMany."""
    actor, reason = request.actor, request.POST.get("reveal_reason", "")
    known = _allowed(actor, record_type, row_id, key)
    record, asks = record_url(record_type, row_id), REASON.at(actor.stamp)
    context: dict[str, Any] = {"label": known.label, "url": f"{record}/reveal/{key}", "asks": asks}
    if request.method == "GET" or (asks and not reason.strip()):
        return _question(request, context, missing=request.method == "POST")
    text = revealed_text(actor, record_type, row_id, key, reason)
    viewing.note(actor, viewing.Kind.REVEALS, of=record_type.key)
    context |= {"text": text, "seconds": SECONDS, "dials": known.kind == "phone"}
    if not wants_fragment(request):
        return _whole_page(request, context, record)
    template = "revealing/answer.html" if "dialog" in request.POST else "revealing/shown.html"
    return fragment(request, template, **context)


def _whole_page(request: PageRequest, context: dict[str, Any], record: str) -> HttpResponse:
    """Without scripts the browser leaves the page when the time is over."""
    answer = render(request, "revealing/told.html", record=record, **context)
    answer.headers["Refresh"] = f"{SECONDS};url={record}"
    return answer


def _question(request: PageRequest, context: dict[str, Any], *, missing: bool) -> HttpResponse:
    status = 422 if missing else 200
    return respond(request, "revealing/question.html#dialog", status=status, missing=missing, **context)


def _allowed(actor: Actor, record_type: RecordType, row_id: int, key: str) -> Field:
    """The field, if its value of this record may be shown at all."""
    grant = record_type.grant("reveal")
    row = row_for(actor, record_type.model, row_id, to=SEE)
    if grant not in ACTIONS:
        raise NotFound
    actor.demand(grant)
    if not may(actor, row, grant, SEE):
        raise Forbidden
    return field_to_reveal(actor, record_type, key)


def _field_words(actor: Actor, value: Any) -> str:
    """What the field is called for who may know of it."""
    kind, _dot, key = str(value).partition(".")
    declared = RECORD_TYPES.get(kind)
    known = declared.seen_by(actor).own_fields.get(key) if declared else None
    return str(known.label) if known else _("（您看不到的字段）")


register_note("revealed", gettext_lazy("字段"), _field_words)
