"""A whole list given as a job: asked about first, then how far it is and what was refused."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from genjin.allocation.models import Run
from genjin.allocation.portraits import PORTRAITS
from genjin.allocation.queries import last_run, live_schemes, run_for
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.lists import CAP, count_capped
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.titles import titles_of
from genjin.ui.addresses import list_url, record_url
from genjin.ui.lists.filters import chips
from genjin.ui.lists.heads import HeadTool, register_head_tool
from genjin.ui.lists.state import State, read_state
from genjin.ui.pages import PageRequest, fragment, go, page, render
from genjin.ui.views.queries import tabs_of


@page("<plural:record_type>/allocating", name="allocating", methods=["GET", "POST"])
def allocating(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """Which records, by which scheme; then the job."""
    if record_type.key not in PORTRAITS:
        raise NotFound
    actor = request.actor
    actor.demand(record_type.grant("allocate"))
    state = read_state(actor, record_type, tabs_of(actor, record_type), request.GET)
    if request.method == "POST":
        return _start(request, record_type, state)
    return _asked(request, record_type, state)


@page("allocation/runs/<int:run_id>", name="allocation-run")
def run(request: PageRequest, run_id: int) -> HttpResponse:
    """How far it is, and what came of it."""
    found = run_for(request.actor, run_id)
    return render(request, "allocation/run.html", run=_drawn(request.actor, found), label=_many(found))


@page("allocation/runs/<int:run_id>/undo", name="allocation-undo", methods=["POST"])
def undo(request: PageRequest, run_id: int) -> HttpResponse:
    """Give back what it gave, as far as nobody touched it since."""
    found = run_for(request.actor, run_id)
    place = reverse("allocation-run", args=[run_id])
    try:
        ACTIONS[RECORD_TYPES[found.record_type].grant("unallocate_all")].run(request.actor, None, {"run": run_id})
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return go(request, place, refusal.message, tone="bad")
    return go(request, place)


@page("allocation/runs/<int:run_id>/progress", name="allocation-progress")
def progress(request: PageRequest, run_id: int) -> HttpResponse:
    """The same part again while it is at work."""
    found = run_for(request.actor, run_id)
    return fragment(request, "allocation/run_progress.html", run=_drawn(request.actor, found))


def _asked(request: PageRequest, record_type: RecordType, state: State, refusal: Refused | None = None) -> HttpResponse:
    actor = request.actor
    count = count_capped(actor, state.listing.without_page())
    return render(
        request,
        "allocation/allocating.html",
        status=refusal.status if refusal else 200,
        type=record_type,
        back=state.url(),
        chips=chips(actor, state),
        query=state.listing.text,
        count=count,
        cap=CAP,
        schemes=[(scheme.pk, scheme.name) for scheme in live_schemes(record_type.key)],
        chosen=request.POST.get("scheme", ""),
        refusal=refusal,
    )


def _start(request: PageRequest, record_type: RecordType, state: State) -> HttpResponse:
    raw = {"asked": asked_of(state), "scheme": request.POST.get("scheme", "")}
    try:
        ACTIONS[record_type.grant("allocate_all")].run(request.actor, None, raw)
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return _asked(request, record_type, state, refusal)
    return go(request, reverse("allocation-run", args=[_last(request.actor)]))


def asked_of(state: State) -> dict[str, list[str]]:
    """The list's filters as its address has them."""
    asked = {name: [value] for name, value in state.pairs if "." in name or name == "life"}
    return asked | ({"q": [state.text]} if state.text else {})


def _last(actor: Actor) -> int:
    found = last_run(actor)
    if found is None:
        raise NotFound
    return found


def _many(found: Run) -> str:
    return str(RECORD_TYPES[found.record_type].many)


def _drawn(actor: Actor, found: Run) -> dict[str, Any]:
    declared = RECORD_TYPES[found.record_type]
    titles = titles_of(actor, declared.key, [row_id for row_id, _words in found.told])
    undoing = found.undoing_at is not None
    through, total = (found.back + found.kept, found.done) if undoing else (found.done + found.refused, found.total)
    return {
        "id": found.pk,
        "done": found.done,
        "refused": found.refused,
        "through": through,
        "total": total,
        "more": total > CAP and not undoing,
        "at_work": found.finished_at is None or (undoing and found.undone_at is None),
        "undoing": undoing,
        "back": found.back,
        "kept": found.kept,
        "percent": min(100, 100 * through // max(1, total)),
        "scheme": found.scheme.name if found.scheme else "",
        "told": [(titles.get(i, "—"), record_url(declared, i) if i in titles else "", w) for i, w in found.told],
        "list_url": list_url(declared),
    }


for _key in PORTRAITS:
    register_head_tool(
        HeadTool(
            key="allocating",
            label=gettext_lazy("分配整个列表"),
            icon="route",
            link="/{plural}/allocating",
            needs=RECORD_TYPES[_key].grant("allocate"),
            types=tuple(PORTRAITS),
            filtered=True,
            order=60,
        )
    )
