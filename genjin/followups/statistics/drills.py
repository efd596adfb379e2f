"""From each number to its rows: addresses of generic lists that show exactly as many rows as the number says.

Follow-ups are found by filters of their own fields. Customers are found by what follow-ups say of them: for that the
list of customers gets a filter (`CustomersOf`), which stands in no form and no column.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers.record import CUSTOMER
from genjin.followups.record import FOLLOWUP
from genjin.followups.statistics.asked import AUTHOR, DEPARTMENT, METHODS, Asked, Pairs, read_asked
from genjin.followups.statistics.queries.households import closed_rows, held_rows
from genjin.followups.statistics.rights import HOUSEHOLDS, kept_from
from genjin.kernel.fields import Field, FieldError, Operator
from genjin.kernel.records import RecordType, register_filter
from genjin.kernel.wording import listed
from genjin.ui.addresses import list_url

if TYPE_CHECKING:
    from genjin.kernel.actor import Actor

HELD, CLOSED = "held", "closed"
UNLINKED, WITHOUT = "unlinked", "no-department"


def held_pairs(asked: Asked, *more: tuple[str, str]) -> Pairs:
    """The filters of the list of follow-ups that show those of the period. `more` narrows; what it names wins."""
    between = ("occurred_at.between", f"{asked.start},{asked.end}")
    chosen = [("department.in", asked.departments), ("author.in", asked.authors), ("method.in", asked.methods)]
    given = [between, *((name, ",".join(map(str, values))) for name, values in chosen if values)]
    named = {name.partition(".")[0] for name, _value in more}
    return [pair for pair in given if pair[0].partition(".")[0] not in named] + list(more)


def of_author(author: int, name: str) -> Pairs:
    """The filters that single out one salesperson: a member, or the name in an imported sheet."""
    if author:
        return [("author.in", str(author))]
    return [("author.empty", "1"), ("author_name.is", name) if name else ("author_name.empty", "1")]


def of_department(department: int) -> Pairs:
    """… a department with all below it, or no department."""
    return [("department.in", str(department))] if department else [("department.empty", "1")]


def of_method(method: str) -> Pairs:
    """… a way of contact, or none told."""
    return [("method.in", method)] if method else [("method.empty", "1")]


def followups_url(asked: Asked, *more: tuple[str, str]) -> str:
    """The follow-ups behind a number."""
    return _url(FOLLOWUP, held_pairs(asked, *more))


def narrower(url: str, *pairs: tuple[str, str]) -> str:
    """The same list with filters of fields that it does not filter by yet: a page writes hundreds of such addresses."""
    return url + _written(pairs)


@lru_cache(maxsize=256)
def _written(pairs: tuple[tuple[str, str], ...]) -> str:
    return "".join(f"&{urlencode([pair])}" for pair in pairs)


def customers_url(asked: Asked, which: str) -> str:
    """The customers behind a number: HELD or CLOSED ones. Customers at rest or voided count as well."""
    words = asked.pairs()
    if asked.unlinked is not None:
        words.append((UNLINKED, asked.unlinked))
    if asked.without_department:
        words.append((WITHOUT, "1"))
    return _url(CUSTOMER, [(f"{CUSTOMERS_OF.key}.{which}", urlencode(words)), ("life", "any")])


def narrowed(asked: Asked, *, author: tuple[int, str] | None = None, department: int | None = None) -> Asked:
    """The same question about one salesperson or one department."""
    if author is not None:
        member, name = author
        asked = replace(asked, authors=(member,) if member else (), unlinked=None if member else name)
    if department is not None:
        asked = replace(asked, departments=(department,) if department else (), without_department=not department)
    return asked


@dataclass(frozen=True, kw_only=True)
class CustomersOf(Field):
    """Customers by what statistics say of them. A filter's value is the question as it stands in their address."""

    kind: ClassVar[str] = "text"

    def operators(self) -> tuple[Operator, ...]:
        """Followed in the period, or closed in it."""
        return (
            Operator(HELD, gettext_lazy("跟进过"), "one"),
            Operator(CLOSED, gettext_lazy("成交过"), "one"),
        )

    def compare(self, operator: Operator, values: list[Any], actor: Actor) -> Q:
        """A customer of one of the follow-ups that the actor may see. Raises FieldError for what is kept from him."""
        if operator.key == CLOSED and HOUSEHOLDS in kept_from(actor):
            raise FieldError(_("「%(field)s」不支持这种筛选方式") % {"field": self.label})
        rows = (held_rows if operator.key == HELD else closed_rows)(actor, self._asked(values[0], actor))
        return Q(Exists(rows.filter(customer_id=OuterRef("pk"))))

    def filter_text(self, operator: str, raw: list[str], actor: Actor) -> str:  # noqa: ARG002 - one signature
        """2020-02-01 – 2020-04-25、周牧远、电话."""
        asked = self._asked(raw[0], actor)
        period = f"{asked.start} – {asked.end}"
        return listed([period, *_words(actor, asked)])

    def _asked(self, text: str, actor: Actor) -> Asked:
        given: dict[str, list[str]] = {}
        for name, value in parse_qsl(text, keep_blank_values=True, max_num_fields=200):
            given.setdefault(name, []).append(value)
        asked = read_asked(actor, given)
        if asked.errors:
            raise FieldError(asked.errors[0][1])
        unlinked = given.get(UNLINKED, [None])[0]
        return replace(asked, unlinked=unlinked, without_department=WITHOUT in given)


CUSTOMERS_OF = CustomersOf(key="followups", label=gettext_lazy("跟进统计"), editable=False)
register_filter(CUSTOMER.key, CUSTOMERS_OF)


def _words(actor: Actor, asked: Asked) -> Iterator[str]:
    yield from (DEPARTMENT.text(one, actor) for one in asked.departments)
    yield from (AUTHOR.text(one, actor) for one in asked.authors)
    yield from (METHODS.text(one, actor) for one in asked.methods)
    if asked.unlinked is not None:
        yield asked.unlinked or _("没有业务员")
    if asked.without_department:
        yield _("没有部门")


def _url(record_type: RecordType, pairs: Pairs) -> str:
    return f"{list_url(record_type)}?{urlencode([('view', 'all'), ('f', '1'), *pairs])}"
