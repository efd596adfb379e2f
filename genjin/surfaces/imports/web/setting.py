"""What a member sets before the check: which sheet and header row, which column is which field, what holds for all."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse

from genjin.kernel.refusal import Refused
from genjin.surfaces.imports.actions.reviewing import stop_check
from genjin.surfaces.imports.actions.setting_up import set_policy, set_rules
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.models import Import
from genjin.surfaces.imports.queries import import_for
from genjin.surfaces.imports.receiving import read_again
from genjin.surfaces.imports.rules import rules_from_json
from genjin.surfaces.imports.web.columns import offered_targets
from genjin.surfaces.imports.web.drawing import columns_page
from genjin.surfaces.imports.web.sending import sent_policy, sent_rules
from genjin.surfaces.imports.web.showing import changing
from genjin.surfaces.imports.web.steps import demand_unchanged
from genjin.surfaces.imports.work import check_import
from genjin.ui.pages import PageRequest, fragment, go, page, render, wants_fragment, with_toast

NEEDS = "imports.run"
BOTH = ["GET", "POST"]


@page("imports/<int:import_id>/columns", name="import-columns", methods=BOTH, needs=NEEDS)
@changing
def columns(request: PageRequest, import_id: int) -> HttpResponse:
    """Keep which column is which field and the answers to questions; with `check` the rows are checked at once."""
    refusal = _kept(request, import_id)
    if "check" in request.POST and not refusal:
        check_import(request.actor, import_id)
        return go(request, reverse("import", args=[import_id]))
    return _columns(request, import_for(request.actor, import_id), refusal)


@page("imports/<int:import_id>/layout", name="import-layout", methods=BOTH, needs=NEEDS)
@changing
def layout(request: PageRequest, import_id: int) -> HttpResponse:
    """Read another sheet, or from another header row."""
    row = import_for(request.actor, import_id)
    sheet, header = request.POST.get("sheet", ""), request.POST.get("header_row", "")
    another = sheet not in ("", row.sheet)
    header_row = int(header) if header.isdecimal() and len(header) < 8 and not another else None
    try:
        demand_unchanged(request, row)
        row = read_again(request.actor, row.pk, sheet=sheet, header_row=header_row)
    except Refused as refused:
        return _columns(request, row, refused.message)
    return _columns(request, row)


@page("imports/<int:import_id>/stop", name="import-stop", methods=BOTH, needs=NEEDS)
@changing
def stop(request: PageRequest, import_id: int) -> HttpResponse:
    """Stop checking, to change what was set."""
    stop_check(request.actor, import_for(request.actor, import_id).pk)
    return go(request, reverse("import", args=[import_id]))


@page("imports/<int:import_id>/fields", name="import-fields", needs=NEEDS)
def fields(request: PageRequest, import_id: int) -> HttpResponse:
    """What a column may be brought in as, for `q`; by record type."""
    row = import_for(request.actor, import_id)
    groups = offered_targets(request.actor, KINDS[row.kind], request.GET.get("q", ""))
    return fragment(request, "imports/fields.html", groups=groups)


@transaction.atomic
def _kept(request: PageRequest, import_id: int) -> str:
    """Keep what was sent; '' or why it was refused. What was kept already may come twice: Ctrl Enter overtakes the
    answer to the last choice. Both in turn, each with what the other has left."""
    row = import_for(request.actor, import_id, lock=True)
    try:
        rules = sent_rules(request.actor, KINDS[row.kind], rules_from_json(row.rules), request.POST)
        wanted = sent_policy(request.POST)
        other_rules = [rule.to_json() for rule in rules] != row.rules
        other_policy = any(row.policy.get(key) != value for key, value in wanted.items())
        if other_rules or other_policy:
            demand_unchanged(request, row)
        if other_rules:
            set_rules(request.actor, row.pk, rules=rules)
        if other_policy:
            set_policy(request.actor, row.pk, policy=wanted)
    except Refused as refused:
        return refused.message
    return ""


def _columns(request: PageRequest, row: Import, refusal: str = "") -> HttpResponse:
    status = 422 if refusal else 200
    context = columns_page(request.actor, row, refusal)
    if wants_fragment(request):
        answer = fragment(request, "imports/columns.html#step", status=status, **context)
        return with_toast(answer, refusal, tone="bad") if refusal else answer
    return render(request, "imports/columns.html", status=status, **context)
