"""Leads for tests, made through the actions."""

from __future__ import annotations

from typing import Any

from genjin.conversion.actions import convert_lead
from genjin.followups.actions import create_followup
from genjin.kernel.actor import Actor
from genjin.kernel.codes_store import new_ids
from genjin.kernel.stamps import bump_stamp
from genjin.leads.actions.leads import create_lead, invalidate_lead, void_lead
from genjin.leads.models import Lead
from genjin.ownership.models import Pool


def make_lead(actor: Actor, name: str = "苏州晶砺 陆先生", **raw: Any) -> Lead:
    """A lead of the actor, or in a pool."""
    outcome = create_lead.run(actor, None, {"name": name, "duplicate_known": "1", **raw})
    assert outcome.row_id is not None
    return Lead.objects.get(pk=outcome.row_id)


def make_lead_pool(name: str = "线索公海", **more: Any) -> Pool:
    """A pool of leads for everybody."""
    pool = Pool(id=new_ids(1)[0], record_type="lead", name=name, members={"everybody": True}, **more)
    pool.save(force_insert=True)
    bump_stamp()
    return pool


def follow(actor: Actor, lead: Lead, **raw: Any) -> int:
    """A follow-up of a lead; its id."""
    given = {"lead": str(lead.pk), "content": "电话沟通，有意向", "method": "phone", **raw}
    made = create_followup.run(actor, None, given).row_id
    assert made is not None
    return made


def lead_in(actor: Actor, state: str, pool: Pool, name: str) -> Lead:
    """A lead in a state, or voided, brought there by the moves themselves."""
    lead = make_lead(actor, name, **({"pool": str(pool.pk)} if state == "unassigned" else {}))
    if state == "following":
        follow(actor, lead)
    elif state == "invalid":
        invalidate_lead(actor, lead.pk, reason="no_wish")
    elif state == "converted":
        convert_lead(actor, lead.pk)
    elif state == "voided":
        void_lead(actor, lead.pk, reason="广告")
    return Lead.objects.get(pk=lead.pk)
