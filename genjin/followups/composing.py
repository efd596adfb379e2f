"""The form that writes a follow-up, as it is drawn: on a customer's page and in the dialog. Nothing is written here."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from genjin.customers.models import Customer
from genjin.customers.queries import contacts_of
from genjin.customers.record import CUSTOMER
from genjin.customers.rhythm import LEAST_DAYS, too_soon
from genjin.followups.actions import create_followup
from genjin.followups.limits import time_limit
from genjin.followups.options import PHONE
from genjin.followups.record import FOLLOWUP
from genjin.kernel.actor import Actor
from genjin.kernel.careful import CONFIRMED
from genjin.kernel.fields import Choice, Field
from genjin.kernel.models.rows import Record
from genjin.kernel.records import type_of
from genjin.kernel.refusal import Refused
from genjin.kernel.seeing import as_seen, whole
from genjin.org.queries.holidays import calendar
from genjin.plans.models import Plan
from genjin.plans.rules import PlanKind
from genjin.ui.formats import Formats
from genjin.ui.forms.controls import Control, controls
from genjin.ui.forms.showing import drawable, opening, told

AT_HAND = ("content", "method", "call_result", "contact", "next_contact_at", "next_step")
TUCKED = (
    "occurred_at", "minutes", "late_reason", "place", "outcome", "result_date", "progress", "intention", "response",
    "solution", "feedback", "objections", "assignee", "support",
)  # fmt: skip
COMPOSED = (*AT_HAND, *TUCKED)
CHIPS = ("response", "solution")
SEVERAL = frozenset({"solution"})
MOST_PILLS = 7
AHEAD = 62


@dataclass(frozen=True)
class Asked:
    """What a composer is opened for: the record the talk is about, and its customer where there is one."""

    of: Record | None = None
    contact_id: int | None = None
    plan: Plan | None = None
    customer: Customer | None = None


@dataclass(frozen=True)
class Composer:
    """The form: its controls by key, what was wrong, the key that stops a double send.

    `of`: (key, id, label, title) of the lead or opportunity that it is about, None for a customer or nobody yet.
    `prefix` begins the ids (a page may hold two forms); `contacts`: (id, name) of the customer's contacts; `plan`: the
    plan it completes with its words; `off`: days ahead that are not worked; `hint`: what is good to know first.
    """

    url: str
    prefix: str
    controls: dict[str, Control]
    key: str
    draft: str
    customer: Customer | None
    contacts: list[tuple[int, str]]
    contact: str
    plan: tuple[int, str] | None
    phrases: str
    off: str
    late_hours: int
    reason_hours: int
    hint: str = ""
    message: str = ""
    unfolded: bool = False
    failed: bool = False
    asked: Sequence[str] = ()
    own: Sequence[str] = ()
    conditions: str = ""
    who: dict[str, Any] = field(default_factory=dict)
    of: tuple[str, int, str, str] | None = None

    @property
    def pills(self) -> bool:
        """Whether the methods are few enough to lie side by side."""
        method = self.controls["method"]
        return method.component == "select" and len(method.given["options"]) <= MOST_PILLS


@dataclass(frozen=True)
class Sent:
    """What came back from a form and why it was refused."""

    values: Mapping[str, Any]
    key: str
    refusal: Refused

    @property
    def asks(self) -> bool:
        """Whether it is to be confirmed, or was (S3-21)."""
        return self.refusal.facts.get("confirm") == CONFIRMED or CONFIRMED in self.values


def composer(actor: Actor, fmt: Formats, asked: Asked, *, url: str, prefix: str, sent: Sent | None = None) -> Composer:
    """The form as it is opened, or as it was sent with what was wrong."""
    inputs = {f.key: f for f in create_followup.inputs(actor)}
    drawn_keys = [key for key in COMPOSED if key in inputs]
    drawn_keys += [CONFIRMED] if sent and sent.asks else []
    own = own_inputs(actor)
    drawn_keys += [f.key for f in own]
    values = dict(sent.values) if sent else opening(actor, own) | _opened(asked)
    errors = sent.refusal.errors if sent else {}
    drawn = controls(actor, [inputs[key] for key in drawn_keys], values, source=FOLLOWUP.plural, errors=errors)
    drawn = [_chips(actor, inputs[one.name], one, values) if one.name in CHIPS else one for one in drawn]
    for one in drawn:
        one.given["id"] = f"{prefix}-{one.name}"
        if one.name in AT_HAND:
            one.given["help"] = ""
    customer, limit = asked.customer, time_limit(actor)
    said = bool(sent and not sent.refusal.errors) or any(key not in drawn_keys for key in errors)
    return Composer(
        url=url,
        prefix=prefix,
        controls={one.name: one for one in drawn},
        key=sent.key if sent else uuid.uuid4().hex,
        draft=f"followup.{asked.of.pk if asked.of else 'new'}",
        customer=customer,
        contacts=_contacts(actor, customer),
        contact=str(values.get("contact") or ""),
        plan=(asked.plan.pk, _planned(fmt, asked.plan)) if asked.plan else None,
        phrases=_phrases(customer, asked.plan),
        off=_days_off(actor),
        hint=_hint(actor, fmt, customer),
        late_hours=limit.hours,
        reason_hours=limit.reason_hours,
        message=sent.refusal.message if sent and said else "",
        unfolded=any(values.get(key) or errors.get(key) for key in (*TUCKED, *(f.key for f in own))),
        failed=sent is not None,
        asked=[f.key for f in own if f.required or f.required_when],
        own=[f.key for f in own if not f.required and not f.required_when],
        conditions=told(own, {}),
        who=_customer_control(actor, inputs["customer"], customer, prefix, errors.get("customer", "")),
        of=_about(asked.of),
    )


def _about(of: Record | None) -> tuple[str, int, str, str] | None:
    if of is None or isinstance(of, Customer):
        return None
    declared = type_of(of)
    return declared.key, of.pk, str(declared.label), str(getattr(of, declared.title))


def own_inputs(actor: Actor) -> list[Field]:
    """The company's own fields of follow-ups that the actor may fill in."""
    return drawable([f for f in create_followup.inputs(actor) if f.own], {})


