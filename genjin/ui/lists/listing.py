"""Puts a list page together: one page of rows with their cells drawn, and everything around them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from markupsafe import Markup

from genjin.kernel.actions import Action, actions_on
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice, Field, RecordRef
from genjin.kernel.fields.base import Label
from genjin.kernel.lists import ListRow, Page, page
from genjin.kernel.masked_classes import InLists, in_lists
from genjin.kernel.models.rows import Life, Record, fresh
from genjin.kernel.records import RecordType
from genjin.kernel.titles import titles_of
from genjin.ui.formats import Formats
from genjin.ui.forms.finding import verb_of
from genjin.ui.lists.cells import Writer, due_in, is_due, writer
from genjin.ui.lists.columns import Column, chosen_fields, columns_of, least_width
from genjin.ui.lists.filters import Chip, chips
from genjin.ui.lists.heads import HeadTool, Way, head_tools, ways_of
from genjin.ui.lists.rows import RowView, drawn
from genjin.ui.lists.state import State, read_state
from genjin.ui.lists.tools import RowTool, row_tools
from genjin.ui.views.queries import Tab, tabs_of


@dataclass(frozen=True)
class Place:
    """A list of a type at an address of its own (a pool): its tabs, the verbs offered on ticked rows, and a last cell
    of each row. `cells`: rows with the asked fields -> {id: markup of the whole `<td>`}; `more`: fields it reads."""

    base: str
    tabs: list[Tab]
    verbs: tuple[Action[Any, Any], ...] = ()
    cells: Callable[[Sequence[ListRow]], Mapping[int, str]] | None = None
    more: tuple[str, ...] = ()
    heading: Label = ""


@dataclass(frozen=True)
class ListView:
    """Everything the list's template draws."""

    record_type: RecordType
    state: State
    tabs: list[Tab]
    chips: list[Chip]
    columns: list[Column]
    width: int
    rows: Markup
    base: str
    previous: str
    next: str
    first_page: bool
    order: str
    bulk: list[tuple[Action[Any, Any], str]]
    row_verbs: list[tuple[Action[Any, Any], str]]
    tools: list[RowTool]
    head: list[tuple[HeadTool, str]]
    create: Action[Any, Any] | None
    last: Label = ""
    ways: Sequence[tuple[Way, str]] = ()


def list_view(
    actor: Actor, record_type: RecordType, sent: QueryDict, fmt: Formats, place: Place | None = None
) -> ListView:
    """The list for an address. Raises Refused for a cursor or order that is none."""
    tabs = place.tabs if place else tabs_of(actor, record_type)
    state = read_state(actor, record_type, tabs, sent, place.base if place else "")
    fields = chosen_fields(actor, state)
    found = page(actor, state.listing, _read(actor, state.record_type, fields, place.more if place else ()))
    offered = actions_on(record_type, actor)
    return ListView(
        record_type=record_type,
        state=state,
        tabs=tabs,
        chips=chips(actor, state),
        columns=(columns := columns_of(fields, state)),
        width=least_width(columns),
        rows=drawn(_rows(actor, record_type, found, columns, fmt, place), state.address),
        base=state.address,
        previous=state.url(("before", found.previous)) if found.previous else "",
        next=state.url(("after", found.next)) if found.next else "",
        first_page=state.listing.after is None and state.listing.before is None,
        order=_order(state),
        bulk=[
            (action, verb_of(record_type, action))
            for action in (place.verbs if place else _for_many(actor, state, offered))
        ],
        row_verbs=[(action, verb_of(record_type, action)) for action in _at_hand(offered)],
        tools=[] if place else row_tools(actor, record_type.key),
        head=[] if place else [(tool, tool.address(record_type)) for tool in head_tools(actor, record_type)],
        create=next((a for a in offered if a.takes_values and not a.takes_row), None),
        last=place.heading if place else "",
        ways=() if place else ways_of(record_type),
    )


def _read(actor: Actor, record_type: RecordType, fields: Sequence[Field], more: Sequence[str]) -> list[Field]:
    """The columns, the owner where some are shown in full to him alone, what tells whether dates are still due, and
    what the place of the list asks."""
    told = any(in_lists(actor, field) is InLists.OWNER for field in fields)
    dated = any(is_due(field) for field in fields)
    asked = (*(("owner",) if told else ()), *((record_type.due_while[0],) if dated else ()), *more)
    further = (record_type.keys.get(key) for key in asked)
    return list(dict.fromkeys([*fields, *(field for field in further if field)]))


