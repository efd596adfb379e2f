"""Pages of follow-ups: the panel on a customer's page, writing one there, the statistics of a period."""

from __future__ import annotations

import datetime as dt
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers.models import Customer
from genjin.customers.queries import customer_for
from genjin.followups.actions import create_followup
from genjin.followups.drawing import COMPOSED, Drawer, author_of, composer
from genjin.followups.models import FollowUp
from genjin.followups.queries import followups_of
from genjin.followups.record import FOLLOWUP
from genjin.followups.statistics import Statistics, statistics
from genjin.kernel.doors import SEE, WRITE, may, titles_of
from genjin.kernel.fields import Date, FieldError
from genjin.kernel.models.rows import Life
from genjin.kernel.refusal import Refused
from genjin.ui.addresses import record_url
from genjin.ui.details.cards import Drawn, register_button, register_card, register_panel
from genjin.ui.details.entries import Look, register_look
from genjin.ui.navigation import NavItem, register_nav
from genjin.ui.pages import PageRequest, fragment, go, page, render, respond, wants_fragment, with_event, with_toast
from genjin.ui.shell import formats_for

CREATE = FOLLOWUP.grant("create")


def followup_panel(request: PageRequest, customer: Customer) -> Drawn | None:
    """The composer and the newest follow-ups, between a customer's facts and its timeline."""
    if not request.actor.may(FOLLOWUP.grant("see")):
        return None
    return Drawn("followups/panel.html", _panel(request, customer))


def words_panel(request: PageRequest, followup: FollowUp) -> Drawn:
    """What was said, in full, on a follow-up's own page."""
    line = Drawer(request.actor, formats_for(request.actor)).line(followup)
    context = {"followup": followup, "line": line}
    return Drawn("followups/words.html", context)


def write_button(request: PageRequest, customer: Customer) -> Drawn | None:
    """Goes to the composer, where there is one."""
    return Drawn("followups/write_button.html") if _writes(request, customer) else None


@page("customers/<int:customer_id>/followups", name="customer-followups", methods=["GET", "POST"])
def customer_followups(request: PageRequest, customer_id: int) -> HttpResponse:
    """A customer's follow-ups, newest first (`?before=`: a follow-up's id); POST writes one."""
    customer = customer_for(request.actor, customer_id, to=SEE)
    request.actor.demand(FOLLOWUP.grant("see"))
    if request.method == "POST":
        return _write(request, customer)
    before = request.GET.get("before", "")
    known = int(before) if before.isdecimal() and len(before) < 19 else None
    template = "followups/page.html" if not wants_fragment(request) else "followups/lines.html"
    return respond(request, template, **_panel(request, customer, before=known))


def _write(request: PageRequest, customer: Customer) -> HttpResponse:
    sent = {key: request.POST.get(key, "").replace("\r\n", "\n") for key in (*COMPOSED, "idempotency_key")}
    raw = {key: sent[key] for key in COMPOSED} | {"customer": str(customer.pk)}
    address = record_url("customer", customer.pk)
    try:
        create_followup.run(request.actor, None, raw, key=sent["idempotency_key"] or None)
    except Refused as refusal:
        if refusal.status != 422:
            raise
        drawn = composer(request.actor, customer, f"{address}/followups", sent, refusal)
        if wants_fragment(request):
            return fragment(request, "followups/composer.html", composer=drawn, status=422)
        return render(request, "followups/page.html", **_panel(request, customer) | {"composer": drawn}, status=422)
    if not wants_fragment(request):
        return go(request, address, _("跟进已保存"))
    return with_toast(with_event(HttpResponse(status=204), "record:changed"), _("跟进已保存"))


def _panel(request: PageRequest, customer: Customer, before: int | None = None) -> dict[str, Any]:
    actor = request.actor
    found, more = followups_of(actor, customer, before=before)
    address = record_url("customer", customer.pk)
    writes = before is None and _writes(request, customer)
    return {
        "customer": customer,
        "customer_url": address,
        "followups_url": f"{address}/followups",
        "followup_days": Drawer(actor, formats_for(actor)).by_day(found),
        "followups_more": more,
        "followups_last": found[-1].pk if found else 0,
        "composer": composer(actor, customer, f"{address}/followups") if writes else None,
    }


def _writes(request: PageRequest, customer: Customer) -> bool:
    actor = request.actor
    return customer.life != Life.VOIDED and actor.may(CREATE) and may(actor, customer, CREATE, WRITE)


@page("statistics/followups", name="followup-statistics", needs=FOLLOWUP.grant("see"))
def followup_statistics(request: PageRequest) -> HttpResponse:
    """客户跟进记录统计表 (S0-33): from, to, closed households, per salesperson, the lines."""
    start, end, error = _period(request)
    found = statistics(request.actor, start, end)
    context: dict[str, Any] = {
        "start": start,
        "end": end,
        "error": error,
        "found": found,
        "lines": _lines(request, found),
    }
    return respond(request, "followups/statistics.html#figures", **context)


def _period(request: PageRequest) -> tuple[date, date, str]:
    """The period asked for; this month when nothing, or nonsense, was asked."""
    today = request.actor.now().date()
    first = today.replace(day=1)
    last = (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
    field = Date(key="period", label=_("查询日期"))
    try:
        start = field.parse(request.GET.get("from"), request.actor) or first
        end = field.parse(request.GET.get("to"), request.actor) or max(last, start)
    except FieldError as error:
        return first, last, str(error)
    return (start, end, "") if start <= end else (end, start, "")


def _lines(request: PageRequest, found: Statistics) -> list[dict[str, Any]]:
    """The lines of the table, in the columns of the sheet."""
    actor = request.actor
    draw = Drawer(actor, formats_for(actor))
    names = titles_of(actor, "customer", [one.customer_id for one in found.lines])
    keys = ("method", "progress", "intention", "outcome", "deal_date")
    return [
        {
            "row": one,
            "customer": names.get(one.customer_id, ""),
            "day": one.occurred_at.astimezone(actor.zone).date(),
            "who": author_of(actor, one),
            "words": {key: draw.words(one, key) for key in keys},
        }
        for one in found.lines
    ]


register_button("customer", "write", write_button, order=10)
register_panel("followup", "words", words_panel)
register_panel("customer", "followups", followup_panel, order=20)
register_card("customer", "followup", lambda _request, _customer: None)  # the panel shows them
register_look("followups.create", Look("message-2", "acc"))
register_nav(
    NavItem(
        key="followup-statistics",
        label=gettext_lazy("跟进统计"),
        icon="chart-bar",
        url_name="followup-statistics",
        section="customers",
        order=60,
        needs=FOLLOWUP.grant("see"),
    )
)
