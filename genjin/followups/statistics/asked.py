"""What a reader asks of the statistics: period, departments, people, methods; read from an address, written as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from genjin.followups.options import METHOD
from genjin.followups.statistics.period import THIS_MONTH, choices
from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice, Date, DepartmentRef, Field, FieldError, Person

FROM = Date(key="from", label=_("查询日期（起）"))
TO = Date(key="to", label=_("查询日期（止）"))
DEPARTMENT = DepartmentRef(key="department", label=_("部门"))
AUTHOR = Person(key="author", label=_("业务员"))
METHODS = Choice(key="method", label=_("跟进方式"), options=METHOD.key)
MOST_VALUES = 50
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """A period, both days included, and filters: departments count with all below them, nothing means all.

    `errors`: what could not be read, by the name of its input; the rest holds all the same. `unlinked`: only what
    bears this name of no member, `without_department`: only what has none; both single out rows, totals know them not.
    """

    start: date
    end: date
    departments: tuple[int, ...] = ()
    authors: tuple[int, ...] = ()
    methods: tuple[str, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()
    unlinked: str | None = None
    without_department: bool = False

    @property
    def error(self) -> dict[str, str]:
        """{input: what is wrong with it}."""
        return dict(self.errors)

    def pairs(self) -> Pairs:
        """As parameters of an address."""
        period = [("from", self.start.isoformat()), ("to", self.end.isoformat())]
        chosen = [("department", self.departments), ("author", self.authors), ("method", self.methods)]
        return period + [(name, str(value)) for name, values in chosen for value in values]

    def query(self, **more: str) -> str:
        """The same, written out."""
        return urlencode([*self.pairs(), *more.items()])

    def tree(self, actor: Actor) -> frozenset[int]:
        """The chosen departments with all below them."""
        below = people.directory().subtree
        return frozenset(one for root in self.departments for one in below(root, actor.stamp))


def read_asked(actor: Actor, given: Mapping[str, list[str]]) -> Asked:
    """Read an address; this month when no period, or nonsense, was given. Dates the wrong way round are turned."""
    errors: dict[str, str] = {}

    def read(field: Field) -> list[Any]:
        values = [raw for raw in given.get(field.key, []) if raw.strip()][:MOST_VALUES]
        try:
            if any("\x00" in raw for raw in values):
                raise FieldError("NUL")
            parse: Callable[[str, Actor], Any] = field.parse_filter if field is AUTHOR else field.parse
            return [parse(raw, actor) for raw in values]
        except (FieldError, ValueError) as error:
            errors[field.key] = str(error)
            return []

    start, end = read(FROM)[-1:], read(TO)[-1:]
    departments, authors, methods = (tuple(dict.fromkeys(read(field))) for field in (DEPARTMENT, AUTHOR, METHODS))
    first, last = _period(start, end, actor.now().date())
    return Asked(first, last, departments, authors, methods, tuple(errors.items()))


def _period(start: list[date], end: list[date], today: date) -> tuple[date, date]:
    month = choices(today)[THIS_MONTH]
    begin = start[0] if start else min([month.start, *end])
    finish = end[0] if end else max(month.end, begin)
    begin, finish = (min(max(day, EARLIEST), LATEST) for day in (begin, finish))
    return min(begin, finish), max(begin, finish)
