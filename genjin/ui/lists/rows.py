"""The rows of a list's table, drawn in one piece: they are many, and a template would escape their parts one by one.

Not here: the cells (`cells`), the table around them (ui/list_rows.html).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from markupsafe import Markup, escape
from markupsafe import _escape_inner as escaped  # type: ignore[attr-defined]  # what `escape` does, without the wrapping


@dataclass(frozen=True, slots=True)
class RowView:
    """A row to draw. `life`: what it is beyond living; `cells`: all but the title's, as markup."""

    id: int
    title: str
    life: str
    cells: str


def drawn(rows: Iterable[RowView], base: str) -> Markup:
    """The rows as `<tr>`s; `base` is the address of the list. Their actions are added by the script on hover."""
    choose = escape(_("选择"))
    return Markup("\n".join([_row(row, base, choose) for row in rows]))  # noqa: S704 - escaped in _row


def _row(row: RowView, base: str, choose: str) -> str:
    title = escaped(str(row.title))
    life = f' <span class="bd">{escape(row.life)}</span>' if row.life else ""
    return (
        f'<tr role="row" data-id="{row.id}"><td class="sel" role="cell"><input class="cb" type="checkbox" name="ids"'
        f' value="{row.id}" aria-label="{choose} {title}"></td><td class="name" role="cell">'
        f'<a href="{base}/{row.id}">{title}</a>{life}</td>{row.cells}<td class="acts" role="cell"></td></tr>'
    )
