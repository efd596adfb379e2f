"""今日工作台: the page a member opens first. Areas register their cards; a card is there only when its area is.

A card is made for one member's day, mostly one's own; who may watch over others may look at theirs (S0-82).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.refusal import NotFound
from genjin.org.queries import organisation
from genjin.ui.navigation import NavItem, register_nav
from genjin.ui.pages import PageRequest, page, respond, wants_fragment
from genjin.ui.watching import watched

DAWN, NOON, DUSK = 5, 12, 18


@dataclass(frozen=True)
class Lead:
    """A piece of the greeting: how many of what (`逾期 3`). `tone`: bad, warn or ''."""

    count: str
    words: str
    tone: str = ""


@dataclass(frozen=True)
class Workcard:
    """A card as drawn, and what it adds to the greeting."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    leads: tuple[Lead, ...] = ()


Maker = Callable[[PageRequest, int], "Workcard | None"]
Tool = Callable[[PageRequest], "Workcard | None"]


@dataclass(frozen=True)
class _Place:
    order: int
    side: bool
    make: Maker


_cards: dict[str, _Place] = {}
_tools: dict[str, tuple[int, Tool]] = {}


def register_workcard(key: str, make: Maker, *, order: int = 100, side: bool = False) -> None:
    """Add a card: `make(request, member_id)` draws it for a member's day, or returns None to show nothing.

    `side`: in the narrow column, which comes after the first paint; its cards add nothing to the greeting. Raises
    ValueError for a key that is taken.
    """
    if key in _cards:
        raise ValueError(f"workbench card {key} is registered twice")
    _cards[key] = _Place(order, side, make)


def register_worktool(key: str, make: Tool, *, order: int = 100) -> None:
    """Add a button to the workbench's head: `make(request)` draws it, or returns None."""
    _tools[key] = (order, make)


@page("today", name="today")
def today(request: PageRequest) -> HttpResponse:
    """One's own day, or with `?member=` that of somebody one watches over (S0-82). NotFound for anybody else."""
    member_id = _whose(request)
    cards = _drawn(request, member_id, side=False)
    own = member_id == request.actor.member_id
    context: dict[str, Any] = {
        "greeting": _greeting(request) if own else "",
        "whose": "" if own else organisation(request.actor).people[member_id].name,
        "member_id": member_id,
        "leads": [lead for card in cards for lead in card.leads],
        "cards": cards,
        "side": any(place.side for place in _cards.values()),
        "tools": [] if wants_fragment(request) else _made_tools(request),
        "here": request.get_full_path(),
    }
    return respond(request, "ui/today.html#cards", **context)


@page("today/side", name="today-side")
def side(request: PageRequest) -> HttpResponse:
    """The narrow column of a day; without script a page of its own."""
    member_id = _whose(request)
    cards = _drawn(request, member_id, side=True)
    return respond(request, "ui/today_side.html#cards", cards=cards, member_id=member_id)


def _whose(request: PageRequest) -> int:
    own = request.actor.member_id or 0
    asked = request.GET.get("member", "")
    if not asked:
        return own
    member_id = int(asked) if asked.isdecimal() and len(asked) < 19 else 0
    if member_id != own and member_id not in watched(request.actor):
        raise NotFound
    return member_id


def _drawn(request: PageRequest, member_id: int, *, side: bool) -> list[Workcard]:
    places = sorted((place for place in _cards.values() if place.side is side), key=lambda place: place.order)
    return [card for place in places if (card := place.make(request, member_id)) is not None]


def _made_tools(request: PageRequest) -> list[Workcard]:
    ordered = sorted(_tools.values(), key=lambda pair: pair[0])
    return [tool for _order, make in ordered if (tool := make(request)) is not None]


def _greeting(request: PageRequest) -> str:
    hour = request.actor.now().hour
    if DAWN <= hour < NOON:
        words = _("%(name)s，上午好")
    elif NOON <= hour < DUSK:
        words = _("%(name)s，下午好")
    else:
        words = _("%(name)s，晚上好")
    return words % {"name": request.actor.name}


register_nav(NavItem(key="today", label=gettext_lazy("今日工作台"), icon="home", url_name="today", order=10, mobile=1))
