"""Distinct customers of a period: sums of parts would count a customer twice, so rows are read, from an index alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import QuerySet

from genjin.followups.models import FollowUp
from genjin.followups.statistics.asked import Asked
from genjin.followups.statistics.queries.sight import ways
from genjin.followups.statistics.queries.totals import chosen, during
from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_to
from genjin.org.queries import organisation

Author = tuple[int, str]


@dataclass
class Households:
    """Customers by who followed them, and by department with all below it; nobody and none are 0."""

    every: set[int] = field(default_factory=set)
    by_author: defaultdict[Author, set[int]] = field(default_factory=lambda: defaultdict(set))
    by_department: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))


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


def _counted(actor: Actor, queries: list[QuerySet[FollowUp]]) -> Households:
    found = Households()
    for rows in queries:
        columns = rows.order_by().values_list("author_id", "author_name", "department_id")
        for author, name, department, customers in columns.annotate(customers=ArrayAgg("customer_id")):
            found.by_author[person(author, name)].update(customers)
            found.by_department[department or 0].update(customers)
    found.every.update(*found.by_department.values())
    for department, customers in list(found.by_department.items()):
        for above in above_of(actor, department):
            found.by_department[above] |= customers
    return found


def above_of(actor: Actor, department_id: int) -> list[int]:
    """The departments above one, from the root down; none of nothing."""
    node = organisation(actor).departments.get(department_id)
    return [int(one) for one in node.path.split("/") if one][:-1] if node else []
