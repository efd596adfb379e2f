"""The board (看板): a column per stage with sums and cards, moving a card, further cards of a column."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel import people
from genjin.kernel.actions import Outcome
from genjin.kernel.actor import Actor
from genjin.kernel.digits import number_in
from genjin.kernel.refusal import Refused
from genjin.kernel.seeing import whole
from genjin.kernel.wording import listed
from genjin.opportunities.actions.moves import move_opportunity
from genjin.opportunities.pipelines import name_of, pipeline_for, pipelines_at
from genjin.opportunities.queries.cards import MOST_STALLED, columns, one_card, stalled
from genjin.opportunities.record import OPPORTUNITY
from genjin.opportunities.rules import Pipe
from genjin.opportunities.tasks import task_words
from genjin.opportunities.totals.queries import Narrowed, Sums, sums_by_stage, ways_beyond
from genjin.opportunities.web.drawing import card_views, column_views
from genjin.opportunities.web.filling import filling_after
from genjin.org.queries import organisation
from genjin.ui.addresses import list_url
from genjin.ui.lists.heads import Way, register_way, ways_of
from genjin.ui.navigation import NavItem, register_nav
from genjin.ui.pages import PageRequest, fragment, page, respond, with_dialog, with_toast
from genjin.ui.shell import formats_for
from genjin.ui.undoing import undo_address

SEE = OPPORTUNITY.grant("see")
MINE, TEAM, ALL = "mine", "team", "all"
WHOSE = {MINE: gettext_lazy("我的"), TEAM: gettext_lazy("部门"), ALL: gettext_lazy("全部")}
PERIODS = {
    "": gettext_lazy("不限时间"),
    "month": gettext_lazy("本月"),
    "quarter": gettext_lazy("本季"),
    "next": gettext_lazy("下季"),
    "year": gettext_lazy("今年"),
}
PAGE = "opportunities/board.html"


@dataclass(frozen=True)
class Asked:
    """What a board shows: pipeline, whose, of one owner or of a department with all below it, expected when."""

    pipe: Pipe
    whose: str
    owner: int | None
    department: int | None
    period: str

    def narrowed(self, actor: Actor) -> Narrowed:
        """For the queries."""
        first, after = months_of(self.period, actor.now().date())
        if self.owner is not None:
            return Narrowed(owners=frozenset({self.owner}), first=first, after=after)
        if self.department is not None:
            tree = frozenset(people.directory().subtree(self.department, actor.stamp))
            return Narrowed(departments=tree, first=first, after=after)
        if self.whose == MINE:
            return Narrowed(owners=frozenset({actor.member_id or 0}), first=first, after=after)
        if self.whose == TEAM:
            owners = frozenset({actor.member_id or 0}) | actor.people
            return Narrowed(owners=owners, departments=_departments(actor), first=first, after=after)
        return Narrowed(first=first, after=after)

    @property
    def narrowed_to_own(self) -> bool:
        """Whether it shows all of one's own, and nothing else."""
        return self.whose == MINE and self.owner is None and self.department is None and not self.period

    def query(self, **changed: str) -> str:
        """As an address."""
        chosen = {"owner": str(self.owner or ""), "department": str(self.department or "")}
        kept = {"pipeline": self.pipe.key, "whose": self.whose, **chosen, "period": self.period}
        pairs = {name: value for name, value in (kept | changed).items() if value}
        return f"{reverse('opportunity-board')}?{urlencode(pairs)}"


@page("opportunities/board", name="opportunity-board", needs=SEE)
def board(request: PageRequest) -> HttpResponse:
    """The board of a pipeline, or for htmx its columns."""
    actor, asked = request.actor, _asked(request)
    narrowed, steps = asked.narrowed(actor), asked.pipe.progress
    beyond, stages = ways_beyond(actor, narrowed), [step.key for step in steps]
    sums = sums_by_stage(actor, stages, narrowed, beyond)
    found = columns(actor, stages, narrowed, beyond)
    drawn = column_views(actor, formats_for(actor), steps, found, sums)
    return respond(
        request, f"{PAGE}#board", columns=drawn, **_around(actor, asked, stalled(actor, narrowed, beyond), sums)
    )


