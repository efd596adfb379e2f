"""Creating, editing, voiding and restoring contacts; a customer's further addresses."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers.models import Address, Contact, Customer
from genjin.customers.queries import contact_for, customer_for, lives_of_contacts
from genjin.customers.record import CONTACT
from genjin.duplicates.guarding import demand_no_duplicate, demand_still_single
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.aliases import demand_unmerged, into
from genjin.kernel.doors import OWN, WRITE
from genjin.kernel.editing import apply_values
from genjin.kernel.fields import Access, Number, Region, Text, Values, YesNo
from genjin.kernel.models.rows import Life, fresh
from genjin.kernel.moves import LIFE
from genjin.kernel.recording import record, record_removal
from genjin.kernel.records import type_of
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.kernel.undo import as_before
from genjin.merging.actions import merge_actions
from genjin.ownership.actions import removal_action, teammate_action, transfer_action
from genjin.ownership.changing import change_owner
from genjin.ownership.models import Rule
from genjin.revealing.actions import reveal_action


@action("contacts.create", on=Contact, needs="contacts.create", label=gettext_lazy("新建联系人"), icon="user-plus")
def create_contact(
    actor: Actor,
    *,
    values: Values,
    duplicate_known: Annotated[bool, YesNo(key="duplicate_known", label=gettext_lazy("已核对，仍要新建"))] = False,
) -> Contact:
    """Add a contact to a customer the actor may see; it carries the customer's owner. Raises Refused, also as
    `demand_no_duplicate` (B3)."""
    customer = _writable_customer(actor, values["customer"])
    demand_no_duplicate(actor, CONTACT, values, known=duplicate_known)
    contact = fresh(Contact)
    apply_values(actor, contact, values)
    others = lives_of_contacts(customer)
    if all(life != Life.LIVE for life, _primary in others):
        contact.primary = True
    change_owner(actor, contact, customer.owner_id, rule=Rule.CREATED)
    if any(primary for _life, primary in others):
        _one_primary(actor, contact)
    return contact


@action(
    "contacts.edit",
    on=Contact,
    needs="contacts.edit",
    label=gettext_lazy("编辑"),
    icon="pencil",
    when=lambda row: row.life != Life.VOIDED,
    undo=as_before("contacts.edit"),
    bulk=True,
)
def edit_contact(
    actor: Actor,
    contact_id: int,
    *,
    values: Values,
    duplicate_known: Annotated[bool, YesNo(key="duplicate_known", label=gettext_lazy("已核对，仍要保存"))] = False,
) -> Contact:
    """Change the given fields; a contact may move to another customer. Raises Stale or Refused, also as
    `demand_still_single` (B3)."""
    around = not values.keys().isdisjoint({"customer", "primary"})
    if around:
        _hold_customers(contact_for(actor, contact_id, to=WRITE).customer_id, values.get("customer"))
    contact = contact_for(actor, contact_id, to=WRITE, lock=True)
    if contact.life == Life.VOIDED:
        raise Refused("voided", _("联系人已作废，还原后才能编辑"))
    demand_still_single(actor, CONTACT, contact, values, known=duplicate_known)
    before = contact.customer_id
    apply_values(actor, contact, values)
    if contact.customer_id != before:
        customer = _writable_customer(actor, contact.customer_id)
        change_owner(actor, contact, customer.owner_id, rule=Rule.FOLLOWED)
    else:
        record(actor, contact)
    if around:
        _one_primary(actor, contact)
    return contact


@action(
    "contacts.void",
    on=Contact,
    needs="contacts.void",
    to=OWN,
    label=gettext_lazy("作废"),
    icon="trash",
    bulk=True,
    danger=True,
    confirm=gettext_lazy("作废后联系人进入回收站，可随时还原。"),
    when=lambda row: row.life != Life.VOIDED,
    undo="contacts.restore",
)
def void_contact(actor: Actor, contact_id: int) -> Contact:
    """Put a contact into the recycle bin. Raises Refused("bad_move")."""
    contact = contact_for(actor, contact_id, to=OWN, lock=True)
    LIFE.move(contact, Life.VOIDED)
    record(actor, contact)
    return contact


@action(
    "contacts.restore",
    on=Contact,
    needs="contacts.void",
    to=OWN,
    label=gettext_lazy("还原"),
    icon="arrow-back-up",
    bulk=True,
    when=lambda row: row.life == Life.VOIDED and into(row) is None,
    undo="contacts.void",
)
def restore_contact(actor: Actor, contact_id: int) -> Contact:
    """Take a contact out of the recycle bin. Raises Refused("not_voided")."""
    contact = contact_for(actor, contact_id, to=OWN, lock=True)
    if contact.life != Life.VOIDED:
        raise Refused("not_voided", _("联系人没有作废"))
    demand_unmerged(contact)
    LIFE.move(contact, Life.LIVE)
    record(actor, contact)
    return contact


@action("customers.add_address", on=Customer, needs="customers.edit", label=gettext_lazy("添加地址"), icon="map-pin")
def add_address(
    actor: Actor,
    customer_id: int,
    *,
    label: Annotated[str, Text(key="label", label=gettext_lazy("用途"), most=30)],
    detail: Annotated[str, Text(key="detail", label=gettext_lazy("详细地址"))],
    region: Annotated[str, Region(key="region", label=gettext_lazy("地区"))] = "",
) -> Customer:
    """Add a further address (delivery, invoice, site). Raises Forbidden as for the address itself."""
    _demand_addresses(actor)
    customer = customer_for(actor, customer_id, to=WRITE, lock=True)
    record(actor, customer, address=label)
    record(actor, Address(customer_id=customer_id, label=label, region=region, detail=detail))
    return customer


@action(
    "customers.remove_address",
    on=Customer,
    needs="customers.edit",
    label=gettext_lazy("删除地址"),
    icon="trash",
    listed=False,
)
def remove_address(
    actor: Actor, customer_id: int, *, address: Annotated[int, Number(key="address", label=gettext_lazy("地址"))]
) -> Customer:
    """Remove a further address; the event keeps it. Raises NotFound, or Forbidden as for the address itself."""
    _demand_addresses(actor)
    customer = customer_for(actor, customer_id, to=WRITE, lock=True)
    row = Address.objects.filter(customer_id=customer_id, pk=address).first()
    if row is None:
        raise NotFound
    record(actor, customer, address_removed=row.label)
    record_removal(actor, row)
    return customer


def _demand_addresses(actor: Actor) -> None:
    if type_of(Customer).seen_by(actor).accesses["address"] is not Access.EDIT:
        raise Forbidden(_("您不能修改客户的地址"))


def _writable_customer(actor: Actor, customer_id: int) -> Customer:
    customer = customer_for(actor, customer_id, to=WRITE, lock=True)
    if customer.life == Life.VOIDED:
        raise Refused("voided", _("客户已作废，不能添加联系人"), "customer")
    return customer


def _hold_customers(*ids: int | None) -> None:
    """Customers are locked before what is theirs, in the order of their ids: whoever gives one away, or merges two,
    locks their contacts afterwards."""
    rows = Customer.objects.filter(pk__in=[each for each in ids if each]).order_by("pk")
    list(rows.select_for_update(of=("self",)).values_list("pk"))


def _one_primary(actor: Actor, contact: Contact) -> None:
    """A customer has one primary contact: the newest marked one."""
    if not contact.primary:
        return
    others = Contact.objects.filter(customer_id=contact.customer_id, primary=True).exclude(pk=contact.pk)
    for other in others.select_for_update():
        other.primary = False
        record(actor, other)


transfer_contact, reveal_of_contact = transfer_action(CONTACT), reveal_action(CONTACT)
add_contact_teammate, remove_contact_teammate = teammate_action(CONTACT), removal_action(CONTACT)
merge_contacts, unmerge_contacts = merge_actions(
    CONTACT, keeps=("primary",), strict=("do_not_contact",), alike=("phone",)
)
