"""How pools are drawn: tabs and last cell of their lists, the strip of quotas, the rules in words, cards beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup, escape

from genjin.kernel.actions import ACTIONS, Action
from genjin.kernel.actor import Actor
from genjin.kernel.lists import ListRow
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RecordType
from genjin.ownership.models import Pool, PoolKind
from genjin.ownership.queries import Quota, quota_of
from genjin.ownership.queries.falling import falling_count
from genjin.ownership.rules import claimable_from
from genjin.ownership.standing import administers, pools_of
from genjin.ui.details.cards import Drawn
from genjin.ui.details.facts import Facts
from genjin.ui.formats import Formats
from genjin.ui.icons import icon
from genjin.ui.lists.listing import Place
from genjin.ui.pages import PageRequest
from genjin.ui.shell import formats_for
from genjin.ui.views.queries import Tab

COLUMNS = ("level", "region", "pool_reason", "last_followed_at")
READ = ("claimable_at", "pooled_at", "previous_owner")
MOST_PIPS = 10

PoolCard = Callable[[PageRequest, RecordType, Pool], "Drawn | None"]
_cards: list[tuple[int, PoolCard]] = []


def register_pool_card(make: PoolCard, *, order: int = 100) -> None:
    """Add a card beside the lists of pools."""
    _cards.append((order, make))
    _cards.sort(key=lambda each: each[0])


@dataclass(frozen=True)
class Strip:
    """What a member may still do at a pool today. `pips`: one per claim of the day, whether it is used; `left`: what
    remains, in words, to be said after a claim."""

    quota: Quota
    pips: list[bool]
    percent: int
    left: str
    soon: str
    falling: int
    cards: list[Drawn]
    others: list[tuple[str, str, bool]]


def pool_url(record_type: RecordType, pool: Pool) -> str:
    """`/customers/pools/3`."""
    return reverse("pool", args=[record_type.plural, pool.pk])


def place_at(actor: Actor, record_type: RecordType, pool: Pool) -> Place:
    """The list of a pool: its address, tabs, verbs and what is done at hand."""
    verbs = [record_type.grant("claim")] if pool.kind == PoolKind.OPEN else []
    if administers(actor, pool):
        verbs += [record_type.grant(verb) for verb in ("assign", "move_pool")]
    base = pool_url(record_type, pool)
    return Place(
        base=base,
        tabs=_tabs(record_type),
        verbs=tuple(ACTIONS[name] for name in verbs if name in ACTIONS and actor.may(ACTIONS[name].needs)),
        cells=partial(_cells, actor, record_type, pool, base),
        more=READ,
        heading=_("领取"),
    )


def _tabs(record_type: RecordType) -> list[Tab]:
    columns = tuple(key for key in COLUMNS if key in record_type.keys)
    newest = ("sort", "-pooled_at")
    made = [
        Tab("all", _("全部"), (newest,), columns),
        Tab("today", _("今日掉入"), (("pooled_at.last", "0"), newest), columns),
        Tab("week", _("近 7 天掉入"), (("pooled_at.last", "7"), newest), columns),
        Tab("free", _("现在可领"), (("claimable_at.past", "0"), ("sort", "claimable_at")), columns),
        Tab("soon", _("即将可领"), (("claimable_at.next", "7"), ("sort", "claimable_at")), columns),
        Tab("mine", _("我跟过的"), (("previous_owner.in", "me"), newest), columns),
    ]
    return [tab for tab in made if all(name.partition(".")[0] in {*record_type.keys, "sort"} for name, _v in tab.query)]


def _cells(actor: Actor, record_type: RecordType, pool: Pool, base: str, rows: Sequence[ListRow]) -> Mapping[int, str]:
    """{id: the cell that says when a row may be claimed, with the button while it may}."""
    claims = actor.may(record_type.grant("claim")) and pool.kind == PoolKind.OPEN
    fmt = formats_for(actor)
    return {row.id: _cell(actor, pool, base, row, fmt, claims=claims) for row in rows}


def _cell(actor: Actor, pool: Pool, base: str, row: ListRow, fmt: Formats, *, claims: bool) -> str:
    own = actor.member_id is not None and row.values.get("previous_owner") == actor.member_id
    ends = claimable_from(pool.claims, row.values.get("claimable_at"), row.values.get("pooled_at"), his_own=own)
    if ends is not None and ends > fmt.now:
        why = _("您退回的客户，冷却期后才能再领取") if own else _("新掉入的客户，过了保护时间才能领取")
        held = Markup('<span class="cd num dim" title="{}">{}<time datetime="{}">{}</time></span>')
        inside = held.format(why, icon("lock", "s"), ends.isoformat(), _after(ends - fmt.now))
    elif claims:
        button = Markup(
            '<button class="btn sm" type="button" hx-post="{}/{}/claim" hx-target="#dialog" hx-disable="this">'
            "{}{}</button>"
        )
        inside = button.format(base, row.id, icon("hand-grab", "s"), _("领取"))
    else:
        inside = Markup('<span class="ok-t">{}</span>').format(_("现在可领"))
    return f'<td class="r m-x" role="cell">{escape(inside)}</td>'


def _after(left: timedelta) -> str:
    """`2 天后`, `16 小时后`, `5 分后`."""
    minutes = max(int(left.total_seconds() // 60), 1)
    if minutes >= 1440:
        return _("%d 天后") % (minutes // 1440)
    return _("%d 小时后") % (minutes // 60) if minutes >= 60 else _("%d 分后") % minutes


def strip_of(request: PageRequest, record_type: RecordType, pool: Pool) -> Strip:
    """What a member may still do at a pool today, and the cards beside its list."""
    actor = request.actor
    quota = quota_of(actor, pool)
    limit, used = quota.daily_limit or 0, quota.claimed_today
    held = quota.capacity or 0
    return Strip(
        quota=quota,
        pips=[place < used for place in range(limit)] if 0 < limit <= MOST_PIPS else [],
        percent=round(100 * quota.held / held) if held else 0,
        left=_left(quota),
        soon=f"{reverse('list', args=[record_type.plural])}?view=falling",
        falling=falling_count(actor, record_type),
        cards=[drawn for _order, make in _cards if (drawn := make(request, record_type, pool))],
        others=_others(actor, record_type, pool),
    )


def _left(quota: Quota) -> str:
    if quota.daily_limit is None:
        return ""
    left = max(quota.daily_limit - quota.claimed_today, 0)
    return "，" + ngettext("今日还可领取 %(n)d 个", "今日还可领取 %(n)d 个", left) % {"n": left}


def _others(actor: Actor, record_type: RecordType, pool: Pool) -> list[tuple[str, str, bool]]:
    """(name, address, whether it is this one) of the pools he sees, when there are several."""
    seen = pools_of(actor, record_type)
    return [(each.name, pool_url(record_type, each), each.pk == pool.pk) for each in seen] if len(seen) > 1 else []


@dataclass(frozen=True)
class Held:
    """Until when a member may not claim a record ('' when he may), and why it lies in the pool."""

    words: str
    iso: str
    why: str


def held_until(actor: Actor, pool: Pool, record: Any) -> Held:
    """The same for one record that the actor sees at the pool."""
    fmt = formats_for(actor)
    own = actor.member_id is not None and record.previous_owner_id == actor.member_id
    ends = claimable_from(pool.claims, record.claimable_at, record.pooled_at, his_own=own)
    waits = ends is not None and ends > fmt.now
    why = _("%(when)s掉入公海") % {"when": fmt.when(record.pooled_at)}
    if record.pool_reason:
        why += _("：%s") % record.pool_reason
    return Held(fmt.left(ends) if waits and ends else "", ends.isoformat() if waits and ends else "", why)


def facts_in(actor: Actor, record: Record) -> Facts:
    """The facts of a record as the pool shows them to who stands at it."""
    return Facts(actor, record, formats_for(actor), writable=False)


def verbs_at(actor: Actor, record_type: RecordType, pool: Pool) -> list[tuple[Action[Any, Any], str]]:
    """What may be done with a record of the pool, with the verb as it stands in addresses."""
    place = place_at(actor, record_type, pool)
    return [(action, action.name.removeprefix(f"{record_type.plural}.")) for action in place.verbs]
