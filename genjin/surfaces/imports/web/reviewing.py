"""Checked rows: looked at tab by tab, mended in their place; duplicates decided about; what stayed out as a file."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import Any

from django.http import FileResponse, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from genjin.kernel.file_names import content_disposition
from genjin.kernel.refusal import Refused
from genjin.surfaces.imports.actions.reviewing import decide_row, decide_rows, mend_row, skip_row
from genjin.surfaces.imports.actions.setting_up import set_policy
from genjin.surfaces.imports.failures import failed_file, failed_name
from genjin.surfaces.imports.models import Import, ImportRow, RowState, State
from genjin.surfaces.imports.policy import Policy
from genjin.surfaces.imports.queries import duplicate_groups, import_for, row_of
from genjin.surfaces.imports.web.drawing import counts_of, go_view, rules_view, summary
from genjin.surfaces.imports.web.listing import listing
from genjin.surfaces.imports.web.pairing import pair_view
from genjin.surfaces.imports.web.rows import RowWriter, sent_fixes
from genjin.surfaces.imports.web.sending import sent_policy
from genjin.surfaces.imports.web.showing import changing, drawn
from genjin.surfaces.imports.web.steps import head_of
from genjin.ui.pages import PageRequest, fragment, go, page, wants_fragment, with_event, with_toast

NEEDS = "imports.run"
BOTH = ["GET", "POST"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page("imports/<int:import_id>/rows", name="import-rows", needs=NEEDS)
def rows(request: PageRequest, import_id: int) -> HttpResponse:
    """A page of rows of one tab."""
    row = import_for(request.actor, import_id)
    if not wants_fragment(request) or row.state in (State.UPLOADED, State.CHECKING):
        return drawn(request, row)
    return fragment(
        request, "imports/rows.html", head=head_of(row), review=listing(request.actor, row, request.GET.dict())
    )


@page("imports/<int:import_id>/rows/<int:number>", name="import-row", methods=BOTH, needs=NEEDS)
def one_row(request: PageRequest, import_id: int, number: int) -> HttpResponse:
    """One row, open for mending (`?closed=1`: shut again); POST writes over its cells, or leaves the row out."""
    batch = import_for(request.actor, import_id)
    row = row_of(batch, number)
    if not wants_fragment(request) and request.method == "GET":
        return drawn(request, batch)
    if request.method == "GET":
        return _row(request, batch, row, form="closed" not in request.GET)
    try:
        mended = _changed(request, batch, row)
    except Refused as refused:
        return with_toast(_row(request, batch, row, form=True, status=422), refused.message, tone="bad")
    return _row(request, import_for(request.actor, import_id), mended, form=mended.state == RowState.BAD, changed=True)


@page("imports/<int:import_id>/duplicates", name="import-pair", needs=NEEDS)
def pair(request: PageRequest, import_id: int) -> HttpResponse:
    """A possible duplicate beside what it looks like: the one in row `at`."""
    batch = import_for(request.actor, import_id)
    if not wants_fragment(request):
        return drawn(request, batch)
    return pair_answer(request, batch, _number(request.GET.get("at", "")))


@page("imports/<int:import_id>/decide", name="import-decide", methods=BOTH, needs=NEEDS)
@changing
def decide(request: PageRequest, import_id: int) -> HttpResponse:
    """What becomes of one duplicate, or (`all`) of all of its kind; then the next one."""
    batch = import_for(request.actor, import_id)
    row, decision = row_of(batch, _number(request.POST.get("number", "")) or 0), request.POST.get("decision", "")
    reason = request.POST.get("reason", "")
    try:
        if request.POST.get("all"):
            decide_rows(request.actor, batch.pk, why=row.duplicate_why, decision=decision, reason=reason)
        else:
            decide_row(request.actor, batch.pk, number=row.number, decision=decision, reason=reason)
    except Refused as refusal:
        if refusal.code != "reason_needed" or not wants_fragment(request):
            raise
        return pair_answer(request, batch, row.number, unexplained=refusal.message)
    batch = import_for(request.actor, import_id)
    return pair_answer(request, batch, None, after=row.number, toast=_("已记下"))


@page("imports/<int:import_id>/policy", name="import-policy", methods=BOTH, needs=NEEDS)
@changing
def policy(request: PageRequest, import_id: int) -> HttpResponse:
    """Keep what becomes of duplicates and whose the customers are."""
    row = import_for(request.actor, import_id)
    changed = set_policy(request.actor, row.pk, policy=sent_policy(request.POST))
    if not wants_fragment(request) or switches(changed) != switches(row):
        return go(request, reverse("import", args=[row.pk]))
    return pair_answer(request, import_for(request.actor, import_id), None, toast=_("已保存"))


@page("imports/<int:import_id>/failed", name="import-failed", needs=NEEDS)
def failed(request: PageRequest, import_id: int) -> HttpResponse:
    """The rows that stay out, each with its reason, as a file that can be mended and brought again."""
    batch = import_for(request.actor, import_id)
    stream = TemporaryFile()  # noqa: SIM115 - the answer closes it
    failed_file(request.actor, batch, stream)
    stream.seek(0)
    response: Any = FileResponse(stream, content_type=XLSX)
    response.headers["Content-Disposition"] = content_disposition(failed_name(batch))
    answer: HttpResponse = response
    return answer


def switches(row: Import) -> tuple[bool, bool]:
    """What makes a possible duplicate in this import: equal phones, similar names."""
    found = Policy.from_json(row.policy)
    return found.by_phone, found.by_likeness


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _changed(request: PageRequest, batch: Import, row: ImportRow) -> ImportRow:
    if request.POST.get("skip"):
        return skip_row(request.actor, batch.pk, number=row.number, skipped=row.state != RowState.SKIPPED)
    fixes = sent_fixes(row, request.POST)
    return mend_row(request.actor, batch.pk, number=row.number, fixes=fixes) if fixes else row


def _row(
    request: PageRequest,
    batch: Import,
    row: ImportRow,
    *,
    form: bool,
    status: int = 200,
    changed: bool = False,
) -> HttpResponse:
    """The row; after a change with the counts as they are now."""
    writer = RowWriter(request.actor, batch, [row], request.GET.get("columns", ""))
    context = {"r": writer.row(row, form=form, mended=changed), "head": head_of(batch)}
    if not changed:
        return fragment(request, "imports/row.html", status=status, **context)
    more = {**summary(request.actor, batch), "tabs": counts_of(batch), "go": go_view(batch), "oob": True}
    return fragment(request, "imports/row_changed.html", status=status, **context, **more)


def pair_answer(
    request: PageRequest, batch: Import, number: int | None, *, after: int = 0, toast: str = "", unexplained: str = ""
) -> HttpResponse:
    """The card of a duplicate, with the rules and the bar as they are now. `unexplained`: it is to be created all the
    same, and why is still to be said."""
    shown = pair_view(request.actor, batch, number, after=after)
    rules = rules_view(request.actor, batch, {group.why: group.rows for group in duplicate_groups(batch, 0)})
    context: dict[str, Any] = {"head": head_of(batch), "pair": shown, "go": go_view(batch), "rules": rules, "oob": True}
    status = 422 if unexplained else 200
    answer = fragment(request, "imports/duplicates_changed.html", status=status, unexplained=unexplained, **context)
    return with_event(with_toast(answer, toast), "import:decided") if toast else answer
