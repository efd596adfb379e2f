"""What can be imported: kinds of files, the record types a row of each may bring, and the targets of their columns.

Which column is which target is proposed elsewhere (`proposing`); what becomes of rows is the engine's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genjin.customers.actions.contacts import create_contact
from genjin.customers.actions.customers import create_customer, edit_customer
from genjin.customers.record import CONTACT, CUSTOMER
from genjin.followups.actions import create_followup
from genjin.kernel.actions import Action
from genjin.kernel.actor import Actor
from genjin.kernel.careful import CONFIRMED
from genjin.kernel.fields import Field, LongText, Person, RecordRef, Text
from genjin.kernel.fields.base import Label
from genjin.kernel.importing import IMPORTABLES, Combined, Importable
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.plans.actions.plans import create_plan

OWNER = "owner"
EXTRA = "extra"
PIECE = "piece"


@dataclass(frozen=True)
class Part:
    """One record type that a row may bring: the action that creates it; `finders` are inputs that only look for a
    record that is there already; `pieces` {key: the field it is a piece of} come in several columns. `declared`: what
    its area says of it, for types that the engine does not know by name; `edit`: fills or overwrites what is there."""

    key: str
    label: Label
    action: Action[Any, Any]
    not_from_columns: frozenset[str] = frozenset()
    finders: tuple[Field, ...] = ()
    pieces: tuple[Piece, ...] = ()
    remarks: str = ""
    declared: Importable | None = None
    edit: Action[Any, Any] | None = None

    @property
    def combined(self) -> tuple[Combined, ...]:
        """Columns that say several inputs at once."""
        return self.declared.combined if self.declared else ()

    @cached_property
    def has_owner(self) -> bool:
        """Whether its records are given to an owner when they are made."""
        return any(f.key == OWNER for f in self.action.own_inputs)

    def inputs(self, actor: Actor) -> dict[str, Field]:
        """The fields of the action that a column may give; of other records customers only, and not whose the row
        is; no files, which no cell holds."""
        return {
            f.key: f
            for f in self.action.inputs(actor)
            if f.key not in self.not_from_columns and f.key != CONFIRMED and self._named_in_cells(f)
        } | {one.field.key: one.field for one in self.combined}

    def _named_in_cells(self, field: Field) -> bool:
        if field.kind == "files":
            return False
        if not isinstance(field, RecordRef):
            return True
        named = field.to == CUSTOMER.key or (self.declared is not None and field.to in RECORD_TYPES)
        return named and field.key != CUSTOMER.key


@dataclass(frozen=True)
class Piece:
    """A column that is only a piece of a field: the province of a region, the family name of a name."""

    key: str
    of: str
    label: Label


@dataclass(frozen=True)
class Target:
    """What a column may bring: its name in rules, its words, and the field that reads it."""

    name: str
    label: str
    group: str
    field: Field
    part: str
    required: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of file. `main` is the part each row is about; customers of the others are found or made on the way."""

    key: str
    label: Label
    main: str
    parts: tuple[Part, ...]
    owned: bool = True

    @cached_property
    def by_key(self) -> dict[str, Part]:
        """The parts by their keys."""
        return {part.key: part for part in self.parts}

    @property
    def anchor(self) -> Part:
        """What rows are compared by and found again: the customer they are about or belong to, else the main part."""
        return self.by_key.get(CUSTOMER.key) or self.by_key[self.main]

    @property
    def anchor_type(self) -> RecordType:
        """The declaration of that part's records."""
        return RECORD_TYPES[self.anchor.key]

    @property
    def given_part(self) -> Part:
        """The part whose owner a row names: the main one where it has owners of its own, else the customer."""
        own = self.by_key[self.main]
        return own if own.has_owner else self.anchor

    @property
    def finds(self) -> bool:
        """Whether rows belong to a customer, who is found or made on the way."""
        return self.anchor.key != self.main

    def for_all(self, actor: Actor) -> dict[str, Target]:
        """What may be said for all rows at once: {target name: target}; the customer of those that name none."""
        declared = self.by_key[self.main].declared
        if declared is None:
            return {}
        names = [f"{self.main}.{key}" for key in declared.for_all]
        named = [f"{self.anchor.key}.{self.anchor_type.title}"] if self.finds else []
        targets = self.targets(actor)
        return {name: targets[name] for name in (*named, *names) if name in targets}

    def targets(self, actor: Actor) -> dict[str, Target]:
        """Everything a column may bring, by name, in the order in which it is offered."""
        found = [target for part in self.parts for target in _of_part(self, part, actor)]
        if self.owned:
            owner = Person(key=OWNER, label=_("负责人"))
            found.append(Target(OWNER, str(owner.label), str(self.given_part.label), owner, OWNER))
        return {target.name: target for target in found}


