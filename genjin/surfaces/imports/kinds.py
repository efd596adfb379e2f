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
from genjin.customers.actions.customers import create_customer
from genjin.customers.record import CONTACT, CUSTOMER
from genjin.followups.actions import create_followup
from genjin.kernel.actions import Action
from genjin.kernel.actor import Actor
from genjin.kernel.careful import CONFIRMED
from genjin.kernel.fields import Field, LongText, Person, RecordRef, Text
from genjin.kernel.fields.base import Label
from genjin.plans.actions.plans import create_plan

OWNER = "owner"
EXTRA = "extra"
PIECE = "piece"


@dataclass(frozen=True)
class Part:
    """One record type that a row may bring: the action that creates it; `finders` are inputs that only look for a
    record that is there already; `pieces` {key: the field it is a piece of} come in several columns."""

    key: str
    label: Label
    action: Action[Any, Any]
    not_from_columns: frozenset[str] = frozenset()
    finders: tuple[Field, ...] = ()
    pieces: tuple[Piece, ...] = ()
    remarks: str = ""

    def inputs(self, actor: Actor) -> dict[str, Field]:
        """The fields of the action that a column may give; of other records customers only, and not whose the row
        is; no files, which no cell holds."""
        return {
            f.key: f
            for f in self.action.inputs(actor)
            if f.key not in self.not_from_columns and f.key != CONFIRMED and self._named_in_cells(f)
        }

    @staticmethod
    def _named_in_cells(field: Field) -> bool:
        if field.kind == "files":
            return False
        return not isinstance(field, RecordRef) or (field.to == CUSTOMER.key and field.key != CUSTOMER.key)


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

    def targets(self, actor: Actor) -> dict[str, Target]:
        """Everything a column may bring, by name, in the order in which it is offered."""
        found = [target for part in self.parts for target in _of_part(self, part, actor)]
        if self.owned:
            owner = Person(key=OWNER, label=_("负责人"))
            found.append(Target(OWNER, str(owner.label), str(self.by_key["customer"].label), owner, OWNER))
        return {target.name: target for target in found}


def _of_part(kind: Kind, part: Part, actor: Actor) -> Iterator[Target]:
    group = str(part.label)
    inputs = part.inputs(actor)
    for field in (*inputs.values(), *part.finders):
        required = field.required and part.key == kind.main
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
)
FOUND_CUSTOMER = Part(
    "customer",
    CUSTOMER.label,
    create_customer,
    frozenset({f.key for f in CUSTOMER.fields} - {"name", "external_code", "phone"}) | {"duplicate_known", "pool"},
    finders=(CODE,),
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

KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("customers", CUSTOMER.many, "customer", (CUSTOMER_PART, CONTACT_PART, FOLLOWUP_PART)),
        Kind("contacts", CONTACT.many, "contact", (FOUND_CUSTOMER, CONTACT_PART)),
        Kind("followups", _("跟进记录"), "followup", (FOUND_CUSTOMER, FOLLOWUP_PART)),
        Kind("plans", _("跟进计划"), "plan", (FOUND_CUSTOMER, PLAN_PART), owned=False),
    )
}