def _opened(asked: Asked) -> dict[str, Any]:
    """No time means the moment of saving; a plan brings its method and contact."""
    method = asked.plan.method if asked.plan and asked.plan.method else PHONE
    contact = asked.contact_id or (asked.plan.contact_id if asked.plan else None)
    return {"method": method, "contact": str(contact or "")}


def _chips(actor: Actor, declared: Field, drawn: Control, values: Mapping[str, Any]) -> Control:
    """Few options lie open as chips."""
    assert isinstance(declared, Choice)
    options = [(option.key, Choice.text(declared, option.key, actor)) for option in declared.live(actor)]
    if len(options) > MOST_PILLS:
        return drawn
    several = declared.key in SEVERAL
    value = values.get(declared.key) or ""
    given = {"options": options, "value": value, "multiple": several, "error": drawn.given["error"]}
    return Control("choices", drawn.name, drawn.label, given | {"help": drawn.given["help"]})


def _contacts(actor: Actor, customer: Customer | None) -> list[tuple[int, str]]:
    if customer is None or not actor.may("contacts.see"):
        return []
    found = [as_seen(actor, one) for one in contacts_of(actor, customer)]
    return [(one.pk, " · ".join(part for part in (one.name, one.position) if part)) for one in found]


def _planned(fmt: Formats, plan: Plan) -> str:
    return " ".join((fmt.when(plan.starts_at), plan.content))


def _hint(actor: Actor, fmt: Formats, customer: Customer | None) -> str:
    """Not too hasty (S0-90): told, never refused."""
    days = LEAST_DAYS.at(actor.stamp)
    if (
        customer is None
        or not whole(actor, CUSTOMER, "last_followed_at")
        or not too_soon(customer.last_effective_at, actor.now(), days)
    ):
        return ""
    told = {"when": fmt.when(customer.last_effective_at), "days": days}
    return _("上次有效跟进是%(when)s，还不到 %(days)d 天，注意别太频繁") % told


def _phrases(customer: Customer | None, plan: Plan | None) -> str:
    """Where the picker asks; of a greeting it offers words for the occasion."""
    given = {"customer": customer.pk} if customer else {}
    query = urlencode(given | ({"plan": plan.pk} if plan and plan.kind == PlanKind.CARE else {}))
    return f"{reverse('phrase-choices')}?{query}"


def _days_off(actor: Actor) -> str:
    """The days off among the next ones, as the script reads them (counted from the day of the click)."""
    worked, today = calendar(actor), actor.now().date()
    days = (today + dt.timedelta(days=n) for n in range(AHEAD))
    return " ".join(day.isoformat() for day in days if worked.workdays_between(day, day)[0] == 0)


def _customer_control(
    actor: Actor, declared: Any, customer: Customer | None, prefix: str, error: str
) -> dict[str, Any]:
    value = customer.pk if customer else ""
    (made,) = controls(actor, [declared], {}, source=FOLLOWUP.plural, errors={"customer": error})
    given = made.given | {"value": value, "text": customer.name if customer else "", "id": f"{prefix}-customer"}
    return given | {"help": "", "placeholder": _("客户名称、拼音或电话后四位")}
