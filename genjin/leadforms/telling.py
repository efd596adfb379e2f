"""Who hears of submissions: the owner of the lead that one became, whoever administers its pool; those who review."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor
from genjin.kernel.notices import declare_notice, notify
from genjin.leadforms.grants import REVIEW
from genjin.leadforms.models import Submission
from genjin.leads.models import Lead
from genjin.org.queries import organisation
from genjin.ownership.standing import covers, pool_named

OURS = gettext_lazy("公开表单的线索")


def _facts(_reader: Actor, note: Mapping[str, Any]) -> Mapping[str, str]:
    return {"form": str(note.get("form", ""))}


declare_notice(
    "form_lead", gettext_lazy("公开表单「%(form)s」来了新线索「%(title)s」"), "target", label=OURS, facts=_facts
)
declare_notice(
    "form_held",
    gettext_lazy("公开表单「%(form)s」有提交要审核"),
    "inbox",
    label=gettext_lazy("公开表单待审核"),
    facts=_facts,
    place="/lead-forms/%(form_id)s?state=held",
)


def tell_of_lead(actor: Actor, row: Submission, lead: Lead) -> None:
    """Its owner; in a pool whoever administers it."""
    pool = pool_named(actor.stamp, lead.pool_id or 0)
    told = [lead.owner_id] if lead.owner_id else []
    if pool is not None:
        told = [member for member in organisation(actor).people if covers(pool.admins, actor, member)]
    notify([each for each in told if each], "form_lead", lead, once=f"form_lead:{row.pk}", note={"form": row.form.name})


def tell_of_held(actor: Actor, row: Submission) -> None:
    """Those who review, once a day and form."""
    org = organisation(actor)
    told = [each.id for each in org.people.values() if each.active and REVIEW in org.grants(each.id)]
    note = {"form": row.form.name, "form_id": row.form_id}
    notify(told, "form_held", None, once=f"form_held:{row.form_id}:{actor.now():%Y-%m-%d}", note=note)
