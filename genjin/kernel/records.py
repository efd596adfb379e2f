"""The declaration of a record type: declared once beside its model, read by every surface."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from genjin.kernel.fields.base import Access, Field, Label

if TYPE_CHECKING:
    from django.db.models import Model

    from genjin.kernel.actor import Actor
    from genjin.kernel.models.rows import Record


@dataclass(frozen=True)
class Link:
    """A declared link from this type to another: `column` holds the other's id.

    `belongs`: this record belongs to the other one; it carries its owner, and a teammate of the other sees it too.
    """

    column: str
    to: str
    belongs: bool = False
    label: Label = ""


@dataclass(frozen=True)
class Section:
    """A titled group of fields in forms and facts."""

    key: str
    label: Label
    shown_when: Callable[[Mapping[str, Any]], bool] | None = None


@dataclass(frozen=True)
class View:
    """A ready-made list: filters in URL form, sort and columns."""

    key: str
    label: Label
    filters: tuple[tuple[str, str], ...] = ()
    sort: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Searched:
    """Attributes whose text finds a record."""

    names: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    codes: tuple[str, ...] = ("code",)
    others: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RecordType:
    """Everything the surfaces need to know of one type. `plural` names its URL, grants and API
    collection; `many` is its label where several are meant (defaults to `label`: Chinese needs no other).
    `always_seen`: fields besides title, owner, department and code without which a record cannot be named or drawn;
    no role is denied them. `first_verbs`: what stands first for ticked rows, as the end of its address. `due_while`:
    the field, and its values, with which dates are due (of others they are days that were). `withheld`: of what a
    record is found by, the attributes that the actor who asks sees less of than usual (`kernel.sights`)."""

    key: str
    plural: str
    label: Label
    many: Label = ""
    model: type[Record]
    fields: tuple[Field, ...]
    title: str = "name"
    subtitle: tuple[str, ...] = ()
    icon: str = "file-text"
    code_pattern: str = "{000000}"
    sections: tuple[Section, ...] = ()
    links: tuple[Link, ...] = ()
    searched: Searched = Searched()
    views: tuple[View, ...] = ()
    default_sort: str = "-id"
    quick_fields: tuple[str, ...] = ()
    first_verbs: tuple[str, ...] = ()
    due_while: tuple[str, frozenset[str]] = ("", frozenset())
    derive: Callable[[Any], None] | None = None
    extra_grants: tuple[tuple[str, Label], ...] = ()
    listed: bool = True
    always_seen: tuple[str, ...] = ()
    keys: dict[str, Field] = field(default_factory=dict, repr=False, compare=False)
    accesses: Mapping[str, Access] = field(default_factory=dict, repr=False, compare=False)
    withheld: Mapping[str, Access] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.many:
            object.__setattr__(self, "many", self.label)
        self.keys.update({f.key: f for f in self.fields})
        if len(self.own_fields) != len(self.fields):
            raise ValueError(f"{self.key}: two fields share a key")

    @cached_property
    def own_fields(self) -> dict[str, Field]:
        """The fields by key, without filters that higher areas added."""
        return {f.key: f for f in self.fields}

    @cached_property
    def attributes(self) -> dict[str, str]:
        """Where the values of these fields stand in a row."""
        return {f.key: f.attribute for f in self.fields}

    def grant(self, verb: str) -> str:
        """The name of a grant of this type: customers.see."""
        return f"{self.plural}.{verb}"

    @cached_property
    def columns(self) -> tuple[Field, ...]:
        """The fields shown in a list unless a view says otherwise."""
        return tuple(f for f in self.fields if f.in_list)

    def seen_by(self, actor: Actor) -> RecordType:
        """This type as the actor may know it now: with the company's own fields and layout, without what is hidden
        from him, with what he sees masked as `Veiled`. All surfaces read this; the declaration alone is for code that
        means a declared field by its name."""
        return _SIGHT[-1](self, actor)

    def access(self, actor: Actor, field: Field) -> Access:
        """What the actor may do with a field; a filter that a higher area added is read."""
        return self.seen_by(actor).accesses.get(field.key, Access.READ)

    def visible_fields(self, actor: Actor) -> Iterator[Field]:
        """The fields this actor may know of, as he may know them."""
        return iter(self.seen_by(actor).fields)

    def editable_fields(self, actor: Actor) -> Iterator[Field]:
        """The fields this actor may fill in."""
        seen = self.seen_by(actor)
        return (f for f in seen.fields if seen.accesses[f.key] is Access.EDIT)

    def owner_link(self) -> Link | None:
        """The link to the record this one belongs to; the first, where it may belong to records of several types."""
        return next((link for link in self.links if link.belongs), None)

    def owner_links(self) -> tuple[Link, ...]:
        """The links to what its records may belong to: each to one of them, or to several."""
        return tuple(link for link in self.links if link.belongs)

    def links_before(self, link: Link) -> tuple[Link, ...]:
        """Of what a record may belong to, what comes before this link: where it names one of these, it carries the
        owner of that one."""
        links = self.owner_links()
        return links[: links.index(link)]


_SIGHT: list[Callable[[RecordType, Actor], RecordType]] = [lambda declared, _actor: declared]
RECORD_TYPES: dict[str, RecordType] = {}
ROW_TYPES: dict[str, type[Model]] = {}


def register(record_type: RecordType) -> RecordType:
    """Make a declaration known to all surfaces."""
    if record_type.key in RECORD_TYPES:
        raise ValueError(f"record type {record_type.key} is declared twice")
    RECORD_TYPES[record_type.key] = record_type
    return record_type


def answer_with(sight: Callable[[RecordType, Actor], RecordType]) -> None:
    """Who says what an actor may know of a type (`kernel.sights`, which needs the database; this module does not)."""
    _SIGHT.append(sight)


def register_filter(key: str, field: Field) -> None:
    """Let a higher area add a filter to a type: known by its address, shown in no form, column or filter menu."""
    keys = RECORD_TYPES[key].keys
    if field.key in keys:
        raise ValueError(f"{key}: two fields share a key")
    keys[field.key] = field


def extend(key: str, *, fields: tuple[Field, ...] = (), links: tuple[Link, ...] = (), after: str = "") -> None:
    """Let a higher area hang its records on a type: fields (behind the one that is named) and links over columns that
    the type keeps for them. Called while areas get ready, before anybody asks for the type."""
    declared = RECORD_TYPES[key]
    clash = {f.key for f in fields} & declared.keys.keys()
    if clash:
        raise ValueError(f"{key}: two fields share a key: {sorted(clash)}")
    places = [f.key for f in declared.fields]
    place = places.index(after) + 1 if after else len(places)
    object.__setattr__(declared, "fields", (*declared.fields[:place], *fields, *declared.fields[place:]))
    object.__setattr__(declared, "links", (*declared.links, *links))
    declared.keys.update({f.key: f for f in fields})
    for worked_out in ("own_fields", "attributes", "columns"):
        declared.__dict__.pop(worked_out, None)


def type_of(record: Record | type[Record]) -> RecordType:
    """The declaration of a record or its model."""
    return RECORD_TYPES[record.row_type]


def by_plural(plural: str) -> RecordType | None:
    """The declaration whose URL name this is."""
    return next((t for t in RECORD_TYPES.values() if t.plural == plural), None)


def belonging_to(key: str) -> Iterator[tuple[RecordType, Link]]:
    """Types whose records belong to records of type `key`, with the link."""
    for record_type in RECORD_TYPES.values():
        for link in record_type.links:
            if link.belongs and link.to == key:
                yield record_type, link
