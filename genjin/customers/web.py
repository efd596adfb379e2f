"""What a customer's page shows beside its facts: contacts, tags, addresses, why it rests, a button to call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers import workcards
from genjin.customers.grading import web as grading
from genjin.customers.models import Contact, Customer, Rest, RestKind
from genjin.customers.monthend import web as month_end
from genjin.customers.options import REST_REASON
from genjin.customers.queries import addresses_on, contacts_of, customer_for, number_of, rest_of
from genjin.customers.record import CONTACT, CUSTOMER
from genjin.kernel import regions
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, WRITE, may
from genjin.kernel.fields.base import Access
from genjin.kernel.masking import HIDDEN
from genjin.kernel.models.rows import Life
from genjin.kernel.options import Option, options_of
from genjin.kernel.seeing import as_seen, seen_value, teller, whole
from genjin.ui.addresses import list_url, record_url
from genjin.ui.details.cards import Drawn, register_button, register_card, register_panel
from genjin.ui.details.entries import register_note
from genjin.ui.details.resting import banner
from genjin.ui.lists.tools import RowTool, register_row_tool
from genjin.ui.pages import PageRequest, fragment, page, urlpatterns_of
from genjin.ui.shell import formats_for

MOST_CONTACTS = 6


@dataclass(frozen=True)
class Person:
    """A contact as the card shows it. `call`: the number to dial, '' where one may not or must not; `eye`: the key of a
    number that can be shown in full."""

    url: str
    name: str
    note: str
    primary: bool
    quiet: bool
    masked: str
    call: str
    eye: str


def contacts_card(request: PageRequest, customer: Customer) -> Drawn | None:
    """The contacts of a customer, the primary one first."""
    actor = request.actor
    if not actor.may(CONTACT.grant("see")):
        return None
    found = contacts_of(actor, customer)
    adds = customer.life != Life.VOIDED and may(actor, customer, CONTACT.grant("create"), WRITE)
    listed = list_url(CONTACT)
    return Drawn(
        "customers/contacts_card.html",
        {
            "people": [_person(actor, contact) for contact in found[:MOST_CONTACTS]],
            "all_url": f"{listed}?f=1&customer.in={customer.pk}" if len(found) > MOST_CONTACTS else "",
            "add_url": f"{listed}/new?stay=1&customer={customer.pk}" if adds else "",
        },
    )


def call_customer(request: PageRequest, customer: Customer) -> Drawn | None:
    """Dial the customer, or the first contact who has a number."""
    name, number = next(_numbers(request.actor, customer), ("", ""))
    return _call(number, name)


@page("customers/<int:customer_id>/call", name="customer-call")
def customer_call(request: PageRequest, customer_id: int) -> HttpResponse:
    """Whom to dial, for the popover of a row in the list."""
    customer = customer_for(request.actor, customer_id, to=SEE)
    return fragment(request, "customers/numbers.html", numbers=list(_numbers(request.actor, customer)))


def call_contact(request: PageRequest, contact: Contact) -> Drawn | None:
    """Dial the contact."""
    return _call(_number(request.actor, contact), "")


def tags_card(request: PageRequest, customer: Customer) -> Drawn | None:
    """The customer's tags, with adding and taking away for whom may."""
    actor = request.actor
    options = options_of("customer_tag", actor.stamp)
    known = [options.get(key, Option(key, key)) for key in as_seen(actor, customer).tags]
    tags = [(option.key, str(option.label), option.colour) for option in known]
    edits = _edits(actor, customer, "tags")
    if not tags and not edits:
        return None
    context: dict[str, Any] = {"tags": tags, "edits": edits, "url": record_url(CUSTOMER, customer.pk)}
    return Drawn("customers/tags_card.html", context)


def addresses_card(request: PageRequest, customer: Customer) -> Drawn | None:
    """The customer's further addresses, with adding and removing for whom may."""
    seen = CUSTOMER.seen_by(request.actor).keys
    found = addresses_on(customer) if "address" in seen else []
    edits = _edits(request.actor, customer, "address")
    if not found and not edits:
        return None
    plain = whole(request.actor, CUSTOMER, "address")
    lines = [
        (row.pk, row.label, f"{regions.full_name(row.region)} {row.detail if plain else HIDDEN}".strip())
        for row in found
    ]
    context: dict[str, Any] = {"lines": lines, "edits": edits, "url": record_url(CUSTOMER, customer.pk)}
    return Drawn("customers/addresses_card.html", context)


