"""Entries of a record's ⋯ menu that are no verbs: printing it, taking its card along. They stand in the menu of its
row in lists too. Areas and surfaces register theirs. Not here: verbs (actions), what lies on a row (`lists.tools`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Record
from genjin.kernel.records import type_of
from genjin.ui.addresses import record_url


@dataclass(frozen=True, kw_only=True)
class MenuEntry:
    """An entry. `link` begins at the record's address (`/print`); `into` ("#dialog") is where that is opened, if not as
    a page. `types`: the keys of the record types it stands at, () for all; `needs`: a grant, '' for none; `when`: for
    which records this actor is offered it."""

    key: str
    label: str | Promise
    icon: str
    link: str
    needs: str = ""
    types: tuple[str, ...] = ()
    into: str = ""
    when: Callable[[Actor, Record], bool] | None = None
    order: int = 100


_entries: dict[str, MenuEntry] = {}


def register_menu_entry(entry: MenuEntry) -> None:
    """Offer it in the menus of records."""
    _entries[entry.key] = entry


def menu_entries(actor: Actor, row: Record) -> list[tuple[MenuEntry, str]]:
    """(entry, address) of what this actor is offered at a record that he sees, in order."""
    fitting = (e for e in _entries.values() if not e.types or row.row_type in e.types)
    granted = (e for e in fitting if not e.needs or actor.may(e.needs))
    offered = sorted((e for e in granted if e.when is None or e.when(actor, row)), key=lambda entry: entry.order)
    return [(entry, record_url(type_of(row), row.pk) + entry.link) for entry in offered]
