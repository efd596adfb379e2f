"""Which customer a lead becomes (B2-3 to B2-6): the one that is named, the one of its name, or a new one. Steps of the
action that converts.
"""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from genjin.conversion.queries import in_a_pool, matches_names, namesakes, queue_for_name
from genjin.customers.actions.pools import claim_customer
from genjin.customers.models import Customer
from genjin.customers.queries import customer_for
from genjin.customers.record import CUSTOMER
from genjin.duplicates.guarding import entry_of, refuse_within_limits
from genjin.duplicates.telling import hits_of
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE
from genjin.kernel.models.rows import Life
from genjin.kernel.recording import in_batch, record
from genjin.kernel.refusal import Refused
from genjin.kernel.wording import listed
from genjin.leads.models import Lead
from genjin.ownership.models import Teammate


def customer_to_join(actor: Actor, lead: Lead, chosen: int | None, name: str) -> Customer | None:
    """The (locked) customer that the lead is joined to; None when a new one is to be made. One in a pool is claimed
    first, under the rules of claiming (B2-5). Raises NotFound for a chosen one that he does not reach,
    Refused("choose_customer"), Refused("customer_exists")."""
    found = chosen if chosen is not None else _of_name(actor, lead, name)
    if found is None:
        return None
    if in_a_pool(found):
        claim_customer(actor, found)
    customer = customer_for(actor, found, to=SEE, lock=True)
    if customer.life == Life.VOIDED:
        raise Refused("voided", _("客户「%s」已作废，请先还原或换一个") % customer.name, "customer")
    return customer


def join_team(actor: Actor, customer: Customer, member_id: int) -> None:
    """Whoever owned the lead works on the customer too (B2-6): the customer's owner stays."""
    if customer.owner_id == member_id:
        return
    places = Teammate.objects.filter(record_id=customer.pk, member_id=member_id)  # rows: his own place
    if not places.exists():
        place = Teammate(record_type=customer.row_type, record_id=customer.pk, member_id=member_id, writes=True)
        record(actor, place)


def _of_name(actor: Actor, lead: Lead, name: str) -> int | None:
    """The customer of this name. Of several the one that the lead's owner owns and that lies in no pool; where several
    remain, the member is asked, and in bulk the oldest is taken (B2-4). One that he does not reach is never joined:
    whoever converts would come to see it."""
    if not matches_names(actor):
        return None
    queue_for_name(name)
    every = namesakes(actor, name)
    reached = [each for each in every if each.reached]
    if not reached:
        _demand_untold(actor, name, {each.id for each in every})
        return None
    own = [each for each in reached if each.pool_id is None and each.owner_id == lead.owner_id]
    best = own or reached
    if len(best) > 1 and not in_batch():
        names = listed(f"{each.name}（{each.code}，{each.owner or _('在公海')}）" for each in best)
        facts = {"customers": [{"id": each.id, "name": each.name} for each in best]}
        message = _("有 %(count)d 个同名客户：%(names)s。请在「客户」里选一个") % {"count": len(best), "names": names}
        raise Refused("choose_customer", message, "customer", facts=facts)
    return best[0].id


def _demand_untold(actor: Actor, name: str, namesakes: Collection[int]) -> None:
    """Of namesakes out of his reach he is told what the rules of 查重 tell, within their limits and written down; what
    they say nothing of is not there for him either. Raises Refused("customer_exists"), TooManyAsked."""
    entry = entry_of(actor)
    told = [hit for hit in hits_of(actor, CUSTOMER, {"name": name}, entry) if hit.row_id in namesakes]
    if told:
        words = _("已有同名客户「%s」，由别人负责；请联系其负责人或主管来转换")
        refusal = Refused("customer_exists", words % name, "name")
        refuse_within_limits(actor, CUSTOMER.key, entry, told, refusal)
