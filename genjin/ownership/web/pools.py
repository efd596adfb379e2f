"""Pages of a pool (公海, B4 P10): its list, its count and filters, a record as the pool shows it, what may be claimed.

Everything is asked as the actor who stands at the pool (`standing.at_pool`); only the verbs run as himself.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel import viewing
from genjin.kernel.actions import ACTIONS, Action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, row_for
from genjin.kernel.lists import count_capped
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import NotFound, Refused
from genjin.ownership.actions.viewing import note_view
from genjin.ownership.models import Pool
from genjin.ownership.standing import administers, at_pool, pooled_types, pools_of
from genjin.ownership.web.pool_drawing import (
    cards_beside,
    facts_in,
    held_until,
    place_at,
    pool_url,
    strip_of,
    verbs_at,
    verbs_of_pools,
)
from genjin.ownership.web.pool_words import rules_in_words
from genjin.ui.addresses import demand_seeing, record_url
from genjin.ui.formats import capped_count
from genjin.ui.lists.bulk import BulkForm, told
from genjin.ui.lists.filters import filterable, operator_of, value_controls
from genjin.ui.lists.listing import list_view
from genjin.ui.lists.state import read_state
from genjin.ui.lists.wanting import wanting
from genjin.ui.navigation import NavItem, register_nav
from genjin.ui.pages import PageRequest, closed_dialog, fragment, go, page, render, wants_fragment, with_event
from genjin.ui.shell import formats_for
from genjin.ui.undoing import undo_address


@page("<plural:record_type>/pools", name="pools")
def pools(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """To the first pool the member sees; an explanation where there is none."""
    _demand_pooled(record_type)
    demand_seeing(request.actor, record_type)
    seen = pools_of(request.actor, record_type)
    if seen:
        return HttpResponseRedirect(pool_url(record_type, seen[0]))
    return render(request, "ownership/no_pool.html", record_type=record_type)


@page("<plural:record_type>/pools/<int:pool_id>", name="pool")
def pool(request: PageRequest, record_type: RecordType, pool_id: int) -> HttpResponse:
    """The list of a pool, or only the part below its head for htmx."""
    standing, shown = _at(request, record_type, pool_id, listing=True)
    fmt, place = formats_for(request.actor), place_at(request.actor, record_type, shown)
    view = list_view(standing, record_type.seen_by(standing), request.GET, fmt, place)
    viewing.note_page(request.actor, view.state.listing.size, of=record_type.key, turned=not view.first_page)
    if wants_fragment(request):
        return fragment(request, "ui/list.html#list", list=view)
    strip = strip_of(request, record_type, shown)
    return render(
        request, "ownership/pool.html", list=view, pool=shown, strip=strip, ahead=_told_ahead(request.actor, shown),
        cards=cards_beside(request, record_type, strip),
    )  # fmt: skip


@page("<plural:record_type>/pools/<int:pool_id>/count", name="pool-count")
def pool_count(request: PageRequest, record_type: RecordType, pool_id: int) -> HttpResponse:
    """How many rows the list of the pool has, capped."""
    standing, shown = _at(request, record_type, pool_id, listing=True)
    place = place_at(request.actor, record_type, shown)
    state = read_state(standing, record_type, place.tabs, request.GET, place.base)
    return HttpResponse(capped_count(count_capped(standing, state.listing)))


@page("<plural:record_type>/pools/<int:pool_id>/filter", name="pool-filter")
def pool_filter(request: PageRequest, record_type: RecordType, pool_id: int) -> HttpResponse:
    """The builder's line for one of the fields that the pool shows."""
    standing, shown = _at(request, record_type, pool_id, listing=True)
    seen, asked = record_type.seen_by(standing), request.GET
    fields = filterable(standing, seen)
    field = next((f for f in fields if f.key == (asked.get("field") or asked.get("add"))), fields[0])
    operator = operator_of(field, asked.get("op", ""))
    made = value_controls(standing, seen, field, operator, [v for v in asked.getlist("v") if v])
    edited = f"{field.key}.{asked['op']}" if "field" in asked and "op" in asked else asked.get("drop", "")
    return fragment(
        request, "ui/filter_line.html", base=pool_url(record_type, shown), fields=fields, field=field,
        operator=operator, controls=made, edited=edited, wanting=wanting(request.actor, seen, field),
    )  # fmt: skip


