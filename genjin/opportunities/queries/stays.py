"""How long stages take (平均停留, S1-18): all the time spent in a stage ÷ the opportunities that entered it, of those
that the funnel counts. Whole months come from totals (docs/adr/0024), the days at the two ends of a period and what the
actor sees beyond his scope from rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from genjin.kernel.actor import Actor, Scope
from genjin.kernel.doors import branch_conditions
from genjin.kernel.expressions import WEIGHED, Within, array_of, row_by_row
from genjin.opportunities.models import Opportunity
from genjin.opportunities.queries.funnel import Narrow, counted, in_question
from genjin.opportunities.record import OPPORTUNITY

DAY = 86_400


@dataclass(frozen=True)
class StayTime:
    """How long a stage takes: all the time ÷ those that entered."""

    stage: str
    entered: int
    days: float


class Stays(NamedTuple):
    """Stays in a stage: how many entered it, how many are still in it, Σ end − Σ beginning in seconds since 1970."""

    entered: int = 0
    inside: int = 0
    seconds: int = 0

    def and_(self, other: Stays) -> Stays:
        """Both together."""
        return Stays(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def stay_times(actor: Actor, narrow: Narrow) -> dict[str, StayTime]:
    """{stage: how long it takes}; whoever stands there still counts until now. One query for less than a month or for
    few members, up to four otherwise. Raises Forbidden."""
    scope = actor.demand(OPPORTUNITY.grant("see"))
    months = _months(narrow.start, narrow.end)
    found: defaultdict[str, Stays] = defaultdict(Stays)
    if months is None or not _added_up(scope, narrow):
        _add(found, _of_rows(*counted(actor, narrow).values("pk").query.sql_with_params()))
    else:
        first, after = months
        for start, end in _edges(narrow, first, after):
            rows = counted(actor, replace(narrow, start=start, end=end))
            _add(found, _of_rows(*rows.values("pk").query.sql_with_params()))
        _add(found, _of_months(scope, narrow, first, after))
        _add(found, _beyond(actor, scope, replace(narrow, start=first, end=after - timedelta(days=1))))
    now = int(actor.now().timestamp())
    return {
        stage: StayTime(stage, one.entered, round((one.seconds + one.inside * now) / DAY / one.entered, 1))
        for stage, one in sorted(found.items())
        if one.entered
    }


def _months(start: date, end: date) -> tuple[date, date] | None:
    """The first days of the first whole month of a period and of the month after its last; None without any."""
    first = start if start.day == 1 else _next(start)
    tomorrow = end + timedelta(days=1) if end < date.max else end
    after = tomorrow.replace(day=1)
    return (first, after) if first < after else None


def _next(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1) if (day.year, day.month) < (9999, 12) else date.max


def _edges(narrow: Narrow, first: date, after: date) -> Iterator[tuple[date, date]]:
    """The days of the period before and after its whole months."""
    if narrow.start < first:
        yield narrow.start, first - timedelta(days=1)
    if after <= narrow.end:
        yield after, narrow.end


def _added_up(scope: Scope, narrow: Narrow) -> bool:
    """Do totals tell? They know no sources and no pools; of a few people rows are read as fast."""
    few = not scope.everything and not scope.departments and len(scope.members) <= WEIGHED
    return not (few or scope.pools or narrow.sources)


def _of_months(scope: Scope, narrow: Narrow, first: date, after: date) -> list[tuple[str, Stays]]:
    """Folded totals and what is not folded yet, in one statement and so in one moment."""
    condition, values = "pipeline = %s AND month >= %s AND month < %s", list[Any]([narrow.pipeline, first, after])
    for column, ids in (("owner", narrow.owners), ("department", narrow.departments)):
        if ids:
            condition += f" AND {column} = ANY(%s::bigint[])"
            values.append(array_of(frozenset(ids)))
    if not scope.everything:
        condition += " AND (owner = ANY(%s::bigint[]) OR department = ANY(%s::bigint[]))"
        values += [array_of(frozenset(scope.members)), array_of(frozenset(scope.departments))]
    one = f"SELECT stage, entered, inside, seconds FROM {{}} WHERE {condition}"  # noqa: S608 - names of our own tables and columns
    united = " UNION ALL ".join(one.format(f"opportunities_{name}") for name in ("staytotal", "staydelta"))
    return _fetched(f"SELECT stage, {SUMS} FROM ({united}) AS all_of_it GROUP BY stage", values * 2)  # noqa: S608 - as above


def _beyond(actor: Actor, scope: Scope, narrow: Narrow) -> list[tuple[str, Stays]]:
    """What places in teams and sharing open beyond the scope, from rows: each way by an index of its own, each
    opportunity once."""
    if scope.everything:
        return []
    ways = branch_conditions(actor, OPPORTUNITY, given=True)
    if not ways:
        return []
    inside = row_by_row(Q(Within("owner_id", scope.members)) | Q(Within("department_id", scope.departments)))
    rows = Opportunity.objects.filter(in_question(narrow)).exclude(inside).order_by()
    first, *others = (rows.filter(way).values("pk") for way in ways)
    return _of_rows(*(first.union(*others) if others else first).query.sql_with_params())


SUMS = "sum(entered)::int, sum(inside)::int, sum(seconds)::bigint"
_OF_ROWS = """
    SELECT stage, count(*) FILTER (WHERE NOT again), count(*) FILTER (WHERE left_at IS NULL),
           sum(coalesce(floor(extract(epoch FROM left_at)), 0) - floor(extract(epoch FROM entered_at)))::bigint
    FROM opportunities_stay WHERE opportunity_id IN ({}) GROUP BY stage
"""


def _of_rows(ids: str, values: tuple[Any, ...]) -> list[tuple[str, Stays]]:
    """The stays of the opportunities that a statement finds."""
    return _fetched(_OF_ROWS.format(ids), values)


def _fetched(statement: str, values: Any) -> list[tuple[str, Stays]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [(stage, Stays(*numbers)) for stage, *numbers in cursor.fetchall()]


def _add(found: defaultdict[str, Stays], more: list[tuple[str, Stays]]) -> None:
    for stage, stays in more:
        found[stage] = found[stage].and_(stays)
