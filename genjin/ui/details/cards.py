"""Cards beside a record and panels above its timeline. Areas register theirs; types that link here get a card each.

A card is made by a function of request and record that returns a template with its context, or None to show nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.fields import RecordRef
from genjin.kernel.lists import ListQuery, page
from genjin.kernel.lists.reading import Condition
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, Link, RecordType
from genjin.ui.addresses import list_url
from genjin.ui.formats import Formats
from genjin.ui.lists.cells import writer
from genjin.ui.pages import PageRequest

MOST_ROWS = 6
Maker = Callable[[PageRequest, Any], "Drawn | None"]


@dataclass(frozen=True)
class Drawn:
    """A template and what it draws."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


_cards: dict[str, dict[str, tuple[int, Maker]]] = {}
_panels: dict[str, dict[str, tuple[int, Maker]]] = {}


def register_card(record_type: str, key: str, make: Maker, *, order: int = 100) -> None:
    """Add a card beside records of a type; the key of a linked type (`contact`) replaces its generic card."""
    _cards.setdefault(record_type, {})[key] = (order, make)


def register_panel(record_type: str, key: str, make: Maker, *, order: int = 100) -> None:
    """Add a panel between the strip of key facts and the timeline of a type's records."""
    _panels.setdefault(record_type, {})[key] = (order, make)


def panels_of(request: PageRequest, record: Record) -> list[Drawn]:
    """All panels of a record, in order."""
    return _made(_panels.get(record.row_type, {}), request, record)


def cards_of(request: PageRequest, record: Record, fmt: Formats) -> list[Drawn]:
    """All cards of a record, in order."""
    makers = {f"{other.key}.{link.column}": (50, _linked(other, link, fmt)) for other, link in _links_to(record)}
    own = _cards.get(record.row_type, {})
    makers = {key: value for key, value in makers.items() if key.partition(".")[0] not in own} | own
    return _made(makers, request, record)


def _made(makers: dict[str, tuple[int, Maker]], request: PageRequest, record: Record) -> list[Drawn]:
    ordered = sorted(makers.values(), key=lambda pair: pair[0])
    return [drawn for _order, make in ordered if (drawn := make(request, record)) is not None]


def _links_to(record: Record) -> list[tuple[RecordType, Link]]:
    return [
        (other, link)
        for other in RECORD_TYPES.values()
        for link in other.links
        if link.to == record.row_type and other.listed
    ]


@dataclass(frozen=True)
class LinkedRow:
    """A linked record as its card shows it."""

    id: int
    title: str
    note: list[Any]


def _linked(other: RecordType, link: Link, fmt: Formats) -> Maker:
    """The generic card of records that link here: their titles and subtitles, the newest ones."""

    def make(request: PageRequest, record: Record) -> Drawn | None:
        actor = request.actor
        field_ = next((f for f in other.fields if isinstance(f, RecordRef) and f.path == link.column), None)
        if field_ is None or not actor.may(other.grant("see")):
            return None
        rows = _rows(actor, other, field_, record, fmt)
        creates = link.belongs and (create := ACTIONS.get(other.grant("create"))) and actor.may(create.needs)
        if not rows and not creates:
            return None
        title: str | Promise = other.label if link.belongs else link.label
        query = f"f=1&{field_.key}.in={record.pk}"
        return Drawn(
            "ui/linked_card.html",
            {
                "title": title,
                "rows": rows[:MOST_ROWS],
                "more": len(rows) > MOST_ROWS,
                "base": list_url(other),
                "query": query,
                "add": f"{list_url(other)}/new?stay=1&{field_.key}={record.pk}" if creates else "",
                "label": other.label,
            },
        )

    return make


def _rows(actor: Actor, other: RecordType, field_: RecordRef, record: Record, fmt: Formats) -> list[LinkedRow]:
    keys = [key for key in other.subtitle if key in other.keys]
    columns = [other.keys[key] for key in keys]
    query = ListQuery(other, conditions=(Condition(field_, "in", (str(record.pk),)),), size=MOST_ROWS + 1)
    writers = [(f.key, writer(actor, f, fmt, {})) for f in columns]
    found = page(actor, query, columns)
    return [
        LinkedRow(row.id, row.title, [write(row.values[key]) for key, write in writers if row.values[key]])
        for row in found.rows
    ]
