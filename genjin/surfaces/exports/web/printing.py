"""Records and lists on paper: A4, in light colours, with who printed it and when across every page."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from genjin.kernel import viewing
from genjin.kernel.doors import SEE, row_for
from genjin.kernel.records import RecordType
from genjin.surfaces.exports.actions import note_print
from genjin.surfaces.exports.evidence import noting_place
from genjin.surfaces.exports.grants import PRINT
from genjin.surfaces.exports.paper import list_paper, record_paper
from genjin.ui.addresses import demand_seeing, record_url
from genjin.ui.details.menu import MenuEntry, register_menu_entry
from genjin.ui.lists.columns import chosen_fields
from genjin.ui.lists.heads import HeadTool, register_head_tool
from genjin.ui.lists.state import read_state
from genjin.ui.pages import PageRequest, page, render
from genjin.ui.views.queries import tabs_of

register_menu_entry(
    MenuEntry(key="print", label=gettext_lazy("打印"), icon="printer", link="/print", order=80, needs=PRINT)
)
register_head_tool(
    HeadTool(
        key="print",
        label=gettext_lazy("打印列表"),
        icon="printer",
        link="/{plural}/print",
        needs=PRINT,
        filtered=True,
        order=70,
    )
)


@page("<plural:record_type>/<int:row_id>/print", name="record-print", methods=["GET", "POST"], needs=PRINT)
def record(request: PageRequest, record_type: RecordType, row_id: int) -> HttpResponse:
    """A record with its fields and what belongs to it; POST notes that it is printed."""
    row = row_for(request.actor, record_type.model, row_id, to=SEE)
    if request.method == "POST":
        with noting_place(request):
            note_print(request.actor, record_type=record_type.plural, ids=str(row.pk))
        return HttpResponse(status=204)
    viewing.note(request.actor, viewing.Kind.RECORDS, of=record_type.key, once=row_id)
    paper = record_paper(request.actor, row)
    return render(request, "exports/record_paper.html", bare=True, paper=paper, back=record_url(record_type, row_id))


@page("<plural:record_type>/print", name="list-print", methods=["GET", "POST"], needs=PRINT)
def records(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """The first rows of a list, with its filters, order and columns; POST notes that they are printed."""
    actor = request.actor
    demand_seeing(actor, record_type)
    state = read_state(actor, record_type, tabs_of(actor, record_type), request.GET)
    paper = list_paper(actor, state.listing, chosen_fields(actor, state))
    if request.method == "POST":
        rows = sum(len(table.rows) for table in paper.tables)
        query = request.GET.urlencode()[:4_000]
        with noting_place(request):
            note_print(actor, record_type=record_type.plural, rows=rows, query=query)
        return HttpResponse(status=204)
    viewing.note_page(actor, sum(len(table.rows) for table in paper.tables), of=record_type.key, turned=False)
    return render(request, "exports/list_paper.html", bare=True, paper=paper, back=state.url())
