"""What goes with a lead to its customer (B2-7, B2-8, B2-10): its fields, its contact, its follow-ups and plans. Steps
of the action that converts.

Follow-ups and plans are not written a second time: the same row stands under both, so that statistics count every talk
once, and carries the owner of the customer from now on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from genjin.conversion.queries import contact_like
from genjin.conversion.rules import TO_CONTACT, TO_CUSTOMER, TO_OPPORTUNITY, carried, missing
from genjin.customers.actions.contacts import create_contact
from genjin.customers.actions.customers import create_customer
from genjin.customers.models import Contact, Customer
from genjin.customers.record import CONTACT, CUSTOMER
from genjin.followups.queries import LastFacts, last_facts
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Access, Values
from genjin.kernel.recording import record
from genjin.kernel.records import RecordType, belonging_to
from genjin.kernel.sights import LESS
from genjin.leads.models import Lead
from genjin.leads.record import LEAD
from genjin.opportunities.models import Opportunity
from genjin.opportunities.record import OPPORTUNITY
from genjin.ownership.actions.changing_owners import change_owners
from genjin.ownership.models import Rule
from genjin.plans.planning import restate_next
from genjin.plans.subjects import subject_of

Table = Mapping[str, tuple[str, ...]]


def make_customer(actor: Actor, lead: Lead, name: str) -> Customer:
    """A new customer of the lead's owner (B2-7). Raises what creating one raises: a field that must be unique, a rule
    of 查重 that blocks, an owner who may hold no more."""
    values = Values(name=name, **_told(actor, CUSTOMER, lead, TO_CUSTOMER))
    customer: Customer = create_customer(actor, values=values, owner=lead.owner_id, duplicate_known=True)
    _carry_unseen(actor, CUSTOMER, lead, customer, TO_CUSTOMER)
    return customer


def fill_customer(actor: Actor, lead: Lead, customer: Customer) -> None:
    """Fill what is empty in a customer that was there; nothing is overwritten (B2-7)."""
    _fill(actor, customer, missing(customer, _told(actor, CUSTOMER, lead, TO_CUSTOMER)))
    _carry_unseen(actor, CUSTOMER, lead, customer, TO_CUSTOMER)


def contact_of(actor: Actor, lead: Lead, customer: Customer) -> tuple[int | None, bool]:
    """(the contact that the lead's is, whether it was made now): one of the customer's with the same name or phone,
    else a new one (B2-8); None when the lead names nobody."""
    if not lead.contact_name:
        return None, False
    known = contact_like(customer.pk, lead.contact_name, lead.mobile)
    if known is not None:
        return known, False
    given = _told(actor, CONTACT, lead, TO_CONTACT)
    values = Values(**{**given, "name": lead.contact_name, "customer": customer.pk})
    made: Contact = create_contact(actor, values=values, duplicate_known=True)
    _carry_unseen(actor, CONTACT, lead, made, TO_CONTACT)
    return made.pk, True


def carry_over(actor: Actor, lead: Lead, customer: Customer, opportunity_id: int | None) -> None:
    """Let the lead's follow-ups, plans and touches of campaigns stand under the customer too, and tell it (B2-10)."""
    facts = last_facts(lead)
    for declared, link in belonging_to(LEAD.key):
        rows: list[Any] = list(
            declared.model._default_manager.filter(**{link.column: lead.pk})  # rows: they go with their lead
            .select_for_update(of=("self",))
            .order_by("pk")
        )
        for row in rows:
            row.customer_id = customer.pk
            if hasattr(row, "opportunity_id"):
                row.opportunity_id = row.opportunity_id or opportunity_id
            record(actor, row)
        others = [row for row in rows if row.owner_id != customer.owner_id]
        change_owners(actor, others, customer.owner_id, rule=Rule.FOLLOWED, noted=False)
    opened = Opportunity.objects.select_for_update(of=("self",)).filter(pk=opportunity_id or 0)  # rows: just made
    for told in (customer, *opened):
        _tell(actor, told, facts)
        restate_next(actor, told)


def _tell(actor: Actor, row: Any, facts: LastFacts) -> None:
    """A (locked) record was last talked to when the lead was."""
    if facts.occurred_at is None:
        return
    tell = subject_of(row).note_contact
    tell(actor, row, occurred_at=facts.occurred_at, effective=False)
    if facts.effective_at is not None:
        tell(actor, row, occurred_at=facts.effective_at, effective=True)


def came_from(actor: Actor, lead: Lead) -> dict[str, Any]:
    """What the opportunity takes over from its lead: what is wanted, and where it came from (B2-9, B2-11)."""
    return _told(actor, OPPORTUNITY, lead, TO_OPPORTUNITY)


def _told(actor: Actor, declared: RecordType, lead: Lead, table: Table) -> dict[str, Any]:
    """What the actor knows of the lead in full and may fill in: nothing hidden of it comes to light (trust flaw 4)."""
    seen, kept = declared.seen_by(actor), _kept_back(actor, LEAD)
    given = carried(lead, {key: tuple(name for name in names if name not in kept) for key, names in table.items()})
    return {key: value for key, value in given.items() if seen.accesses.get(key) is Access.EDIT}


def _carry_unseen(actor: Actor, declared: RecordType, lead: Lead, row: Any, table: Table) -> None:
    """What the actor may know in full neither of the lead nor of what it becomes goes over unseen; nothing is
    overwritten, nothing is lost (B2-7)."""
    kept, there = _kept_back(actor, LEAD), _kept_back(actor, declared)
    if kept and there:
        unseen = {key: tuple(name for name in names if name in kept) for key, names in table.items() if key in there}
        _fill(actor, row, missing(row, carried(lead, unseen)))


def _kept_back(actor: Actor, declared: RecordType) -> frozenset[str]:
    """The columns of a type that the actor may not know in full."""
    if not actor.rights:
        return frozenset()
    accesses = declared.seen_by(actor).accesses
    return frozenset(f.attribute for f in declared.fields if accesses.get(f.key) in LESS)


def _fill(actor: Actor, row: Any, given: Mapping[str, Any]) -> None:
    for key, value in given.items():
        setattr(row, key, value)
    if given:
        record(actor, row)
