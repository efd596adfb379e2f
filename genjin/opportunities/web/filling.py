"""What a move asks for and is empty is filled in as it happens: a dialog with just these fields, which are kept and the
opportunity moved in one go (B9: "a dialog opens on drop").
"""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.wording import listed
from genjin.opportunities.actions.opportunities import edit_opportunity
from genjin.opportunities.models import Opportunity
from genjin.opportunities.pipelines import name_of, pipelines_at
from genjin.opportunities.queries import opportunity_for
from genjin.opportunities.record import OPPORTUNITY
from genjin.opportunities.rules import Step, tasks_of
from genjin.opportunities.tasks import Lack, lacks
from genjin.ui.addresses import record_url
from genjin.ui.formats import ell
from genjin.ui.forms.finding import demand_reach
from genjin.ui.forms.running import ActionForm
from genjin.ui.pages import PageRequest, closed_dialog, go, in_dialog, page
from genjin.ui.undoing import CHANGED, undo_address


@page(
    "opportunities/<int:opportunity_id>/moves/<slug:stage_key>", name="opportunity-move", methods=["GET", "POST"],
    needs=OPPORTUNITY.grant("see"),
)  # fmt: skip
def filled(request: PageRequest, opportunity_id: int, stage_key: str) -> HttpResponse:
    """The fields that a move to this stage asks for and that are empty; POST keeps them and moves."""
    actor = request.actor
    row = opportunity_for(actor, opportunity_id, to=SEE)
    demand_reach(actor, edit_opportunity, row)
    there = pipelines_at(actor.stamp).steps.get(stage_key)
    if there is None:
        raise NotFound
    form = _form(request, row, there)
    if request.method != "POST" or (outcome := form.run()) is None:
        return form.respond()
    told = _("「%(title)s」已移到「%(stage)s」") % {"title": ell(row.name, 40), "stage": name_of(there, actor)}
    undo = undo_address(edit_opportunity, outcome.event_id)
    if in_dialog(request):
        return closed_dialog(told, changed=CHANGED, undo=undo)
    return go(request, record_url(OPPORTUNITY, row.pk), told, undo=undo)


def _form(request: PageRequest, row: Opportunity, there: Step) -> ActionForm:
    actor = request.actor
    missing = _missing(actor, row, there)
    words = {"stage": name_of(there, actor), "count": len(missing), "missing": listed(one.words for one in missing)}
    return ActionForm(
        request,
        edit_opportunity,
        url=request.path,
        title=_("把「%(title)s」移到「%(stage)s」") % {"title": row.name, "stage": words["stage"]},
        row=row,
        submit=_("保存并移动") if missing else _("移动"),
        text=_told(words) if missing and request.method == "GET" else "",
        demanded=frozenset(one.field for one in missing if one.field) | _drawn(request),
        decided_here={"stage": there.key},
    )


def _told(words: dict[str, object]) -> str:
    return _("移到「%(stage)s」还差 %(count)d 项：%(missing)s") % words


def _drawn(request: PageRequest) -> frozenset[str]:
    """What the form drew before, should it be drawn again."""
    return frozenset(key for key in request.POST.get("drawn", "").split(",") if key)


def _missing(actor: Actor, row: Opportunity, there: Step) -> list[Lack]:
    pipe = pipelines_at(actor.stamp).of_stage(row.stage)
    return lacks(actor, row, tasks_of(pipe, row.stage, there.key))


def filling_address(actor: Actor, opportunity_id: int, stage: str, lacking: list[Lack]) -> str:
    """Where all that is missing can be filled in; '' when something else than fields is, or ones that the actor may not
    fill in."""
    known = {f.key for f in edit_opportunity.inputs(actor)}
    if not lacking or any(one.field not in known for one in lacking):
        return ""
    return f"{record_url(OPPORTUNITY, opportunity_id)}/moves/{stage}"


def filling_after(actor: Actor, opportunity_id: int, stage: str, refusal: Refused) -> str:
    """The same after a refused move."""
    if refusal.code != "tasks_due":
        return ""
    fields, words = refusal.facts["fields"], refusal.facts["missing"]
    if len(fields) != len(words):
        return ""
    lacking = [Lack(each, field) for each, field in zip(words, fields, strict=True)]
    return filling_address(actor, opportunity_id, stage, lacking)
