"""A submission becomes a lead, or is held, released, discarded."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Number, Text
from genjin.kernel.recording import record
from genjin.kernel.refusal import NotFound, Refused
from genjin.leadforms.grants import RECEIVE, REVIEW
from genjin.leadforms.making import Holding, look, make_lead
from genjin.leadforms.models import Refusal, Submission
from genjin.leadforms.rules import MOVES, Held, State
from genjin.leadforms.settings import KEPT_DAYS
from genjin.leadforms.telling import tell_of_held, tell_of_lead

REFUSALS_KEPT = timedelta(days=180)


@action(
    "leadforms.land",
    on=Submission,
    needs=RECEIVE,
    label=gettext_lazy("提交入库"),
    icon="target",
    silent="when it was dealt with before",
    listed=False,
)
def land(
    actor: Actor, *, submission: Annotated[int, Number(key="submission", label=gettext_lazy("表单提交"))]
) -> Submission | None:
    """Make a lead of what was received, or hold it. Run again, or by two at once, it does nothing more."""
    row = _locked(submission)
    if row is None or row.state != State.RECEIVED:
        return row
    try:
        look(row, actor.stamp)
        _become_lead(actor, row, reviewed=False)
    except Holding as holding:
        _hold(actor, row, holding.reason, holding.message)
    return row


@action(
    "leadforms.give_up",
    on=Submission,
    needs=RECEIVE,
    label=gettext_lazy("提交转人工"),
    icon="hand-stop",
    silent="when it was dealt with before",
    listed=False,
)
def give_up(
    actor: Actor, *, submission: Annotated[int, Number(key="submission", label=gettext_lazy("表单提交"))]
) -> Submission | None:
    """Hold what could not be dealt with for long, so that somebody looks at it."""
    row = _locked(submission)
    if row is not None and row.state == State.RECEIVED:
        _hold(actor, row, Held.OTHER, str(Held.OTHER.label))
    return row


@action("leadforms.release", on=Submission, needs=REVIEW, label=gettext_lazy("放行"), icon="check", listed=False)
def release(actor: Actor, submission_id: int) -> Submission:
    """Make a lead of a held submission. Raises Refused("bad_move", "held"), NotFound."""
    row = _locked(submission_id)
    if row is None:
        raise NotFound
    if row.state != State.HELD:
        MOVES.move(row, State.ACCEPTED)
    _decided(actor, row)
    _become_lead(actor, row, reviewed=True)
    return row


@action(
    "leadforms.discard",
    on=Submission,
    needs=REVIEW,
    label=gettext_lazy("丢弃"),
    icon="trash",
    danger=True,
    listed=False,
    undo="leadforms.take_back",
)
def discard(
    actor: Actor,
    submission_id: int,
    *,
    note: Annotated[str, Text(key="note", label=gettext_lazy("原因"), most=200)] = "",
) -> Submission:
    """Throw a held submission away; what was typed is wiped some days later. Raises Refused("bad_move"), NotFound."""
    row = _locked(submission_id)
    if row is None:
        raise NotFound
    MOVES.move(row, State.DISCARDED)
    _decided(actor, row)
    row.note = note
    record(actor, row)
    return row


@action(
    "leadforms.take_back",
    on=Submission,
    needs=REVIEW,
    label=gettext_lazy("撤销丢弃"),
    icon="arrow-back-up",
    listed=False,
)
def take_back(actor: Actor, submission_id: int) -> Submission:
    """Hold a discarded submission again, while it is there. Raises Refused("wiped", "bad_move"), NotFound."""
    row = _locked(submission_id)
    if row is None:
        raise NotFound
    if row.state == State.DISCARDED and not row.values:
        raise Refused("wiped", _("填写的内容已按规定抹去，不能恢复"))
    MOVES.move(row, State.HELD)
    row.note, row.decided_by, row.decided_at = "", None, None
    record(actor, row)
    return row


@action(
    "leadforms.forget",
    on=None,
    needs=RECEIVE,
    label=gettext_lazy("抹去过期的提交"),
    silent="what was thrown away is wiped, what was counted goes",
    listed=False,
)
def forget(actor: Actor) -> None:  # noqa: ARG001 - as for all actions
    """Wipe what was discarded long enough ago (B19 art. 19), and old counts."""
    now = timezone.now()
    old = Submission.objects.filter(state=State.DISCARDED, decided_at__lt=now - timedelta(days=KEPT_DAYS.at(0)))
    old.exclude(values={}).update(values={}, network="", agent="")
    Refusal.objects.filter(last_at__lt=now - REFUSALS_KEPT).delete()


def _locked(submission_id: int) -> Submission | None:
    rows = Submission.objects.select_for_update(of=("self",)).select_related("form", "channel")
    return rows.filter(pk=submission_id).first()


def _become_lead(actor: Actor, row: Submission, *, reviewed: bool) -> None:
    with transaction.atomic():
        lead, row.hit = make_lead(row, reviewed=reviewed)
    MOVES.move(row, State.ACCEPTED)
    row.lead_id, row.values, row.held_for, row.why = lead.pk, {}, "", ""
    record(actor, row)
    tell_of_lead(actor, row, lead)


def _hold(actor: Actor, row: Submission, reason: Held, words: str) -> None:
    MOVES.move(row, State.HELD)
    row.held_for, row.why = reason, words[:300]
    record(actor, row)
    tell_of_held(actor, row)


def _decided(actor: Actor, row: Submission) -> None:
    row.decided_by, row.decided_at = actor.member_id, actor.now()
