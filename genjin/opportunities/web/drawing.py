"""How cards and columns of the board are drawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from genjin.customers.record import CUSTOMER
from genjin.customers.rhythm import local_day
from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.money import per_cent
from genjin.kernel.seeing import whole
from genjin.kernel.titles import seen_titles
from genjin.opportunities.fields import tone_of
from genjin.opportunities.pipelines import name_of
from genjin.opportunities.queries.cards import IDLE_DAYS, Card, Column
from genjin.opportunities.record import OPPORTUNITY
from genjin.opportunities.rules import Step
from genjin.opportunities.totals.queries import Sums
from genjin.ui.addresses import record_url
from genjin.ui.formats import Due, Formats

TOLD = ("amount", "probability", "expected_on", "next_contact_at", "stalls_on", "last_followed_at")
"""What a card tells of its opportunity where the reader may know it whole."""


@dataclass(frozen=True)
class CardView:
    """A card as drawn. `look`: stale or dead, '' in time; `note`: for how long it stalls or nobody was in touch;
    `days`: in its stage."""

    id: int
    version: int
    url: str
    title: str
    customer: str
    owner: str
    amount: Decimal | None
    probability: int | None
    expected: str
    due: Due | None
    days: str
    look: str
    note: str


@dataclass(frozen=True)
class ColumnView:
    """A column as drawn. `percent`: what of its amount the weighted one is."""

    step: Step
    name: str
    tone: str
    sums: Sums
    percent: int
    cards: list[CardView]
    more: str


def card_views(actor: Actor, fmt: Formats, cards: Sequence[Card]) -> dict[int, CardView]:
    """{id: the card}. One query where customers lie outside his scope, to learn whether he may know their names."""
    firms = {(c.customer_id, c.customer_name, c.customer_owner_id, c.customer_department_id) for c in cards}
    titles = seen_titles(actor, CUSTOMER, firms)
    known = frozenset(key for key in TOLD if whole(actor, OPPORTUNITY, key))
    today = local_day(actor.now())
    return {card.id: _card(actor, fmt, card, titles, known, today) for card in cards}


def column_views(
    actor: Actor, fmt: Formats, steps: Sequence[Step], found: Mapping[str, Column], sums: Mapping[str, Sums]
) -> list[ColumnView]:
    """The columns of a board. One query at most."""
    views = card_views(actor, fmt, [card for column in found.values() for card in column.cards])
    return [
        ColumnView(
            step=step,
            name=name_of(step, actor),
            tone=tone_of(step),
            sums=(total := sums.get(step.key, Sums())),
            percent=per_cent(total.weighted, total.amount) or 0,
            cards=[views[card.id] for card in found[step.key].cards] if step.key in found else [],
            more=found[step.key].after if step.key in found else "",
        )
        for step in steps
    ]


def _card(
    actor: Actor, fmt: Formats, card: Card, titles: Mapping[int, str], known: Collection[str], today: date
) -> CardView:
    look, note = _stalls(actor, card, known, today)
    return CardView(
        id=card.id,
        version=card.version,
        url=record_url(OPPORTUNITY, card.id),
        title=card.name,
        customer=titles.get(card.customer_id, ""),
        owner=people.directory().member_name(card.owner_id, actor.stamp) if card.owner_id else "",
        amount=card.amount if "amount" in known else None,
        probability=card.probability if "probability" in known else None,
        expected=expected_words(card.expected_on, fmt, month=card.expected_month) if "expected_on" in known else "",
        due=fmt.due(card.next_contact_at) if card.next_contact_at and "next_contact_at" in known else None,
        days=_("%(days)s 天") % {"days": card.days(today)},
        look=look,
        note=note,
    )


def _stalls(actor: Actor, card: Card, known: Collection[str], today: date) -> tuple[str, str]:
    """(how loudly to warn, why): over what its stage allows, twice as long, or nobody in touch (B9), as far as the
    reader may know of either."""
    over, days = card.over(today) if "stalls_on" in known else 0, card.days(today)
    idle = card.idle(today) if "last_followed_at" in known else 0
    if over:
        return ("dead" if over >= days - over else "stale"), _("停滞 %(days)s 天") % {"days": days}
    if idle > IDLE_DAYS.at(actor.stamp):
        return "stale", _("%(days)s 天未跟进") % {"days": idle}
    return "", ""


def expected_words(day: date | None, fmt: Formats, *, month: bool) -> str:
    """When the deal is expected: 11-28, or 2026-11 where no day is known (S3-18)."""
    if day is None:
        return ""
    return f"{day:%Y-%m}" if month else fmt.day(day)
