"""For what the form is opened: the customer (lead …), contact or plan that is named, or on whose page one stands."""

from __future__ import annotations

import re

from genjin.customers.models import Customer
from genjin.customers.queries import contact_for, customer_for
from genjin.followups.composing import Asked
from genjin.followups.models import FollowUp
from genjin.followups.queries import followup_for
from genjin.followups.record import FOLLOWUP
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, WRITE, may, row_for
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, by_plural
from genjin.kernel.refusal import Forbidden, NotFound
from genjin.plans.models import Plan
from genjin.plans.queries import plan_for
from genjin.plans.subjects import SUBJECTS, named_by, subject_of
from genjin.ui.pages import PageRequest, on_page

CREATE = FOLLOWUP.grant("create")
_PLACE = re.compile(r"/([a-z]+)/([0-9]{1,18})(?:/.*)?")


def kinds() -> tuple[str, ...]:
    """What may be named, the first that is counts: a plan or an opportunity beside its customer says more than he."""
    return ("plan", "contact", *reversed(SUBJECTS), "followup")


def asked_for(request: PageRequest) -> Asked:
    """What is named in the address (`?customer=`, `?lead=`, `?contact=`, `?plan=`, `?from=` a page's path), else the
    record whose page is open. What one may not see or not write to opens it for nobody, as if it were not there."""
    try:
        return _asked(request)
    except (Forbidden, NotFound):
        return Asked()


def _asked(request: PageRequest) -> Asked:
    named = request.POST if request.method == "POST" else request.GET
    for kind in kinds():
        if named.get(kind):
            return _named(request.actor, kind, named[kind])
    match = _PLACE.fullmatch(named.get("from", "") or on_page(request))
    declared = by_plural(match[1]) if match else None
    if match is None or declared is None or any(kind in named for kind in kinds()):
        return Asked()
    return _named(request.actor, declared.key, match[2]) if declared.key in kinds() else Asked()


def writes(actor: Actor, of: Record) -> bool:
    """Whether the actor may write follow-ups of this customer, lead …"""
    return subject_of(of).talked(of) is None and actor.may(CREATE) and may(actor, of, CREATE, WRITE)


def _named(actor: Actor, kind: str, text: str) -> Asked:
    if not text.isdecimal() or len(text) > 18:
        raise NotFound
    asked = _found(actor, kind, int(text))
    if asked.of is not None and not writes(actor, asked.of):
        raise Forbidden
    return asked


def _found(actor: Actor, kind: str, row_id: int) -> Asked:
    if kind == "plan":
        plan = plan_for(actor, row_id, to=SEE)
        return _about(actor, plan, plan.contact_id, plan)
    if kind == "contact":
        contact = contact_for(actor, row_id, to=SEE)
        customer = customer_for(actor, contact.customer_id, to=SEE)
        return Asked(customer, contact.pk, customer=customer)
    if kind == "followup":
        followup = followup_for(actor, row_id, to=SEE)
        return _about(actor, followup, followup.contact_id)
    return about(actor, row_for(actor, RECORD_TYPES[kind].model, row_id, to=SEE))


def about(actor: Actor, of: Record, contact_id: int | None = None, plan: Plan | None = None) -> Asked:
    """The composer of a record that came through its door, with its customer where it has one."""
    if isinstance(of, Customer):
        return Asked(of, contact_id, plan, of)
    customer_of = subject_of(of).customer_of
    return Asked(of, contact_id, plan, customer_for(actor, customer_of(of), to=SEE) if customer_of else None)


def _about(actor: Actor, row: Plan | FollowUp, contact_id: int | None, plan: Plan | None = None) -> Asked:
    """Of what a plan or follow-up hangs on the narrowest: an opportunity of its customer."""
    hung = [(subject, row_id) for subject, row_id in named_by(row) if subject.key == "customer" or subject.customer_of]
    hung = hung or list(named_by(row))
    if not hung:
        return Asked(None, contact_id, plan)
    subject, row_id = hung[-1]
    return about(actor, row_for(actor, RECORD_TYPES[subject.key].model, row_id, to=SEE), contact_id, plan)
