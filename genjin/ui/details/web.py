"""Pages of one record: the whole page, earlier parts of its timeline, one fact to edit in place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel import viewing
from genjin.kernel.aliases import row_or_master
from genjin.kernel.digits import number_in
from genjin.kernel.doors import SEE, WRITE, may, row_for
from genjin.kernel.editing import get_value
from genjin.kernel.fields import Field
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RecordType, type_of
from genjin.kernel.refusal import NotFound, Refused, Stale
from genjin.kernel.timeline import timeline
from genjin.kernel.versions import known_version
from genjin.ui.addresses import record_url
from genjin.ui.details.cards import buttons_of, cards_of, has_related, panels_of, related_cards_of
from genjin.ui.details.entries import by_day
from genjin.ui.details.facts import Facts, editable_field
from genjin.ui.details.menu import menu_entries
from genjin.ui.details.resting import voided_banner
from genjin.ui.forms.confirming import CONFIRMATION
from genjin.ui.forms.controls import control
from genjin.ui.forms.finding import offered_on, row_action, verb_of
from genjin.ui.forms.reading import raw_inputs
from genjin.ui.forms.showing import decides
from genjin.ui.pages import PageRequest, fragment, go, page, respond, wants_fragment, with_event, with_toast
from genjin.ui.shell import formats_for
from genjin.ui.undoing import undo_address


@page("<plural:record_type>/<int:row_id>", name="record")
def detail(request: PageRequest, record_type: RecordType, row_id: int) -> HttpResponse:
    """The record's page, or for htmx its body."""
    try:
        record = row_or_master(request.actor, record_type.model, row_id)
    except NotFound:
        return _gone(request, record_type, row_id)
    return _drawn(request, record_type, record) if record.pk == row_id else _to_master(request, record)


def _drawn(request: PageRequest, record_type: RecordType, record: Record) -> HttpResponse:
    actor = request.actor
    viewing.note(actor, viewing.Kind.RECORDS, of=record_type.key, once=record.pk)
    offered = [(a, verb_of(record_type, a)) for a in offered_on(actor, record_type, record)]
    fmt, (entries, more), url = formats_for(actor), timeline(actor, record), record_url(record_type, record.pk)
    facts = Facts(actor, record, fmt, writable=any(verb == "edit" for _action, verb in offered))
    return respond(
        request, "ui/record.html#record", record_type=record_type, record=record, header=facts.header(),
        sections=facts.sections(), offered=offered, days=by_day(actor, fmt, entries), more=more, url=url,
        last=entries[-1].event_id if entries else 0, **_around(request, record),
        panels=[*voided_banner(actor, record, fmt, offered), *panels_of(request, record)],
    )  # fmt: skip


def _around(request: PageRequest, record: Record) -> dict[str, Any]:
    """What areas put beside the facts of a record."""
    drawn = {"cards": cards_of(request, record), "buttons": buttons_of(request, record)}
    return drawn | {"related": has_related(record), "entries": menu_entries(request.actor, record)}


def _gone(request: PageRequest, record_type: RecordType, row_id: int) -> HttpResponse:
    """For the page of this very record that draws itself afresh: in its place that he sees it no more, whether it is
    there or not. Raises NotFound for anybody else."""
    url = record_url(record_type, row_id)
    if not wants_fragment(request) or urlsplit(request.headers.get("HX-Current-URL", "")).path != url:
        raise NotFound
    return fragment(request, "ui/gone.html", record_type=record_type, url=url)


def _to_master(request: PageRequest, record: Record) -> HttpResponse:
    return go(request, record_url(type_of(record), record.pk), _("您打开的记录已合并，这里是合并后的记录"))


@page("<plural:record_type>/<int:row_id>/related", name="related")
def related(request: PageRequest, record_type: RecordType, row_id: int) -> HttpResponse:
    """The cards asked for after the first paint; without script a page of its own."""
    record = row_for(request.actor, record_type.model, row_id, to=SEE)
    return respond(
        request, "ui/related.html#cards", cards=related_cards_of(request, record, formats_for(request.actor)),
        title=str(getattr(record, record_type.title)), url=record_url(record_type, row_id),
    )  # fmt: skip


