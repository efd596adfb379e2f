"""The verb that converts a lead (B2), single and in bulk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.conversion.carrying import came_from, carry_over, contact_of, fill_customer, make_customer
from genjin.conversion.choosing import customer_to_join, join_team
from genjin.conversion.models import Conversion
from genjin.conversion.queries import await_turn
from genjin.customers.models import Customer
from genjin.customers.rhythm import local_day
from genjin.kernel import people
from genjin.kernel.actions import ACTIONS, action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import WRITE
from genjin.kernel.fields import RecordRef, Text, Values, YesNo
from genjin.kernel.grants import declare_grants
from genjin.kernel.models.rows import Life
from genjin.kernel.notices import declare_notice, notify
from genjin.kernel.recording import in_batch, record
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.kernel.seeing import seen_value
from genjin.kernel.together import insert
from genjin.leads.models import Lead
from genjin.leads.queries import lead_for
from genjin.leads.record import LEAD
from genjin.leads.rules import MOVES, OPEN, LeadState
from genjin.org.grants import add_to_ready_roles

CONVERT = LEAD.grant("convert")
OPENING = "opportunities.create"
declare_grants(LEAD.many, (CONVERT, gettext_lazy("转换为客户")))
_SELLING = (CONVERT,)
add_to_ready_roles(
    salesperson=_SELLING, create_only=_SELLING, manager=_SELLING, department_head=_SELLING, operations=_SELLING
)
declare_notice(
    "lead_converted",
    gettext_lazy("%(who)s把您的线索「%(title)s」转换成了客户"),
    "building",
    label=gettext_lazy("线索转换"),
)


def _opportunities(_given: Any) -> bool:
    return OPENING in ACTIONS


OpportunityName = Annotated[
    str,
    Text(
        key="opportunity_name",
        label=gettext_lazy("商机名称"),
        help=gettext_lazy("不填就是「客户名称 + 商机」"),
        shown_when=_opportunities,
    ),
]
Known = Annotated[
    bool, YesNo(key="duplicate_known", label=gettext_lazy("已核对，仍要新建商机"), shown_when=_opportunities)
]


@contextmanager
def _in_turn(actor: Actor, lead_ids: Sequence[int], arguments: Mapping[str, Any]) -> Iterator[None]:
    """Many at once take all their turns before the first."""
    with transaction.atomic():
        await_turn(actor, lead_ids, arguments.get("name") or "")
        yield


@action(
    "leads.convert",
    on=Lead,
    needs=CONVERT,
    label=gettext_lazy("转换"),
    icon="building",
    bulk=True,
    when=lambda row: row.life == Life.LIVE and row.state in OPEN,
    ahead=_in_turn,
)
def convert_lead(
    actor: Actor,
    lead_id: int,
    *,
    customer: Annotated[
        int | None,
        RecordRef(
            key="customer",
            label=gettext_lazy("客户"),
            to="customer",
            help=gettext_lazy("不选：有同名客户就关联，没有就新建"),
        ),
    ] = None,
    name: Annotated[
        str, Text(key="name", label=gettext_lazy("客户名称"), help=gettext_lazy("不填就用线索的公司名称"))
    ] = "",
    contact: Annotated[
        bool,
        YesNo(
            key="contact",
            label=gettext_lazy("同时建立联系人"),
            default=True,
            help=gettext_lazy("线索没有联系人姓名时不建立；客户已有同名或同号码的联系人时用那一位"),
        ),
    ] = True,
    opportunity: Annotated[
        bool, YesNo(key="opportunity", label=gettext_lazy("同时建立商机"), shown_when=_opportunities)
    ] = False,
    opportunity_name: OpportunityName = "",
    duplicate_known: Known = False,
) -> Lead:
    """Convert a lead (B2): into the customer that is named, else into the one of its name, else into a new one; with
    its contact, and with an opportunity when asked for. All or nothing. Raises Refused("bad_move", "voided",
    "no_owner", "choose_customer", "customer_exists", "may_not") and what making the parts raises."""
    if not in_batch():
        await_turn(actor, [lead_id], name)
    lead = lead_for(actor, lead_id, to=WRITE, lock=True)
    owner_id = _demand_convertible(actor, lead, opens=opportunity)
    with _by_rule():
        of, fact = _become(actor, lead, customer, name or seen_value(actor, lead, "company") or lead.name)
        join_team(actor, of, owner_id)
        if contact:
            fact.contact_id, fact.new_contact = contact_of(actor, lead, of)
        if opportunity:
            fact.opportunity_id = _open(actor, lead, of, fact.contact_id, opportunity_name, known=duplicate_known)
    _close(actor, lead, fact)
    carry_over(actor, lead, of, fact.opportunity_id)
    if owner_id != actor.member_id:
        notify([owner_id], "lead_converted", lead, once=f"lead_converted:{lead.pk}")
    return lead


def _demand_convertible(actor: Actor, lead: Lead, *, opens: bool) -> int:
    """What must hold before (B2-1). The lead's owner. Raises Refused."""
    if lead.life != Life.LIVE:
        raise Refused("voided", _("线索已作废，还原后才能转换"))
    if lead.state == LeadState.CONVERTED:
        raise Refused("converted", str(MOVES.words[LeadState.CONVERTED]))
    owner = people.directory().department_of(lead.owner_id or 0, actor.stamp)
    if lead.owner_id is None or not _still_here(lead.owner_id, actor) or owner is None:
        raise Refused("no_owner", _("线索的负责人已离职，请先转移给在职的同事"))
    if opens and (OPENING not in ACTIONS or not actor.may(ACTIONS[OPENING].needs)):
        raise Refused("may_not", _("您没有新建商机的权限；请去掉「同时建立商机」"), "opportunity")
    return lead.owner_id


