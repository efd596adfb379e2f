"""A submission becomes a lead: what was typed is read by the declaration as it is now, the lead is made by the ordinary
action, as the system actor of the form, and goes where the form says. Steps of actions.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from genjin.allocation.actions.allocating import ALLOCATE
from genjin.kernel import careful
from genjin.kernel.actions import parse_fields
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Values
from genjin.kernel.recording import plain, standing_note
from genjin.kernel.refusal import Refused
from genjin.leadforms.declared import needed, offered
from genjin.leadforms.models import LeadForm, Submission
from genjin.leadforms.queries import maker_of
from genjin.leadforms.rules import Held, Target, like_spam
from genjin.leads.actions.leads import create_lead
from genjin.leads.models import Lead
from genjin.leads.record import LEAD
from genjin.org.queries import organisation
from genjin.ownership.standing import pool_named

REASONS = {"duplicate_blocked": Held.DUPLICATE, "full": Held.FULL}


class Holding(Refused):
    """Somebody has to look at it."""

    def __init__(self, reason: Held, words: str = "") -> None:
        super().__init__("held", words or str(reason.label))
        self.reason = reason


def look(row: Submission, stamp: int) -> None:
    """Raises Holding for what somebody should look at before it becomes a lead."""
    if row.form.review:
        raise Holding(Held.REVIEW)
    fields = offered(stamp)
    texts = {key: value for key, value in row.values.items() if isinstance(value, str)}
    free = [text for key, text in texts.items() if key in fields and careful.is_free(fields[key])]
    if any(like_spam(text) for text in free):
        raise Holding(Held.SPAM)
    policy = careful.policy(stamp)
    if policy.mode is not careful.Mode.OFF and any(policy.find(text) for text in free):
        raise Holding(Held.SENSITIVE)


def make_lead(row: Submission, *, reviewed: bool) -> tuple[Lead, bool]:
    """The lead, and whether 查重 knew somebody like it. Raises Holding. Whoever reviewed it takes what no longer fits
    the declaration along as a remark."""
    maker = maker_of(row.form)
    values = _values(maker, row, reviewed=reviewed)
    token = standing_note.set({**standing_note.get(), "lead_form": row.form.name, "form_submission": row.pk})
    try:
        with override(settings.LANGUAGE_CODE):
            return _made(maker, row.form, values)
    except Holding:
        raise
    except Refused as refusal:
        raise Holding(REASONS.get(refusal.code, Held.OTHER), refusal.message[:300]) from refusal
    finally:
        standing_note.reset(token)


def _values(maker: Actor, row: Submission, *, reviewed: bool) -> Values:
    known = {key: f.with_(required=False) for key, f in offered(maker.stamp).items()}
    fitting = {key: value for key, value in row.values.items() if key in known}
    values, errors = parse_fields(known, fitting, maker, partial=True)
    lost = {key: value for key, value in row.values.items() if key not in values}
    missing = [key for key in needed(maker.stamp) if values.get(key) in (None, "", [])]
    if (lost or missing or errors) and not reviewed:
        raise Holding(Held.CHANGED)
    values["name"] = values.get("name") or _name(values, row.form)
    channel = row.channel.source if row.channel else ""
    own: dict[str, Any] = {"source": channel or row.form.source, "campaign": row.form.campaign_id}
    own["remarks"] = "\n".join(f"{key}：{_text(value)}" for key, value in lost.items())
    takes = LEAD.seen_by(maker).own_fields
    return Values(values | {key: value for key, value in own.items() if value and key in takes})


def _name(values: Mapping[str, Any], form: LeadForm) -> str:
    """What a lead is called that was not named: 苏州晶砺 陆先生."""
    who = " ".join(str(values[key]) for key in ("company", "contact_name") if values.get(key))
    return (who or _("「%s」的来客") % form.name)[:200]


def _text(value: Any) -> str:
    return "、".join(value) if isinstance(value, list) else str(plain(value))


def _made(maker: Actor, form: LeadForm, values: Values) -> tuple[Lead, bool]:
    where = _place(maker, form)
    hit = False
    try:
        lead = create_lead(maker, values=values, **where)
    except Refused as refusal:
        if refusal.code != "duplicate_found":
            raise
        hit, lead = True, create_lead(maker, values=values, duplicate_known=True, **where)
    if form.target == Target.SCHEME:
        with suppress(Refused):  # nobody can take it now: it stays with whom the form names
            ALLOCATE[LEAD.key](maker, lead.pk, scheme=str(form.scheme_id or ""))
        lead.refresh_from_db()
    return lead, hit


def _place(maker: Actor, form: LeadForm) -> dict[str, Any]:
    """Owner or pool. Raises Holding when there is none any more."""
    if form.target == Target.POOL:
        pool = pool_named(maker.stamp, form.pool_id or 0)
        if pool is None or not pool.enabled:
            raise Holding(Held.NOWHERE)
        return {"pool": str(pool.pk)}
    owner = organisation(maker).people.get(form.owner_id or 0)
    if owner is None or not owner.active:
        raise Holding(Held.NOWHERE)
    return {"owner": owner.id}