@page("opportunities/board/cards", name="opportunity-cards", needs=SEE)
def further_cards(request: PageRequest) -> HttpResponse:
    """The next cards of a column."""
    actor, asked = request.actor, _asked(request)
    step = asked.pipe.step(request.GET.get("stage", "")) or asked.pipe.first
    found = columns(actor, [step.key], asked.narrowed(actor), after=request.GET.get("after", "")[:200])
    (column,) = column_views(actor, formats_for(actor), [step], found, {})
    return fragment(request, "opportunities/cards.html", column=column, asked=asked, **_shown(actor))


@page("opportunities/<int:opportunity_id>/moves", name="opportunity-moves", methods=["POST"], needs=SEE)
def moved(request: PageRequest, opportunity_id: int) -> HttpResponse:
    """A card was put into another column: the card and the heads of the columns afresh, or 422 with what is missing."""
    version = request.POST.get("version", "")
    seen = number_in(version)
    try:
        outcome = move_opportunity.run(
            request.actor, opportunity_id, {"stage": request.POST.get("stage", "")}, version=seen
        )
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        told = with_toast(HttpResponse(status=refusal.status), refusal.message, tone="bad")
        filling = filling_after(request.actor, opportunity_id, request.POST.get("stage", ""), refusal)
        return with_dialog(told, filling) if filling else told
    return _after_move(request, opportunity_id, outcome)


def _after_move(request: PageRequest, opportunity_id: int, outcome: Outcome) -> HttpResponse:
    actor, asked = request.actor, _asked(request)
    steps, fmt = asked.pipe.progress, formats_for(actor)
    sums = sums_by_stage(actor, [step.key for step in steps], asked.narrowed(actor))
    card = one_card(actor, opportunity_id)
    view = card_views(actor, fmt, [card])[opportunity_id] if card else None
    heads = column_views(actor, fmt, steps, {}, sums)
    answer = fragment(request, "opportunities/moved.html", card=view, asked=asked, columns=heads, **_shown(actor))
    stage = pipelines_at(actor.stamp).steps[request.POST["stage"]]
    words = _("「%(title)s」已移到「%(stage)s」")
    told = words % {"title": view.title if view else "", "stage": name_of(stage, actor)}
    return with_toast(answer, told, undo=undo_address(move_opportunity, outcome.event_id))


def months_of(period: str, today: date) -> tuple[date | None, date | None]:
    """From the first day of a month to before that of another; (None, None) for any time."""
    year, month = today.year, today.month
    quarter = (month - 1) // 3 * 3 + 1
    spans = {
        "month": (year, month, 1),
        "quarter": (year, quarter, 3),
        "next": (year, quarter + 3, 3),
        "year": (year, 1, 12),
    }
    if period not in spans:
        return None, None
    year, month, length = spans[period]
    return _month(year, month), _month(year, month + length)


