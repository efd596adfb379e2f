"""The board of leads: a column for each state (B1), its cards asked for a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.lists import ListRow
from genjin.kernel.refusal import NotFound
from genjin.kernel.seeing import teller
from genjin.leads.columns import OWNED, Leads, leads_by_state, number_of
from genjin.leads.record import LEAD, TONES
from genjin.leads.rules import LeadState
from genjin.ui.addresses import list_url, record_url
from genjin.ui.formats import Formats, capped_count
from genjin.ui.lists.heads import Way, register_way, ways_of
from genjin.ui.pages import PageRequest, fragment, page, render
from genjin.ui.shell import formats_for

SHOWN = ("company", "contact_name", "source", "quality", "owner", "last_followed_at", "neglected")
WHOSE = ("mine", "all")


@dataclass(frozen=True)
class Card:
    """A lead on the board. `write`: where a follow-up of it is written."""

    id: int
    version: int
    url: str
    title: str
    below: str
    quality: str
    tone: str
    owner: str
    moment: str
    stale: bool
    write: str


@dataclass(frozen=True)
class Column:
    """A state with its first cards; `more`: the address of the next ones, `count_url` of how many there are."""

    key: str
    label: str
    tone: str
    cards: list[Card]
    more: str
    count_url: str
    list_url: str


@page("leads/board", name="lead-board", needs=LEAD.grant("see"))
def board(request: PageRequest) -> HttpResponse:
    """All states side by side, one's own leads or all one sees."""
    whose = _whose(request)
    found = leads_by_state(request.actor, list(LeadState), SHOWN, mine=whose == "mine")
    columns = [_column(request, state, whose, found[state]) for state in LeadState]
    return render(
        request,
        "leads/board.html",
        columns=columns,
        ways=ways_of(LEAD),
        whose=whose,
        tabs=[{"value": key, "label": label, "href": _address(key)} for key, label in _labels().items()],
        others=_address("all") if whose == "mine" and not any(c.cards for c in columns if c.key in OWNED) else "",
        moves=request.actor.may(LEAD.grant("edit")),
    )


@page("leads/board/<str:state>", name="lead-board-column", needs=LEAD.grant("see"))
def column(request: PageRequest, state: str) -> HttpResponse:
    """The next cards of a column (`?after=`), or how many it has (`?count=1`)."""
    known = _state(state)
    whose = _whose(request)
    mine = whose == "mine"
    if request.GET.get("count"):
        return HttpResponse(capped_count(number_of(request.actor, known, mine=mine)))
    found = leads_by_state(request.actor, [known], SHOWN, mine=mine, after=request.GET.get("after", "")[:200])
    return fragment(request, "leads/cards.html", column=_column(request, known, whose, found[known]))


def _state(text: str) -> LeadState:
    if text not in LeadState.values:
        raise NotFound
    return LeadState(text)


def _whose(request: PageRequest) -> str:
    asked = request.GET.get("whose", "")
    return asked if asked in WHOSE else WHOSE[0]


def _labels() -> dict[str, str]:
    return {"mine": _("我的"), "all": pgettext("whose leads", "全部")}


def _address(whose: str) -> str:
    return f"{reverse('lead-board')}?whose={whose}"


def _filters(state: LeadState, whose: str) -> dict[str, str]:
    own = {"owner.in": "me"} if whose == "mine" and state is not LeadState.UNASSIGNED else {}
    return {"state.in": state.value, **own}


def _column(request: PageRequest, state: LeadState, whose: str, found: Leads) -> Column:
    base, query = reverse("lead-board-column", args=[state.value]), {"whose": whose}
    draw = _Drawing(request.actor, formats_for(request.actor))
    listed = urlencode({"f": "1", **_filters(state, whose)})
    return Column(
        key=state.value,
        label=str(state.label),
        tone=TONES[state],
        cards=[draw.card(row, state) for row in found.rows],
        more=f"{base}?{urlencode({**query, 'after': found.after})}" if found.after else "",
        count_url=f"{base}?{urlencode({**query, 'count': '1'})}",
        list_url=f"{list_url(LEAD)}?{listed}",
    )


class _Drawing:
    """Draws cards for one actor."""

    def __init__(self, actor: Actor, fmt: Formats) -> None:
        self.actor, self.fmt = actor, fmt
        self.below = {key: teller(actor, LEAD, key) for key in ("company", "contact_name", "source")}
        self.quality = teller(actor, LEAD, "quality")

    def card(self, row: ListRow, state: LeadState) -> Card:
        """One lead; what the actor may not know is not there."""
        values = row.values
        parts = [say(values.get(key)) for key, say in self.below.items()]
        moment = values.get("last_followed_at")
        owner = values.get("owner")
        live = state not in (LeadState.CONVERTED, LeadState.UNASSIGNED)
        writes = live and self.actor.may("followups.create")
        return Card(
            id=row.id,
            version=row.version,
            url=record_url(LEAD, row.id),
            title=row.title,
            below=" · ".join(part for part in parts if part and part != row.title),
            quality=self.quality(values.get("quality")),
            tone={"high": "ok", "medium": "info"}.get(str(values.get("quality")), ""),
            owner=people.directory().member_name(owner, self.actor.stamp) if owner else "",
            moment=self.fmt.when(moment) if moment else "",
            stale=bool(values.get("neglected")),
            write=f"/followups/new?lead={row.id}" if writes else "",
        )


register_way(LEAD.key, Way("board", gettext_lazy("看板"), "layout-kanban", "lead-board", order=10))
