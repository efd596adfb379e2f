"""Buttons in a record's header, panels above its timeline, cards beside it. Areas register theirs; types that link
here get a card each.

A card is made by a function of request and record that returns a template with its context, or None to show nothing.
Cards come with one request after the first paint; those that are looked at first come with the page (`at_once`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_to
from genjin.kernel.fields import RecordRef
from genjin.kernel.models.rows import Life, Record
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
_cards_at_once: dict[str, dict[str, tuple[int, Maker]]] = {}
_panels: dict[str, dict[str, tuple[int, Maker]]] = {}
_buttons: dict[str, dict[str, tuple[int, Maker]]] = {}


def register_button(record_type: str, key: str, make: Maker, *, order: int = 100) -> None:
    """Add a button to the header of a type's records, before 编辑."""
    _buttons.setdefault(record_type, {})[key] = (order, make)


def register_card(record_type: str, key: str, make: Maker, *, order: int = 100, at_once: bool = False) -> None:
    """Add a card beside records of a type; the key of a linked type (`contact`) replaces its generic card. `at_once`:
    drawn with the page, above its facts; the others follow below them."""
    (_cards_at_once if at_once else _cards).setdefault(record_type, {})[key] = (order, make)


def register_panel(record_type: str, key: str, make: Maker, *, order: int = 100) -> None:
    """Add a panel between the strip of key facts and the timeline of a type's records."""
    _panels.setdefault(record_type, {})[key] = (order, make)


def buttons_of(request: PageRequest, record: Record) -> list[Drawn]:
    """All buttons of a record's header, in order."""
    return _made(_buttons.get(record.row_type, {}), request, record)


def panels_of(request: PageRequest, record: Record) -> list[Drawn]:
    """All panels of a record, in order."""
    return _made(_panels.get(record.row_type, {}), request, record)


def cards_of(request: PageRequest, record: Record) -> list[Drawn]:
    """The cards drawn with the page."""
    return _made(_cards_at_once.get(record.row_type, {}), request, record)


def related_cards_of(request: PageRequest, record: Record, fmt: Formats) -> list[Drawn]:
    """The cards asked for after the first paint: registered ones, one per type whose records belong to this one, and
    last what points here without belonging (subsidiaries)."""
    own = _cards.get(record.row_type, {})
    known = own.keys() | _cards_at_once.get(record.row_type, {}).keys()
    linked = {
        f"{o.key}.{link.column}": (50 if link.belongs else 200, _linked(o, link, fmt))
        for o, link in _links_to(record)
        if not (link.belongs and o.key in known)
    }
    return _made(linked | own, request, record)


def has_related(record: Record) -> bool:
    """Whether any card may follow."""
    return record.row_type in _cards or bool(_links_to(record))


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
        field_ = next(
            (f for f in other.seen_by(actor).fields if isinstance(f, RecordRef) and f.path == link.column), None
        )
        if field_ is None or not actor.may(other.grant("see")):
            return None
        rows = _rows(actor, other, field_, record, fmt)
        creates = link.belongs and (create := ACTIONS.get(other.grant("create"))) and actor.may(create.needs)
        if not rows and not creates:
            return None
        title: str | Promise = other.many if link.belongs else link.label
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
    known = other.seen_by(actor).keys
    columns = [known[key] for key in other.subtitle if key in known]
    linked = visible_to(actor, other.model).filter(**{field_.path: record.pk, "life": Life.LIVE}).order_by("-id")
    writers = [writer(actor, f, fmt, {}) for f in columns]
    rows = linked.values_list("id", other.title, *(f.path for f in columns))[: MOST_ROWS + 1]
    return [
        LinkedRow(row_id, str(title), [write(value) for write, value in zip(writers, values, strict=True) if value])
        for row_id, title, *values in rows
    ]
