"""Pages of the generic list: the list itself, its count, the filter builder's line, columns, bulk actions, row menu."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from genjin.kernel import viewing
from genjin.kernel.doors import SEE, row_for
from genjin.kernel.lists import count_capped
from genjin.kernel.records import RecordType
from genjin.ui.addresses import demand_seeing, list_url, record_url
from genjin.ui.details.menu import menu_entries
from genjin.ui.formats import capped_count
from genjin.ui.forms.finding import offered_on, row_action, verb_of
from genjin.ui.lists.bulk import MOST_TOLD, BulkForm, told
from genjin.ui.lists.bulk_edit import BulkEdit
from genjin.ui.lists.columns import chosen_fields
from genjin.ui.lists.filters import filterable, operator_of, value_controls
from genjin.ui.lists.listing import list_view
from genjin.ui.lists.outcomes import became
from genjin.ui.lists.state import read_state
from genjin.ui.lists.tools import tools_at
from genjin.ui.lists.wanting import wanting
from genjin.ui.pages import PageRequest, closed_dialog, fragment, page, respond, wants_fragment, with_event
from genjin.ui.shell import formats_for
from genjin.ui.undoing import undo_address
from genjin.ui.views.actions import choose_columns
from genjin.ui.views.queries import tabs_of


@page("<plural:record_type>", name="list")
def records(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """The list of a record type, or only the part below its head for htmx."""
    actor = request.actor
    demand_seeing(actor, record_type)
    view = list_view(actor, record_type, request.GET, formats_for(actor))
    viewing.note_page(actor, view.state.listing.size, of=record_type.key, turned=not view.first_page)
    if "add" in request.GET or "drop" in request.GET:
        if not wants_fragment(request):
            return HttpResponseRedirect(view.state.url())
        response = respond(request, "ui/list.html#list", list=view)
        response.headers["HX-Push-Url"] = view.state.url()
        return response
    return respond(request, "ui/list.html#list", list=view)


@page("<plural:record_type>/count", name="count")
def count(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """How many rows the list has, capped; asked for after the first paint."""
    actor = request.actor
    demand_seeing(actor, record_type)
    state = read_state(actor, record_type, tabs_of(actor, record_type), request.GET)
    return HttpResponse(capped_count(count_capped(actor, state.listing)))


@page("<plural:record_type>/filter", name="filter")
def filter_line(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """The builder's line for one field: its operators and value controls."""
    actor, asked = request.actor, request.GET
    demand_seeing(actor, record_type)
    fields = filterable(actor, record_type)
    field = next((f for f in fields if f.key == (asked.get("field") or asked.get("add"))), fields[0])
    operator = operator_of(field, asked.get("op", ""))
    made = value_controls(actor, record_type, field, operator, [v for v in asked.getlist("v") if v])
    edited = f"{field.key}.{asked['op']}" if "field" in asked and "op" in asked else asked.get("drop", "")
    return fragment(
        request, "ui/filter_line.html", base=list_url(record_type), fields=fields, field=field, operator=operator,
        controls=made, edited=edited, wanting=wanting(actor, record_type, field),
    )  # fmt: skip


@page("<plural:record_type>/columns", name="columns", methods=["GET", "POST"])
def columns(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """The column chooser: what is shown first, then what could be; POST keeps the choice for this view."""
    actor = request.actor
    demand_seeing(actor, record_type)
    if request.method == "POST":
        chosen = ",".join(request.POST.getlist("column")) if "reset" not in request.POST else ""
        choose_columns(actor, record_type=record_type.key, view=request.POST.get("view", ""), columns=chosen)
        return with_event(HttpResponse(status=204), "rows:changed")
    state = read_state(actor, record_type, tabs_of(actor, record_type), request.GET)
    shown = chosen_fields(actor, state)
    others = [f for f in record_type.visible_fields(actor) if f not in shown and f.key != record_type.title]
    return fragment(request, "ui/columns.html", record_type=record_type, state=state, shown=shown, others=others)


@page("<plural:record_type>/<int:row_id>/menu", name="menu")
def row_menu(request: PageRequest, record_type: RecordType, row_id: int) -> HttpResponse:
    """What can be done with one row."""
    row = row_for(request.actor, record_type.model, row_id, to=SEE)
    offered = [(a, verb_of(record_type, a)) for a in offered_on(request.actor, record_type, row)]
    return fragment(
        request, "ui/row_menu.html", offered=offered, url=record_url(record_type, row_id), tools=tools_at(request, row),
        entries=menu_entries(request.actor, row),
    )  # fmt: skip


@page("<plural:record_type>/bulk/<str:verb>", name="bulk", methods=["GET", "POST"])
def bulk(request: PageRequest, record_type: RecordType, verb: str) -> HttpResponse:
    """One action on the chosen rows: its form, then what was done and what was refused."""
    demand_seeing(request.actor, record_type)
    action = row_action(record_type, verb)
    action.check(request.actor)
    form = (BulkEdit if action.takes_values else BulkForm)(request, record_type, action)
    if request.method == "POST" and (outcome := form.run()):
        words = _("%(verb)s：完成 %(count)d 条") % {"verb": action.label, "count": len(outcome.done)}
        undo = undo_address(action, outcome.event_id)
        lines = became(request.actor, action, outcome.done[:MOST_TOLD])
        if not outcome.refused and not lines:
            return closed_dialog(words, changed="rows:changed rows:done", undo=undo)
        context: dict[str, Any] = {"told": told(request.actor, record_type, outcome), "lines": lines, "undo": undo}
        answer = fragment(request, "ui/bulk_result.html", words=words, outcome=outcome, **context)
        return with_event(answer, "rows:changed")
    return fragment(request, "ui/dialog.html", form=form.view(), status=422 if form.refusal else 200)