def _of_part(kind: Kind, part: Part, actor: Actor) -> Iterator[Target]:
    group = str(part.label)
    inputs = part.inputs(actor)
    for field in (*inputs.values(), *part.finders):
        made_up = part.declared.made_up if part.declared else ()
        required = field.required and part.key == kind.main and field.key not in made_up
        yield Target(f"{part.key}.{field.key}", str(field.label), group, field, part.key, required)
    for piece in part.pieces:
        if piece.of in inputs:
            field = Text(key=piece.key, label=piece.label)
            yield Target(f"{PIECE}.{part.key}.{piece.key}", str(piece.label), group, field, part.key)
    if part.remarks in inputs:
        words = str(_("写入%s（带列名）") % inputs[part.remarks].label)
        extra = LongText(key=part.remarks, label=words)
        yield Target(f"{EXTRA}.{part.key}.{part.remarks}", words, group, extra, part.key)


CODE = Text(key="code", label=_("客户编号（本系统）"), most=60)
REGION_PIECES = (
    Piece("province", "region", _("省份")),
    Piece("city", "region", _("城市")),
    Piece("district", "region", _("区县")),
)
CUSTOMER_PART = Part(
    "customer",
    CUSTOMER.label,
    create_customer,
    frozenset({"owner", "duplicate_known", "pool"}),
    finders=(CODE,),
    pieces=REGION_PIECES,
    remarks="remarks",
    edit=edit_customer,
)
FOUND_CUSTOMER = Part(
    "customer",
    CUSTOMER.label,
    create_customer,
    frozenset({f.key for f in CUSTOMER.fields} - {"name", "external_code", "phone"}) | {"duplicate_known", "pool"},
    finders=(CODE,),
    edit=edit_customer,
)
CONTACT_PART = Part(
    "contact",
    CONTACT.label,
    create_contact,
    pieces=(
        Piece("family", "name", _("姓")),
        Piece("given", "name", pgettext_lazy("given name", "名")),
    ),
    remarks="remarks",
)
SPOKEN_WITH = Text(key="contact", label=_("沟通的联系人（姓名）"), most=60)
FOLLOWUP_PART = Part(
    "followup",
    _("跟进记录"),
    create_followup,
    frozenset({"plan", "assignee", "support"}),
    finders=(SPOKEN_WITH,),
    pieces=(Piece("time", "occurred_at", _("跟进时刻")),),
    remarks="content",
)
PLAN_PART = Part("plan", _("跟进计划"), create_plan, pieces=(Piece("time", "starts_at", _("计划时刻")),), remarks="")

NOT_GIVEN = frozenset({OWNER, "duplicate_known", "pool"})


def _declared(one: Importable) -> Kind:
    """A kind that an area declares: its own part, behind that of the customer it belongs to."""
    record_type = one.record_type
    own = Part(
        record_type.key,
        record_type.label,
        one.create,
        NOT_GIVEN | one.left_out,
        remarks=one.remarks,
        declared=one,
        edit=one.edit,
    )
    above = (FOUND_CUSTOMER,) if one.belongs_to == CUSTOMER.key else ()
    return Kind(record_type.plural, record_type.many, record_type.key, (*above, own))


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("customers", CUSTOMER.many, "customer", (CUSTOMER_PART, CONTACT_PART, FOLLOWUP_PART)),
        Kind("contacts", CONTACT.many, "contact", (FOUND_CUSTOMER, CONTACT_PART)),
        Kind("followups", _("跟进记录"), "followup", (FOUND_CUSTOMER, FOLLOWUP_PART)),
        Kind("plans", _("跟进计划"), "plan", (FOUND_CUSTOMER, PLAN_PART), owned=False),
        *map(_declared, IMPORTABLES.values()),
    )
}
