"""For what the form is opened: the customer, contact or plan that is named, or on whose page one stands."""

from __future__ import annotations

import re

from genjin.customers.models import Customer
from genjin.customers.queries import contact_for, customer_for
from genjin.followups.composing import Asked
from genjin.followups.queries import followup_for
from genjin.followups.record import FOLLOWUP
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, WRITE, may
from genjin.kernel.models.rows import Life
from genjin.kernel.refusal import Forbidden, NotFound
from genjin.plans.queries import plan_for
from genjin.ui.pages import PageRequest, on_page

CREATE = FOLLOWUP.grant("create")
KINDS = ("plan", "contact", "customer", "followup")
_PLACE = re.compile(r"/(customers|contacts|plans|followups)/([0-9]{1,18})(?:/.*)?")
_KIND = {"customers": "customer", "contacts": "contact", "plans": "plan", "followups": "followup"}


def asked_for(request: PageRequest) -> Asked:
    """What is named in the address (`?customer=`, `?contact=`, `?plan=`, `?from=` a page's path), else the record whose
    page is open. What one may not see or not write to opens it for nobody, as if it were not there."""
    try:
        return _asked(request)
    except (Forbidden, NotFound):
        return Asked()


def _asked(request: PageRequest) -> Asked:
    named = request.POST if request.method == "POST" else request.GET
    for kind in KINDS:
        if named.get(kind):
            return _named(request.actor, kind, named[kind])
    match = _PLACE.fullmatch(named.get("from", "") or on_page(request))
    if match is None or any(kind in named for kind in KINDS):
        return Asked()
    return _named(request.actor, _KIND[match[1]], match[2])


def writes(actor: Actor, customer: Customer) -> bool:
    """Whether the actor may write follow-ups of this customer."""
    return customer.life != Life.VOIDED and actor.may(CREATE) and may(actor, customer, CREATE, WRITE)


def _named(actor: Actor, kind: str, text: str) -> Asked:
    if not text.isdecimal() or len(text) > 18:
        raise NotFound
    asked = _found(actor, kind, int(text))
    if asked.customer is not None and not writes(actor, asked.customer):
        raise Forbidden
    return asked


def _found(actor: Actor, kind: str, row_id: int) -> Asked:
    if kind == "plan":
        plan = plan_for(actor, row_id, to=SEE)
        customer = customer_for(actor, plan.customer_id, to=SEE) if plan.customer_id else None
        return Asked(customer, plan.contact_id, plan)
    if kind == "contact":
        contact = contact_for(actor, row_id, to=SEE)
        return Asked(customer_for(actor, contact.customer_id, to=SEE), contact.pk)
    if kind == "followup":
        followup = followup_for(actor, row_id, to=SEE)
        return Asked(customer_for(actor, followup.customer_id, to=SEE), followup.contact_id)
    return Asked(customer_for(actor, row_id, to=SEE))
