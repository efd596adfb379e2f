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
from genjin.ownership.queries.falling import Soonest, soonest_of
from genjin.ownership.rules import claimable_from
from genjin.ownership.standing import administers, pools_of
from genjin.ui.details.cards import Drawn
from genjin.ui.details.facts import Facts
from genjin.ui.icons import icon
from genjin.ui.lists.listing import Place
from genjin.ui.pages import PageRequest
from genjin.ui.shell import formats_for
from genjin.ui.views.queries import Tab

COLUMNS = ("match", "level", "region", "pool_reason", "last_followed_at")
READ = ("claimable_at", "pooled_at", "previous_owner")
MOST_PIPS = 10
MOST_FALLING = 6
CELL = Markup('<td class="r m-x" role="cell">')

PoolCard = Callable[[PageRequest, RecordType, Soonest], "Drawn | None"]
_cards: list[tuple[int, PoolCard]] = []
_verbs: list[str] = ["assign", "move_pool"]


def register_pool_card(make: PoolCard, *, order: int = 100) -> None:
    """Add a card beside the lists of pools. It is given what of the member's own falls soon."""
    _cards.append((order, make))
    _cards.sort(key=lambda each: each[0])


def offer_at_pools(verb: str) -> None:
    """Let the administrators of pools use a verb on what lies there; its action asks whether they are."""
    _verbs.append(verb)


def verbs_of_pools() -> tuple[str, ...]:
    """The verbs with addresses at pools."""
    return ("claim", *_verbs)


@dataclass(frozen=True)
class Strip:
    """What a member may still do at a pool today. `pips`: one per claim of the day, whether it is used; `left`: what
    remains, in words, to be said after a claim; `falling`: what of his own falls soon; `others`: all pools he sees."""

    quota: Quota
    pips: list[bool]
    percent: int
    left: str
    soon: str
    falling: Soonest
    others: list[tuple[str, str, bool]]


def pool_url(record_type: RecordType, pool: Pool) -> str:
    """`/customers/pools/3`."""
    return reverse("pool", args=[record_type.plural, pool.pk])


def place_at(actor: Actor, record_type: RecordType, pool: Pool) -> Place:
    """The list of a pool: its address, tabs, verbs and what is done at hand."""
    verbs = [record_type.grant("claim")] if pool.kind == PoolKind.OPEN else []
    if administers(actor, pool):
        verbs += [record_type.grant(verb) for verb in _verbs]
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
    """{id: the cell that says when a row may be claimed, with the button while it may}. Rows are many: what is the same
    in all of them is put together once."""
    now = actor.now()
    waits = {cooling: _waiting(cooling=cooling) for cooling in (False, True)}
    free = _at_once(base, claims=actor.may(record_type.grant("claim")) and pool.kind == PoolKind.OPEN)
    drawn: dict[int, str] = {}
    for row in rows:
        claimable, own = row.values.get("claimable_at"), _had(actor, row)
        ends = claimable_from(pool.claims, claimable, row.values.get("pooled_at"), his_own=own)
        if ends is None or ends <= now:
            drawn[row.id] = str(row.id).join(free)
        else:
            opening = waits[own and ends != claimable]
            drawn[row.id] = f'{opening}{ends.isoformat()}">{escape(_after(ends - now))}</time></span></td>'
    return drawn


def _had(actor: Actor, row: ListRow) -> bool:
    return actor.member_id is not None and row.values.get("previous_owner") == actor.member_id


def _waiting(*, cooling: bool) -> str:
    """The cell of a row that may not be claimed yet, up to the moment from which on it may."""
    why = _("您是前负责人，冷却期后才能再领取") if cooling else _("刚进入公海，过了保护时间才能领取")
    held = Markup('{}<span class="cd num dim" title="{}"><span class="t-xs">{}</span>{}<time datetime="')
    return held.format(CELL, why, _("本人冷却中") if cooling else _("刚掉入"), icon("lock", "s"))


def _at_once(base: str, *, claims: bool) -> tuple[str, ...]:
    """The cell of a row that may be claimed: the parts before and behind its id, or the whole where nobody claims."""
    if not claims:
        return (Markup('{}<span class="ok-t">{}</span></td>').format(CELL, _("现在可领")),)
    before = Markup('{}<button class="btn sm" type="button" hx-post="{}/').format(CELL, base)
    behind = Markup('/claim" hx-target="#dialog" hx-disable="this">{}{}</button></td>')
    return before, behind.format(icon("hand-grab", "s"), _("领取"))


def _after(left: timedelta) -> str:
    """`2 天后`, `16 小时后`, `5 分后`."""
    minutes = max(int(left.total_seconds() // 60), 1)
    if minutes >= 1440:
        return _("%d 天后") % (minutes // 1440)
    return _("%d 小时后") % (minutes // 60) if minutes >= 60 else _("%d 分后") % minutes


def strip_of(request: PageRequest, record_type: RecordType, pool: Pool) -> Strip:
    """What a member may still do at a pool today."""
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
        falling=soonest_of(actor, record_type, MOST_FALLING),
        others=_others(actor, record_type, pool),
    )


def cards_beside(request: PageRequest, record_type: RecordType, strip: Strip) -> list[Drawn]:
    """The cards beside the list of a pool."""
    return [drawn for _order, make in _cards if (drawn := make(request, record_type, strip.falling))]


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
