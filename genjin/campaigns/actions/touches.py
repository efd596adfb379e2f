"""Members of campaigns: taken in one by one, their state and time changed, taken out again."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.campaigns.joined import await_turn, check_time, join, named
from genjin.campaigns.models import Touch
from genjin.campaigns.queries import COLUMNS, members_among, touch_for
from genjin.campaigns.record import TOUCH
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import WRITE
from genjin.kernel.editing import apply_values
from genjin.kernel.fields import LongText, Values
from genjin.kernel.models.rows import Life
from genjin.kernel.moves import LIFE
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused
from genjin.kernel.undo import again, as_before
from genjin.revealing.actions import reveal_action

FIXED = ("campaign_id", "customer_id", "contact_id", "lead_id")


@action("touches.create", on=Touch, needs="touches.create", label=gettext_lazy("添加活动成员"), icon="user-plus")
def create_touch(actor: Actor, *, values: Values) -> Touch:
    """Make a lead, a contact or a customer a member of a campaign (B20). Raises as `join`."""
    key, record_id = named(values)
    touch = Touch()
    apply_values(actor, touch, values)
    touch.customer_id = touch.contact_id = touch.lead_id = None
    join(actor, touch, key, record_id, values["campaign"])
    return touch


@action(
    "touches.edit",
    on=Touch,
    needs="touches.edit",
    label=gettext_lazy("编辑"),
    icon="pencil",
    when=lambda row: row.life != Life.VOIDED,
    undo=as_before("touches.edit"),
    bulk=True,
)
def edit_touch(actor: Actor, touch_id: int, *, values: Values) -> Touch:
    """Change state, time or note: invited, signed up, came, did not. Raises Stale, Refused("voided", "member_fixed",
    "future")."""
    touch = touch_for(actor, touch_id, to=WRITE, lock=True)
    if touch.life == Life.VOIDED:
        raise Refused("voided", _("已移出活动，还原后才能修改"))
    stood = [getattr(touch, column) for column in FIXED]
    apply_values(actor, touch, values)
    if [getattr(touch, column) for column in FIXED] != stood:
        raise Refused("member_fixed", _("活动和成员不能换成别的；请移出这一位，再重新添加"), "campaign")
    check_time(actor, touch)
    record(actor, touch)
    return touch


@action(
    "touches.void",
    on=Touch,
    needs="touches.void",
    label=gettext_lazy("移出活动"),
    icon="user-x",
    bulk=True,
    danger=True,
    confirm=gettext_lazy("移出后不再算作活动的触达，可在回收站还原。"),
    when=lambda row: row.life != Life.VOIDED,
    undo="touches.restore",
)
def void_touch(
    actor: Actor,
    touch_id: int,
    *,
    reason: Annotated[str, LongText(key="reason", label=gettext_lazy("原因"), most=200)] = "",
) -> Touch:
    """Take a member out of a campaign: the touch counts no more. Raises Refused("bad_move")."""
    touch = touch_for(actor, touch_id, to=WRITE, lock=True)
    LIFE.move(touch, Life.VOIDED)
    record(actor, touch, **({"reason": reason} if reason else {}))
    return touch


@action(
    "touches.restore",
    on=Touch,
    needs="touches.void",
    label=gettext_lazy("还原"),
    icon="arrow-back-up",
    bulk=True,
    when=lambda row: row.life == Life.VOIDED,
    undo=again("touches.void"),
)
def restore_touch(actor: Actor, touch_id: int) -> Touch:
    """Take a member in again. Raises Refused("not_voided", "already_member")."""
    await_turn(touch_for(actor, touch_id, to=WRITE).campaign_id)
    touch = touch_for(actor, touch_id, to=WRITE, lock=True)
    if touch.life != Life.VOIDED:
        raise Refused("not_voided", _("没有移出活动"))
    _demand_single(touch)
    LIFE.move(touch, Life.LIVE)
    record(actor, touch)
    return touch


def _demand_single(touch: Touch) -> None:
    """Whoever was taken in again meanwhile is a member once. Raises Refused("already_member")."""
    key = next(key for key in ("contact", "lead", "customer") if getattr(touch, COLUMNS[key]))
    if members_among(touch.campaign_id, key, [getattr(touch, COLUMNS[key])]):
        raise Refused("already_member", _("已经是这个活动的成员"))


reveal_of_touch = reveal_action(TOUCH)
