"""What records' pages show of follow-ups: on customers, contacts and plans, and a follow-up's own words."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from genjin.customers.models import Contact, Customer
from genjin.customers.queries import contact_for, customer_for
from genjin.followups.composing import Sent
from genjin.followups.drawing import Drawer
from genjin.followups.models import FollowUp
from genjin.followups.queries import followups_of
from genjin.followups.record import FOLLOWUP
from genjin.followups.web.opening import writes
from genjin.followups.web.sending import save
from genjin.followups.web.writing import panel_composer, saved_here
from genjin.kernel.doors import SEE
from genjin.kernel.records import type_of
from genjin.kernel.refusal import NotFound
from genjin.plans.models import Plan
from genjin.plans.queries import plan_for
from genjin.ui.addresses import record_url
from genjin.ui.details.cards import Drawn, register_button, register_card, register_panel
from genjin.ui.details.entries import Look, register_look
from genjin.ui.lists.tools import RowTool, register_row_tool
from genjin.ui.pages import PageRequest, fragment, page, render, respond, wants_fragment
from genjin.ui.shell import formats_for

SEE_GRANT = FOLLOWUP.grant("see")


def followup_panel(request: PageRequest, customer: Customer) -> Drawn | None:
    """The composer and the newest follow-ups, between a customer's facts and its timeline."""
    if not request.actor.may(SEE_GRANT):
        return None
    return Drawn("followups/panel.html", _panel(request, customer))


def talks_panel(request: PageRequest, record: Contact | Plan) -> Drawn | None:
    """The follow-ups with a contact, or those that a plan became."""
    if not request.actor.may(SEE_GRANT):
        return None
    shown = _lines(request, record)
    wanted = isinstance(record, Contact) or shown["followup_days"]
    return Drawn("followups/talks.html", shown) if wanted else None


def words_panel(request: PageRequest, followup: FollowUp) -> Drawn:
    """What was said, in full, on a follow-up's own page."""
    line = Drawer(request.actor, formats_for(request.actor)).line(followup)
    return Drawn("followups/words.html", {"f": line})


def write_button(request: PageRequest, record: Customer | Contact | Plan) -> Drawn | None:
    """Goes to the composer on a customer's page; on others it opens the dialog."""
    customer = record if isinstance(record, Customer) else _customer_of(request, record)
    if customer is None or not writes(request.actor, customer):
        return None
    opens = "" if isinstance(record, Customer) else f"/followups/new?{record.row_type}={record.pk}"
    return Drawn("followups/write_button.html", {"opens": opens})


def writing_of(request: PageRequest, customer: Customer) -> str:
    """The dialog in which one writes to a customer of a list; '' where one may not."""
    return f"/followups/new?customer={customer.pk}" if writes(request.actor, customer) else ""


@page("customers/<int:customer_id>/followups", name="customer-followups", methods=["GET", "POST"])
def customer_followups(request: PageRequest, customer_id: int) -> HttpResponse:
    """A customer's follow-ups, newest first (`?before=`: a follow-up's id); POST writes one."""
    customer = customer_for(request.actor, customer_id, to=SEE)
    request.actor.demand(SEE_GRANT)
    if request.method == "POST":
        saved = save(request, customer_id)
        if isinstance(saved, Sent):
            return _refused(request, customer, saved)
        return saved_here(request, customer_id, saved)
    return _page(request, customer)


@page("contacts/<int:contact_id>/followups", name="contact-followups", needs=SEE_GRANT)
def contact_followups(request: PageRequest, contact_id: int) -> HttpResponse:
    """The follow-ups with a contact, newest first (`?before=`)."""
    return _page(request, contact_for(request.actor, contact_id, to=SEE))


@page("plans/<int:plan_id>/followups", name="plan-followups", needs=SEE_GRANT)
def plan_followups(request: PageRequest, plan_id: int) -> HttpResponse:
    """The follow-ups that a plan became, newest first (`?before=`)."""
    return _page(request, plan_for(request.actor, plan_id, to=SEE))


def _page(request: PageRequest, of: Customer | Contact | Plan) -> HttpResponse:
    before = request.GET.get("before", "")
    known = int(before) if before.isdecimal() and len(before) < 19 else None
    shown = _lines(request, of, known) if wants_fragment(request) or known else _panel(request, of)
    return respond(request, "followups/page.html" if not wants_fragment(request) else "followups/lines.html", **shown)


def _refused(request: PageRequest, customer: Customer, sent: Sent) -> HttpResponse:
    drawn = panel_composer(request, customer, sent)
    status = 413 if sent.refusal.status == 413 else 422
    if wants_fragment(request):
        return fragment(request, "followups/composer.html", composer=drawn, status=status)
    return render(request, "followups/page.html", **_lines(request, customer) | {"composer": drawn}, status=status)


def _panel(request: PageRequest, of: Customer | Contact | Plan) -> dict[str, Any]:
    shown = _lines(request, of)
    if isinstance(of, Customer) and writes(request.actor, of):
        shown["composer"] = panel_composer(request, of)
    return shown


def _lines(request: PageRequest, of: Customer | Contact | Plan, before: int | None = None) -> dict[str, Any]:
    actor = request.actor
    found, more = followups_of(actor, of, before=before)
    address = record_url(of.row_type, of.pk)
    return {
        "of": of,
        "of_title": getattr(of, type_of(of).title),
        "of_url": address,
        "customer": of if isinstance(of, Customer) else None,
        "followups_url": f"{address}/{FOLLOWUP.plural}",
        "followup_days": Drawer(actor, formats_for(actor)).by_day(found),
        "followups_more": more,
        "followups_last": found[-1].pk if found else 0,
        "composer": None,
    }


def _customer_of(request: PageRequest, record: Contact | Plan) -> Customer | None:
    """Whose it is; None without one, or where the actor may not see him (a plan that asks for support)."""
    try:
        return customer_for(request.actor, record.customer_id or 0, to=SEE)
    except NotFound:
        return None


for _type in ("customer", "contact", "plan"):
    register_button(_type, "write", write_button, order=10)
register_panel("followup", "words", words_panel)
register_panel("customer", "followups", followup_panel, order=20)
register_panel("contact", "followups", talks_panel, order=20)
register_panel("plan", "followups", talks_panel, order=40)
register_card("customer", "followup", lambda _request, _customer: None)  # the panel shows them
register_look("followups.create", Look("message-2", "acc"))
register_row_tool(
    "customer",
    RowTool(
        key="write",
        label=gettext_lazy("写跟进"),
        icon="message-2",
        link="/followups/new?customer={id}",
        needs=FOLLOWUP.grant("create"),
        at=writing_of,
        into="#dialog",
        shortcut="f",
        order=10,
    ),
)
