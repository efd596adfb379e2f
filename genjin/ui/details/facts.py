"""What a record's page shows of its fields: header, strip of key facts, facts by section with inline edit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy
from markupsafe import Markup

from genjin.kernel import normal
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, may
from genjin.kernel.editing import get_value
from genjin.kernel.fields import Field, RecordRef
from genjin.kernel.fields.base import Access
from genjin.kernel.fields.veiled import Veiled
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.records import RecordType, type_of
from genjin.kernel.titles import titles_of
from genjin.ui.addresses import record_url
from genjin.ui.formats import Formats
from genjin.ui.forms.showing import shown_facts
from genjin.ui.lists.cells import NOTHING, css_class, due_in, writer

MOST_IN_STRIP = 6
LIVES = {Life.ARCHIVED: gettext_lazy("已归档"), Life.VOIDED: gettext_lazy("已作废")}


@dataclass(frozen=True)
class Fact:
    """One field with its value as drawn. `edit`: whether this reader may change it in place."""

    key: str
    label: str
    value: Markup
    css: str
    edit: bool
    empty: bool

    @property
    def linked(self) -> bool:
        """Whether the value is a link."""
        return "<a " in self.value


@dataclass(frozen=True)
class Header:
    """The top of a record's page."""

    title: str
    face: str
    code: str
    life: str
    subtitle: list[Markup]
    strip: list[Fact]


class Facts:
    """All facts of one record for one reader, each drawn once."""

    def __init__(self, actor: Actor, record: Record, fmt: Formats, *, writable: bool) -> None:
        self.actor, self.record, self.record_type = actor, record, type_of(record).seen_by(actor)
        self.fields = list(self.record_type.visible_fields(actor))
        masked = any(isinstance(f, Veiled) for f in self.fields)
        state = self.record_type.due_while[0]
        reveals = masked and may(actor, record, self.record_type.grant("reveal"), SEE)
        self.eye = record_url(self.record_type, record.pk) if reveals else None
        named: dict[str, list[int | None]] = {}
        for f in self.fields:
            if isinstance(f, RecordRef):
                named.setdefault(f.to, []).append(get_value(record, f))
        titles = {to: titles_of(actor, to, ids) for to, ids in named.items()}
        self.shown = shown_facts(record, self.fields)
        self.due = due_in(self.record_type, {f.key: get_value(record, f) for f in self.fields if f.key == state})
        self.drawn = {f.key: self._fact(f, fmt, titles.get(getattr(f, "to", ""), {}), writable) for f in self.fields}

    def _fact(self, field: Field, fmt: Formats, titles: dict[int, str], writable: bool) -> Fact:
        write = writer(self.actor, field, fmt, titles, masked=False, due=self.due, eye=self.eye)
        value = write(get_value(self.record, field))
        edit = writable and self.record_type.access(self.actor, field) is Access.EDIT
        return Fact(field.key, str(field.label), value, css_class(field).removeprefix("r "), edit, value == NOTHING)

    def header(self) -> Header:
        """Title, code, life, subtitle and the strip of key facts."""
        record, declared = self.record, self.record_type
        subtitle = [
            self.drawn[key].value for key in declared.subtitle if key in self.drawn and not self.drawn[key].empty
        ]
        life = str(LIVES[Life(record.life)]) if record.life else ""
        title = str(getattr(record, declared.title))
        # of a company's name, its own word; of a person's, what avatar_letters takes; a sentence is no name
        named = declared.title in declared.searched.names
        own = normal.company_fuzzy_key(title)[:2] if hasattr(record, "fuzzy_key") else ""
        face = (own or title) if named else ""
        return Header(title, face, record.code if record.code != title else "", life, subtitle, self._strip())

    def _strip(self) -> list[Fact]:
        shown = {self.record_type.title, *self.record_type.subtitle}
        keys = [f.key for f in self.record_type.columns if f.key not in shown and f.key in self.shown]
        owner = [key for key in keys if key == "owner"]
        return [self.drawn[key] for key in [*owner, *(k for k in keys if k != "owner")][:MOST_IN_STRIP]]

    def sections(self) -> list[tuple[str, Sequence[Fact], bool]]:
        """(section, its facts, whether any has a value), in declared order."""
        grouped: list[tuple[str, Sequence[Fact], bool]] = []
        for section in self.record_type.sections:
            part = [self.drawn[f.key] for f in self.fields if f.section == section.key and f.key in self.shown]
            if part:
                grouped.append((str(section.label), part, any(not fact.empty for fact in part)))
        return grouped


def editable_field(actor: Actor, record_type: RecordType, key: str) -> Field | None:
    """The field with this key if the actor may fill it in."""
    return next((f for f in record_type.editable_fields(actor) if f.key == key), None)
