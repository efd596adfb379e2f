"""Reads of public forms: by their address for everybody, with their submissions for whoever may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q
from django.utils import timezone

from genjin.kernel.actor import Actor, Surface, system
from genjin.kernel.refusal import NotFound
from genjin.kernel.stamps import current_stamp
from genjin.leadforms.grants import RECEIVE, SEE
from genjin.leadforms.models import FormChannel, FormEdition, LeadForm, Refusal, Submission
from genjin.leadforms.rules import Closed, State
from genjin.leads.settings import USED

PER_PAGE = 50
SHOWN_REFUSALS = 60
REFUSED_DAYS = 30
LATEST_KEY = 16
MAKING = (RECEIVE, "leads.create", "leads.see", "leads.transfer", "leads.allocate", "pools.manage")


def outside() -> Actor:
    """The system, as it serves people whom it does not know."""
    return replace(system(RECEIVE, surface=Surface.FORM), stamp=current_stamp())


def maker_of(form: LeadForm) -> Actor:
    """The system actor of a form: by it leads are made, not by a member."""
    return replace(system(*MAKING, surface=Surface.FORM), name=form.name, stamp=current_stamp())


def public_form(key: str) -> LeadForm:
    """The form at an address, open or not. Raises NotFound."""
    form = LeadForm.objects.filter(key=key).first() if len(key) <= LATEST_KEY else None
    if form is None:
        raise NotFound
    return form


def closed_now(form: LeadForm, stamp: int) -> Closed | None:
    """Why a form takes nothing at this moment."""
    if not USED.at(stamp):
        return Closed.CLOSED
    taken = taken_by(form) if form.most is not None else 0
    return form.period.closed(timezone.now(), taken)


def taken_by(form: LeadForm) -> int:
    """How many submissions count against its limit."""
    return Submission.objects.filter(form=form).exclude(state=State.DISCARDED).count()


def channel_of(form: LeadForm, code: str) -> FormChannel | None:
    """The channel of a link; an ended one still says where somebody came from."""
    return FormChannel.objects.filter(form=form, code=code).first() if 0 < len(code) <= 20 else None


def same_again(form: LeadForm, digest: str, minutes: int) -> Submission | None:
    """The submission that said the same a short while ago."""
    since = timezone.now() - timedelta(minutes=minutes)
    rows = Submission.objects.filter(form=form, digest=digest, created_at__gt=since).exclude(state=State.DISCARDED)
    return rows.order_by("-id").first()


def waiting(before: datetime, most: int) -> list[int]:
    """Submissions that were not dealt with since, the oldest first."""
    rows = Submission.objects.filter(state=State.RECEIVED, created_at__lt=before).order_by("id")
    return list(rows.values_list("pk", flat=True)[:most])


def form_for(actor: Actor, form_id: int) -> LeadForm:
    """Raises Forbidden, NotFound."""
    actor.demand(SEE)
    form = LeadForm.objects.filter(pk=form_id).first()
    if form is None:
        raise NotFound
    return form


@dataclass(frozen=True)
class Counted:
    """A form with how many submissions stand where, and when the last one came."""

    form: LeadForm
    accepted: int
    held: int
    received: int
    discarded: int
    last: datetime | None

    @property
    def taken(self) -> int:
        """What counts against its limit."""
        return self.accepted + self.held + self.received


def forms_of(actor: Actor) -> list[Counted]:
    """All forms, the newest first."""
    actor.demand(SEE)
    forms = list(LeadForm.objects.order_by("-id"))
    return counted(forms)


def counted(forms: Sequence[LeadForm]) -> list[Counted]:
    """How these forms stand."""
    rows = Submission.objects.filter(form__in=[form.pk for form in forms]).values("form").order_by()
    numbers = {state.value: Count("id", filter=Q(state=state)) for state in State}
    numbered: Any = rows.annotate(**numbers, last=Max("created_at"))
    found: dict[int, dict[str, Any]] = {row["form"]: row for row in numbered}
    nothing = dict.fromkeys([*State.values, "last"], 0) | {"last": None}
    return [_counted(form, found.get(form.pk, nothing)) for form in forms]


def _counted(form: LeadForm, row: dict[str, Any]) -> Counted:
    return Counted(form, row["accepted"], row["held"], row["received"], row["discarded"], row["last"])


def channel_for(form: LeadForm, channel_id: int) -> FormChannel:
    """A channel of this form. Raises NotFound."""
    channel = FormChannel.objects.filter(pk=channel_id, form=form).first()
    if channel is None:
        raise NotFound
    return channel


def channels_of(form: LeadForm) -> list[tuple[FormChannel, int]]:
    """The channels of a form with the submissions that came by each, the newest first."""
    rows = list(FormChannel.objects.filter(form=form).order_by("ended", "-id"))
    came = Submission.objects.filter(form=form, channel__isnull=False).exclude(state=State.DISCARDED)
    counts = dict(came.values_list("channel").annotate(number=Count("id")).order_by())
    return [(row, counts.get(row.pk, 0)) for row in rows]


def submissions_of(
    actor: Actor, form: LeadForm, *, state: str = "", before: int | None = None, most: int = PER_PAGE
) -> tuple[list[Submission], int | None]:
    """One page of a form's submissions, newest first, and where the next one begins. Raises Forbidden."""
    actor.demand(SEE)
    rows = Submission.objects.filter(form=form).select_related("channel", "edition").order_by("-id")
    if state:
        rows = rows.filter(state=state)
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: most + 1])
    return found[:most], found[most - 1].pk if len(found) > most else None


def submission_for(actor: Actor, submission_id: int) -> Submission:
    """One submission with its form and edition. Raises Forbidden, NotFound."""
    actor.demand(SEE)
    rows = Submission.objects.select_related("form", "channel", "edition")
    found = rows.filter(pk=submission_id).first()
    if found is None:
        raise NotFound
    return found


def submission_of_lead(actor: Actor, lead_id: int) -> Submission | None:
    """The submission that became a lead, for whoever may see submissions."""
    if not actor.may(SEE):
        return None
    rows = Submission.objects.select_related("form", "channel").filter(lead_id=lead_id)
    return rows.first()


def refusals_of(actor: Actor, form: LeadForm) -> list[Refusal]:
    """What the form turned away lately, the last first."""
    actor.demand(SEE)
    since = timezone.now().date() - timedelta(days=REFUSED_DAYS)
    return list(Refusal.objects.filter(form=form, day__gt=since).order_by("-last_at")[:SHOWN_REFUSALS])


def editions_of(form: LeadForm) -> list[FormEdition]:
    """What it said from when on, the newest first."""
    return list(FormEdition.objects.filter(form=form).order_by("-number")[:20])
