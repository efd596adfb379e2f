"""The funnel (漏斗, S1-18, S3-14) and what follows from it. Opportunities of a period are those whose date (商机日期)
lies in it; voided and invalid ones do not count.

Reached: came to this stage or a later one. Conversion: of those that reached a stage, the share that reached the next.
Loss: of those that reached it, the share lost there. Stay: `queries.stays`.
Win rate: won ÷ (won + lost), by number and by amount. All are sums over what the actor may see.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import (
    Case,
    Count,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)

from genjin.customers.rhythm import local_day
from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_one_by_one
from genjin.kernel.expressions import WEIGHED, Within
from genjin.kernel.lists.columns import Board, parts
from genjin.kernel.models.rows import Life
from genjin.kernel.money import per_cent
from genjin.opportunities.models import OPEN, Opportunity
from genjin.opportunities.record import OPPORTUNITY
from genjin.opportunities.rules import CHOSEN, Category, Outcome, Pipe, Step

NOTHING = Decimal()


@dataclass(frozen=True)
class Narrow:
    """Which opportunities are counted: of a pipeline, with a date from one day to another, of these owners,
    departments (with all below them) and sources; nothing means all."""

    pipeline: str
    start: date
    end: date
    owners: tuple[int, ...] = ()
    departments: tuple[int, ...] = ()
    sources: tuple[str, ...] = ()

    def whose(self) -> Q:
        """Owners, departments and sources as a condition."""
        asked = (("owner_id", self.owners), ("department_id", self.departments))
        found = Q(source__in=self.sources) if self.sources else Q()
        for column, ids in asked:
            if ids:
                found &= Q(Within(column, ids)) if len(ids) > WEIGHED else Q(**{f"{column}__in": ids})
        return found


class Part(NamedTuple):
    """Opportunities that are alike: the furthest stage, how they stand, where they were lost; how many and how much."""

    furthest: str
    outcome: str
    lost_stage: str
    number: int
    amount: Decimal
    weighted: Decimal


@dataclass
class Tally:
    """Won, lost and open ones of a group."""

    count: int = 0
    won: int = 0
    lost: int = 0
    amount: Decimal = NOTHING
    won_amount: Decimal = NOTHING
    lost_amount: Decimal = NOTHING
    weighted: Decimal = NOTHING

    def add(self, outcome: str, count: int, amount: Decimal, weighted: Decimal) -> None:
        """Count some more."""
        self.count += count
        self.amount += amount
        if outcome == Outcome.WON:
            self.won, self.won_amount = self.won + count, self.won_amount + amount
        elif outcome == Outcome.LOST:
            self.lost, self.lost_amount = self.lost + count, self.lost_amount + amount
        else:
            self.weighted += weighted

    @property
    def rate(self) -> int | None:
        """The win rate by number, in per cent; None while nothing has ended."""
        return per_cent(self.won, self.won + self.lost)

    @property
    def rate_of_amount(self) -> int | None:
        """The same by amount."""
        return per_cent(self.won_amount, self.won_amount + self.lost_amount)


@dataclass
class Level:
    """A stage of the funnel: how many reached it, stand there now, were lost there; shares in per cent."""

    step: Step
    reached: int = 0
    amount: Decimal = NOTHING
    standing: int = 0
    lost: int = 0
    converted: int | None = None
    loss: int | None = None


@dataclass(frozen=True)
class Funnel:
    """A pipeline's levels and what all of them come to."""

    levels: list[Level]
    total: Tally


def in_question(narrow: Narrow) -> Q:
    """Opportunities of the period that count, whoever sees them."""
    period = Q(life=Life.LIVE, pipeline=narrow.pipeline, opened_on__range=(narrow.start, narrow.end))
    return period & ~Q(outcome=Outcome.INVALID) & narrow.whose()


def counted(actor: Actor, narrow: Narrow) -> QuerySet[Opportunity]:
    """The opportunities in question that the actor sees. Raises Forbidden."""
    scope = actor.demand(OPPORTUNITY.grant("see"))
    fitting = in_question(narrow)
    if not scope.everything and not scope.departments and 0 < len(scope.members) <= WEIGHED:
        first, *others = (rows.values("pk") for rows in parts(actor, Board(OPPORTUNITY, "stage", fitting)))
        return Opportunity.objects.filter(pk__in=first.union(*others) if others else first).order_by()
    return Opportunity.objects.filter(fitting, visible_one_by_one(actor, OPPORTUNITY, many=True)).order_by()


