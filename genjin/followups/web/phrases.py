"""Pages of phrases (话术): one's own and the company's to look after, and what the picker offers."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.customers.queries import contact_for, customer_for
from genjin.followups.actions.phrases import (
    SHARE,
    USE,
    add_phrase,
    edit_phrase,
    restore_phrase,
    retire_phrase,
)
from genjin.followups.models import Phrase
from genjin.followups.phrasing.greetings import suggested
from genjin.followups.phrasing.queries import changes, choices, phrase_for, phrases_of
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE
from genjin.kernel.refusal import NotFound
from genjin.org.web.frame import SettingsForm
from genjin.plans.models import Plan
from genjin.plans.queries import plan_for
from genjin.ui.pages import PageRequest, closed_dialog, fragment, go, page, respond, wants_fragment
from genjin.ui.undoing import undo_address

PLACE = "/phrases"


@page("phrases", name="phrases", needs=USE)
def phrases(request: PageRequest) -> HttpResponse:
    """The company's phrases and one's own."""
    actor = request.actor
    rows = [(row, changes(actor, row)) for row in phrases_of(actor)]
    parts = [
        (_("我的话术"), [pair for pair in rows if pair[0].member_id]),
        (_("全公司的话术"), [pair for pair in rows if not pair[0].member_id]),
    ]
    return respond(request, "followups/phrases.html#phrases", parts=parts, any=bool(rows))


@page("phrases/new", name="new-phrase", methods=["GET", "POST"], needs=USE)
def new_phrase(request: PageRequest) -> HttpResponse:
    """Add one."""
    form = SettingsForm(request, add_phrase, _("添加话术"), given={"shared": False}, submit=_("保存"), wide=True)
    return form.answer(lambda: _done(request, _("已保存")))


@page("phrases/<int:phrase_id>/edit", name="edit-phrase", methods=["GET", "POST"], needs=USE)
def edit(request: PageRequest, phrase_id: int) -> HttpResponse:
    """Change one."""
    form = SettingsForm(
        request, edit_phrase, _("修改话术"), row_id=phrase_id, given=_facts(phrase_for(request.actor, phrase_id)),
        submit=_("保存"), wide=True,
    )  # fmt: skip
    return form.answer(lambda: _done(request, _("已保存")))


@page("phrases/<int:phrase_id>/<str:state>", name="phrase-state", methods=["POST"], needs=USE)
def set_state(request: PageRequest, phrase_id: int, state: str) -> HttpResponse:
    """Take one out of use, or back into it."""
    action = {"off": retire_phrase, "on": restore_phrase}.get(state)
    if action is None:
        raise NotFound
    outcome = action.run(request.actor, phrase_id, {})
    words = _("话术已停用") if state == "off" else _("话术已启用")
    return _done(request, words, undo_address(action, outcome.event_id))


@page("phrases/choices", name="phrase-choices", needs=USE)
def phrase_choices(request: PageRequest) -> HttpResponse:
    """What the picker offers for `q`, with the names of `customer` and `contact` filled in."""
    actor, text = request.actor, request.GET.get("q", "").strip()[:60]
    names = _names(actor, request.GET.get("customer", ""), request.GET.get("contact", ""))
    plan = _plan(actor, request.GET.get("plan", ""))
    found = suggested(actor, plan, names) if plan and not text else []
    found += [one for one in choices(actor, text, names) if one not in found]
    return fragment(request, "followups/phrase_choices.html", found=found, shares=request.actor.may(SHARE))


def _plan(actor: Actor, text: str) -> Plan | None:
    try:
        return plan_for(actor, int(text), to=SEE) if text.isdecimal() and len(text) < 19 else None
    except NotFound:
        return None


def _done(request: PageRequest, words: str, undo: str = "") -> HttpResponse:
    if wants_fragment(request):
        return closed_dialog(words, changed="rows:changed", undo=undo)
    return go(request, PLACE, words, undo=undo)


def _facts(phrase: Phrase) -> dict[str, Any]:
    return {
        "title": phrase.title,
        "words": phrase.words,
        "shared": phrase.member_id is None,
        "order": phrase.order or "",
    }


def _names(actor: Actor, customer: str, contact: str) -> dict[str, str]:
    """Names for the places; of what the actor may not see, none."""
    names = {"me": actor.name}
    for key, text, door in (("customer", customer, customer_for), ("contact", contact, contact_for)):
        if text.isdecimal() and len(text) < 19:
            try:
                names[key] = door(actor, int(text), to=SEE).name
            except NotFound:
                continue
    return names
