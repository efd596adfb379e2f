"""What a list comes to: totals of its numbers and its rows by groups, opened from the list's menu."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor
from genjin.kernel.fields.base import Field
from genjin.kernel.fields.own import OwnMoney
from genjin.kernel.lists.grouping import groups_by
from genjin.kernel.lists.totals import MOST_ROWS, Groups, Sums, Totals, grouped, summable, totals
from genjin.kernel.records import RecordType
from genjin.ui.addresses import demand_seeing
from genjin.ui.formats import number
from genjin.ui.lists.heads import HeadTool, register_head_tool
from genjin.ui.lists.state import State, read_state
from genjin.ui.pages import PageRequest, page, respond
from genjin.ui.views.queries import tabs_of

MOST_SUMMED = 6

register_head_tool(
    HeadTool(
        key="totals",
        label=gettext_lazy("汇总"),
        icon="chart-bar",
        link="/{plural}/totals",
        into="#dialog",
        filtered=True,
        order=50,
    )
)


@dataclass(frozen=True)
class Line:
    """A group as drawn: words, link to its rows, rows and their share, sums in words."""

    label: str
    link: str
    rows: int
    percent: int
    sums: list[str]


@page("<plural:record_type>/totals", name="totals")
def summed(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """Totals and groups of a list with its filters; `by` and `sum` choose."""
    actor, asked = request.actor, request.GET
    demand_seeing(actor, record_type)
    state = read_state(actor, record_type, tabs_of(actor, record_type), asked)
    numbers = [f for f in state.record_type.fields if summable(f)]
    chosen = [f for f in numbers if f.key in asked.getlist("sum")] or numbers[:MOST_SUMMED]
    ways = [f for f in state.record_type.fields if groups_by(f)]
    by = next((f for f in ways if f.key == asked.get("by")), ways[0] if ways else None)
    found = totals(actor, state.listing, [f.key for f in chosen])
    return respond(
        request, "ui/totals.html#totals", record_type=state.record_type, state=state, found=found,
        groups=_lines(actor, state, by, chosen) if by else None, by=by, most=MOST_ROWS, chosen=chosen,
        ways=[(f.key, str(f.label)) for f in ways],
        lines=[(f, found.sums[f.key].count, _words(f, found, actor)) for f in chosen],
    )  # fmt: skip


def _words(field: Field, found: Totals, actor: Actor) -> list[str]:
    """Sum, average, least, greatest."""
    sums = found.sums[field.key]
    return [_text(field, value, actor) for value in (sums.sum, sums.average, sums.least, sums.greatest)]


def _lines(actor: Actor, state: State, by: Field, fields: Sequence[Field]) -> dict[str, Any]:
    found: Groups = grouped(actor, state.listing, by.key, [f.key for f in fields])
    most = max((group.rows for group in found.groups), default=1)
    lines = [
        Line(
            group.label,
            state.with_pair(*group.filter).url() if group.filter else "",
            group.rows,
            round(100 * group.rows / most),
            [_text(f, _told(group.sums[f.key]), actor) for f in fields],
        )
        for group in found.groups
    ]
    return {"lines": lines, "more": found.more, "capped": found.capped}


def _text(field: Field, value: Any, actor: Actor) -> str:
    """Money as lists write it, but exact."""
    if value is None or not isinstance(field, OwnMoney) or field.unit != OwnMoney.unit:
        return field.text(value, actor)
    return f"{'-' if value < 0 else ''}¥{number(abs(value), 0 if value == int(value) else 2)}"


def _told(sums: Sums) -> Any:
    """The sum, or the average of what nobody adds up."""
    return sums.average if sums.sum is None else sums.sum
