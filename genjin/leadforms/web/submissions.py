"""Submissions of a form: the list, the evidence of one, release and discard; the card beside a lead that came by a
form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.fields.veiled import Veiled
from genjin.kernel.models.rows import Record
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.titles import titles_of
from genjin.leadforms.actions.landing import discard, release, take_back
from genjin.leadforms.grants import REVIEW, SEE
from genjin.leadforms.models import Submission
from genjin.leadforms.queries import (
    Counted,
    counted,
    form_for,
    refusals_of,
    submission_for,
    submission_of_lead,
    submissions_of,
)
from genjin.leadforms.rules import Held, State, Turned
from genjin.leadforms.web.showing import ROUTE
from genjin.leads.record import LEAD
from genjin.org.web.frame import SettingsForm
from genjin.ui.addresses import record_url
from genjin.ui.details.cards import Drawn, register_card
from genjin.ui.details.entries import register_note
from genjin.ui.pages import PageRequest, go, page, render

TONES = {State.RECEIVED: "info", State.ACCEPTED: "ok", State.HELD: "warn", State.DISCARDED: "line"}
REFUSED = "refused"
LONGEST_ID = 18


@dataclass(frozen=True)
class DrawnSubmission:
    """A submission as templates draw it. `lead`: its title and address, ("", "") when out of sight."""

    row: Submission
    state: str
    tone: str
    why: str
    channel: str
    lead: tuple[str, str]


def drawn(actor: Actor, rows: list[Submission]) -> list[DrawnSubmission]:
    """Rows in words; the titles of the leads in one query."""
    titles = (
        titles_of(actor, LEAD.key, [row.lead_id for row in rows if row.lead_id]) if actor.may(LEAD.grant("see")) else {}
    )
    return [
        DrawnSubmission(
            row=row,
            state=str(State(row.state).label),
            tone=TONES[State(row.state)],
            why=str(Held(row.held_for).label) if row.held_for else "",
            channel=row.channel.name if row.channel else "",
            lead=_lead(titles, row),
        )
        for row in rows
    ]


def _lead(titles: Any, row: Submission) -> tuple[str, str]:
    title = titles.get(row.lead_id, "")
    return (title, record_url(LEAD, row.lead_id)) if title and row.lead_id else ("", "")


@page(f"{ROUTE}/<int:form_id>/submissions", name="form-submissions", needs=SEE)
def submissions(request: PageRequest, form_id: int) -> HttpResponse:
    """`?state=&before=`: what came, newest first; `state=refused`: what was turned away, counted."""
    form = form_for(request.actor, form_id)
    state, before = request.GET.get("state", ""), request.GET.get("before", "")
    given = int(before) if before.isascii() and before.isdecimal() and len(before) <= LONGEST_ID else None
    state = state if state in {*State.values, REFUSED} else ""
    base = reverse("form-submissions", args=[form.pk])
    context: dict[str, Any] = {"form": form, "state": state, "states": _states(base, counted([form])[0])}
    if state == REFUSED:
        refusals = [(each, str(Turned(each.reason).label)) for each in refusals_of(request.actor, form)]
        return render(request, "leadforms/submissions.html", refusals=refusals, older="", newest="", **context)
    rows, older = submissions_of(request.actor, form, state=state, before=given)
    context |= {"older": f"{base}?state={state}&before={older}" if older else ""}
    context |= {"newest": f"{base}?state={state}" if given else "", "lines": drawn(request.actor, rows)}
    return render(request, "leadforms/submissions.html", **context)


def _states(base: str, count: Counted) -> list[dict[str, Any]]:
    numbers = {State.RECEIVED: count.received, State.ACCEPTED: count.accepted, State.HELD: count.held}
    numbers[State.DISCARDED] = count.discarded
    states = [{"value": "", "label": _("全部"), "href": base, "count": sum(numbers.values())}]
    states += [
        {"value": key.value, "label": str(key.label), "href": f"{base}?state={key}", "count": number}
        for key, number in numbers.items()
        if number or key in (State.ACCEPTED, State.HELD)
    ]
    return [*states, {"value": REFUSED, "label": _("已拒绝"), "href": f"{base}?state={REFUSED}"}]


@page(f"{ROUTE}/<int:form_id>/submissions/<int:submission_id>", name="form-submission", needs=SEE)
def one_submission(request: PageRequest, form_id: int, submission_id: int) -> HttpResponse:
    """The evidence: when, from where, what was shown and ticked; what was typed while somebody has to look at it."""
    actor, row = request.actor, _row(request, form_id, submission_id)
    return render(
        request,
        "leadforms/submission.html",
        form=row.form,
        line=drawn(actor, [row])[0],
        row=row,
        shown=row.edition.shown,
        given=set(row.given),
        typed=_typed(actor, row),
        decided_by=people.directory().member_name(row.decided_by, actor.stamp) if row.decided_by else "",
        may_review=actor.may(REVIEW),
    )


def _typed(actor: Actor, row: Submission) -> list[tuple[str, str]]:
    """What was typed, to whoever reviews, as far as he may know these fields of leads."""
    if not row.values or not actor.may(REVIEW):
        return []
    seen = LEAD.seen_by(actor).keys
    labels = {each["key"]: each["label"] for each in row.edition.shown["fields"]}
    found = []
    for key in (*labels, *(key for key in row.values if key not in labels)):  # in the order in which they were asked
        known = seen.get(key)
        if known is not None and key in row.values:
            found.append((labels.get(key, key), _text(actor, known, row.values[key])))
    return found


def _text(actor: Actor, known: Any, value: Any) -> str:
    declared = known.inner if isinstance(known, Veiled) else known
    try:
        parsed = declared.parse(value, actor)
    except ValueError:
        parsed = None
    if isinstance(known, Veiled):
        return str(declared.veiled(parsed))
    return str(declared.text(parsed, actor)) if parsed is not None else str(value)


@page(
    f"{ROUTE}/<int:form_id>/submissions/<int:submission_id>/release",
    name="form-release",
    methods=["POST"],
    needs=REVIEW,
)
def released(request: PageRequest, form_id: int, submission_id: int) -> HttpResponse:
    """Make a lead of it."""
    row = _row(request, form_id, submission_id)
    place = reverse("form-submission", args=[form_id, row.pk])
    try:
        release.run(request.actor, row.pk, {})
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return go(request, place, refusal.message, tone="bad")
    return go(request, place, _("已放行，线索已建好"))


@page(
    f"{ROUTE}/<int:form_id>/submissions/<int:submission_id>/discard", name="form-discard", methods=["GET", "POST"],
    needs=REVIEW,
)  # fmt: skip
def discarded(request: PageRequest, form_id: int, submission_id: int) -> HttpResponse:
    """Throw it away, with a reason if one likes."""
    row = _row(request, form_id, submission_id)
    place = reverse("form-submission", args=[form_id, row.pk])
    text = _("丢弃后不会成为线索；填写的内容过一段时间自动抹去，在那以前可以撤销。")
    dialog = SettingsForm(request, discard, _("丢弃这条提交"), row.pk, submit=_("丢弃"), text=text)
    return dialog.answer(lambda: go(request, place, _("已丢弃")))


@page(
    f"{ROUTE}/<int:form_id>/submissions/<int:submission_id>/take-back", name="form-take-back", methods=["POST"],
    needs=REVIEW,
)  # fmt: skip
def taken_back(request: PageRequest, form_id: int, submission_id: int) -> HttpResponse:
    """Hold it again."""
    row = _row(request, form_id, submission_id)
    place = reverse("form-submission", args=[form_id, row.pk])
    try:
        take_back.run(request.actor, row.pk, {})
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return go(request, place, refusal.message, tone="bad")
    return go(request, place, _("已撤销丢弃"))


def _row(request: PageRequest, form_id: int, submission_id: int) -> Submission:
    row = submission_for(request.actor, submission_id)
    if row.form_id != form_id:
        raise NotFound
    return row


def lead_card(request: PageRequest, record: Record) -> Drawn | None:
    """Beside a lead: the form by which it came, and what its sender agreed to."""
    row = submission_of_lead(request.actor, record.pk)
    if row is None:
        return None
    place, evidence = reverse("lead-form", args=[row.form_id]), reverse("form-submission", args=[row.form_id, row.pk])
    return Drawn("leadforms/card.html", {"row": row, "place": place, "evidence": evidence})


register_card(LEAD.key, "lead_form", lead_card, order=80)
register_note("lead_form", gettext_lazy("公开表单"))
