"""Pages that write: the dialog that any page opens, and the composer on a record's page."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.followups.actions import create_followup
from genjin.followups.composing import Asked, Composer, Sent, composer
from genjin.followups.record import FOLLOWUP
from genjin.followups.web.opening import CREATE, about, asked_for
from genjin.followups.web.sending import save
from genjin.kernel.actions import Outcome
from genjin.kernel.models.rows import Record
from genjin.ui.addresses import record_url
from genjin.ui.pages import (
    PageRequest,
    closed_dialog,
    fragment,
    go,
    in_dialog,
    page,
    render,
    wants_fragment,
    with_event,
    with_toast,
)
from genjin.ui.shell import formats_for
from genjin.ui.undoing import undo_address

CHANGED = "record:changed rows:changed"
DIALOG, PANEL = "fd", "fu"


@page("followups/new", name="new-followup", methods=["GET", "POST"], needs=CREATE)
def new_followup(request: PageRequest) -> HttpResponse:
    """One form for follow-up, plan and next step: in the dialog over any page, or as a page of its own."""
    asked = asked_for(request)
    if request.method == "GET":
        return _form(request, asked)
    saved = save(request)
    if isinstance(saved, Sent):
        return _form(request, asked, saved)
    if in_dialog(request):
        return closed_dialog(_told(saved), changed=CHANGED, undo=_undo(saved))
    assert asked.of is not None
    return go(request, record_url(asked.of.row_type, asked.of.pk), _told(saved), undo=_undo(saved))


def saved_here(request: PageRequest, of: Record, outcome: Outcome) -> HttpResponse:
    """The answer to a record's own composer when it was carried out."""
    if not wants_fragment(request):
        return go(request, record_url(of.row_type, of.pk), _told(outcome), undo=_undo(outcome))
    answer = with_event(HttpResponse(status=204), "record:changed")
    return with_toast(answer, _told(outcome), undo=_undo(outcome))


def panel_composer(request: PageRequest, of: Record, sent: Sent | None = None) -> Composer:
    """The composer on the page of a customer (lead …) that came through its door."""
    actor = request.actor
    url = f"{record_url(of.row_type, of.pk)}/{FOLLOWUP.plural}"
    return composer(actor, formats_for(actor), about(actor, of), url=url, prefix=PANEL, sent=sent)


def _form(request: PageRequest, asked: Asked, sent: Sent | None = None) -> HttpResponse:
    made = composer(request.actor, formats_for(request.actor), asked, url=request.path, prefix=DIALOG, sent=sent)
    status = sent.refusal.status if sent and sent.refusal.status == 413 else 422 if sent else 200
    template = "followups/dialog.html"
    if wants_fragment(request):
        return fragment(request, template, composer=made, status=status)
    return render(request, "followups/new.html", composer=made, status=status)


def _told(outcome: Outcome) -> str:
    return _("这条跟进之前已经保存，没有重复记录") if outcome.replayed else _("跟进已保存")


def _undo(outcome: Outcome) -> str:
    return "" if outcome.replayed else undo_address(create_followup, outcome.event_id)
