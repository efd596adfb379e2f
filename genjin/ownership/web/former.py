"""以前负责的: the records that a member had and lost lately, as far as the company lets previous owners know (B5)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import NotFound
from genjin.kernel.titles import titles_of
from genjin.ownership.models import Rule
from genjin.ownership.queries.former import former_titles, formerly_owned, sight_of_former
from genjin.ownership.settings import FORMER_DAYS, NOTHING
from genjin.ownership.web.owners import teamed
from genjin.ui.addresses import demand_seeing, record_url
from genjin.ui.formats import Formats
from genjin.ui.lists.heads import HeadTool, register_head_tool
from genjin.ui.pages import PageRequest, page, render
from genjin.ui.shell import formats_for


@dataclass(frozen=True)
class Line:
    """A record that he had: its address where he may read on."""

    title: str
    url: str
    had: str
    rule: str
    now: str
    ends: str


@page("<plural:record_type>/former", name="former")
def former(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """The one lost last first."""
    if record_type.key not in teamed():
        raise NotFound
    demand_seeing(request.actor, record_type)
    lines = lines_of(request.actor, record_type, formats_for(request.actor))
    on = sight_of_former(request.actor.stamp) != NOTHING
    days = FORMER_DAYS.at(request.actor.stamp)
    return render(request, "ownership/former.html", lines=lines, record_type=record_type, on=on, days=days)


def lines_of(actor: Actor, record_type: RecordType, fmt: Formats) -> list[Line]:
    """As the page shows them."""
    found = formerly_owned(actor, record_type)
    ids = [each.record_id for each in found]
    seen, named = titles_of(actor, record_type.key, ids), former_titles(actor, record_type, ids)
    name = people.directory().member_name
    return [
        Line(
            title=named.get(each.record_id, "—"),
            url=record_url(record_type, each.record_id) if each.record_id in seen else "",
            had=f"{fmt.when(each.since)} – {fmt.when(each.until)}",
            rule=str(Rule(each.rule).label),
            now=name(each.owner_id, actor.stamp) if each.owner_id else "",
            ends=fmt.day(each.ends),
        )
        for each in found
    ]


register_head_tool(
    HeadTool(
        key="former",
        label=gettext_lazy("以前负责的"),
        icon="history",
        link="/{plural}/former",
        types=tuple(teamed()),
        menu=True,
    )
)
