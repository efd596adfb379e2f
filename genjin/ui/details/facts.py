"""What a record's page shows of its fields: header, strip of key facts, facts by section with inline edit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy
from markupsafe import Markup

from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, may, titles_of
from genjin.kernel.editing import get_value
from genjin.kernel.fields import Field, RecordRef
from genjin.kernel.fields.base import Access
from genjin.kernel.fields.veiled import Veiled
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.records import RecordType, type_of
from genjin.ui.addresses import record_url
from genjin.ui.formats import Formats
from genjin.ui.forms.showing import shown_facts
from genjin.ui.lists.cells import NOTHING, css_class, writer

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
        reveals = masked and may(actor, record, self.record_type.grant("reveal"), SEE)
        self.eye = record_url(self.record_type, record.pk) if reveals else None
        titles = {
            f.key: titles_of(actor, f.to, [get_value(record, f)]) for f in self.fields if isinstance(f, RecordRef)
        }
        self.shown = shown_facts(record, self.fields)
        self.drawn = {f.key: self._fact(f, fmt, titles.get(f.key, {}), writable) for f in self.fields}

    def _fact(self, field: Field, fmt: Formats, titles: dict[int, str], writable: bool) -> Fact:
        value = writer(self.actor, field, fmt, titles, masked=False, eye=self.eye)(get_value(self.record, field))
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
        face = (str(getattr(record, "fuzzy_key", ""))[:2] or title) if named else ""
        return Header(title, face, record.code, life, subtitle, self._strip())

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