def rest_panel(request: PageRequest, customer: Customer) -> Drawn | None:
    """Why a customer is archived or paused, and the button that takes it up again."""
    actor = request.actor
    if customer.life == Life.VOIDED or not (customer.life == Life.ARCHIVED or customer.paused):
        return None
    archived = customer.life == Life.ARCHIVED
    parts = _told(actor, rest_of(actor, customer))
    title = RestKind.ARCHIVED.label if archived else RestKind.PAUSED.label
    if not may(actor, customer, CUSTOMER.grant("archive"), WRITE):
        return banner(customer, str(title), parts)
    verb, label = ("unarchive", _("取消归档")) if archived else ("resume", _("恢复跟进"))
    return banner(customer, str(title), parts, verb, label)


def _person(actor: Actor, contact: Contact) -> Person:
    words = teller(actor, CONTACT, "decision_role")(contact.decision_role) if contact.decision_role else ""
    _dialled, masked = number_of(actor, contact)
    number = _number(actor, contact)
    contact = as_seen(actor, contact)
    return Person(
        url=record_url(CONTACT, contact.pk),
        name=contact.name,
        note=" · ".join(part for part in (contact.position, words) if part),
        primary=contact.primary,
        quiet=contact.do_not_contact,
        masked=masked,
        call=number,
        eye=_eye(actor, contact) if masked and not number else "",
    )


def _eye(actor: Actor, contact: Contact) -> str:
    if not actor.may(CONTACT.grant("reveal")) or contact.do_not_contact:
        return ""
    return next((key for key in ("phone", "telephone") if getattr(contact, key)), "")


def _number(actor: Actor, contact: Contact) -> str:
    return "" if contact.do_not_contact else number_of(actor, contact)[0]


def _numbers(actor: Actor, customer: Customer) -> Iterator[tuple[str, str]]:
    """(contact's name, number) of whom one may dial; the customer's own number, without a name, first."""
    own = seen_value(actor, customer, "phone")
    if own:
        yield "", own
    reached = contacts_of(actor, customer)[:MOST_CONTACTS] if actor.may(CONTACT.grant("see")) else []
    yield from ((contact.name, number) for contact in reached if (number := _number(actor, contact)))


def _dialled(request: PageRequest, customer: Customer) -> str:
    _name, number = next(_numbers(request.actor, customer), ("", ""))
    return f"tel:{number.replace(' ', '')}" if number else ""


def _call(number: str, name: str) -> Drawn | None:
    return Drawn("customers/call.html", {"number": number, "who": name}) if number else None


def _edits(actor: Actor, customer: Customer, key: str) -> bool:
    """Whether a card that stands for a field may change it."""
    allowed = CUSTOMER.seen_by(actor).accesses.get(key) is Access.EDIT
    return allowed and customer.life != Life.VOIDED and may(actor, customer, CUSTOMER.grant("edit"), WRITE)


def _told(actor: Actor, rest: Rest | None) -> list[str]:
    if rest is None:
        return []
    who = rest.by.name if rest.by else ""
    return [_reason(actor, rest.reason), rest.note, who, formats_for(actor).when(rest.since)]


def _reason(actor: Actor, value: Any) -> str:
    """Reasons are chosen from a list here, and free text elsewhere."""
    known = options_of(REST_REASON.key, actor.stamp).get(str(value))
    return str(known.label) if known else str(value)


register_button("customer", "call", call_customer, order=20)
register_row_tool(
    "customer",
    RowTool(
        key="call",
        label=gettext_lazy("拨打"),
        icon="phone-call",
        link="{row}/call",
        needs=CUSTOMER.grant("see"),
        at=_dialled,
        into="#row-menu",
        order=20,
    ),
)
register_button("contact", "call", call_contact, order=20)
register_panel("customer", "rest", rest_panel, order=1)
register_card("customer", "contact", contacts_card, order=10, at_once=True)
register_card("customer", "tags", tags_card, order=50, at_once=True)
register_card("customer", "addresses", addresses_card, order=60)
register_note("reason", gettext_lazy("原因"), _reason)

urlpatterns = urlpatterns_of(grading, month_end, workcards)
