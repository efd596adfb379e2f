"""Taking a ringing phone (来电登记, S2-80): one field, a number or a name, finds customers, contacts and leads as far
as the member may see them; who is none of them becomes a lead by one more key.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers.record import CONTACT, CUSTOMER
from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.lists import search
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused
from genjin.leads.actions.leads import create_lead
from genjin.leads.record import LEAD
from genjin.ui.addresses import record_url
from genjin.ui.pages import PageRequest, fragment, go, page, render, wants_fragment
from genjin.ui.quick import Quick, register_quick
from genjin.ui.undoing import undo_address

CREATE = LEAD.grant("create")
MOST = 5
LEAST = 2
MOST_TYPED = 60
NUMBER = re.compile(r"\+?[\d\s\-()（）—]{7,24}")


@dataclass(frozen=True)
class Line:
    """Somebody who is known: where to go, and whose he is."""

    title: str
    url: str
    icon: str
    kind: str
    owner: str
    write: str


@dataclass(frozen=True)
class Ringing:
    """The form: what was typed, who that is, what was wrong. `known`: the duplicates are to be confirmed."""

    text: str
    lines: list[Line]
    asked: bool
    key: str
    need: str = ""
    message: str = ""
    confirms: bool = False


@page("leads/ring", name="lead-ring", methods=["GET", "POST"], needs=CREATE)
def ring(request: PageRequest) -> HttpResponse:
    """The field and what it finds (`?q=`); POST makes a lead of it."""
    if request.method == "POST":
        return _taken(request)
    drawn = _ringing(request.actor, request.GET.get("q", ""))
    if "q" in request.GET and wants_fragment(request):
        return fragment(request, "leads/ring_found.html", ringing=drawn)
    if wants_fragment(request):
        return fragment(request, "leads/ring_dialog.html", ringing=drawn)
    return render(request, "leads/ring.html", ringing=drawn)


def _taken(request: PageRequest) -> HttpResponse:
    text, need = request.POST.get("q", "")[:MOST_TYPED].strip(), request.POST.get("need", "")[:2000]
    key = request.POST.get("idempotency_key", "")[:64]
    try:
        given = {**_inputs(text), "need": need, "duplicate_known": request.POST.get("duplicate_known", "")}
        made = create_lead.run(request.actor, None, given, key=key or None)
    except Refused as refusal:
        if refusal.status != Refused.status:
            raise
        drawn = _ringing(request.actor, text, need=need, refusal=refusal)
        name = "leads/ring_dialog.html"
        if wants_fragment(request):
            return fragment(request, name, ringing=drawn, status=422)
        return render(request, "leads/ring.html", ringing=drawn, status=422)
    undo = undo_address(create_lead, made.event_id)
    return go(request, record_url(LEAD, made.row_id or 0), _("已记为线索，请接着写跟进"), undo=undo)


def _inputs(text: str) -> dict[str, str]:
    """What was typed as fields of a lead: a number, or what somebody is called."""
    if NUMBER.fullmatch(text):
        return {"name": _("来电 %s") % text, "mobile": text, "source": "hotline"}
    return {"name": text, "source": "hotline"}


def _ringing(actor: Actor, text: str, *, need: str = "", refusal: Refused | None = None) -> Ringing:
    text = text[:MOST_TYPED].strip()
    asked = len(text) >= LEAST
    return Ringing(
        text=text,
        lines=[line for kind in (CUSTOMER, CONTACT, LEAD) for line in _found(actor, kind, text)] if asked else [],
        asked=asked,
        key=uuid.uuid4().hex,
        need=need,
        message=refusal.message if refusal else "",
        confirms=refusal is not None and refusal.code == "duplicate_found",
    )


def _found(actor: Actor, declared: RecordType, text: str) -> list[Line]:
    if not actor.may(declared.grant("see")):
        return []
    seen = declared.seen_by(actor)
    owner = [seen.keys["owner"]]
    writes = actor.may("followups.create")
    return [
        Line(
            title=hit.title,
            url=record_url(declared, hit.id),
            icon=declared.icon,
            kind=str(declared.label),
            owner=people.directory().member_name(hit.values["owner"], actor.stamp) if hit.values["owner"] else "",
            write=f"/followups/new?{declared.key}={hit.id}" if writes else "",
        )
        for hit in search(actor, seen, text, most=MOST, columns=owner)
    ]


register_quick(
    Quick(
        key="ring",
        label=gettext_lazy("来电登记"),
        icon="phone-call",
        address="/leads/ring",
        needs=CREATE,
        order=15,
    )
)
