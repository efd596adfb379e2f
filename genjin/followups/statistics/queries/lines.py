"""The follow-ups of a period line by line, in the columns of the sheet (S0-32). They are pages of the generic list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from genjin.customers.models import Customer
from genjin.customers.record import CUSTOMER
from genjin.followups.record import FOLLOWUP
from genjin.followups.statistics.asked import Asked
from genjin.followups.statistics.drills import held_pairs
from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_one_by_one
from genjin.kernel.lists import ListQuery, ListRow, page, read_query
from genjin.kernel.seeing import teller, whole

CHUNK = 1_000
KEYS = (
    "customer", "occurred_at", "method", "progress", "intention", "outcome", "result_date", "deal_date", "author",
    "author_name",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One follow-up as the sheet has it. `code`, `name`, `level` are empty when the customer is out of sight."""

    id: int
    customer_id: int | None
    code: str
    name: str
    level: str
    day: date
    method: str
    progress: int | None
    intention: str
    outcome: str
    outcome_key: str
    result_date: date | None
    deal_date: date | None
    author: str


@dataclass(frozen=True)
class Lines:
    """Some lines, and the cursors of the pages beside ('' at the ends)."""

    lines: list[Line]
    next: str
    previous: str


def page_of_lines(actor: Actor, asked: Asked, *, after: str = "", before: str = "", size: int = 50) -> Lines:
    """A page of lines, newest first. Raises Refused for a cursor that is none."""
    found = page(actor, _query(actor, asked, "-occurred_at", size, after=after, before=before), _columns())
    return Lines(_lines(actor, found.rows), found.next or "", found.previous or "")


def all_lines(actor: Actor, asked: Asked) -> Iterator[list[Line]]:
    """All lines, oldest first, a thousand at a time."""
    after: str | None = ""
    while after is not None:
        found = page(actor, replace(_query(actor, asked, "occurred_at", 50, after=after), size=CHUNK), _columns())
        yield _lines(actor, found.rows)
        after = found.next


def _query(actor: Actor, asked: Asked, sort: str, size: int, **cursors: str) -> ListQuery:
    pairs = [*held_pairs(asked), ("sort", sort), *((name, text) for name, text in cursors.items() if text)]
    return read_query(actor, FOLLOWUP, {name: [value] for name, value in pairs}, size=size)


def _columns() -> list[Any]:
    return [FOLLOWUP.keys[key] for key in KEYS]


def _lines(actor: Actor, rows: list[ListRow]) -> list[Line]:
    customers = _customers(actor, {row.values["customer"] for row in rows} - {None})
    words = {key: teller(actor, FOLLOWUP, key) for key in ("method", "intention", "outcome")}
    known = frozenset(key for key in KEYS if whole(actor, FOLLOWUP, key))
    return [
        _line(actor, row.id, row.values, customers.get(row.values["customer"], ("", "", "")), words, known)
        for row in rows
    ]


def _line(
    actor: Actor,
    row_id: int,
    values: dict[str, Any],
    customer: tuple[str, str, str],
    words: dict[str, Callable[[Any], str]],
    known: frozenset[str],
) -> Line:
    def told(key: str) -> Any:
        return values[key] if key in known else None

    name = people.directory().member_name
    return Line(
        row_id,
        values["customer"],
        *customer,
        day=values["occurred_at"].astimezone(actor.zone).date(),
        method=words["method"](values["method"]),
        progress=told("progress"),
        intention=words["intention"](values["intention"]),
        outcome=words["outcome"](values["outcome"]),
        outcome_key=told("outcome") or "",
        result_date=told("result_date"),
        deal_date=told("deal_date"),
        author=name(values["author"], actor.stamp) if values["author"] else values["author_name"],
    )


def _customers(actor: Actor, ids: set[int]) -> dict[int, tuple[str, str, str]]:
    """{id: (number, name, level in words)} of those the actor may see. One query."""
    if not ids or not actor.may(CUSTOMER.grant("see")):
        return {}
    rows = Customer.objects.filter(visible_one_by_one(actor, CUSTOMER), pk__in=ids)
    level, number = teller(actor, CUSTOMER, "level"), teller(actor, CUSTOMER, "external_code")
    return {
        row_id: (number(external) or code, name, level(letter))
        for row_id, external, code, name, letter in rows.values_list("id", "external_code", "code", "name", "level")
    }
