"""Correcting, voiding and restoring follow-ups: append-only for others, open to the author for a while (B7)."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.followups.actions.checks import check_followup
from genjin.followups.actions.effects import NextStep, make_plan, restate
from genjin.followups.limits import edit_hours
from genjin.followups.models import FollowUp
from genjin.followups.queries import followup_for, voided_by
from genjin.followups.rules import in_time
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import OWN, WRITE, may
from genjin.kernel.editing import apply_values
from genjin.kernel.fields import Values
from genjin.kernel.models.rows import Life
from genjin.kernel.recording import record
from genjin.kernel.refusal import Forbidden, Refused
from genjin.kernel.undo import as_before
from genjin.plans.planning import restate_next
from genjin.plans.subjects import SUBJECTS, locked

PLANNED = {"next_contact_at", "next_step"}


@action(
    "followups.edit",
    on=FollowUp,
    needs="followups.edit",
    label=gettext_lazy("修改"),
    icon="pencil",
    when=lambda row: row.life != Life.VOIDED,
    undo=as_before("followups.edit"),
)
def edit_followup(actor: Actor, followup_id: int, *, values: Values) -> FollowUp:
    """Correct one's own follow-up within the company's hours. A next step that became a plan is changed there. Raises
    Forbidden, Refused("too_late"), Refused("planned"), Stale."""
    followup = followup_for(actor, followup_id, to=WRITE, lock=True)
    if followup.life == Life.VOIDED:
        raise Refused("voided", _("跟进记录已作废，还原后才能修改"))
    if followup.author_id != actor.member_id:
        raise Forbidden(_("只有写这条跟进的人可以修改"))
    if not _open_to_author(actor, followup):
        hours = edit_hours(actor)
        raise Refused("too_late", _("写下超过 %(hours)d 小时的跟进不能再修改，请补写一条") % {"hours": hours})
    for subject in SUBJECTS.values():
        named = getattr(followup, subject.column)
        if values.get(subject.key, named) != named:
            words = _("跟进记录不能换到别的客户；请作废这条，再到那位客户下重写")
            raise Refused("customer_fixed", words, subject.key)
    apply_values(actor, followup, values)
    check_followup(actor, followup, followup.created_at)
    _correct(actor, followup)
    return followup


@action(
    "followups.void",
    on=FollowUp,
    needs="followups.edit",
    label=gettext_lazy("作废"),
    icon="trash",
    danger=True,
    when=lambda row: row.life != Life.VOIDED,
    confirm=gettext_lazy("作废后不再计入统计，可以还原。"),
    undo="followups.unvoid",
)
def void_followup(actor: Actor, followup_id: int) -> FollowUp:
    """Take a follow-up back: the author within the company's hours, later whoever holds the grant. Plans it fulfilled
    or made stay as they are. Raises Forbidden, Refused."""
    followup = followup_for(actor, followup_id, to=WRITE, lock=True)
    if followup.life == Life.VOIDED:
        raise Refused("voided", _("跟进记录已经作废"))
    own = followup.author_id == actor.member_id and _open_to_author(actor, followup)
    if not own and not _brought_in(actor, followup) and not may(actor, followup, "followups.void", OWN):
        hours = edit_hours(actor)
        raise Forbidden(_("只有写这条跟进的人可以在 %(hours)d 小时内作废，其后请找主管") % {"hours": hours})
    followup.life = Life.VOIDED
    record(actor, followup)
    restate(actor, followup)
    return followup


@action(
    "followups.restore",
    on=FollowUp,
    needs="followups.void",
    to=OWN,
    label=gettext_lazy("还原"),
    icon="arrow-back-up",
    when=lambda row: row.life == Life.VOIDED,
    undo="followups.void",
)
def restore_followup(actor: Actor, followup_id: int) -> FollowUp:
    """Take a follow-up out of the recycle bin. Raises Refused("not_voided")."""
    return _restored(actor, followup_for(actor, followup_id, to=OWN, lock=True))


@action(
    "followups.unvoid",
    on=FollowUp,
    needs="followups.edit",
    label=gettext_lazy("撤销作废"),
    icon="arrow-back-up",
    listed=False,
)
def unvoid_followup(actor: Actor, followup_id: int) -> FollowUp:
    """Take back one's own voiding, within the time in which it was allowed. Raises Forbidden, Refused."""
    followup = followup_for(actor, followup_id, to=WRITE, lock=True)
    own = followup.author_id == actor.member_id == voided_by(followup) and _open_to_author(actor, followup)
    if not own and not may(actor, followup, "followups.void", OWN):
        hours = edit_hours(actor)
        raise Forbidden(_("作废超过 %(hours)d 小时，或不是您作废的跟进，请找主管还原") % {"hours": hours})
    return _restored(actor, followup)


def _brought_in(actor: Actor, followup: FollowUp) -> bool:
    """Whoever brought history in may take it back as it was: nobody wrote it here, so no hours run out."""
    return followup.imported and followup.created_by_id == actor.member_id and followup.edited_at is None


def _open_to_author(actor: Actor, followup: FollowUp) -> bool:
    return in_time(followup.created_at, actor.now(), edit_hours(actor))


def _correct(actor: Actor, followup: FollowUp) -> None:
    """Save what was corrected; a next step that is noted only now becomes a plan."""
    planned = PLANNED & followup.changes().keys()
    if planned and followup.next_plan_id:
        raise Refused("planned", _("下一步已记为计划，请到计划里改时间或内容"), "next_contact_at")
    if followup.changes():
        followup.edited_at = actor.now()
    record(actor, followup)
    if planned:
        hung = locked(actor, followup)
        make_plan(actor, hung, followup, NextStep())
        restate_next(actor, *hung)
    restate(actor, followup)


def _restored(actor: Actor, followup: FollowUp) -> FollowUp:
    if followup.life != Life.VOIDED:
        raise Refused("not_voided", _("跟进记录没有作废"))
    followup.life = Life.LIVE
    record(actor, followup)
    restate(actor, followup)
    return followup
