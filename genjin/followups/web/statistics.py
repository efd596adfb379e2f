"""The page 客户跟进记录统计表: the statistics of a period, its lines, for the screen and for paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from genjin.followups.record import FOLLOWUP
from genjin.followups.statistics.actions import EXPORT
from genjin.followups.statistics.asked import AUTHOR, DEPARTMENT, METHODS, Asked, read_asked
from genjin.followups.statistics.drills import followups_url
from genjin.followups.statistics.period import choices
from genjin.followups.statistics.queries.lines import page_of_lines
from genjin.followups.statistics.report import Row, in_order, report
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field
from genjin.org.queries import organisation
from genjin.ui.forms.controls import choices_url
from genjin.ui.navigation import NavItem, register_nav
from genjin.ui.pages import PageRequest, fragment, page, render, respond

SEE = FOLLOWUP.grant("see")
ON_PAPER = 2_000
MOST_SHOWN = 50
PAGE = "followups/statistics.html"


@page("statistics/followups", name="followup-statistics", needs=SEE)
def followup_statistics(request: PageRequest) -> HttpResponse:
    """客户跟进记录统计表 (S0-33): period and filters, the numbers, by salesperson and department, the lines."""
    asked = _asked(request)
    context = _numbers(request, asked) | _lines(request, asked) | _form(request.actor, asked)
    return respond(request, f"{PAGE}#figures", **context)


@page("statistics/followups/tables", name="followup-statistics-tables", needs=SEE)
def tables(request: PageRequest) -> HttpResponse:
    """The numbers with customers counted: what a page over very many follow-ups asks for once it stands."""
    asked = _asked(request)
    return fragment(request, f"{PAGE}#numbers", **_numbers(request, asked, complete=True))


@page("statistics/followups/lines", name="followup-statistics-lines", needs=SEE)
def lines(request: PageRequest) -> HttpResponse:
    """The lines before or after a cursor."""
    return fragment(request, f"{PAGE}#lines", **_lines(request, _asked(request)))


@page("statistics/followups/print", name="followup-statistics-print", needs=SEE)
def on_paper(request: PageRequest) -> HttpResponse:
    """All of it for A4: whole numbers and up to 2,000 lines, with the period, the company and who printed."""
    asked, actor = _asked(request), request.actor
    found = page_of_lines(actor, asked, size=ON_PAPER)
    context = _numbers(request, asked, complete=True) | {"lines": found, "company": organisation(actor).company}
    chosen = [field.text(one, actor) for field, values in _chosen(asked) for one in values]
    return render(request, "followups/statistics_print.html", chosen=chosen, **context)


def _asked(request: PageRequest) -> Asked:
    return read_asked(request.actor, dict(request.GET.lists()))


def _numbers(request: PageRequest, asked: Asked, *, complete: bool | None = None) -> dict[str, Any]:
    found = report(request.actor, asked, complete=complete)
    whole = "all" in request.GET
    return {
        "asked": asked,
        "report": found,
        "people": found.people if whole else found.people[:MOST_SHOWN],
        "departments": found.departments if whole else _upper(found.departments),
        "method_words": lambda key: METHODS.text(key, request.actor),
        "tables_url": f"{reverse('followup-statistics-tables')}?{asked.query()}",
    }


def _upper(rows: list[Row]) -> list[Row]:
    """As many levels of the tree, from above, as a page bears; the first one in any case."""
    for depth in range(max((row.depth for row in rows), default=0), -1, -1):
        found = [row for row in rows if row.depth <= depth]
        if len(found) <= MOST_SHOWN:
            return found
    return found[:MOST_SHOWN] if rows else []


def _lines(request: PageRequest, asked: Asked) -> dict[str, Any]:
    found = page_of_lines(
        request.actor, asked, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    return {"asked": asked, "lines": found, "list_url": followups_url(asked)}


def _form(actor: Actor, asked: Asked) -> dict[str, Any]:
    """What the form over the numbers is drawn with."""
    today = actor.now().date()
    kept = [pair for pair in asked.pairs() if pair[0] not in ("from", "to")]
    return {
        "quick": [
            {"label": one.label, "value": (one.start, one.end), "href": _url(Asked(one.start, one.end), kept)}
            for one in choices(today)
        ],
        "department_choices": _departments(actor),
        "methods": [(key, str(METHODS.text(key, actor))) for key in METHODS.choices(actor)],
        "authors": [(one, AUTHOR.text(one, actor)) for one in asked.authors],
        "author_src": choices_url(FOLLOWUP.plural, FOLLOWUP.keys["author"]) + "?filter=1",
        "may_export": actor.may(EXPORT),
    }


def _departments(actor: Actor) -> list[tuple[str, str]]:
    """All departments, those below others moved in."""
    tree = organisation(actor).departments
    return [(str(one), "\u2003" * (tree[one].path.count("/") - 2) + tree[one].name) for one in in_order(tree)]


def _url(asked: Asked, kept: Sequence[tuple[str, str]]) -> str:
    more = "".join(f"&{name}={value}" for name, value in kept)
    return f"{reverse('followup-statistics')}?{asked.query()}{more}"


def _chosen(asked: Asked) -> list[tuple[Field, tuple[Any, ...]]]:
    return [(DEPARTMENT, asked.departments), (AUTHOR, asked.authors), (METHODS, asked.methods)]


register_nav(
    NavItem(
        key="followup-statistics",
        label=gettext_lazy("跟进统计"),
        icon="chart-bar",
        url_name="followup-statistics",
        section="customers",
        order=60,
        needs=SEE,
    )
)
