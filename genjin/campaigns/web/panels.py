"""What pages show of campaigns: on a campaign its members, on a customer, contact or lead the campaigns that touched
it; the entry of the menu.
"""

from __future__ import annotations

from typing import Any

from genjin.campaigns.models import Campaign, Touch
from genjin.campaigns.options import MEMBER_STATE
from genjin.campaigns.queries import COLUMNS, members_of, touches_of
from genjin.campaigns.record import CAMPAIGN, TOUCH
from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.options import Option, options_of
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.seeing import whole
from genjin.kernel.titles import titles_of
from genjin.ownership.web.pool_drawing import offer_at_pools
from genjin.ui.addresses import list_url, record_url
from genjin.ui.details.cards import Drawn, register_card
from genjin.ui.navigation import NavItem, register_nav
from genjin.ui.pages import PageRequest
from genjin.ui.shell import formats_for

MOST_ROWS = 6
SEE, CREATE = TOUCH.grant("see"), TOUCH.grant("create")
WHO = ("lead", "contact", "customer")


def members_card(request: PageRequest, campaign: Campaign) -> Drawn | None:
    """Beside a campaign: how many members are in which state, the last ones touched, and the way to add some."""
    actor = request.actor
    if not actor.may(SEE):
        return None
    found = members_of(actor, campaign, MOST_ROWS)
    states = options_of(MEMBER_STATE.key, actor.stamp) if whole(actor, TOUCH, "state") else {}
    base = f"{list_url(TOUCH)}?view=all&f=1&campaign.in={campaign.pk}"
    counted = [
        (option.label, option.colour, found.states[key], f"{base}&state.in={key}")
        for key, option in states.items()
        if found.states.get(key)
    ]
    adds = actor.may(CREATE) and campaign.life != Life.VOIDED
    return Drawn(
        "campaigns/members_card.html",
        {
            "members": _members(actor, formats_for(actor), found.last, states),
            "states": counted,
            "member_count": found.count,
            "all_members": base,
            "add_member": f"{list_url(TOUCH)}/new?stay=1&campaign={campaign.pk}" if adds else "",
        },
    )


def touches_card(request: PageRequest, row: Record) -> Drawn | None:
    """Beside a customer, a contact or a lead: the campaigns of which it is a member, the newest first."""
    actor, key = request.actor, row.row_type
    if not actor.may(SEE):
        return None
    found = touches_of(actor, key, row.pk, MOST_ROWS)
    joins = actor.may(CREATE) and row.life != Life.VOIDED and f"{RECORD_TYPES[key].plural}.join_campaign"
    open_now = bool(joins) and getattr(row, "state", "") != "converted"
    if not found and not open_now:
        return None
    names = titles_of(actor, CAMPAIGN.key, [touch.campaign_id for touch in found])
    states = options_of(MEMBER_STATE.key, actor.stamp) if whole(actor, TOUCH, "state") else {}
    fmt = formats_for(actor)
    return Drawn(
        "campaigns/touches_card.html",
        {
            "touches": [
                (names.get(t.campaign_id, "—"), record_url(TOUCH, t.pk), states.get(t.state), fmt.when(t.touched_at))
                for t in found[:MOST_ROWS]
            ],
            "all_touches": f"{list_url(TOUCH)}?view=all&f=1&{key}.in={row.pk}" if len(found) > MOST_ROWS else "",
            "join": f"{record_url(key, row.pk)}/actions/join_campaign" if open_now else "",
        },
    )


def _members(actor: Actor, fmt: Any, touches: list[Touch], states: dict[str, Option]) -> list[dict[str, Any]]:
    """The members as lines: named by the lead, contact or customer as far as the actor sees it. A query per type."""
    titles = {
        key: titles_of(actor, key, [getattr(touch, COLUMNS[key]) for touch in touches])
        for key in WHO
        if key in RECORD_TYPES
    }
    return [
        {
            "name": _named(touch, titles),
            "url": record_url(TOUCH, touch.pk),
            "state": states.get(touch.state),
            "when": fmt.when(touch.touched_at),
        }
        for touch in touches
    ]


def _named(touch: Touch, titles: dict[str, dict[int, str]]) -> str:
    found = [names[row_id] for key, names in titles.items() if (row_id := getattr(touch, COLUMNS[key])) in names]
    return " · ".join(dict.fromkeys(found)) or "—"


def show_touches(key: str) -> None:
    """The campaigns that touched a record, on the pages of its type."""
    register_card(key, f"{TOUCH.key}.{COLUMNS[key]}", touches_card, order=60)


register_card(CAMPAIGN.key, f"{TOUCH.key}.campaign_id", members_card, order=10)
offer_at_pools("join_campaign")  # S2-73: who was lost, or nobody has taken yet, is reached by campaigns too
show_touches("customer")
show_touches("contact")
register_nav(
    NavItem(
        key=CAMPAIGN.plural,
        label=CAMPAIGN.many,
        icon=CAMPAIGN.icon,
        url_name="list",
        args=(CAMPAIGN.plural,),
        section="customers",
        order=38,
        needs=CAMPAIGN.grant("see"),
    )
)
register_nav(
    NavItem(
        key=TOUCH.plural,
        label=TOUCH.many,
        icon=TOUCH.icon,
        url_name="list",
        args=(TOUCH.plural,),
        section="customers",
        order=39,
        needs=SEE,
    )
)
