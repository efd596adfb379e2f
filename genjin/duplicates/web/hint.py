"""What is said while a new record is filled in: possible duplicates, half a second after the last key."""

from __future__ import annotations

from django.http import HttpResponse

from genjin.duplicates.asking import ask_form, can_ask
from genjin.duplicates.comparing import compared_of
from genjin.duplicates.guarding import used_up
from genjin.duplicates.rules import Entry, Kind
from genjin.duplicates.web.drawing import drawn
from genjin.kernel.actor import Actor
from genjin.kernel.records import RecordType
from genjin.ui.addresses import fixed_url
from genjin.ui.forms.hints import Hint, register_hint
from genjin.ui.pages import PageRequest, fragment, page


def hint_for(actor: Actor, record_type: RecordType) -> Hint | None:
    """Asked for types that are compared when they are made."""
    if not can_ask(actor, record_type, Entry.CREATE):
        return None
    typed = [
        one.field
        for one in compared_of(record_type.key, actor.stamp).values()
        if one.kind is not Kind.LINK and one.alone
    ]
    address = fixed_url("duplicates-hint", record_type.plural)
    return Hint(address, tuple(typed)) if typed else None


register_hint(hint_for)


@page("duplicates/hint/<plural:record_type>", name="duplicates-hint", methods=["POST"])
def hint(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """The lines beside the form; empty when nothing is like it."""
    request.actor.demand(record_type.grant("create"))
    answer = ask_form(request.actor, record_type, request.POST.dict())
    hits = [drawn(hit) for line in answer.lines for hit in line.hits]
    cut = used_up(request.actor) if answer.cut else ""
    return fragment(request, "duplicates/hint.html", hits=hits, cut=cut, record_type=record_type)
