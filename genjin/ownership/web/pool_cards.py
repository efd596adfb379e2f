"""What concerns a member beside a pool's list and on the workbench: what he has just claimed, what falls soon (P7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from genjin.kernel.records import RecordType
from genjin.ownership.queries import just_claimed
from genjin.ownership.queries.falling import SOON, Falling, Soonest, falling_soon
from genjin.ownership.rules import next_night
from genjin.ownership.standing import pooled_types
from genjin.ownership.web.pool_drawing import MOST_FALLING, register_pool_card
from genjin.ui.addresses import record_url
from genjin.ui.details.cards import Drawn
from genjin.ui.formats import Formats
from genjin.ui.pages import PageRequest
from genjin.ui.shell import formats_for
from genjin.ui.workbench import Lead, Workcard, register_workcard


@dataclass(frozen=True)
class Soon:
    """A record that falls within days: how many are left, of the share of a week that this is, why and what helps."""

    title: str
    url: str
    left: str
    percent: int
    tone: str
    why: str
    mend: str


@dataclass(frozen=True)
class Fresh:
    """A record just claimed and not contacted yet: since when, and when it falls if that stays so."""

    title: str
    url: str
    since: str
    falls: str


def soon_of(record_type: RecordType, falling: Falling, fmt: Formats) -> Soon:
    """The line of one record."""
    tone = "bad" if falling.days_left <= 2 else "warn"
    percent = max(round(100 * falling.days_left / SOON), 4)
    tonight = falling.night <= next_night(fmt.now).date()
    left = _("今晚") if tonight else fmt.left(falling.falls_at)
    url = record_url(record_type, falling.id)
    return Soon(falling.title or "—", url, left, percent, tone, falling.why, falling.mend)


def falling_card(request: PageRequest, record_type: RecordType, falling: Soonest) -> Drawn | None:
    """我的客户即将掉入: the first to fall first."""
    fmt = formats_for(request.actor)
    lines = [soon_of(record_type, each, fmt) for each in falling.first]
    return Drawn("ownership/falling_card.html", _falling_context(record_type, lines)) if lines else None


def claimed_card(request: PageRequest, record_type: RecordType, _falling: Soonest) -> Drawn | None:
    """刚领取 · 待首次联系: the oldest first."""
    fmt = formats_for(request.actor)
    lines = [
        Fresh(each.title, record_url(record_type, each.id), fmt.when(each.gained_at), _falls(each.falls_at, fmt))
        for each in just_claimed(request.actor, record_type, MOST_FALLING)
    ]
    return Drawn("ownership/claimed_card.html", {"claimed": lines}) if lines else None


def workcard(request: PageRequest, member_id: int) -> Workcard | None:
    """即将掉公海 on one's own workbench."""
    if member_id != request.actor.member_id:
        return None
    fmt = formats_for(request.actor)
    for record_type in pooled_types():
        lines = [soon_of(record_type, each, fmt) for each in falling_soon(request.actor, record_type, MOST_FALLING)]
        if lines:
            context = _falling_context(record_type, lines)
            return Workcard("ownership/falling_card.html", context, (Lead(_count(lines), _("个即将掉公海"), "warn"),))
    return None


def _count(lines: list[Soon]) -> str:
    return f"{MOST_FALLING}+" if len(lines) == MOST_FALLING else str(len(lines))


def _falling_context(record_type: RecordType, lines: list[Soon]) -> dict[str, object]:
    return {"falling": lines, "all_falling": f"{reverse('list', args=[record_type.plural])}?view=falling"}


def _falls(moment: datetime | None, fmt: Formats) -> str:
    return fmt.left(moment) if moment else ""


register_pool_card(claimed_card, order=10)
register_pool_card(falling_card, order=20)
register_workcard("falling", workcard, order=40)
