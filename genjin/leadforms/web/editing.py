"""The editor of a form: what it says, which fields, where its leads go; a preview of the form as it stands."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from genjin.allocation.queries import live_schemes
from genjin.campaigns.record import CAMPAIGN
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field
from genjin.kernel.options import options_of
from genjin.kernel.refusal import Refused
from genjin.kernel.titles import titles_of
from genjin.leadforms.actions.forms import LONGEST_CONSENT, create_form, edit_form
from genjin.leadforms.declared import offered
from genjin.leadforms.drafting import Draft, blank, changed, kept, sent
from genjin.leadforms.drawing import controls_of
from genjin.leadforms.grants import MANAGE
from genjin.leadforms.models import LeadForm
from genjin.leadforms.queries import form_for, outside
from genjin.leadforms.rules import Asked, Target
from genjin.leads.record import LEAD
from genjin.org.queries import organisation
from genjin.ownership.standing import pools_at
from genjin.ui.pages import PageRequest, fragment, go, page, render

ROUTE = "lead-forms"
MEMBERS = "/choices/leadforms.create/owner"
CAMPAIGNS = "/choices/leadforms.create/campaign"


@page(f"{ROUTE}/new", name="lead-form-new", methods=["GET", "POST"], needs=MANAGE)
def new_form(request: PageRequest) -> HttpResponse:
    """A new form, with the usual fields to begin with."""
    if request.method == "POST":
        return _saved(request, None)
    return _editor(request, None, blank(request.actor))


@page(f"{ROUTE}/<int:form_id>/edit", name="lead-form-edit", methods=["GET", "POST"], needs=MANAGE)
def changed_form(request: PageRequest, form_id: int) -> HttpResponse:
    """Change a form."""
    form = form_for(request.actor, form_id)
    if request.method == "POST":
        return _saved(request, form)
    return _editor(request, form, kept(request.actor, form))


@page(f"{ROUTE}/lines", name="lead-form-lines", methods=["POST"], needs=MANAGE)
def form_lines(request: PageRequest) -> HttpResponse:
    """The lines of fields after one was added, moved or taken out."""
    lines = changed(request.actor, sent(request.POST).lines, request.POST.get("change", ""))
    return fragment(request, "leadforms/lines.html", errors={}, **_lines(request.actor, lines))


@page(f"{ROUTE}/preview", name="lead-form-preview", methods=["POST"], needs=MANAGE)
def form_preview(request: PageRequest) -> HttpResponse:
    """The form as the public would see it."""
    form = sent(request.POST).form()
    controls = controls_of(outside(), form, {}, {})
    blank_sheet: dict[str, Any] = {"message": "", "agreed": False, "agreed_error": ""}
    return fragment(request, "leadforms/preview.html", form=form, controls=controls, **blank_sheet)


def _saved(request: PageRequest, form: LeadForm | None) -> HttpResponse:
    draft = sent(request.POST)
    try:
        if form is None:
            made = create_form.run(request.actor, None, draft.raw()).row_id
        else:
            made = edit_form.run(request.actor, form.pk, draft.raw() | {"seen": request.POST.get("seen", "")}).row_id
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return _editor(request, form, draft, refusal)
    told = _("表单已保存") if form else _("表单已新建，开放后就能填写")
    return go(request, reverse("lead-form", args=[made]), told)


def _editor(request: PageRequest, form: LeadForm | None, draft: Draft, refusal: Refused | None = None) -> HttpResponse:
    actor = request.actor
    owner = draft.plain["owner"]
    person = organisation(actor).people.get(int(owner)) if owner.isdecimal() and len(owner) < 19 else None
    return render(
        request,
        "leadforms/editor.html",
        status=refusal.status if refusal else 200,
        form=form,
        seen=request.POST.get("seen") or (form.version if form else ""),
        draft=draft,
        plain=draft.plain,
        targets=list(Target.choices),
        owner_name=person.name if person else "",
        members=MEMBERS,
        campaigns=CAMPAIGNS if actor.may(CAMPAIGN.grant("see")) else "",
        campaign_name=_campaign(actor, draft.plain["campaign"]),
        most_consent=LONGEST_CONSENT,
        refusal=refusal,
        errors=refusal.errors if refusal else {},
        **_choices(actor),
        **_lines(actor, draft.lines),
    )


def _campaign(actor: Actor, given: str) -> str:
    """What the chosen campaign is called, for whoever sees it."""
    if not given.isdecimal() or len(given) > 18 or not actor.may(CAMPAIGN.grant("see")):
        return ""
    return str(titles_of(actor, CAMPAIGN.key, [int(given)]).get(int(given), ""))


def _choices(actor: Actor) -> dict[str, Any]:
    options = options_of("customer_source", actor.stamp)
    return {
        "sources": [(key, str(option.label)) for key, option in options.items() if not option.retired],
        "pools": [(str(pool.pk), pool.name) for pool in pools_at(actor.stamp, LEAD.key) if pool.enabled],
        "schemes": [(str(scheme.pk), scheme.name) for scheme in live_schemes(LEAD.key)],
    }


def _lines(actor: Actor, lines: list[Asked]) -> dict[str, Any]:
    """The lines as drawn, and the fields that may still be added."""
    known = offered(actor.stamp)
    drawn = [{"asked": line, "label": _named(known.get(line.key))} for line in lines]
    used = {line.key for line in lines}
    return {"lines": drawn, "addable": [(key, str(f.label)) for key, f in known.items() if key not in used]}


def _named(declared: Field | None) -> str:
    return str(declared.label) if declared else ""
