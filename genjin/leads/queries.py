"""Reads of leads: the door, why one is invalid, those of which a time limit rang, and the branch by which a converted
lead stays readable for who sees its customer (B1).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from genjin.customers.models import Customer
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, To, register_branch, row_for, visible_to
from genjin.kernel.models.rows import Life
from genjin.leads.models import Invalidity, Lead


def lead_for(actor: Actor, lead_id: int, *, to: To, lock: bool = False) -> Lead:
    """The lead's one door. Raises NotFound or Forbidden."""
    return row_for(actor, Lead, lead_id, to=to, lock=lock)


def invalidity_of(actor: Actor, lead: Lead) -> Invalidity | None:
    """Why a lead was last marked invalid."""
    rows = Invalidity.objects.filter(lead_id=lead.pk).select_related("by")
    return rows.order_by("-id").first()


def late_leads(now: datetime, most: int) -> list[Lead]:
    """Leads of which a time limit has run out, the first to ring first, locked; for the job that tells."""
    rows = Lead.objects.filter(clock_at__lte=now, life=Life.LIVE).order_by("clock_at")
    return list(rows.defer("search", "search_key").select_for_update(of=("self",), skip_locked=True)[:most])


def of_seen_customers(actor: Actor, right: To, row_by_row: bool) -> QuerySet[Any, Any] | None:
    """Ids of converted leads whose customers the actor sees: to be read, never to be changed."""
    if right is not SEE or not actor.may("customers.see"):
        return None
    converted = Lead.objects.filter(customer_id__isnull=False)
    return converted.filter(customer_id__in=visible_to(actor, Customer).values("id")).values("id")


register_branch("lead_customer", of_seen_customers, only="lead", listed=False)
