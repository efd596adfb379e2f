"""On what plans and follow-ups hang: a customer, a lead, an opportunity of a customer. An area whose records may be
planned for and talked with says so with `hangs_on`; plans and follow-ups keep a column for it and know no more of it.

A row carries the owner of the first that it names, in the order in which they are declared: the customer's before that
of the lead it came from. All that it names are told what happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from genjin.customers import effects
from genjin.customers.models import Customer
from genjin.customers.options import REST_REASON
from genjin.customers.queries import rest_of
from genjin.customers.record import CUSTOMER
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, To, may, row_for
from genjin.kernel.fields import RecordRef
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.options import options_of
from genjin.kernel.records import RECORD_TYPES, Link, RecordType, extend, type_of
from genjin.kernel.refusal import Refused
from genjin.kernel.titles import titles_of


class NoteContact(Protocol):
    """A (locked) record was contacted: see `customers.effects.note_contact`."""

    def __call__(
        self, actor: Actor, row: Any, /, *, occurred_at: datetime, effective: bool = ..., deal_date: date | None = ...
    ) -> None: ...


class RestateContacts(Protocol):
    """The follow-ups of a (locked) record changed: see `customers.effects.restate_contacts`."""

    def __call__(
        self,
        actor: Actor,
        row: Any,
        /,
        *,
        last_followed_at: datetime | None,
        last_effective_at: datetime | None,
        deal_date: date | None,
    ) -> None: ...


class RestatePlan(Protocol):
    """What comes next with a (locked) record changed: see `customers.effects.restate_plan`."""

    def __call__(self, actor: Actor, row: Any, /, *, next_contact_at: datetime | None, next_step: str) -> None: ...


@dataclass(frozen=True)
class Subject:
    """A type on whose records plans and follow-ups hang, and what it wants to be told.

    `talked`, `planned`: why nothing may be written down of, or planned for, a (visible) record now; None where it may.
    `rests`: why nothing is done with a record now ('' while it is worked on), which drops its open plans; `rested_by`:
    the actions after which that is asked. `customer_of`: the id of the customer whose it is, which then stands beside
    it in the row; None for a type whose records have no customer.
    """

    key: str
    note_contact: NoteContact
    restate_contacts: RestateContacts
    restate_plan: RestatePlan
    talked: Callable[[Any], Refused | None]
    planned: Callable[[Any], Refused | None]
    rests: Callable[[Actor, Any], str]
    rested_by: frozenset[str]
    customer_of: Callable[[Any], int] | None = None

    @property
    def column(self) -> str:
        """Where plans and follow-ups keep its id."""
        return f"{self.key}_id"


SUBJECTS: dict[str, Subject] = {}


def hangs_on(subject: Subject) -> None:
    """Let plans and follow-ups hang on records of a type."""
    SUBJECTS[subject.key] = subject


def show_on(declared: RecordType, key: str, *, belongs: bool, section: str) -> None:
    """Give plans or follow-ups the field and the link of a type that lies above them. `belongs`: whether a row without
    a customer belongs to it. Forms ask for it only where it is given: on the page of such a record."""
    label = RECORD_TYPES[key].label

    def given(values: Mapping[str, Any]) -> bool:
        return bool(values.get(key))

    field = RecordRef(key=key, column=f"{key}_id", label=label, section=section, to=key, width=200, shown_when=given)
    extend(
        declared.key,
        fields=(field,),
        links=(Link(f"{key}_id", key, belongs=belongs, label=label),),
    )


def named_by(row: Any) -> Iterator[tuple[Subject, int]]:
    """What a plan or follow-up hangs on, that whose owner it carries first."""
    for subject in SUBJECTS.values():
        row_id = getattr(row, subject.column)
        if row_id is not None:
            yield subject, row_id


def main_of(row: Any) -> tuple[Subject, int] | None:
    """That whose owner it carries; None for a plan on its own."""
    return next(named_by(row), None)


def asked_for(actor: Actor, values: Mapping[str, Any], *, to: To) -> list[Record]:
    """The records that inputs name, locked, the customer first; what is a customer's brings him along, who need only be
    in sight then. Raises NotFound, Forbidden, Refused("other_customer")."""
    named: dict[str, int] = {key: values[key] for key in SUBJECTS if values.get(key)}
    ids = dict(named)
    for key in named.keys() - {CUSTOMER.key}:
        customer_of, label = SUBJECTS[key].customer_of, RECORD_TYPES[key].label
        above = customer_of(row_for(actor, RECORD_TYPES[key].model, named[key], to=SEE)) if customer_of else None
        if ids.setdefault(CUSTOMER.key, above or 0) != (above or 0):
            raise Refused("other_customer", _("这条%s不属于这个客户，请只选一个") % label, key)
    return [
        row_for(actor, RECORD_TYPES[key].model, ids[key], to=to if key in named else SEE, lock=True)
        for key in SUBJECTS
        if ids.get(key)
    ]


def locked(actor: Actor, row: Any) -> list[Record]:
    """What a plan or follow-up hangs on, locked; the one whose owner it carries through its door, the others, which are
    only told, whoever may see them. Raises NotFound."""
    found: list[Record] = []
    for subject, row_id in named_by(row):
        model = RECORD_TYPES[subject.key].model
        if not found:
            found.append(row_for(actor, model, row_id, to=SEE, lock=True))
        else:
            told = model._default_manager.filter(pk=row_id)  # rows: told of what happened, never shown
            found += told.select_for_update(of=("self",))
    return found


def locked_by_ids(ids: Iterable[int]) -> list[Record]:
    """The records of these ids, locked, whoever may see them: for steps that the system takes."""
    wanted = list(ids)
    found: list[Record] = []
    for key in SUBJECTS:
        rows = RECORD_TYPES[key].model._default_manager.filter(pk__in=wanted)  # rows: a job settles their plans
        found += rows.select_for_update(of=("self",)).order_by("pk")
    return found


def titles_of_mains(actor: Actor, rows: Iterable[Any]) -> dict[int, str]:
    """{id: title} of that whose owner plans or follow-ups carry, as far as the actor sees it; a query per type."""
    ids: dict[str, set[int]] = {}
    for row in rows:
        main = main_of(row)
        if main is not None:
            ids.setdefault(main[0].key, set()).add(main[1])
    return {row_id: title for key, wanted in ids.items() for row_id, title in titles_of(actor, key, wanted).items()}


def subject_of(row: Record) -> Subject:
    """How a record on which something hangs is told."""
    return SUBJECTS[row.row_type]


def sees(other: Actor, row: Record) -> bool:
    """Whether somebody may see a record."""
    return may(other, row, type_of(row).grant("see"), SEE)


def fill(row: Any, hung: Sequence[Record]) -> None:
    """Put what it hangs on into a new plan or follow-up."""
    for each in hung:
        setattr(row, subject_of(each).column, each.pk)


def _talked(customer: Customer) -> Refused | None:
    if customer.life == Life.VOIDED:
        return Refused("voided", _("客户已作废，还原后才能写跟进"), "customer")
    return None


def _planned(customer: Customer) -> Refused | None:
    if customer.life != Life.LIVE:
        return Refused("resting", _("客户已归档或作废，恢复后才能安排计划"), "customer")
    return None


def _rests(actor: Actor, customer: Customer) -> str:
    """Why a customer is not worked on, in words (S3-13); '' while he is."""
    if customer.life == Life.VOIDED:
        return _("客户已作废")
    if customer.life == Life.LIVE and not customer.paused:
        return ""
    words = _("客户已归档") if customer.life == Life.ARCHIVED else _("客户已暂停跟进")
    rest = rest_of(actor, customer)
    known = options_of(REST_REASON.key, actor.stamp).get(rest.reason) if rest else None
    return words + pgettext("after a label", "：") + str(known.label) if known else words


hangs_on(
    Subject(
        key="customer",
        note_contact=effects.note_contact,
        restate_contacts=effects.restate_contacts,
        restate_plan=effects.restate_plan,
        talked=_talked,
        planned=_planned,
        rests=_rests,
        rested_by=frozenset(
            f"customers.{verb}" for verb in ("archive", "unarchive", "pause", "resume", "void", "restore")
        ),
    )
)
