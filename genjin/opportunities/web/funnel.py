"""The page 销售漏斗: levels, win rates, stay times, by person, department, source; every number opens its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers.options import SOURCE
from genjin.customers.rhythm import local_day
from genjin.followups.statistics.asked import AUTHOR, DEPARTMENT, Asked, read_asked
from genjin.followups.statistics.period import choices
from genjin.kernel.actor import Actor
from genjin.kernel.options import options_of
from genjin.kernel.seeing import teller, whole
from genjin.opportunities.pipelines import name_of, pipeline_for, pipelines_at
from genjin.opportunities.queries.funnel import (
    COLUMNS,
    Level,
    Narrow,
    Tally,
    forecast,
    funnel,
    tallies,
)
from genjin.opportunities.queries.stays import StayTime, stay_times
from genjin.opportunities.record import OPPORTUNITY
from genjin.opportunities.rules import Pipe
from genjin.org.queries import organisation
from genjin.ui.addresses import list_url
from genjin.ui.forms.controls import choices_url
from genjin.ui.lists.heads import Way, register_way, ways_of
from genjin.ui.navigation import NavItem, register_nav
from genjin.ui.pages import PageRequest, fragment, page, respond

SEE = OPPORTUNITY.grant("see")
MOST_SHOWN = 50
PAGE = "opportunities/funnel.html"

GROUPS: dict[str, Any] = {
    "owner_id": gettext_lazy("负责人"),
    "department_id": gettext_lazy("部门"),
    "source": gettext_lazy("商机来源"),
}


@dataclass(frozen=True)
class FunnelAsked:
    """What the page shows: pipeline, period, people, departments, sources."""

    pipe: Pipe
    period: Asked
    sources: tuple[str, ...]

    def narrow(self, actor: Actor) -> Narrow:
        """For the queries."""
        tree = tuple(sorted(self.period.tree(actor)))
        return Narrow(self.pipe.key, self.period.start, self.period.end, self.period.authors, tree, self.sources)

    def pairs(self) -> list[tuple[str, str]]:
        """As parameters of an address."""
        return [("pipeline", self.pipe.key), *self.period.pairs(), *(("source", one) for one in self.sources)]

    def url(self, *changed: tuple[str, str]) -> str:
        """The page with some parameters changed."""
        names = {name for name, _value in changed}
        kept = [pair for pair in self.pairs() if pair[0] not in names]
        return f"{reverse('opportunity-funnel')}?{urlencode([*kept, *(pair for pair in changed if pair[1])])}"

    def rows(self, *more: tuple[str, str]) -> str:
        """The list of the rows behind a number: the same filters and what makes the number."""
        told = dict(more)
        base = [("opened_on.between", f"{self.period.start.isoformat()},{self.period.end.isoformat()}")]
        if "outcome.in" not in told:
            base.append(("outcome.not", "invalid"))
        return self._list(*(pair for pair in base if pair[0] not in told), *more)

    def expected(self, today: date, category: str = "", *, late: bool = False) -> str:
        """The list of the rows behind a number of the forecast; `late`: those whose expected day has passed."""
        if late:
            days = ("expected_on.to", min(self.period.end, today - timedelta(days=1)).isoformat())
        else:
            days = ("expected_on.between", f"{max(self.period.start, today)},{self.period.end}")
        return self._list(("outcome.in", "open"), days, *([("category.in", category)] if category else []))

    def _list(self, *more: tuple[str, str]) -> str:
        base = [("f", "1"), ("pipeline.in", self.pipe.key)]
        for name, values in (
            ("owner.in", self.period.authors),
            ("department.in", self.period.departments),
            ("source.in", self.sources),
        ):
            if values:
                base.append((name, ",".join(map(str, values))))
        kept = [pair for pair in base if pair[0] not in dict(more)]
        return f"{list_url(OPPORTUNITY)}?{urlencode([*kept, *more], safe=',')}"


@dataclass(frozen=True)
class Line:
    """A line of a table: what it counts, its tally, and where its numbers lead."""

    label: str
    tally: Tally
    url: str
    won_url: str
    lost_url: str


@page("opportunities/funnel", name="opportunity-funnel", needs=SEE)
def sales_funnel(request: PageRequest) -> HttpResponse:
    """销售漏斗 (S1-18): levels with conversion and loss, win rates, the forecast of the period."""
    actor, asked = request.actor, _asked(request)
    narrow = asked.narrow(actor)
    found = funnel(actor, asked.pipe, narrow)
    most = max((level.reached for level in found.levels), default=0)
    return respond(
        request, f"{PAGE}#funnel", asked=asked, total=found.total, ways=ways_of(OPPORTUNITY),
        levels=[_level(actor, asked, level, most) for level in found.levels],
        won_url=asked.rows(("outcome.in", "won")), lost_url=asked.rows(("outcome.in", "lost")), all_url=asked.rows(),
        expected=forecast(actor, narrow), expected_url=partial(asked.expected, local_day(actor.now())),
        **_shown(actor),
        more_url=f"{reverse('opportunity-funnel-more')}?{urlencode(asked.pairs())}", **_form(actor, asked),
    )  # fmt: skip


@page("opportunities/funnel/more", name="opportunity-funnel-more", needs=SEE)
def funnel_more(request: PageRequest) -> HttpResponse:
    """Stay times, and the tables by person, department and source: asked for once the page stands."""
    actor, asked = request.actor, _asked(request)
    narrow = asked.narrow(actor)
    known = [column for column in COLUMNS if column != "source" or whole(actor, OPPORTUNITY, "source")]
    counted = tallies(actor, narrow, known)
    tables = [(label, _lines(actor, asked, counted.get(column, {}), column)) for column, label in GROUPS.items()]
    return fragment(
        request, "opportunities/funnel_more.html", times=_times(actor, asked, narrow), tables=tables,
        **_shown(actor),
    )  # fmt: skip


def _shown(actor: Actor) -> dict[str, bool]:
    """Which numbers the reader may know: amounts, what is weighted, what is expected when (trust flaw 4)."""
    amounts = whole(actor, OPPORTUNITY, "amount")
    weights = amounts and whole(actor, OPPORTUNITY, "weighted")
    told = all(whole(actor, OPPORTUNITY, key) for key in ("expected_on", "category"))
    return {"amounts": amounts, "weights": weights, "expects": amounts and told}


def _times(actor: Actor, asked: FunnelAsked, narrow: Narrow) -> list[tuple[str, StayTime, int, int | None]]:
    """(stage, how long it takes, in per cent of the longest, days allowed)."""
    times = stay_times(actor, narrow)
    longest = max((one.days for one in times.values()), default=0) or 1
    return [
        (name_of(step, actor), times[step.key], round(100 * times[step.key].days / longest), step.allowed_days)
        for step in asked.pipe.steps
        if step.key in times
    ]


def _level(actor: Actor, asked: FunnelAsked, level: Level, most: int) -> dict[str, Any]:
    key = level.step.key
    return {
        "level": level,
        "name": name_of(level.step, actor),
        "percent": round(100 * level.reached / most) if most else 0,
        "url": asked.rows(("furthest.in", key)),
        "standing_url": asked.rows(("stage.in", key), ("outcome.in", "open")),
        "lost_url": asked.rows(("lost_stage.in", key), ("outcome.in", "lost")),
    }


def _lines(actor: Actor, asked: FunnelAsked, counted: dict[Any, Tally], column: str) -> list[Line]:
    key, words = _GROUPED[column](actor)
    lines = []
    for value, tally in list(counted.items())[:MOST_SHOWN]:
        chosen = (f"{key}.{'alone' if key == 'department' else 'in'}", str(value)) if value else (f"{key}.empty", "")
        lines.append(
            Line(
                words(value) if value else _("（空）"),
                tally,
                asked.rows(chosen),
                asked.rows(chosen, ("outcome.in", "won")),
                asked.rows(chosen, ("outcome.in", "lost")),
            )
        )
    return lines


Words = Callable[[Any], str]
_GROUPED: dict[str, Callable[[Actor], tuple[str, Words]]] = {
    "owner_id": lambda actor: ("owner", lambda value: OPPORTUNITY.own_fields["owner"].text(value, actor)),
    "department_id": lambda actor: (
        "department",
        lambda value: OPPORTUNITY.own_fields["department"].text(value, actor),
    ),
    "source": lambda actor: ("source", teller(actor, OPPORTUNITY, "source")),
}


def _asked(request: PageRequest) -> FunnelAsked:
    actor, given = request.actor, request.GET
    today = actor.now().date()
    lists = dict(given.lists())
    if not {"from", "to"} & lists.keys():
        lists |= {"from": [date(today.year, 1, 1).isoformat()], "to": [date(today.year, 12, 31).isoformat()]}
    pipe = pipelines_at(actor.stamp).pipes.get(given.get("pipeline", "")) or pipeline_for(actor, actor.member_id)
    known = _sources(actor)
    sources = tuple(dict.fromkeys(one for one in given.getlist("source") if one in known))
    return FunnelAsked(pipe, read_asked(actor, lists), sources)


def _sources(actor: Actor) -> dict[str, str]:
    """What may be chosen as {source: words}; nothing for whom the field is hidden: figures by it would tell it."""
    options = options_of(SOURCE.key, actor.stamp) if whole(actor, OPPORTUNITY, "source") else {}
    return {key: str(option.label) for key, option in options.items()}


def _form(actor: Actor, asked: FunnelAsked) -> dict[str, Any]:
    today = actor.now().date()
    known = pipelines_at(actor.stamp)
    tree = organisation(actor).departments
    return {
        "pipes": [(pipe.key, name_of(pipe, actor)) for pipe in known.pipes.values()],
        "quick": [
            {
                "label": one.label,
                "value": (one.start, one.end),
                "href": asked.url(("from", one.start.isoformat()), ("to", one.end.isoformat())),
            }
            for one in choices(today)[2:]
        ],
        "sources": list(_sources(actor).items()),
        "authors": [(one, AUTHOR.text(one, actor)) for one in asked.period.authors],
        "author_src": choices_url(OPPORTUNITY.plural, OPPORTUNITY.keys["owner"]) + "?filter=1",
        "departments": [(one, DEPARTMENT.text(one, actor)) for one in asked.period.departments if one in tree],
        "department_src": "/choices/opportunities/department?filter=1",
    }


register_way(OPPORTUNITY.key, Way("funnel", gettext_lazy("漏斗"), "chart-funnel", "opportunity-funnel"))
register_nav(
    NavItem(
        key="opportunity-funnel",
        label=gettext_lazy("销售漏斗"),
        icon="chart-funnel",
        url_name="opportunity-funnel",
        section="customers",
        order=61,
        needs=SEE,
    )
)
