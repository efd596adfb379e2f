"""Reads of saved views: which tabs a member's list has, which columns, which one opens first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlencode

from django.db import connection
from django.db.models import Q

from genjin.kernel.actor import Actor
from genjin.kernel.fields.base import Label
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import NotFound
from genjin.ui.models import SavedView

MOST_TABS = 60
# saved views in order, then what the member chose for each view: read with every list, hence one statement
TABS = """
(SELECT 'v' || id, name, query, columns, false, id, shared, member_id FROM ui_savedview
  WHERE record_type = %(type)s AND (member_id = %(member)s OR shared) ORDER BY "order", id LIMIT %(most)s)
UNION ALL
SELECT view, '', '', columns, opens, NULL, false, NULL FROM ui_listchoice
  WHERE record_type = %(type)s AND member_id = %(member)s
"""


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
    """Declared views, then saved ones, with what the actor chose for each. One query."""
    record_type = record_type.seen_by(actor)
    mine: dict[str, tuple[list[str], bool]] = {}
    saved = []
    with connection.cursor() as cursor:
        cursor.execute(TABS, {"member": actor.member_id, "type": record_type.key, "most": MOST_TABS})
        for key, name, query, columns, opens, row_id, shared, member_id in cursor.fetchall():
            if row_id is None:
                mine[key] = (columns, opens)
            else:
                own = member_id == actor.member_id
                saved.append(Tab(key, name, _told(record_type, _pairs(query)), tuple(columns), row_id, shared, own))
    declared = [
        Tab(view.key, view.label, (*view.filters, *((("sort", view.sort),) if view.sort else ())), view.columns)
        for view in record_type.views
    ]
    return [_with_choice(tab, *mine.get(tab.key, ((), False))) for tab in (*declared, *saved)]


def _with_choice(tab: Tab, columns: Sequence[str], opens: bool) -> Tab:
    return replace(tab, columns=tuple(columns) or tab.columns, opens=opens) if columns or opens else tab


def opening_tab(tabs: list[Tab]) -> Tab | None:
    """The tab a list opens with: the member's choice, else the first."""
    return next((tab for tab in tabs if tab.opens), tabs[0] if tabs else None)


def _pairs(query: str) -> tuple[tuple[str, str], ...]:
    return tuple((key, value) for key, values in parse_qs(query, keep_blank_values=True).items() for value in values)


def _told(record_type: RecordType, pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The filters without the values of fields that are hidden from who looks at somebody else's view."""
    return tuple((name, value if _is_known(record_type, name) else "") for name, value in pairs)


def _is_known(record_type: RecordType, name: str) -> bool:
    key, dot, operator = name.partition(".")
    known = record_type.keys.get(key)
    return not dot or (known is not None and operator in {each.key for each in known.operators()})


def as_query(pairs: list[tuple[str, str]]) -> str:
    """Filters in URL form, for keeping."""
    return urlencode(pairs)
