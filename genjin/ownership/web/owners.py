"""Pages of ownership: the card of a record's team, who owned it over time, whose it was on a day and by which rule.
Not here: the dialogs (generic forms), pools."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel import people
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.doors import OWN, SEE, may, row_for
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, RecordType, type_of
from genjin.kernel.refusal import NotFound
from genjin.ownership.models import Period, Rule, TeamRole
from genjin.ownership.queries import owner_on, periods_of, team_of
from genjin.ownership.standing import pool_named
from genjin.ui.addresses import record_url
from genjin.ui.details.cards import Drawn, register_card
from genjin.ui.formats import Formats
from genjin.ui.pages import PageRequest, fragment, page, respond, wants_fragment
from genjin.ui.shell import formats_for

MOST = 50
"""So many changes of owner are listed."""


@dataclass(frozen=True)
class Place:
    """A member's place in a team as the card shows it."""

    member_id: int
    name: str
    role: str
    role_key: str
    writes: bool
    until: str
    until_value: str


@dataclass(frozen=True)
class Reign:
    """A period of ownership as the card shows it."""

    owner: str
    pool: str
    department: str
    since: str
    until: str
    rule: str
    reason: str
    by: str


def team_card(request: PageRequest, record: Record) -> Drawn | None:
    """The record's team; nothing where there is none and the reader may not add to it."""
    actor, record_type = request.actor, type_of(record)
    places = _places(actor, record, formats_for(actor))
    runs = may(actor, record, record_type.grant("team"), OWN)
    if not places and not runs:
        return None
    url = record_url(record_type, record.pk)
    return Drawn("ownership/team_card.html", {"places": places, "runs": runs, "url": url})


def owners_card(_request: PageRequest, record: Record) -> Drawn:
    """The folded card of earlier owners; its lines are asked for when it is opened."""
    return Drawn("ownership/owners_card.html", {"url": record_url(type_of(record), record.pk)})


@page("<plural:record_type>/<int:row_id>/owners", name="owners")
def owners(request: PageRequest, record_type: RecordType, row_id: int) -> HttpResponse:
    """Who owned a record, newest first, by which rule and why; `on=2026-10-01`: whose it was on that day. For htmx the
    lines of the card."""
    actor = request.actor
    if record_type.key not in teamed():
        raise NotFound
    record, fmt = row_for(actor, record_type.model, row_id, to=SEE), formats_for(actor)
    periods = periods_of(actor, record, MOST + 1)
    reigns = [_reign(actor, period, fmt) for period in periods[:MOST]]
    url = record_url(record_type, row_id)
    if wants_fragment(request) and "on" not in request.GET:
        return fragment(request, "ownership/owners.html", reigns=reigns, url=url)
    return respond(
        request, "ownership/owners_page.html#answer", reigns=reigns, url=url, record=record, record_type=record_type,
        title=getattr(record, record_type.title), most=MOST if len(periods) > MOST else 0,
        asked=_asked(actor, record, request.GET.get("on", ""), fmt),
    )  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """Whose a record was at the end of a day; `wrong`: what is wrong with the day that was asked for."""

    day: str
    wrong: str = ""
    reign: Reign | None = None


def _asked(actor: Actor, record: Record, on: str, fmt: Formats) -> Answer:
    """The owner at the end of a day of the reader's calendar, today's until now."""
    if not on:
        return Answer("")
    try:
        day = date.fromisoformat(on)
        ends = datetime.combine(day + timedelta(days=1), time(), tzinfo=actor.zone) - timedelta(microseconds=1)
    except (ValueError, OverflowError):
        return Answer(on[:20], _("请选择一个日期"))
    if day > fmt.today:
        return Answer(on, _("这一天还没有到"))
    period = owner_on(actor, record, min(ends, actor.now()))
    return Answer(on, reign=_reign(actor, period, fmt) if period else None)


def teamed() -> list[str]:
    """The keys of the types whose records have owners of their own and teams."""
    return [t.key for t in RECORD_TYPES.values() if t.grant("add_teammate") in ACTIONS]


def _places(actor: Actor, record: Record, fmt: Formats) -> list[Place]:
    return [
        Place(
            member_id=place.member_id,
            name=place.member.name,
            role=str(TeamRole(place.role).label),
            role_key=place.role,
            writes=place.writes,
            until=fmt.when(place.expires_at) if place.expires_at else "",
            until_value=place.expires_at.astimezone(actor.zone).strftime("%Y-%m-%dT%H:%M") if place.expires_at else "",
        )
        for place in team_of(actor, record)
    ]


def _reign(actor: Actor, period: Period, fmt: Formats) -> Reign:
    def named(member: Any) -> str:
        return str(member.name) if member else ""

    department_id = period.department_id
    department = people.directory().department_name(department_id, actor.stamp) if department_id else ""
    return Reign(
        owner=named(period.owner),
        pool=pool.name if (pool := pool_named(actor.stamp, period.pool_id or 0)) else "",
        department=department,
        since=fmt.when(period.since),
        until=fmt.when(period.until) if period.until else "",
        rule=str(Rule(period.rule).label),
        reason=period.reason,
        by=named(period.changed_by),
    )


for _key in teamed():
    register_card(_key, "team", team_card, order=40)
    register_card(_key, "owners", owners_card, order=75)
