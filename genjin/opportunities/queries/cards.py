"""Cards of the board: open opportunities of stages as the actor sees them, the last moved first, all columns in one
statement; a page at a time by key. And how many stall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers.rhythm import local_day
from genjin.kernel.actor import Actor
from genjin.kernel.company_settings import declare_setting
from genjin.kernel.doors import visible_to
from genjin.kernel.fields import Number
from genjin.kernel.lists.columns import Board, count_of, first_rows, parts
from genjin.kernel.lists.ordering import Place
from genjin.kernel.lists.reading import Cursor
from genjin.kernel.refusal import Refused
from genjin.opportunities.following import SECTION
from genjin.opportunities.models import OPEN, Opportunity
from genjin.opportunities.record import OPPORTUNITY
from genjin.opportunities.totals.queries import Narrowed

SHOWN = 20
MOST_STALLED = 99
IDLE_DAYS = declare_setting(
    "opportunities.idle_days",
    Number(
        key="idle_days",
        label=gettext_lazy("多久没有跟进算停滞"),
        help=gettext_lazy("商机和它的客户都这么久没有跟进，就标出来；阶段的停留天数另外设置"),
        least=1,
        greatest=3650,
        unit=gettext_lazy(" 天"),
    ),
    section=SECTION,
    default=14,
)
COLUMNS = (
    "id", "version", "name", "stage", "customer_id", "owner_id", "amount", "probability", "stage_entered_at",
    "stalls_on", "expected_on", "expected_month", "next_contact_at", "last_followed_at",
    "customer__last_followed_at", "created_at", "customer__name", "customer__owner_id", "customer__department_id",
)  # fmt: skip


class Card(NamedTuple):
    """An opportunity as its card shows it."""

    id: int
    version: int
    name: str
    stage: str
    customer_id: int
    owner_id: int | None
    amount: Decimal | None
    probability: int
    stage_entered_at: datetime
    stalls_on: date | None
    expected_on: date | None
    expected_month: bool
    next_contact_at: datetime | None
    last_followed_at: datetime | None
    customer_followed_at: datetime | None
    created_at: datetime
    customer_name: str
    customer_owner_id: int | None
    customer_department_id: int | None

    def days(self, today: date) -> int:
        """How many days it has stood in its stage."""
        return max((today - local_day(self.stage_entered_at)).days, 0)

    def over(self, today: date) -> int:
        """How many days longer than its stage allows; 0 in time."""
        return max((today - self.stalls_on).days, 0) if self.stalls_on else 0

    def idle(self, today: date) -> int:
        """How many days since anybody was in touch about it or with its customer, or since it was made."""
        known = [at for at in (self.last_followed_at, self.customer_followed_at, self.created_at) if at]
        return max((today - local_day(max(known))).days, 0)


@dataclass(frozen=True)
class Column:
    """The cards of a stage, and the cursor of those that follow."""

    cards: list[Card]
    after: str = ""


def columns(
    actor: Actor,
    stages: Sequence[str],
    narrowed: Narrowed,
    beyond: Sequence[Q] | None = None,
    *,
    after: str = "",
    most: int = SHOWN,
) -> dict[str, Column]:
    """{stage: its next cards}; `after` is the cursor of the one stage that is asked for; `beyond`: as `ways_beyond`
    told. One query for all stages, two for who sees little of one. Raises Forbidden, Refused("bad_cursor")."""
    place = _place(after) if after else None
    found = first_rows(actor, _board(narrowed), stages, COLUMNS, most=most, after=place, beyond=beyond)
    return {stage: _column([Card(*values) for values in rows], most) for stage, rows in found.items()}


def one_card(actor: Actor, opportunity_id: int) -> Card | None:
    """The card of one open opportunity that the actor sees."""
    rows = visible_to(actor, Opportunity).filter(OPEN, pk=opportunity_id).values_list(*COLUMNS)
    values = rows.first()
    return Card(*values) if values else None


def stalled(actor: Actor, narrowed: Narrowed, beyond: Sequence[Q] | None = None) -> int:
    """How many open opportunities stand in their stage longer than allowed; MOST_STALLED + 1 for more."""
    return count_of(parts(actor, _board(narrowed, late_now(actor)), beyond=beyond), MOST_STALLED)


def stalled_of(actor: Actor, member_id: int, most: int) -> list[Card]:
    """A member's open opportunities that stall: longer in their stage than allowed, or nobody in touch for so many
    days; the longest over first (B9). One query."""
    rows = visible_to(actor, Opportunity).filter(OPEN, late_now(actor) | quiet_now(actor), owner_id=member_id)
    return [Card(*values) for values in rows.order_by("stalls_on", "pk").values_list(*COLUMNS)[:most]]


def late_now(actor: Actor) -> Q:
    """What stands in its stage longer than that allows, of what is open."""
    return Q(stalls_on__lt=local_day(actor.now()))


def quiet_now(actor: Actor) -> Q:
    """With whom nobody was in touch for longer than the company allows: not about it, not with its customer (B9), as
    `Card.idle` tells it of one."""
    day = local_day(actor.now()) - timedelta(days=IDLE_DAYS.at(actor.stamp))
    idle = datetime.combine(day, time(), ZoneInfo(settings.COMPANY_TIME_ZONE))
    return (
        Q(created_at__lt=idle)
        & (Q(last_followed_at=None) | Q(last_followed_at__lt=idle))
        & (Q(customer__last_followed_at=None) | Q(customer__last_followed_at__lt=idle))
    )


def _board(narrowed: Narrowed, fitting: Q = Q()) -> Board:  # noqa: B008 - never changed
    """Open opportunities in question, those that entered their stage last first."""
    return Board(
        OPPORTUNITY,
        "stage",
        OPEN & narrowed.expected() & fitting,
        order="stage_entered_at",
        owners=narrowed.owners,
        departments=narrowed.departments,
    )


def _place(text: str) -> Place:
    cursor = Cursor.read(text)
    try:
        at = datetime.fromisoformat(cursor.value)
        if at.tzinfo is None:
            raise ValueError
    except (ValueError, TypeError):
        raise Refused("bad_cursor", _("翻页位置无效，请从第一页重新开始"), "after") from None
    return at, cursor.row_id


def _column(cards: list[Card], most: int) -> Column:
    if len(cards) <= most:
        return Column(cards)
    last = cards[most - 1]
    return Column(cards[:most], Cursor(last.stage_entered_at.isoformat(), last.id).text())