def _rows(
    actor: Actor, record_type: RecordType, found: Page, columns: list[Column], fmt: Formats, place: Place | None
) -> list[RowView]:
    titles = linked_titles(actor, [column.field for column in columns], (row.values for row in found.rows))
    eye = "" if actor.may(record_type.grant("reveal")) else None

    @cache
    def cells(owned: bool, due: bool) -> list[tuple[str, Callable[[Any], str]]]:
        return [
            (c.field.key, _cell(c.opening, writer(actor, c.field, fmt, known, owned=owned, due=due, eye=eye)))
            for c in columns
            for known in [titles.get(c.field.key, {})]
        ]

    told = any(in_lists(actor, c.field) is InLists.OWNER for c in columns)
    dated = any(is_due(c.field) for c in columns)
    last = place.cells(found.rows) if place and place.cells else {}
    lives = {Life.ARCHIVED: _("已归档"), Life.VOIDED: _("已作废")}
    return [
        RowView(
            row.id,
            row.title,
            lives.get(Life(row.life), "") if row.life else "",
            "".join(
                [
                    cell(row.values[key])
                    for key, cell in cells(told and _is_own(actor, row), not dated or due_in(record_type, row.values))
                ]
            )
            + last.get(row.id, ""),
        )
        for row in found.rows
    ]


def _is_own(actor: Actor, row: ListRow) -> bool:
    return actor.member_id is not None and row.values.get("owner") == actor.member_id


def _cell(opening: Markup, write: Writer) -> Callable[[Any], str]:
    """A column's cells, tags included; equal values are drawn once."""
    drawn: dict[Any, str] = {}

    def cell(value: Any) -> str:
        key = tuple(value) if isinstance(value, list) else value
        found = drawn.get(key)
        if found is None:
            found = drawn[key] = f"{opening!s}{write(value)!s}</td>"
        return found

    return cell


def linked_titles(actor: Actor, fields: Iterable[Field], rows: Iterable[dict[str, Any]]) -> dict[str, dict[int, str]]:
    """{field key: {id: title}} of the records that these rows point at: one query per such column."""
    kept = list(rows)
    return {
        field.key: titles_of(actor, field.to, {values[field.key] for values in kept})
        for field in fields
        if isinstance(field, RecordRef)
    }


def _for_many(actor: Actor, state: State, offered: Sequence[Action[Any, Any]]) -> list[Action[Any, Any]]:
    """The bulk verbs that fit rows of this list (nothing is restored among the living), those named by the
    declaration first, dangerous ones last."""
    query = state.listing
    record_type, first = state.record_type, state.record_type.first_verbs
    samples = _samples(actor, state)
    fitting = [a for a in offered if a.bulk and (query.life is None or a.when is None or any(map(a.when, samples)))]

    def place(action: Action[Any, Any]) -> tuple[bool, int]:
        verb = verb_of(record_type, action)
        return action.danger, first.index(verb) if verb in first else len(first)

    return sorted(fitting, key=place)


def _samples(actor: Actor, state: State) -> list[Record]:
    """Rows as this list may hold them: one for each state in which they may stand."""
    query, record_type = state.listing, state.record_type
    moved = next((f for f in record_type.fields if f.key == "state" and isinstance(f, Choice) and not f.editable), None)
    asked = next((c.raw for c in query.conditions if c.field.key == "state" and c.operator == "in"), ())
    states = [{moved.attribute: one} for one in asked or moved.choices(actor)] if moved else [{}]
    life = query.life or Life.LIVE
    samples = [fresh(record_type.model, life=life, owner_id=actor.member_id, **one) for one in states]
    for condition in query.conditions:
        if condition.operator == "is" and len(condition.raw) == 1:
            for sample in samples:
                setattr(sample, condition.field.attribute, condition.field.parse_filter(condition.raw[0], actor))
    return samples


def _at_hand(offered: Sequence[Action[Any, Any]]) -> list[Action[Any, Any]]:
    """The verb drawn on the row itself: editing. The others stand in its menu."""
    return [a for a in offered if a.takes_row and a.takes_values][:1]


def _order(state: State) -> str:
    query = state.listing
    if query.sort is None:
        return _("最新的在前") if query.descending else _("最早的在前")
    words = _("按「%(field)s」降序") if query.descending else _("按「%(field)s」升序")
    return words % {"field": query.sort.label}
