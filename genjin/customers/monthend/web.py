"""月末整理: what is proposed for one's own customers and one's people's, deciding in bulk, and why customers rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers.models import Customer, RestKind
from genjin.customers.monthend.queries import (
    DECIDES,
    months,
    open_proposals,
    owners_in,
    reasons_of,
    tally_of,
    would_be_proposed,
)
from genjin.customers.monthend.rules import RULES, rules
from genjin.customers.options import REST_REASON
from genjin.customers.record import CUSTOMER
from genjin.customers.rhythm import local_day
from genjin.kernel.actor import Actor
from genjin.kernel.options import options_of
from genjin.kernel.seeing import teller
from genjin.org.queries import organisation
from genjin.ui.addresses import record_url
from genjin.ui.navigation import NavItem, register_nav
from genjin.ui.pages import PageRequest, page, respond

MOST = 50
NOW = "now"


@dataclass(frozen=True)
class Line:
    """A proposal as the page lists it."""

    id: int
    name: str
    url: str
    kind: str
    verb: str
    why: str
    since: date
    days: int
    level: str
    owner: str


@dataclass(frozen=True)
class Asked:
    """What the page is asked for: a month (None: what would be proposed now), one kind, one owner, where to go on."""

    month: date | None
    kind: str = ""
    owner: int | None = None
    after: tuple[date, int] | None = None

    def url(self, **changes: Any) -> str:
        """The address of this with changes, from its beginning."""
        facts = {"month": f"{self.month:%Y-%m}" if self.month else NOW, "kind": self.kind, "owner": self.owner or ""}
        given = {key: value for key, value in (facts | changes).items() if value}
        return f"{reverse('month-end')}?{urlencode(given)}"


@page("customers/month-end", name="month-end", needs=DECIDES)
def month_end(request: PageRequest) -> HttpResponse:
    """`?month=2026-11` (or `now`), `kind=`, `owner=`, `after=`."""
    known = months()
    asked = _asked(request, known)
    drawn = _month(request, asked, asked.month) if asked.month else _now(request, asked)
    context: dict[str, Any] = {"asked": asked, "months": known, "kinds": list(RestKind), **drawn}
    return respond(request, "customers/month_end.html#list", **context)


def _month(request: PageRequest, asked: Asked, month: date) -> dict[str, Any]:
    actor = request.actor
    rows = open_proposals(actor, month, owner=asked.owner, kind=asked.kind, after=asked.after, most=MOST)
    last = rows[MOST - 1] if len(rows) > MOST else None
    lines = [
        _line(actor, row.customer, row.kind, RULES[row.rule].label if row.rule in RULES else "", row.since)
        for row in rows[:MOST]
    ]
    return {
        "lines": lines,
        "next": asked.url(after=f"{last.since:%Y-%m-%d},{last.pk}") if last else "",
        "tally": tally_of(actor, month, asked.owner),
        "reasons": _reasons(actor, month, asked.owner),
        "owners": _owners(actor, owners_in(actor, month), asked.owner),
    }


def _now(request: PageRequest, asked: Asked) -> dict[str, Any]:
    actor = request.actor
    found, counts = would_be_proposed(actor, actor.now(), owner=asked.owner, most=MOST)
    kept = [one for one in found if not asked.kind or one.rule.kind == asked.kind]
    told = [(rule.label, rule.kind.label, counts[rule.key]) for rule in rules()]
    lines = [_line(actor, one.customer, one.rule.kind, one.rule.label, one.since) for one in kept]
    return {"lines": lines, "counts": told, "owners": [], "next": ""}


def _line(actor: Actor, customer: Customer, kind: str, why: Any, since: date) -> Line:
    level = teller(actor, CUSTOMER, "level")
    owner = organisation(actor).people.get(customer.owner_id or 0)
    archives = kind == RestKind.ARCHIVED
    return Line(
        id=customer.pk,
        name=customer.name,
        url=record_url(CUSTOMER, customer.pk),
        kind=_("归档") if archives else _("暂停跟进"),
        verb="archive" if archives else "pause",
        why=str(why),
        since=since,
        days=(local_day(actor.now()) - since).days,
        level=level(customer.level),
        owner=owner.name if owner else "",
    )


def _reasons(actor: Actor, month: date, owner: int | None) -> list[tuple[str, int, int]]:
    known = options_of(REST_REASON.key, actor.stamp)
    return [
        (str(known[key].label) if key in known else key, *counts)
        for key, counts in reasons_of(actor, month, owner).items()
    ]


def _owners(actor: Actor, ids: list[int], chosen: int | None) -> list[tuple[int, str]]:
    """Whom a manager may look at alone; nobody to choose among for who has only his own."""
    people = organisation(actor).people
    known = [(i, people[i].name) for i in {*ids, *([chosen] if chosen else [])} if i in people]
    return sorted(known, key=lambda pair: pair[1]) if len(known) > 1 or chosen else []


def _asked(request: PageRequest, known: list[date]) -> Asked:
    given = request.GET
    month = _month_of(given.get("month", ""), known)
    owner, kind = given.get("owner", ""), given.get("kind", "")
    return Asked(
        month=month,
        kind=kind if kind in RestKind.values else "",
        owner=int(owner) if owner.isdecimal() and len(owner) < 19 else None,
        after=_after(given.get("after", "")),
    )


def _month_of(text: str, known: list[date]) -> date | None:
    if text == NOW:
        return None
    latest = known[0] if known else None
    return next((month for month in known if f"{month:%Y-%m}" == text), latest)


def _after(text: str) -> tuple[date, int] | None:
    day, _comma, row_id = text.partition(",")
    try:
        return datetime.strptime(day, "%Y-%m-%d").date(), int(row_id)  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


register_nav(
    NavItem(
        key="month-end",
        label=gettext_lazy("月末整理"),
        icon="archive",
        url_name="month-end",
        section="customers",
        order=80,
        needs=DECIDES,
    )
)
