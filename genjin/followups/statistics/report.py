"""The statistics of a period put together: the numbers, by salesperson and by department, each with its addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from genjin.followups.statistics.asked import METHODS, Asked, Pairs
from genjin.followups.statistics.drills import (
    CLOSED,
    HELD,
    customers_url,
    followups_url,
    narrowed,
    narrower,
    of_author,
    of_department,
    of_method,
)
from genjin.followups.statistics.queries.households import Author, Households, above_of, closed, held, person
from genjin.followups.statistics.queries.totals import Sum, Sums, sums
from genjin.followups.statistics.rights import HOUSEHOLDS, kept_from
from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.org.queries import organisation
from genjin.org.snapshot import Node

Key = TypeVar("Key")

AT_ONCE = 20_000
"""Up to so many follow-ups customers are counted along with the rest; for more the page asks again when it stands."""
PARTS = {"effective": ("effective",), "on_time": ("counted", "on_time")}
EFFECTIVE, ON_TIME, COUNTED = ("effective.is", "1"), ("late_hours.eq", "0"), ("late_hours.filled", "1")


@dataclass
class Numbers:
    """One row of numbers. `customers` is None while they are not counted."""

    followups: int = 0
    effective: int = 0
    counted: int = 0
    on_time: int = 0
    methods: dict[str, int] = field(default_factory=dict)
    customers: int | None = None
    households: int = 0

    def add(self, one: Sum) -> None:
        """Take a sum in."""
        self.followups += one.followups
        self.effective += one.effective
        self.counted += one.counted
        self.on_time += one.on_time
        self.methods[one.method] = self.methods.get(one.method, 0) + one.followups

    @property
    def effective_words(self) -> str:
        """有效率: effective ones among all."""
        return share(self.effective, self.followups)

    @property
    def on_time_words(self) -> str:
        """及时率 (S3-20): on time among those inside 补录时限; imported history is outside it."""
        return share(self.on_time, self.counted)


def share(part: int, whole: int) -> str:
    """`85%`, `66.7%`; of nothing `—`. Only all is 100 %."""
    if not whole:
        return "—"
    tenths = min(round(1000 * part / whole), 1000 if part == whole else 999)
    return f"{tenths / 10:g}%"


@dataclass(frozen=True)
class Row:
    """Numbers of a salesperson or department, and the question that singles it out. `depth`: how far down the tree."""

    label: str
    numbers: Numbers
    asked: Asked
    filters: Pairs
    member_id: int = 0
    depth: int = 0

    @cached_property
    def held_url(self) -> str:
        """跟进次数."""
        return followups_url(self.asked, *self.filters)

    @property
    def effective_url(self) -> str:
        """The effective ones."""
        return narrower(self.held_url, EFFECTIVE)

    @property
    def on_time_url(self) -> str:
        """Those written down in time."""
        return narrower(self.held_url, ON_TIME)

    @property
    def counted_url(self) -> str:
        """Those inside 补录时限."""
        return narrower(self.held_url, COUNTED)

    @property
    def customers_url(self) -> str:
        """跟进客户数."""
        return customers_url(self.asked, HELD)

    @property
    def households_url(self) -> str:
        """成交户数."""
        return customers_url(self.asked, CLOSED)

    def method_url(self, method: str) -> str:
        """Those by one way of contact."""
        if self.asked.methods:
            return followups_url(self.asked, *self.filters, *of_method(method))
        return narrower(self.held_url, *of_method(method))


@dataclass(frozen=True)
class Report:
    """The whole of a period as one actor sees it. `complete`: whether customers are counted already; `kept`: which
    numbers are kept from him (they are 0)."""

    asked: Asked
    total: Row
    people: list[Row]
    departments: list[Row]
    methods: list[str]
    complete: bool
    kept: frozenset[str] = frozenset()


def report(actor: Actor, asked: Asked, *, complete: bool | None = None) -> Report:
    """Count a period. `complete` says whether to count customers: None leaves it to how much there is."""
    kept = kept_from(actor)
    found = _told(sums(actor, asked), kept)
    total = Numbers()
    for one in found.by_author:
        total.add(one)
    counts = complete if complete is not None else total.followups <= AT_ONCE
    customers = held(actor, asked) if counts else None
    households = Households(0, {}, {}) if HOUSEHOLDS in kept else closed(actor, asked)
    total.customers = customers.every if customers else None
    total.households = households.every
    return Report(
        asked=asked,
        total=Row(_("合计"), total, asked, []),
        people=_people(actor, asked, found.by_author, customers, households),
        departments=_departments(actor, asked, found.by_department, customers, households),
        methods=[key for key in [*METHODS.choices(actor), ""] if total.methods.get(key)],
        complete=counts,
        kept=kept,
    )


def _told(found: Sums, kept: frozenset[str]) -> Sums:
    """Without the numbers that are kept from the actor."""
    blank: dict[str, Any] = {name: 0 for part, names in PARTS.items() if part in kept for name in names}
    if not blank:
        return found
    return Sums(*([one._replace(**blank) for one in part] for part in found))


def _people(
    actor: Actor, asked: Asked, found: list[Sum], customers: Households | None, households: Households
) -> list[Row]:
    """Those with most closed households first."""
    numbers: defaultdict[Author, Numbers] = defaultdict(Numbers)
    for one in found:
        numbers[person(one.author, one.author_name)].add(one)
    _count(numbers, households.by_author, customers.by_author if customers else None)
    rows = [_author(actor, asked, *author, each) for author, each in numbers.items()]
    return sorted(rows, key=lambda row: (-row.numbers.households, -row.numbers.followups, row.label))


def _author(actor: Actor, asked: Asked, member: int, name: str, numbers: Numbers) -> Row:
    label = people.directory().member_name(member, actor.stamp) if member else name
    return Row(label, numbers, narrowed(asked, author=(member, name)), of_author(member, name), member_id=member)


def _departments(
    actor: Actor, asked: Asked, found: list[Sum], customers: Households | None, households: Households
) -> list[Row]:
    """Each department with all below it, as the tree stands; what has no department comes last."""
    numbers: defaultdict[int, Numbers] = defaultdict(Numbers)
    for one in found:
        for department in (one.department, *above_of(actor, one.department)):
            numbers[department].add(one)
    _count(numbers, households.by_department, customers.by_department if customers else None)
    tree = organisation(actor).departments
    shown = asked.tree(actor) if asked.departments else numbers.keys()
    order = [one for one in in_order(tree) if one in numbers and one in shown]
    return [
        Row(
            tree[one].name if one else _("没有部门"),
            numbers[one],
            narrowed(asked, department=one),
            of_department(one),
            depth=sum(above in shown for above in above_of(actor, one)),
        )
        for one in [*order, *([0] if 0 in numbers and not asked.departments else [])]
    ]


def _count(
    numbers: defaultdict[Key, Numbers], households: Mapping[Key, int], customers: Mapping[Key, int] | None
) -> None:
    """Write the customers of each into its numbers."""
    for key, count in households.items():
        numbers[key].households = count
    if customers is not None:
        for key, each in numbers.items():
            each.customers = customers.get(key, 0)


def in_order(tree: Mapping[int, Node]) -> Iterator[int]:
    """Departments, each followed by those below it."""
    below: defaultdict[int | None, list[int]] = defaultdict(list)
    for node in tree.values():
        below[node.parent_id].append(node.id)
    waiting = below[None][::-1]
    while waiting:
        department = waiting.pop()
        yield department
        waiting.extend(below[department][::-1])