@page("<plural:record_type>/pools/<int:pool_id>/bulk/<str:verb>", name="pool-bulk", methods=["GET", "POST"])
def pool_bulk(request: PageRequest, record_type: RecordType, pool_id: int, verb: str) -> HttpResponse:
    """One verb on the chosen rows of the pool: its form, then what was done and what was refused."""
    standing, shown = _at(request, record_type, pool_id, listing=True)
    action, place = _verb(record_type, verb), place_at(request.actor, record_type, shown)
    action.check(request.actor)
    form = BulkForm(request, record_type, action, looking=standing, place=place)
    if request.method == "POST" and (outcome := form.run()):
        words = _("%(verb)s：完成 %(count)d 条") % {"verb": action.label, "count": len(outcome.done)}
        undo = undo_address(action, outcome.event_id)
        if not outcome.refused:
            return closed_dialog(words, changed="rows:changed rows:done", undo=undo)
        failed = told(standing, record_type, outcome)
        answer = fragment(request, "ui/bulk_result.html", words=words, outcome=outcome, told=failed, undo=undo)
        return with_event(answer, "rows:changed")
    return fragment(request, "ui/dialog.html", form=form.view(), status=422 if form.refusal else 200)


@page("<plural:record_type>/pools/<int:pool_id>/quota", name="pool-quota")
def pool_quota(request: PageRequest, record_type: RecordType, pool_id: int) -> HttpResponse:
    """The strip of quotas anew, after something was claimed."""
    _standing, shown = _at(request, record_type, pool_id)
    place = place_at(request.actor, record_type, shown)
    return fragment(request, "ownership/pool_strip.html", list=place, strip=strip_of(request, record_type, shown))


@page("<plural:record_type>/pools/<int:pool_id>/rules", name="pool-rules")
def pool_rules(request: PageRequest, record_type: RecordType, pool_id: int) -> HttpResponse:
    """What may be claimed and what falls into the pool, in words."""
    _standing, shown = _at(request, record_type, pool_id)
    words = rules_in_words(request.actor, record_type, shown)
    ahead = _told_ahead(request.actor, shown)
    return fragment(request, "ownership/pool_rules.html", pool=shown, words=words, ahead=ahead)


@page("<plural:record_type>/pools/<int:pool_id>/<int:row_id>", name="pooled")
def pooled(request: PageRequest, record_type: RecordType, pool_id: int, row_id: int) -> HttpResponse:
    """A record as the pool shows it: its facts without what the pool hides, and how it came here."""
    standing, shown = _at(request, record_type, pool_id)
    row = row_for(standing, record_type.model, row_id, to=SEE)
    note_view(request.actor, pool_id=pool_id, row_id=row_id)
    viewing.note(request.actor, viewing.Kind.RECORDS, of=record_type.key, once=row_id)
    facts, ends = facts_in(standing, row), held_until(request.actor, shown, row)
    return render(
        request, "ownership/pooled.html", pool=shown, record_type=record_type, row=row, header=facts.header(),
        sections=facts.sections(), base=pool_url(record_type, shown), held=ends.words, held_iso=ends.iso,
        verbs=verbs_at(request.actor, record_type, shown), why=ends.why,
    )  # fmt: skip


@page("<plural:record_type>/pools/<int:pool_id>/<int:row_id>/claim", name="pool-claim", methods=["POST"])
def pool_claim(request: PageRequest, record_type: RecordType, pool_id: int, row_id: int) -> HttpResponse:
    """Claim one record at hand (P1); the row shows what came of it, refused or not."""
    standing, shown = _at(request, record_type, pool_id)
    action = _verb(record_type, "claim")
    title = str(getattr(row_for(standing, record_type.model, row_id, to=SEE), record_type.title))
    try:
        outcome = action.run(request.actor, row_id, {})
    except Refused as refusal:
        return closed_dialog(refusal.message, changed="rows:changed", tone="bad")
    words = _("已领取「%(title)s」%(left)s") % {"title": title, "left": strip_of(request, record_type, shown).left}
    undo = undo_address(action, outcome.event_id)
    if urlsplit(request.headers.get("HX-Current-URL", "")).path == f"{pool_url(record_type, shown)}/{row_id}":
        return go(request, record_url(record_type, row_id), words, undo=undo)  # what he claimed here he works on now
    return closed_dialog(words, changed="rows:changed pool:changed", undo=undo)


def _told_ahead(actor: Actor, shown: Pool) -> bool:
    """Whether he may ask what falls into the pool tonight."""
    return shown.recycles and shown.enabled and administers(actor, shown)


def _at(request: PageRequest, record_type: RecordType, pool_id: int, *, listing: bool = False) -> tuple[Any, Any]:
    _demand_pooled(record_type)
    standing, shown = at_pool(request.actor, pool_id, listing=listing)
    if shown.record_type != record_type.key:
        raise NotFound
    return standing, shown


def _demand_pooled(record_type: RecordType) -> None:
    if record_type.key not in {known.key for known in pooled_types()}:
        raise NotFound


def _verb(record_type: RecordType, verb: str) -> Action[Any, Any]:
    action = ACTIONS.get(record_type.grant(verb))
    if action is None or not action.takes_row or verb not in verbs_of_pools():
        raise NotFound
    return action


register_nav(
    NavItem(
        key="pools",
        label=gettext_lazy("公海"),
        icon="ripple",
        url_name="pools",
        args=("customers",),
        section="customers",
        order=50,
        needs=("customers.claim", "customers.assign"),
    )
)
