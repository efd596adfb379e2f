"""Which columns a list shows, in which order, how they sort, and which of them make up the card on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from markupsafe import Markup

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Date, Field
from genjin.kernel.fields.numbers import Number
from genjin.ui.lists.cells import css_class
from genjin.ui.lists.state import State
from genjin.ui.lists.wanting import without_order

MOST_COLUMNS = 20
AROUND = 40 + 250  # the check box and the least width of the title
WIDTHS = {"date": 104, "datetime": 120, "yesno": 76, "number": 92, "percent": 76, "phone": 152, "person": 100}


@dataclass(frozen=True)
class Column:
    """A column as drawn. `sorted`: 'ascending', 'descending' or ''; `sort_url`: '' where nothing sorts; `note`: why."""

    field: Field
    label: str | Promise
    css: str
    width: int
    sort_url: str = ""
    sorted: str = ""
    note: str = ""

    @property
    def opening(self) -> Markup:
        """The tag that opens its cells; on a phone a date needs its name beside it, and so does a figure
        that makes room for a row's own button."""
        if "m-c" in self.css or ("m-r" in self.css and isinstance(self.field, Number)):
            return Markup('<td class="{}" role="cell" data-l="{}">').format(self.css, self.label)
        return Markup('<td class="{}" role="cell">').format(self.css)


def chosen_fields(actor: Actor, state: State) -> list[Field]:
    """The fields shown beside the title: the chosen ones, else the declared ones (my own list needs no owner)."""
    record_type = state.record_type
    visible = {f.key: f for f in record_type.visible_fields(actor) if f.key != record_type.title}
    wanted = [visible[key] for key in (state.tab.columns if state.tab else ()) if key in visible]
    idle = {"owner"} if ("owner.in", "me") in state.pairs else set()
    return wanted[:MOST_COLUMNS] or [f for f in record_type.columns if f.key in visible and f.key not in idle]


def columns_of(fields: Sequence[Field], state: State) -> list[Column]:
    """The columns with their links for sorting and their places on a phone."""
    slots = phone_slots(fields)
    return [_column(field, state, slots.get(field.key, "")) for field in fields]


def _column(field: Field, state: State, slot: str) -> Column:
    css = " ".join(filter(None, (css_class(field), slot)))
    width = field.width or WIDTHS.get(field.kind, 140)
    if not field.sortable:
        return Column(field, field.label, css, width, note=without_order(field))
    query = state.listing
    current = query.sort is not None and query.sort.key == field.key
    target = field.key if current and query.descending else f"-{field.key}"
    if isinstance(field, Date) and field.due and not current:
        target = field.key
    order = ("descending" if query.descending else "ascending") if current else ""
    return Column(field, field.label, css, width, state.with_pair("sort", target).url(), order)


def least_width(columns: Sequence[Column]) -> int:
    """Below this width the table scrolls sideways."""
    return AROUND + sum(column.width for column in columns)


def phone_slots(fields: Sequence[Field]) -> dict[str, str]:
    """{field key: slot}: right top a figure or grade, below left a number or link, below right a state, last a date."""
    taken: dict[str, str] = {}
    for slot, kinds in (
        ("m-c", {"datetime", "date"}),
        ("m-a", {"phone", "record", "text"}),
        ("m-b", {"choice"}),
        ("m-r", {"number", "percent", "choice", "person"}),
    ):
        fitting = [f for f in fields if f.kind in kinds and f.key not in taken]
        due = [f for f in fitting if getattr(f, "due", False)]
        if fitting:
            taken[(due or fitting)[0].key] = slot
    return taken
