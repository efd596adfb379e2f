"""Reads of saved views: which tabs a member's list has, which columns, which one opens first."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from django.db.models import Q

from genjin.kernel.actor import Actor
from genjin.kernel.fields.base import Label
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import NotFound
from genjin.ui.models import ListChoice, SavedView


@dataclass(frozen=True)
class Tab:
    """A view as a tab: its key in addresses (`mine`, `v12`), words, filters in URL form, sort, columns, rights."""

    key: str
    label: Label
    query: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    saved_id: int | None = None
    shared: bool = False
    own: bool = False
    opens: bool = False


def view_for(actor: Actor, view_id: int, *, lock: bool = False) -> SavedView:
    """A saved view's one door: the actor's own or a shared one. Raises NotFound."""
    rows = SavedView.objects.filter(Q(member_id=actor.member_id) | Q(shared=True), pk=view_id)
    row = (rows.select_for_update() if lock else rows).first()
    if row is None:
        raise NotFound
    return row


def tabs_of(actor: Actor, record_type: RecordType) -> list[Tab]:
    """Declared views, then saved ones, with what the actor chose for each. Two queries."""
    rows = SavedView.objects.filter(
        Q(member_id=actor.member_id) | Q(shared=True), record_type=record_type.key
    ).order_by("order", "id")[:60]
    chosen = {c.view: c for c in ListChoice.objects.filter(member_id=actor.member_id, record_type=record_type.key)}
    declared = [
        Tab(view.key, view.label, (*view.filters, *((("sort", view.sort),) if view.sort else ())), view.columns)
        for view in record_type.views
    ]
    saved = [
        Tab(
            f"v{row.pk}", row.name, _pairs(row.query), tuple(row.columns), row.pk, row.shared,
            row.member_id == actor.member_id,
        )
        for row in rows
    ]  # fmt: skip
    return [_with_choice(tab, chosen.get(tab.key)) for tab in (*declared, *saved)]


def _with_choice(tab: Tab, choice: ListChoice | None) -> Tab:
    if choice is None:
        return tab
    columns = tuple(choice.columns) or tab.columns
    return Tab(tab.key, tab.label, tab.query, columns, tab.saved_id, tab.shared, tab.own, choice.opens)


def opening_tab(tabs: list[Tab]) -> Tab | None:
    """The tab a list opens with: the member's choice, else the first."""
    return next((tab for tab in tabs if tab.opens), tabs[0] if tabs else None)


def _pairs(query: str) -> tuple[tuple[str, str], ...]:
    return tuple((key, value) for key, values in parse_qs(query, keep_blank_values=True).items() for value in values)


def as_query(pairs: list[tuple[str, str]]) -> str:
    """Filters in URL form, for keeping."""
    return urlencode(pairs)
