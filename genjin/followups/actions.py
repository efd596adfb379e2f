"""Writing, correcting, voiding and restoring follow-ups (B7). Each also tells the customer what it changed there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers.effects import note_contact, restate_contacts
from genjin.customers.models import Customer
from genjin.customers.queries import contact_for, customer_for
from genjin.followups.models import FollowUp
from genjin.followups.queries import author_named, followup_for, last_facts, voided_by
from genjin.followups.rules import check_moment, in_time
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor, Surface
from genjin.kernel.doors import OWN, SEE, WRITE, may
from genjin.kernel.editing import apply_values
from genjin.kernel.fields import Text, Values
from genjin.kernel.models.rows import Life
from genjin.kernel.recording import record
from genjin.kernel.refusal import Forbidden, Invalid, Refused
from genjin.kernel.undo import as_before
from genjin.ownership.changing import change_owner
from genjin.ownership.models import Rule

IMPORTS_ONLY = Text(key="author", label=gettext_lazy("跟进人"), most=60, shown_when=lambda _values: False)


@action("followups.create", on=FollowUp, needs="followups.create", label=gettext_lazy("写跟进"), icon="message-2")
def create_followup(actor: Actor, *, values: Values, author: Annotated[str, IMPORTS_ONLY] = "") -> FollowUp:
    """Write down a contact with a customer. `author` is for imports: the name in the sheet, kept as text unless
    exactly one active member bears it. Raises Refused("future"), Refused("past"), Refused("voided"), Invalid."""
    customer = _followed(actor, values["customer"])
    followup = FollowUp(imported=actor.surface is Surface.IMPORT)
    apply_values(actor, followup, values)
    _sign(actor, followup, author)
    _check(actor, followup, actor.now())
    rule = Rule.IMPORTED if followup.imported else Rule.CREATED
    change_owner(actor, followup, customer.owner_id, rule=rule)
    _tell(actor, customer, followup)
    return followup


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
    """Correct one's own follow-up within 24 hours. Raises Forbidden, Refused("too_late"), Stale."""
    followup = followup_for(actor, followup_id, to=WRITE, lock=True)
    if followup.life == Life.VOIDED:
        raise Refused("voided", _("跟进记录已作废，还原后才能修改"))
    if followup.author_id != actor.member_id:
        raise Forbidden(_("只有写这条跟进的人可以修改"))
    if not in_time(followup.created_at, timezone.now()):
        raise Refused("too_late", _("写下超过 24 小时的跟进不能再修改，请补写一条"))
    if values.get("customer", followup.customer_id) != followup.customer_id:
        raise Refused("customer_fixed", _("跟进记录不能换到别的客户；请作废这条，再到那位客户下重写"), "customer")
    apply_values(actor, followup, values)
    _check(actor, followup, followup.created_at)
    record(actor, followup)
    _restate(actor, followup)
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
    """Take a follow-up back: the author within 24 hours, later whoever holds the grant. Raises Forbidden, Refused."""
    followup = followup_for(actor, followup_id, to=WRITE, lock=True)
    if followup.life == Life.VOIDED:
        raise Refused("voided", _("跟进记录已经作废"))
    own = followup.author_id == actor.member_id and in_time(followup.created_at, timezone.now())
    if not own and not may(actor, followup, "followups.void", OWN):
        raise Forbidden(_("只有写这条跟进的人可以在 24 小时内作废，其后请找主管"))
    followup.life = Life.VOIDED
    record(actor, followup)
    _restate(actor, followup)
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
    label=gettext_lazy("还原"),
    icon="arrow-back-up",
    listed=False,
)
def unvoid_followup(actor: Actor, followup_id: int) -> FollowUp:
    """Take back one's own voiding, within the time in which it was allowed. Raises Forbidden, Refused."""
    followup = followup_for(actor, followup_id, to=WRITE, lock=True)
    own = followup.author_id == actor.member_id == voided_by(followup) and in_time(followup.created_at, timezone.now())
    if not own and not may(actor, followup, "followups.void", OWN):
        raise Forbidden(_("作废超过 24 小时，或不是您作废的跟进，请找主管还原"))
    return _restored(actor, followup)


def _restored(actor: Actor, followup: FollowUp) -> FollowUp:
    if followup.life != Life.VOIDED:
        raise Refused("not_voided", _("跟进记录没有作废"))
    followup.life = Life.LIVE
    record(actor, followup)
    _restate(actor, followup)
    return followup


def _followed(actor: Actor, customer_id: int) -> Customer:
    customer = customer_for(actor, customer_id, to=WRITE, lock=True)
    if customer.life == Life.VOIDED:
        raise Refused("voided", _("客户已作废，还原后才能写跟进"), "customer")
    return customer


def _sign(actor: Actor, followup: FollowUp, name: str) -> None:
    """Who made the contact."""
    if not name:
        followup.author_id = actor.member_id
        return
    if not followup.imported:
        raise Refused("author_fixed", _("跟进人就是您自己，不能代填"), "author")
    followup.author_id = author_named(actor, name)
    followup.author_name = "" if followup.author_id else name


def _check(actor: Actor, followup: FollowUp, written_at: datetime) -> None:
    """Fill in what follows from the rest, and refuse what cannot be."""
    followup.occurred_at = followup.occurred_at or written_at
    check_moment(followup.occurred_at, actor.now())
    if followup.outcome and followup.result_date is None:
        followup.result_date = followup.occurred_at.astimezone(actor.zone).date()
    if followup.contact_id and contact_for(actor, followup.contact_id, to=SEE).customer_id != followup.customer_id:
        raise Refused("other_contact", _("这位联系人不属于这个客户"), "contact")
    if followup.imported:
        return
    if not followup.content:
        raise Invalid({"content": _("请填写「%s」") % _("跟进内容")})
    if followup.next_contact_at and followup.next_contact_at <= written_at - timedelta(minutes=1):
        raise Refused("past", _("下次联系时间应晚于现在"), "next_contact_at")


def _tell(actor: Actor, customer: Customer, followup: FollowUp) -> None:
    """The customer learns of it. A plan out of imported history counts only if it still lies ahead."""
    planned = followup.next_contact_at
    passed = followup.imported and planned is not None and planned <= timezone.now()
    note_contact(
        actor,
        customer,
        occurred_at=followup.occurred_at,
        deal_date=followup.deal_date,
        next_contact_at=None if passed else planned,
        next_step="" if passed else followup.next_step,
    )


def _restate(actor: Actor, followup: FollowUp) -> None:
    customer = customer_for(actor, followup.customer_id, to=SEE, lock=True)
    facts = last_facts(customer)
    restate_contacts(actor, customer, last_followed_at=facts.occurred_at, deal_date=facts.deal_date)
    if followup.life == Life.LIVE and followup.occurred_at == facts.occurred_at:
        _tell(actor, customer, followup)