def _month(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _departments(actor: Actor) -> frozenset[int]:
    """The departments that the actor heads: those of his scope, his own if it reaches so far."""
    scope = actor.grants.get(SEE)
    if scope is None:
        return frozenset()
    if not scope.everything:
        return scope.departments
    known = organisation(actor).departments
    own = known.get(actor.department_id or 0)
    return frozenset(one.id for one in known.values() if own and one.path.startswith(own.path))


def _asked(request: PageRequest) -> Asked:
    """Pipeline, whose and when, from an address or what was sent; nonsense is left out."""
    given = request.POST if request.method == "POST" else request.GET
    actor, known = request.actor, pipelines_at(request.actor.stamp)
    pipe = known.pipes.get(given.get("pipeline", "")) or pipeline_for(actor, actor.member_id)
    whose, org = given.get("whose", ""), organisation(actor)
    period = given.get("period", "") if whole(actor, OPPORTUNITY, "expected_on") else ""
    owner = _chosen(given.get("owner", ""), org.people)
    department = _chosen(given.get("department", ""), org.departments) if owner is None else None
    usual = whose if whose in WHOSE else _usual(actor)
    return Asked(pipe, usual, owner, department, period if period in PERIODS else "")


def _chosen(text: str, known: Container[int]) -> int | None:
    number = number_in(text)
    return number if number in known else None


def _chooses(actor: Actor) -> bool:
    """Whether there is anybody besides himself to look at."""
    scope = actor.grants.get(SEE)
    return scope is not None and (scope.everything or bool(scope.departments or scope.members - {actor.member_id}))


def _usual(actor: Actor) -> str:
    """Who leads nobody begins with his own, everybody else with the team."""
    return TEAM if actor.people - {actor.member_id} else MINE


def _shown(actor: Actor) -> dict[str, Any]:
    amounts = whole(actor, OPPORTUNITY, "amount")
    return {
        "amounts": amounts,
        "weights": amounts and whole(actor, OPPORTUNITY, "weighted"),
        "moves": actor.may(OPPORTUNITY.grant("edit")),
    }


def _around(actor: Actor, asked: Asked, number: int, sums: dict[str, Sums]) -> dict[str, Any]:
    """What stands above and below the columns."""
    known = pipelines_at(actor.stamp)
    org = organisation(actor)
    owner, department = org.people.get(asked.owner or 0), org.departments.get(asked.department or 0)
    return {
        "asked": asked,
        "ways": ways_of(OPPORTUNITY),
        "pipe_name": name_of(asked.pipe, actor),
        "period_name": PERIODS[asked.period],
        "total": sum(sums.values(), Sums()),
        "pipes": [(pipe.key, name_of(pipe, actor), asked.query(pipeline=pipe.key)) for pipe in known.enabled],
        "whose": [
            {"value": key, "label": words, "href": asked.query(whose=key, owner="", department="")}
            for key, words in WHOSE.items()
        ],
        "periods": [(key, words, asked.query(period=key)) for key, words in PERIODS.items()]
        if whole(actor, OPPORTUNITY, "expected_on")
        else [],
        "chosen": [
            (label, found.name, asked.query(**{name: ""}))
            for name, label, found in (("owner", _("负责人"), owner), ("department", _("部门"), department))
            if found
        ],
        "chooses": _chooses(actor),
        "others": asked.query(whose=ALL) if asked.narrowed_to_own and not any(s.count for s in sums.values()) else "",
        "stalled": f"{MOST_STALLED}+" if number > MOST_STALLED else number,
        "stalled_url": f"{list_url(OPPORTUNITY)}?f=1&view=stalled&outcome.in=open&stalls.stage=1",
        "creates": actor.may(OPPORTUNITY.grant("create")),
        "closes": actor.may(OPPORTUNITY.grant("close")),
        "tasks": {step.key: _tasks(asked.pipe, step.key, actor) for step in asked.pipe.steps},
        "won": asked.pipe.won,
        **_shown(actor),
    }


def _tasks(pipe: Pipe, key: str, actor: Actor) -> str:
    """What entering a stage asks for, for the hint at the column."""
    step = pipe.step(key)
    before = pipe.steps[step.place - 1] if step and step.place else None
    due = [task for task in (before.tasks if before else ()) if task.when == "exit" and task.required]
    due += [task for task in (step.tasks if step else ()) if task.when == "entry" and task.required]
    return listed(task_words(task, actor.stamp) for task in due)


register_way(OPPORTUNITY.key, Way("board", gettext_lazy("看板"), "layout-kanban", "opportunity-board", order=10))
register_nav(
    NavItem(
        key=OPPORTUNITY.plural,
        label=OPPORTUNITY.many,
        icon=OPPORTUNITY.icon,
        url_name="opportunity-board",
        section="customers",
        order=53,
        needs=SEE,
        mobile=3,
        covers="/opportunities",
    )
)
