"""Customer care on pages: whom a plan asks to greet, ticked off one by one; a contact's next birthday."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from genjin.customers.models import Contact
from genjin.customers.queries import contact_for, number_of
from genjin.customers.record import CONTACT, CUSTOMER
from genjin.kernel import masking
from genjin.kernel.doors import SEE, WRITE, may
from genjin.kernel.fields.times import next_birthday
from genjin.kernel.models.rows import Life
from genjin.kernel.refusal import NotFound
from genjin.kernel.seeing import as_seen, teller, whole
from genjin.plans.care.queries import CAP, MOST_GREETED, Greeted, tally, to_greet
from genjin.plans.care.settings import BIRTHDAYS
from genjin.plans.models import Plan
from genjin.plans.queries import plan_for
from genjin.plans.record import PLAN
from genjin.plans.rules import PlanKind, is_open
from genjin.ui.addresses import record_url
from genjin.ui.details.cards import Drawn, register_card, register_panel
from genjin.ui.formats import weekday_name
from genjin.ui.pages import PageRequest, page, respond
from genjin.ui.shell import formats_for

SOON = 30


@dataclass(frozen=True)
class Line:
    """A customer to greet as the list shows it. `verb`: what its box does; `write`: where a follow-up is written."""

    id: int
    name: str
    url: str
    level: str
    contact: str
    masked: str
    call: str
    done: bool
    verb: str
    write: str


def care_panel(request: PageRequest, plan: Plan) -> Drawn | None:
    """Whom to congratulate or to greet, as things stand now, and how (B19)."""
    if plan.kind != PlanKind.CARE:
        return None
    if plan.care_of_id is None:
        return Drawn("plans/birthday_panel.html", _birthday(request, plan))
    return Drawn("plans/greetings_panel.html", _list(request, plan))


@page("plans/<int:plan_id>/greetings", name="greetings")
def greetings(request: PageRequest, plan_id: int) -> HttpResponse:
    """A holiday's list (`?after=` a place in it). NotFound for other plans, and without the grant to see plans."""
    if not request.actor.may(PLAN.grant("see")):
        raise NotFound
    plan = plan_for(request.actor, plan_id, to=SEE)
    if plan.care_of_id is None:
        raise NotFound
    return respond(request, "plans/greetings.html#list", **_list(request, plan))


def birthday_card(request: PageRequest, contact: Contact) -> Drawn | None:
    """When a contact celebrates next."""
    contact = as_seen(request.actor, contact)
    if contact.birthday is None or contact.life == Life.VOIDED:
        return None
    today = formats_for(request.actor).today
    day = next_birthday(contact.birthday, today)
    context: dict[str, Any] = {
        "day": day,
        "weekday": weekday_name(day),
        "left": in_days((day - today).days),
        "soon": (day - today).days <= SOON,
        "quiet": contact.do_not_contact,
        "planned": BIRTHDAYS.at(request.actor.stamp),
    }
    return Drawn("plans/birthday_card.html", context)


def in_days(days: int) -> str:
    """今天, 明天, 还有 12 天."""
    if days < 2:
        return _("明天") if days else _("今天")
    return ngettext("还有 %(n)d 天", "还有 %(n)d 天", days) % {"n": days}


def _birthday(request: PageRequest, plan: Plan) -> dict[str, Any]:
    actor, contact = request.actor, _contact(request, plan)
    today = formats_for(actor).today
    quiet = contact is None or contact.do_not_contact or contact.life != Life.LIVE
    dialled, shown = ("", "") if contact is None or quiet else number_of(actor, contact)
    known = whole(actor, CONTACT, "birthday")
    return {
        "contact": as_seen(actor, contact) if contact else None,
        "contact_url": record_url(CONTACT, contact.pk) if contact else "",
        "quiet": quiet,
        "open": is_open(plan.state),
        "day": plan.occurs_on if known else "",
        "left": in_days((plan.occurs_on - today).days) if plan.occurs_on and plan.occurs_on >= today else "",
        "masked": shown,
        "call": dialled,
    }


def _contact(request: PageRequest, plan: Plan) -> Contact | None:
    try:
        return contact_for(request.actor, plan.contact_id or 0, to=SEE)
    except NotFound:
        return None


def _list(request: PageRequest, plan: Plan) -> dict[str, Any]:
    actor = request.actor
    found = to_greet(actor, plan, after=request.GET.get("after", "")[:600])
    writes = is_open(plan.state) and may(actor, plan, PLAN.grant("edit"), WRITE)
    done, total = tally(actor, plan)
    address = f"{record_url(PLAN, plan.pk)}/greetings"
    more = len(found) > MOST_GREETED
    return {
        "plan": plan,
        "plan_url": record_url(PLAN, plan.pk),
        "lines": [_line(request, plan, one) for one in found[:MOST_GREETED]],
        "done": done,
        "total": f"{CAP}+" if total >= CAP else str(total),
        "writes": writes,
        "days": in_days(left) if (left := _days_left(request, plan)) >= 0 else "",
        "here": address,
        "now_here": request.get_full_path(),
        "next_url": f"{address}?{urlencode({'after': found[MOST_GREETED - 1].place})}" if more else "",
    }


def _days_left(request: PageRequest, plan: Plan) -> int:
    return ((plan.occurs_on or dt.date.min) - formats_for(request.actor).today).days


def _line(request: PageRequest, plan: Plan, one: Greeted) -> Line:
    level = teller(request.actor, CUSTOMER, "level")
    writes = f"/followups/new?customer={one.customer_id}" if request.actor.may("followups.create") else ""
    return Line(
        id=one.customer_id,
        name=one.customer,
        url=record_url(CUSTOMER, one.customer_id),
        level=level(one.level),
        contact=one.contact,
        masked=masking.mask_phone(one.phone),
        call=one.phone if whole(request.actor, CONTACT if one.contact_id else CUSTOMER, "phone") else "",
        done=one.done,
        verb=f"{record_url(PLAN, plan.pk)}/actions/{'ungreet' if one.done else 'greet'}",
        write=f"{writes}&contact={one.contact_id}" if writes and one.contact_id else writes,
    )


register_panel("plan", "care", care_panel, order=5)
register_card("contact", "birthday", birthday_card, order=5, at_once=True)