@page("<plural:record_type>/<int:row_id>/timeline", name="timeline")
def earlier(request: PageRequest, record_type: RecordType, row_id: int) -> HttpResponse:
    """The entries before an event."""
    record = row_for(request.actor, record_type.model, row_id, to=SEE)
    before = request.GET.get("before", "")
    known = int(before) if before.isdecimal() and len(before) < 19 else None
    entries, more = timeline(request.actor, record, before=known)
    return fragment(
        request, "ui/timeline.html", days=by_day(request.actor, formats_for(request.actor), entries), more=more,
        last=entries[-1].event_id if entries else 0, url=record_url(record_type, row_id),
    )  # fmt: skip


@page("<plural:record_type>/<int:row_id>/facts/<str:key>", name="fact", methods=["GET", "POST"])
def fact(request: PageRequest, record_type: RecordType, row_id: int, key: str) -> HttpResponse:
    """One fact: as drawn (`?show=1`), as a control, or saved."""
    actor = request.actor
    record = row_for(actor, record_type.model, row_id, to=SEE)
    field = editable_field(actor, record_type, key)
    if field is None or not may(actor, record, record_type.grant("edit"), WRITE):
        raise NotFound
    if request.method == "POST":
        return _save_fact(request, record, field)
    if "show" in request.GET:
        return _drawn_fact(request, record, field, saved=False)
    return _fact_form(request, record, field, field.form_value(get_value(record, field), actor))


def _save_fact(request: PageRequest, record: Record, field: Field) -> HttpResponse:
    action = row_action(type_of(record), "edit")
    known = {key: "on" for key in request.POST if key.endswith(CONFIRMATION)}
    raw = raw_inputs([field], request.POST) | known
    version = request.POST.get("version", "")
    try:
        outcome = action.run(request.actor, record.pk, raw, version=number_in(version))
    except Stale as stale:
        theirs, _mine = stale.facts["differences"][field.key]
        words = _("别人刚改成「%s」，再次保存将覆盖") % (field.text(theirs, request.actor) or _("（空）"))
        return _fact_form(request, record, field, raw[field.key], words, stale.facts["version"], status=409)
    except Refused as refusal:
        if refusal.status != 422:
            raise
        asked = [*known, refusal.facts.get("confirm", "")]
        return _fact_form(request, record, field, raw[field.key], refusal.message, status=422, asks=asked)
    fresh = row_for(request.actor, type(record), record.pk, to=SEE)
    answer = _drawn_fact(request, fresh, field, saved=True)
    if decides(type_of(record).seen_by(request.actor), field.key):
        with_event(answer, "record:changed")
    return with_toast(answer, _("已保存"), undo=undo_address(action, outcome.event_id))


def _drawn_fact(request: PageRequest, record: Record, field: Field, *, saved: bool) -> HttpResponse:
    facts = Facts(request.actor, record, formats_for(request.actor), writable=True)
    return fragment(
        request, "ui/fact_saved.html" if saved else "ui/fact.html", fact=facts.drawn[field.key],
        url=record_url(type_of(record), record.pk), saved=saved, header=facts.header() if saved else None,
    )  # fmt: skip


def _fact_form(
    request: PageRequest, record: Record, field: Field, raw: Any, error: str = "", version: int = 0, status: int = 200,
    *, asks: Iterable[str] = (),
) -> HttpResponse:  # fmt: skip
    made = control(request.actor, field, raw, source=type_of(record).plural, error=error)
    made.given.update({"id": f"edit-{field.key}"} | ({} if made.component == "check" else {"hidden_label": True}))
    version = version or known_version(request.actor, record)
    return fragment(
        request, "ui/fact_form.html", control=made, status=status, version=version,
        asks=[key for key in dict.fromkeys(asks) if key],
        url=f"{record_url(type_of(record), record.pk)}/facts/{field.key}",
    )  # fmt: skip
