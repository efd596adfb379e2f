"""Contacts as vCards, to be taken into a phone: one contact, or all of a customer."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers.models import Contact
from genjin.customers.queries import contact_for, contacts_of, customer_for
from genjin.customers.record import CONTACT
from genjin.kernel.doors import SEE
from genjin.kernel.file_names import content_disposition
from genjin.surfaces.exports.actions import take_cards
from genjin.surfaces.exports.evidence import noting_place
from genjin.surfaces.exports.grants import CARDS
from genjin.surfaces.exports.vcards import cards
from genjin.ui.details.menu import MenuEntry, register_menu_entry
from genjin.ui.pages import PageRequest, page, respond

register_menu_entry(
    MenuEntry(
        key="vcard",
        label=gettext_lazy("下载名片（vCard）"),
        icon="address-book",
        link="/vcard",
        needs=CARDS,
        types=("contact", "customer"),
        into="#dialog",
        order=90,
    )
)


@page("contacts/<int:contact_id>/vcard", name="contact-vcard", methods=["GET", "POST"], needs=CARDS)
def contact_card(request: PageRequest, contact_id: int) -> HttpResponse:
    """The card of a contact: asked for, then handed out."""
    contact = contact_for(request.actor, contact_id, to=SEE)
    if request.method == "POST":
        with noting_place(request):
            return _file(request, take_cards(request.actor, contact=contact_id), contact.name)
    return _question(request, [contact], contact.name, f"/contacts/{contact_id}/vcard")


@page("customers/<int:customer_id>/vcard", name="customer-vcards", methods=["GET", "POST"], needs=CARDS)
def customer_cards(request: PageRequest, customer_id: int) -> HttpResponse:
    """The cards of a customer's contacts."""
    customer = customer_for(request.actor, customer_id, to=SEE)
    name = _("%s 联系人") % customer.name
    if request.method == "POST":
        with noting_place(request):
            return _file(request, take_cards(request.actor, customer=customer_id), name)
    return _question(request, contacts_of(request.actor, customer), name, f"/customers/{customer_id}/vcard")


def _question(request: PageRequest, contacts: list[Contact], name: str, action: str) -> HttpResponse:
    position = CONTACT.seen_by(request.actor).own_fields.get("position")
    people = [(one.name, position.text(one.position, request.actor) if position else "") for one in contacts]
    return respond(request, "exports/cards.html#dialog", people=people, file=f"{name}.vcf", action=action)


def _file(request: PageRequest, ids: list[int], name: str) -> HttpResponse:
    text = "".join(cards(request.actor, ids))
    headers = {"Content-Disposition": content_disposition(f"{name}.vcf"), "X-Content-Type-Options": "nosniff"}
    return HttpResponse(text, content_type="text/vcard; charset=utf-8", headers=headers)
