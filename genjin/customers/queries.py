"""Reads of customers: the doors to customer and contact, possible duplicates, contacts of a customer, who goes cold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from genjin.customers.models import WORKED, Address, Contact, Customer, Rest
from genjin.customers.rhythm import local_day
from genjin.kernel import normal
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, To, row_for, seen_among, visible_to
from genjin.kernel.masking import mask_phone
from genjin.kernel.models.rows import Life
from genjin.kernel.ready import DAY, MARK, Ready
from genjin.kernel.records import type_of
from genjin.kernel.seeing import whole
from genjin.kernel.together import declare_kin, kin

MOST_CONTACTS = 50
MOST_COLD = 99


def customer_for(actor: Actor, customer_id: int, *, to: To, lock: bool = False) -> Customer:
    """The customer's one door. Raises NotFound or Forbidden."""
    return row_for(actor, Customer, customer_id, to=to, lock=lock)


def contact_for(actor: Actor, contact_id: int, *, to: To, lock: bool = False) -> Contact:
    """The contact's one door. Raises NotFound or Forbidden."""
    return row_for(actor, Contact, contact_id, to=to, lock=lock)


def contacts_of(actor: Actor, customer: Customer) -> list[Contact]:
    """The first contacts of a customer that the actor sees, the primary one first. Several parts of a page ask for
    them: read once for the customer at hand."""
    kept: tuple[Actor, list[Contact]] | None = customer.__dict__.get("_contacts")
    if kept is None or kept[0] is not actor:
        found = _first_contacts.rows(customer.pk)
        kept = actor, seen_among(actor, found, lambda: _contacts(customer.pk), MOST_CONTACTS)
        customer.__dict__["_contacts"] = kept
    return kept[1]


def _contacts(customer_id: int) -> QuerySet[Contact]:
    rows = Contact.objects.filter(customer_id=customer_id, life=Life.LIVE).order_by("-primary", "id")
    return rows.defer("search", "search_key")


_first_contacts = Ready(lambda customer_id: _contacts(customer_id)[:MOST_CONTACTS])


def number_of(actor: Actor, contact: Contact) -> tuple[str, str]:
    """(the number to dial a contact, '' where the actor may not know it in full; as lists show it): the mobile before
    the landline. The right to dial is asked elsewhere (`do_not_contact`)."""
    seen = type_of(Contact).seen_by(actor)
    for key in ("phone", "telephone"):
        number: str = getattr(contact, key)
        if number and key in seen.own_fields:
            return number if whole(actor, seen, key) else "", mask_phone(number)
    return "", ""


def lives_of_contacts(customer: Customer) -> list[tuple[int, bool]]:
    """(life, primary) of every contact of a customer, whoever may see it."""
    made = kin(Contact, "customer_id", customer.pk)
    if made is not None:
        return [(contact.life, contact.primary) for contact in made]
    return list(Contact.objects.filter(customer_id=customer.pk).values_list("life", "primary"))


def addresses_of(actor: Actor, customer_id: int) -> list[Address]:
    """Further addresses of a customer the actor sees."""
    return addresses_on(customer_for(actor, customer_id, to=SEE))


def addresses_on(customer: Customer) -> list[Address]:
    """Further addresses of a customer that came through its door."""
    return list(Address.objects.filter(customer_id=customer.pk).order_by("id")[:50])


def rest_of(actor: Actor, customer: Customer) -> Rest | None:
    """Why the customer rests (archived or paused) now."""
    rows = Rest.objects.filter(customer_id=customer.pk, until=None).select_related("by")
    return rows.order_by("-id").first()


def customers_named(actor: Actor, names: Iterable[str], *, before: datetime | None = None) -> dict[str, int | None]:
    """{normalised name: id of the newest customer of this name} for the names that customers (made before a moment)
    bear; the id is None when the actor may not see any of them."""
    keys = sorted({normal.company_key(name)[:200] for name in names} - {""})
    rows = Customer.objects.filter(name_key__in=keys)
    if before is not None:
        rows = rows.filter(created_at__lt=before)
    found: dict[str, int | None] = dict.fromkeys(rows.values_list("name_key", flat=True).distinct())
    seen = visible_to(actor, Customer).filter(pk__in=rows.values("pk"), life__lt=Life.VOIDED).order_by("id")
    found.update(seen.values_list("name_key", "pk"))
    return found


def customer_called(actor: Actor, text: str) -> int | None:
    """The id of the customer that the actor sees with this number or normalised name: the newest of namesakes."""
    key = normal.company_key(text)[:200]
    rows = visible_to(actor, Customer).filter(life__lt=Life.VOIDED)
    by_code = rows.filter(code=text).values_list("pk", flat=True).first()
    if by_code or not key:
        return by_code
    return rows.filter(name_key=key).order_by("life", "-id").values_list("pk", flat=True).first()


declare_kin(Contact, "customer_id")


class Cold(NamedTuple):
    """A customer that goes cold."""

    id: int
    name: str
    level: str
    last_effective_at: datetime | None
    follow_by: date
    department_id: int | None


def cold_of(actor: Actor, member_id: int) -> list[Cold]:
    """A member's customers whose day to follow up has come (B7), as far as the actor sees them; the longest overdue
    first, at most MOST_COLD + 1. One query, two when some lie outside the actor's scope."""
    scope = actor.grants.get(type_of(Customer).grant("see"))
    if scope is None:
        return []
    today = local_day(actor.now())
    found = [Cold(*row) for row in _ready.rows(member_id, today)]
    if all(scope.holds(member_id, one.department_id) for one in found):
        return found
    return [Cold(*row) for row in _cold(visible_to(actor, Customer), member_id, today)]


def _cold(rows: QuerySet[Customer], member_id: int, today: date) -> QuerySet[Customer, tuple[Any, ...]]:
    due = rows.filter(WORKED, owner_id=member_id, follow_by__lte=today).order_by("follow_by", "pk")
    return due.values_list(*Cold._fields)[: MOST_COLD + 1]


_ready = Ready(lambda member_id, today: _cold(Customer.objects.all(), member_id, today), MARK, DAY)
