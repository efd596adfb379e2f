"""What stands on paper of a record or a list: texts alone, of fields the reader may see. How it looks: templates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.editing import get_value
from genjin.kernel.fields import Field, RecordRef
from genjin.kernel.lists import ListQuery, ListRow, count_capped, page, read_query
from genjin.kernel.masked_classes import InLists, in_lists
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.records import belonging_to, type_of
from genjin.kernel.titles import titles_of
from genjin.org.queries import organisation
from genjin.surfaces.exports.asked import filter_words

MOST_ROWS = 200
MOST_RELATED = 20
MOST_COLUMNS = 8


@dataclass(frozen=True)
class Table:
    """Rows of text under headings; `more`: there are further ones that are not printed."""

    title: str
    headings: list[str]
    rows: list[list[str]]
    more: bool = False


@dataclass(frozen=True)
class Paper:
    """A printed page's content. `sections`: (title, [(label, text)]) of what is filled in."""

    title: str
    kind: str
    company: str
    watermark: str
    notes: list[str] = field(default_factory=list)
    sections: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


def record_paper(actor: Actor, record: Record) -> Paper:
    """A record: its filled fields by section, then the newest of what belongs to it. One query per such type."""
    declared = type_of(record).seen_by(actor)
    fields = list(declared.visible_fields(actor))
    values = {f.key: get_value(record, f) for f in fields}
    said = _sayer(actor, fields, [values], masked=False)
    sections = []
    for section in declared.sections:
        part = [(str(f.label), said(f, values[f.key])) for f in fields if f.section == section.key]
        filled = [(label, text) for label, text in part if text]
        if filled:
            sections.append((str(section.label), filled))
    life = [str(Life(record.life).label)] if record.life else []
    notes = [note for note in (record.code, *life) if note]
    return Paper(
        title=str(getattr(record, declared.title)), kind=str(declared.label), company=organisation(actor).company,
        watermark=_watermark(actor), notes=notes, sections=sections, tables=_related(actor, record),
    )  # fmt: skip


def list_paper(actor: Actor, query: ListQuery, columns: Sequence[Field]) -> Paper:
    """The first rows of a list, masked as it masks them."""
    declared = query.record_type
    fields = [declared.keys[declared.title], *columns]
    table = _table(actor, str(declared.many), replace(query.without_page(), size=MOST_ROWS), fields)
    counted = count_capped(actor, query)
    notes = [filter_words(actor, query), f"{counted:,}" if counted <= 10_000 else "10,000+"]
    return Paper(
        title=str(declared.many), kind=str(declared.many), company=organisation(actor).company,
        watermark=_watermark(actor), notes=notes, tables=[table],
    )  # fmt: skip


def _watermark(actor: Actor) -> str:
    return _("打印：%(who)s %(when)s") % {"who": actor.name, "when": f"{actor.now():%Y-%m-%d %H:%M}"}


def _related(actor: Actor, record: Record) -> list[Table]:
    tables = []
    for other, link in ((t.seen_by(actor), link) for t, link in belonging_to(record.row_type)):
        pointing = next((f for f in other.fields if isinstance(f, RecordRef) and f.path == link.column), None)
        if pointing is None or not other.listed or not actor.may(other.grant("see")):
            continue
        query = replace(read_query(actor, other, {f"{pointing.key}.in": [str(record.pk)]}), size=MOST_RELATED)
        readable = {f.key for f in other.visible_fields(actor)}
        columns = [f for f in other.columns if f.key in readable and f.key not in (pointing.key, other.title)]
        table = _table(actor, str(other.many), query, [other.keys[other.title], *columns[:MOST_COLUMNS]])
        tables += [table] if table.rows else []
    return tables


def _table(actor: Actor, title: str, query: ListQuery, fields: Sequence[Field]) -> Table:
    found = page(actor, query, fields)
    said = _sayer(actor, fields, [row.values for row in found.rows], masked=True)
    rows = [_row(row, fields, said) for row in found.rows]
    return Table(title, [str(f.label) for f in fields], rows, more=found.next is not None)


def _row(row: ListRow, fields: Sequence[Field], said: Callable[[Field, Any], str]) -> list[str]:
    return [said(f, row.values[f.key]) for f in fields]


def _sayer(
    actor: Actor, fields: Sequence[Field], rows: Sequence[dict[str, Any]], *, masked: bool
) -> Callable[[Field, Any], str]:
    """What says a value: references by the titles that the reader may see, masked what he sees masked."""
    titles = {
        f.key: titles_of(actor, f.to, {values[f.key] for values in rows}) for f in fields if isinstance(f, RecordRef)
    }

    def said(field: Field, value: Any) -> str:
        if value in (None, "", []) or value is False:
            return ""
        if field.key in titles:
            return titles[field.key].get(value, "—")
        hidden = masked and in_lists(actor, field) is not InLists.FULL
        return (field.masked if hidden else field.text)(value, actor)

    return said