def funnel(actor: Actor, pipe: Pipe, narrow: Narrow) -> Funnel:
    """The levels of a pipeline (S3-14). One query."""
    groups = counted(actor, narrow).values_list("furthest", "outcome", "lost_stage")
    summed = groups.annotate(Count("pk"), Sum("amount"), Sum("weighted"))
    parts = [
        Part(furthest, outcome, lost, number, amount or NOTHING, weighted or NOTHING)
        for furthest, outcome, lost, number, amount, weighted in summed
    ]
    total = Tally()
    for part in parts:
        total.add(part.outcome, part.number, part.amount, part.weighted)
    return Funnel(list(_levels(pipe, parts)), total)


def _levels(pipe: Pipe, parts: Iterable[Part]) -> Iterator[Level]:
    places = {step.key: step.place for step in pipe.steps}
    kept = [part for part in parts if part.furthest in places]
    steps = [*pipe.progress, pipe.won]
    levels = []
    for step in steps:
        reached = [part for part in kept if places[part.furthest] >= step.place]
        here = [part for part in kept if part.furthest == step.key and part.outcome == Outcome.OPEN]
        level = Level(step, sum(p.number for p in reached), sum((p.amount for p in reached), NOTHING))
        level.standing = sum(p.number for p in here)
        level.lost = sum(p.number for p in kept if p.outcome == Outcome.LOST and p.lost_stage == step.key)
        levels.append(level)
    for level, following in zip(levels, [*levels[1:], None], strict=True):
        level.converted = per_cent(following.reached, level.reached) if following else None
        level.loss = per_cent(level.lost, level.reached) if level.step.place < pipe.won.place else None
        yield level


COLUMNS = ("owner_id", "department_id", "source")


def tallies(actor: Actor, narrow: Narrow, columns: Sequence[str] = COLUMNS) -> dict[str, dict[Any, Tally]]:
    """{column: {its value: the tally}}, those with the most first: by person, department, source (COLUMNS). One query,
    which adds the opportunities up once for all of them."""
    asked = [column for column in COLUMNS if column in columns]
    rows, values = counted(actor, narrow).values_list(*asked, "outcome", "amount", "weighted").query.sql_with_params()
    sets = ", ".join(f"({column}, outcome)" for column in asked)
    others = ", ".join(f"grouping({column}) = 1" for column in asked)
    names = ", ".join(asked)
    statement = (
        f"SELECT ARRAY[{others}], {names}, outcome, sum(number)::int, sum(amount), sum(weighted)"  # noqa: S608 - names of our own columns
        f" FROM (SELECT {names}, outcome, count(*) AS number, sum(amount) AS amount, sum(weighted) AS weighted"
        f" FROM ({rows}) AS counted GROUP BY {names}, outcome) AS grouped GROUP BY GROUPING SETS ({sets})"
    )
    found: dict[str, defaultdict[Any, Tally]] = {column: defaultdict(Tally) for column in asked}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for left_out, *told, outcome, count, amount, weighted in cursor.fetchall():
            place = left_out.index(False)
            found[asked[place]][told[place]].add(outcome, count, amount or NOTHING, weighted or NOTHING)
    return {
        column: dict(sorted(each.items(), key=lambda pair: (-pair[1].count, str(pair[0]))))
        for column, each in found.items()
    }


@dataclass(frozen=True)
class Forecast:
    """Open opportunities by category: amounts and weighted; those whose expected day has passed stand apart (B13)."""

    by_category: dict[Category, Tally] = field(default_factory=dict)
    overdue: Tally = field(default_factory=Tally)
    total: Tally = field(default_factory=Tally)


def forecast(actor: Actor, narrow: Narrow) -> Forecast:
    """What is expected in the period: Σ amount × probability of open opportunities by their expected day (B13). One
    query."""
    today = local_day(actor.now())
    rows = Opportunity.objects.filter(OPEN, pipeline=narrow.pipeline, expected_on__lte=narrow.end).order_by()
    rows = rows.filter(Q(expected_on__gte=narrow.start) | Q(expected_on__lt=today), narrow.whose())
    rows = rows.filter(visible_one_by_one(actor, OPPORTUNITY, many=True))
    late = Case(When(expected_on__lt=today, then=Value(True)), default=Value(False))
    groups = rows.annotate(late=late).values_list("late", "category")
    found = Forecast({category: Tally() for category in CHOSEN})
    for is_late, category, count, amount, weighted in groups.annotate(Count("pk"), Sum("amount"), Sum("weighted")):
        tally = found.overdue if is_late else found.by_category.setdefault(Category(category), Tally())
        tally.add(Outcome.OPEN, count, amount or NOTHING, weighted or NOTHING)
        if not is_late:
            found.total.add(Outcome.OPEN, count, amount or NOTHING, weighted or NOTHING)
    return found
