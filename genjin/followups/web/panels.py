"""What records' pages show of follow-ups: on customers, contacts and plans, and a follow-up's own words."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from genjin.customers.models import Contact
from genjin.customers.queries import contact_for, customer_for
from genjin.followups.composing import Sent
from genjin.followups.drawing import Drawer
from genjin.followups.models import FollowUp
from genjin.followups.queries import followups_of
from genjin.followups.record import FOLLOWUP
from genjin.followups.web.opening import writes
from genjin.followups.web.sending import save
from genjin.followups.web.writing import panel_composer, saved_here
from genjin.kernel.doors import SEE, row_for
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, type_of
from genjin.kernel.refusal import NotFound
from genjin.plans.models import Plan
from genjin.plans.queries import plan_for
from genjin.plans.subjects import SUBJECTS, main_of
from genjin.ui.addresses import record_url
from genjin.ui.details.cards import Drawn, register_button, register_card, register_panel
from genjin.ui.details.entries import Look, register_look
from genjin.ui.lists.tools import RowTool, register_row_tool
from genjin.ui.pages import PageRequest, fragment, page, render, respond, wants_fragment
from genjin.ui.shell import formats_for

SEE_GRANT = FOLLOWUP.grant("see")


def followup_panel(request: PageRequest, of: Record) -> Drawn | None:
    """The composer and the newest follow-ups, between the facts of a customer (lead …) and its timeline."""
    if not request.actor.may(SEE_GRANT):
        return None
    return Drawn("followups/panel.html", _panel(request, of))


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


def write_button(request: PageRequest, record: Record) -> Drawn | None:
    """Goes to the composer on the page of a customer (lead …); on others it opens the dialog."""
    composed = record.row_type in SUBJECTS
    of = record if composed else _main_of(request, record)
    if of is None or not writes(request.actor, of):
        return None
    opens = "" if composed else f"/followups/new?{record.row_type}={record.pk}"
    return Drawn("followups/write_button.html", {"opens": opens})


def writing_of(request: PageRequest, of: Record) -> str:
    """The dialog in which one writes to a customer (lead …) of a list; '' where one may not."""
    return f"/followups/new?{of.row_type}={of.pk}" if writes(request.actor, of) else ""


@page("customers/<int:customer_id>/followups", name="customer-followups", methods=["GET", "POST"])
def customer_followups(request: PageRequest, customer_id: int) -> HttpResponse:
    """A customer's follow-ups, newest first (`?before=`: a follow-up's id); POST writes one."""
    return followups_page(request, customer_for(request.actor, customer_id, to=SEE))


@page("contacts/<int:contact_id>/followups", name="contact-followups", needs=SEE_GRANT)
def contact_followups(request: PageRequest, contact_id: int) -> HttpResponse:
    """The follow-ups with a contact, newest first (`?before=`)."""
    return _page(request, contact_for(request.actor, contact_id, to=SEE))


@page("plans/<int:plan_id>/followups", name="plan-followups", needs=SEE_GRANT)
def plan_followups(request: PageRequest, plan_id: int) -> HttpResponse:
    """The follow-ups that a plan became, newest first (`?before=`)."""
    return _page(request, plan_for(request.actor, plan_id, to=SEE))


def followups_page(request: PageRequest, of: Record) -> HttpResponse:
    """The follow-ups of a customer (lead …) that came through its door, and the writing of one: the page that each such
    type declares under its own address. Raises Forbidden."""
    request.actor.demand(SEE_GRANT)
    if request.method == "POST":
        saved = save(request, of)
        if isinstance(saved, Sent):
            return _refused(request, of, saved)
        return saved_here(request, of, saved)
    return _page(request, of)


def _page(request: PageRequest, of: Record) -> HttpResponse:
    before = request.GET.get("before", "")
    known = int(before) if before.isdecimal() and len(before) < 19 else None
    shown = _lines(request, of, known) if wants_fragment(request) or known else _panel(request, of)
    return respond(request, "followups/page.html" if not wants_fragment(request) else "followups/lines.html", **shown)


def _refused(request: PageRequest, of: Record, sent: Sent) -> HttpResponse:
    drawn = panel_composer(request, of, sent)
    status = 413 if sent.refusal.status == 413 else 422
    if wants_fragment(request):
        return fragment(request, "followups/composer.html", composer=drawn, status=status)
    return render(request, "followups/page.html", **_lines(request, of) | {"composer": drawn}, status=status)


def _panel(request: PageRequest, of: Record) -> dict[str, Any]:
    shown = _lines(request, of)
    if of.row_type in SUBJECTS and writes(request.actor, of):
        shown["composer"] = panel_composer(request, of)
    return shown


def _lines(request: PageRequest, of: Record, before: int | None = None) -> dict[str, Any]:
    actor = request.actor
    found, more = followups_of(actor, of, before=before)
    address = record_url(of.row_type, of.pk)
    return {
        "of": of,
        "of_title": getattr(of, type_of(of).title),
        "of_url": address,
        "followups_url": f"{address}/{FOLLOWUP.plural}",
        "followup_days": Drawer(actor, formats_for(actor)).by_day(found),
        "followups_more": more,
        "followups_last": found[-1].pk if found else 0,
        "composer": None,
    }


def _main_of(request: PageRequest, record: Any) -> Record | None:
    """Whose a contact or plan is; None without one, or where the actor may not see it (a plan that asks for
    support)."""
    key, row_id = "customer", getattr(record, "customer_id", None)
    if row_id is None and isinstance(record, Plan):
        main = main_of(record)
        key, row_id = (main[0].key, main[1]) if main else (key, None)
    try:
        return row_for(request.actor, RECORD_TYPES[key].model, row_id or 0, to=SEE)
    except NotFound:
        return None


def show_followups(key: str) -> None:
    """Follow-ups of a type's records on their pages, with the composer, and writing from its lists. The type declares
    its page of `followups_page`."""
    register_button(key, "write", write_button, order=10)
    register_panel(key, "followups", followup_panel, order=20)
    register_card(key, "followup", lambda _request, _record: None)  # the panel shows them
    register_row_tool(
        key,
        RowTool(
            key="write",
            label=gettext_lazy("写跟进"),
            icon="message-2",
            link=f"/followups/new?{key}={{id}}",
            needs=FOLLOWUP.grant("create"),
            at=writing_of,
            into="#dialog",
            shortcut="f",
            order=10,
        ),
    )


show_followups("customer")
for _type in ("contact", "plan"):
    register_button(_type, "write", write_button, order=10)
register_panel("followup", "words", words_panel)
register_panel("contact", "followups", talks_panel, order=20)
register_panel("plan", "followups", talks_panel, order=40)
register_look("followups.create", Look("message-2", "acc"))
