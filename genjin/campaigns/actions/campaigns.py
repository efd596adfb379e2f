"""Creating, editing, voiding and restoring a campaign; its owner."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.campaigns.models import Campaign
from genjin.campaigns.queries import campaign_for
from genjin.campaigns.record import CAMPAIGN
from genjin.kernel import people
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor, Surface
from genjin.kernel.doors import OWN, WRITE
from genjin.kernel.editing import apply_values
from genjin.kernel.fields import LongText, Person, Values
from genjin.kernel.models.rows import Life
from genjin.kernel.moves import LIFE
from genjin.kernel.recording import record
from genjin.kernel.refusal import Forbidden, Refused
from genjin.kernel.undo import again, as_before
from genjin.ownership.actions import removal_action, teammate_action, transfer_action
from genjin.ownership.changing import change_owner
from genjin.ownership.models import Rule
from genjin.revealing.actions import reveal_action


@action("campaigns.create", on=Campaign, needs="campaigns.create", label=gettext_lazy("新建市场活动"), icon="plus")
def create_campaign(
    actor: Actor,
    *,
    values: Values,
    owner: Annotated[int | None, Person(key="owner", label=gettext_lazy("负责人"))] = None,
) -> Campaign:
    """Create a campaign (B20) for its owner, default the actor. Raises Refused("bad_range"), Forbidden."""
    if owner not in (None, actor.member_id):
        _check_owner(actor, owner)
    campaign = Campaign()
    apply_values(actor, campaign, values)
    _check_dates(campaign)
    imported = actor.surface is Surface.IMPORT
    change_owner(actor, campaign, owner or actor.member_id, rule=Rule.IMPORTED if imported else Rule.CREATED)
    return campaign


@action(
    "campaigns.edit",
    on=Campaign,
    needs="campaigns.edit",
    label=gettext_lazy("编辑"),
    icon="pencil",
    when=lambda row: row.life != Life.VOIDED,
    undo=as_before("campaigns.edit"),
    bulk=True,
)
def edit_campaign(actor: Actor, campaign_id: int, *, values: Values) -> Campaign:
    """Change the given fields. Raises Stale, Refused("voided", "bad_range")."""
    campaign = campaign_for(actor, campaign_id, to=WRITE, lock=True)
    if campaign.life == Life.VOIDED:
        raise Refused("voided", _("市场活动已作废，还原后才能编辑"))
    apply_values(actor, campaign, values)
    _check_dates(campaign)
    record(actor, campaign)
    return campaign


@action(
    "campaigns.void",
    on=Campaign,
    needs="campaigns.void",
    to=OWN,
    label=gettext_lazy("作废"),
    icon="trash",
    bulk=True,
    danger=True,
    confirm=gettext_lazy("作废后活动进入回收站，可随时还原；它的成员和带来的线索、商机都保留。"),
    when=lambda row: row.life != Life.VOIDED,
    undo="campaigns.restore",
)
def void_campaign(
    actor: Actor,
    campaign_id: int,
    *,
    reason: Annotated[str, LongText(key="reason", label=gettext_lazy("原因"), most=200)] = "",
) -> Campaign:
    """Put a campaign into the recycle bin: one that was called off, too. Raises Refused("bad_move")."""
    campaign = campaign_for(actor, campaign_id, to=OWN, lock=True)
    LIFE.move(campaign, Life.VOIDED)
    record(actor, campaign, **({"reason": reason} if reason else {}))
    return campaign


@action(
    "campaigns.restore",
    on=Campaign,
    needs="campaigns.void",
    to=OWN,
    label=gettext_lazy("还原"),
    icon="arrow-back-up",
    bulk=True,
    when=lambda row: row.life == Life.VOIDED,
    undo=again("campaigns.void"),
)
def restore_campaign(actor: Actor, campaign_id: int) -> Campaign:
    """Take a campaign out of the recycle bin. Raises Refused("not_voided")."""
    campaign = campaign_for(actor, campaign_id, to=OWN, lock=True)
    if campaign.life != Life.VOIDED:
        raise Refused("not_voided", _("市场活动没有作废"))
    LIFE.move(campaign, Life.LIVE)
    record(actor, campaign)
    return campaign


def _check_dates(campaign: Campaign) -> None:
    if campaign.ends_on is not None and campaign.ends_on < campaign.starts_on:
        raise Refused("bad_range", _("结束日期应不早于开始日期"), "ends_on")


def _check_owner(actor: Actor, owner: int | None) -> None:
    """Only whoever may transfer to the owner's scope may create for somebody else."""
    department = people.directory().department_of(owner, actor.stamp) if owner else None
    if not actor.demand(CAMPAIGN.grant("transfer")).holds(owner, department):
        raise Forbidden(_("您不能为这位同事新建市场活动"))


transfer_campaign, reveal_of_campaign = transfer_action(CAMPAIGN), reveal_action(CAMPAIGN)
add_campaign_teammate, remove_campaign_teammate = teammate_action(CAMPAIGN), removal_action(CAMPAIGN)
