"""Distinct customers of a period: sums of parts would count a customer twice, so rows are read, from an index alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import QuerySet

from genjin.followups.models import FollowUp
from genjin.followups.statistics.asked import Asked
from genjin.followups.statistics.queries.sight import ways
from genjin.followups.statistics.queries.totals import chosen, during
from genjin.kernel.actor import Actor
from genjin.kernel.collecting import put_off
from genjin.kernel.doors import visible_to
from genjin.org.queries import organisation

Author = tuple[int, str]


@dataclass(frozen=True)
class Households:
    """How many customers: all, by who followed them, by department with all below it; nobody and none are 0."""

    every: int
    by_author: dict[Author, int]
    by_department: dict[int, int]


def person(author: int | None, name: str) -> Author:
    """Whom a follow-up counts for: a member, or a name that lists do not tell from one in other letters."""
    return (author, "") if author else (0, name.upper())


def held(actor: Actor, asked: Asked) -> Households:
    """跟进客户数: customers with a follow-up in the period that the actor may see."""
    return _counted(actor, [during(rows, actor, asked) for rows in _by_way(actor, asked)])


def closed(actor: Actor, asked: Asked) -> Households:
    """成交户数: customers with a deal dated in the period, each once however many deals it made (S0-33, S0-39)."""
    return _counted(actor, [_dealt(rows, asked) for rows in _by_way(actor, asked)])


def held_rows(actor: Actor, asked: Asked) -> QuerySet[FollowUp]:
    """The follow-ups behind 跟进客户数."""
    return during(chosen(actor, asked) & visible_to(actor, FollowUp), actor, asked)


def closed_rows(actor: Actor, asked: Asked) -> QuerySet[FollowUp]:
    """The follow-ups behind 成交户数. A deal's date is a date: it has no zone."""
    return _dealt(chosen(actor, asked) & visible_to(actor, FollowUp), asked)


def _dealt(rows: QuerySet[FollowUp], asked: Asked) -> QuerySet[FollowUp]:
    return rows.filter(deal_date__range=(asked.start, asked.end))


def _by_way(actor: Actor, asked: Asked) -> list[QuerySet[FollowUp]]:
    """What the actor sees, a query for each way; sets of customers bear that rows come twice."""
    return [chosen(actor, asked).filter(way) for way in ways(actor)]


@put_off()
def _counted(actor: Actor, queries: list[QuerySet[FollowUp]]) -> Households:
    groups = _groups(queries)
    by_department: defaultdict[int, list[set[int]]] = defaultdict(list)
    for (_author, department), customers in groups.items():
        by_department[department].append(customers)
    direct = {department: set[int]().union(*each) for department, each in by_department.items()}
    every = len(set[int]().union(*direct.values()))
    # A customer lies in one department, and his follow-ups carry it: then what is counted apart adds up.
    size = _added if every == sum(map(len, direct.values())) else _united
    authors: defaultdict[Author, list[set[int]]] = defaultdict(list)
    for (author, _department), customers in groups.items():
        authors[author].append(customers)
    below: defaultdict[int, list[set[int]]] = defaultdict(list)
    for department, customers in direct.items():
        for one in (department, *above_of(actor, department)):
            below[one].append(customers)
    return Households(
        every,
        {author: size(each) for author, each in authors.items()},
        {department: size(each) for department, each in below.items()},
    )


def _groups(queries: list[QuerySet[FollowUp]]) -> dict[tuple[Author, int], set[int]]:
    found: dict[tuple[Author, int], set[int]] = {}
    for rows in queries:
        columns = rows.order_by().values_list("author_id", "author_name", "department_id")
        for author, name, department, customers in columns.annotate(customers=ArrayAgg("customer_id")):
            group = (person(author, name), department or 0)
            if group in found:
                found[group].update(customers)
            else:
                found[group] = set(customers)
    for every in found.values():
        every.discard(None)  # talks with leads are work, but no customer's
    return found


def _added(apart: list[set[int]]) -> int:
    return sum(map(len, apart))


def _united(sets: list[set[int]]) -> int:
    return len(set[int]().union(*sets))


def above_of(actor: Actor, department_id: int) -> list[int]:
    """The departments above one, from the root down; none of nothing."""
    node = organisation(actor).departments.get(department_id)
    return [int(one) for one in node.path.split("/") if one][:-1] if node else []