def _still_here(member_id: int, actor: Actor) -> bool:
    return people.directory().find_member(str(member_id), actor) == member_id


@contextmanager
def _by_rule() -> Iterator[None]:
    """In bulk what one lead may not become is told of that lead: it refuses no others."""
    try:
        yield
    except (Forbidden, NotFound) as refusal:
        raise Refused("may_not", refusal.message) from None


def _open(actor: Actor, lead: Lead, customer: Customer, contact_id: int | None, name: str, *, known: bool) -> int:
    """An opportunity of the lead's owner at its first stage (B2-9)."""
    values = Values(name=name or _("%s商机") % customer.name, customer=customer.pk)
    values |= came_from(actor, lead)
    create: Any = ACTIONS[OPENING]
    made = create(actor, values=values, contact=contact_id, owner=lead.owner_id, duplicate_known=known)
    return int(made.pk)


def _become(actor: Actor, lead: Lead, chosen: int | None, name: str) -> tuple[Customer, Conversion]:
    """The customer that the lead is joined to, or a new one (B2-2 to B2-7), and the row that will say so."""
    joined = customer_to_join(actor, lead, chosen, name)
    customer = joined or make_customer(actor, lead, name)
    if joined is not None:
        fill_customer(actor, lead, joined)
    fact = Conversion(lead_id=lead.pk, customer_id=customer.pk, new_customer=joined is None, at=actor.now())
    fact.owner_id, fact.by_id = lead.owner_id or 0, actor.member_id
    return customer, fact


def _close(actor: Actor, lead: Lead, fact: Conversion) -> None:
    """The lead is converted and says into what (B2-11)."""
    MOVES.move(lead, LeadState.CONVERTED)
    lead.customer_id, lead.contact_id, lead.opportunity_id = fact.customer_id, fact.contact_id, fact.opportunity_id
    lead.deal_date = local_day(actor.now())
    lead.neglected = False
    record(actor, lead, customer=fact.customer_id)
    insert(fact)
