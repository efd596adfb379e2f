"""What a follow-up must satisfy when it is written or corrected; fills in what follows from the rest. Steps of
actions, never actions themselves.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from genjin.customers.queries import contact_for
from genjin.followups.limits import time_limit
from genjin.followups.models import FollowUp
from genjin.followups.options import NOT_REACHED
from genjin.followups.queries import author_named
from genjin.followups.rules import check_moment, ended_at
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE
from genjin.kernel.refusal import Invalid, Refused

TIMED = {"occurred_at", "minutes", "late_reason"}


def sign(actor: Actor, followup: FollowUp, name: str) -> None:
    """Who made the contact. Raises Refused("author_fixed") for a name that is not imported."""
    if not name:
        followup.author_id = actor.member_id
        return
    if not followup.imported:
        raise Refused("author_fixed", _("跟进人就是您自己，不能代填"), "author")
    followup.author_id = author_named(actor, name)
    followup.author_name = "" if followup.author_id else name


def check_followup(actor: Actor, followup: FollowUp, written_at: datetime) -> None:
    """Raises Refused("future"), Refused("past"), Refused("other_contact"), Invalid."""
    followup.occurred_at = followup.occurred_at or written_at
    check_moment(followup.occurred_at, actor.now())
    if followup.outcome and followup.result_date is None:
        followup.result_date = followup.occurred_at.astimezone(actor.zone).date()
    if followup.contact_id and contact_for(actor, followup.contact_id, to=SEE).customer_id != followup.customer_id:
        raise Refused("other_contact", _("这位联系人不属于这个客户"), "contact")
    if followup.imported:
        return
    if not followup.content and followup.call_result not in NOT_REACHED:
        raise Invalid({"content": _("请填写「%s」") % _("跟进内容")})
    _check_next(followup, written_at)
    if followup._state.adding or TIMED & followup.changes().keys():
        _check_lateness(actor, followup, written_at)


def _check_next(followup: FollowUp, written_at: datetime) -> None:
    planned = followup.next_contact_at
    if planned and planned <= written_at - timedelta(minutes=1):
        raise Refused("past", _("下次联系时间应晚于现在"), "next_contact_at")
    if followup.next_step and not planned:
        raise Invalid({"next_contact_at": _("写了下一步，还要选好时间（如「明天」），到时才会提醒")})


def _check_lateness(actor: Actor, followup: FollowUp, written_at: datetime) -> None:
    """The time limit for records (补录时限, S3-20): late is accepted and flagged, very late wants a reason (B7)."""
    limit = time_limit(actor)
    lateness = limit.lateness(ended_at(followup.occurred_at, followup.minutes), written_at)
    followup.late_hours = limit.hours_late(lateness)
    if not limit.wants_reason(lateness):
        followup.late_reason = followup.late_reason if followup.late_hours else ""
    elif not followup.late_reason:
        hours = limit.reason_hours
        raise Invalid({"late_reason": _("沟通结束超过 %(hours)d 小时才写，请说明补录原因") % {"hours": hours}})
