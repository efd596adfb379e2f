"""What a customer's page says of its grade: by which rule or by whose word, and until when (B6)."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.customers.grading.actions import ungrade_customer
from genjin.customers.grading.queries import grade_of
from genjin.customers.grading.rules import BY_RULE, LOST_DAYS, NEW_DAYS
from genjin.customers.models import Customer, Grade
from genjin.customers.queries import customer_for
from genjin.customers.record import CUSTOMER
from genjin.kernel.actor import Actor
from genjin.kernel.doors import WRITE, may
from genjin.kernel.refusal import Refused
from genjin.kernel.seeing import whole
from genjin.kernel.wording import listed
from genjin.ui.addresses import record_url
from genjin.ui.details.cards import Drawn, register_card
from genjin.ui.pages import PageRequest, closed_dialog, go, page
from genjin.ui.shell import formats_for


def grade_card(request: PageRequest, customer: Customer) -> Drawn | None:
    """分级: nothing while the company grades by hand and nobody gave a reason."""
    actor = request.actor
    grade = grade_of(actor, customer)
    by_rule = BY_RULE.at(actor.stamp)
    seen = CUSTOMER.seen_by(actor).keys
    if (not by_rule and grade is None) or not {"category", "lifecycle", "deal_date"} <= set(seen):
        return None
    by_hand = grade.by_hand_until if grade else None
    told = {key: seen[key].text(getattr(customer, key), actor) for key in ("category", "lifecycle")}
    fmt = formats_for(actor)
    return Drawn(
        "customers/grade_card.html",
        {
            "told": told,
            "by_hand": fmt.day(by_hand) if by_hand else "",
            "reason": grade.reason if grade else "",
            "why": _why(customer, grade, actor.stamp) if by_rule and not by_hand else "",
            "given": _given(grade, actor) if by_rule and not by_hand and grade else "",
            "grade_url": record_url(CUSTOMER, customer.pk),
            "regrades": may(actor, customer, CUSTOMER.grant("edit"), WRITE),
            "by_rule": by_rule,
        },
    )


@page("customers/<int:customer_id>/grade/rule", name="customer-ungrade", methods=["POST"])
def back_to_rule(request: PageRequest, customer_id: int) -> HttpResponse:
    """Let the rule count again."""
    customer_for(request.actor, customer_id, to=WRITE)
    try:
        ungrade_customer.run(request.actor, customer_id, {})
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return closed_dialog(refusal.message, tone="bad")
    if request.headers.get("HX-Request") == "true":
        return closed_dialog(_("已恢复按规则分级"), changed="record:changed")
    return go(request, record_url(CUSTOMER, customer_id), _("已恢复按规则分级"))


def _why(customer: Customer, grade: Grade | None, stamp: int) -> str:
    """The rule in words, with this customer's own days."""
    if customer.deal_date is None:
        return _("还没有成交日期，属于潜在")
    first = (grade.first_deal if grade else None) or customer.deal_date
    words = {"first": first.isoformat(), "last": customer.deal_date.isoformat()}
    words |= {"new": str(NEW_DAYS.at(stamp)), "lost": str(LOST_DAYS.at(stamp))}
    if customer.lifecycle == "lost":
        return _("最近成交 %(last)s，超过 %(lost)s 天没有再成交") % words
    if customer.lifecycle == "new":
        return _("第一次成交 %(first)s，在 %(new)s 天之内") % words
    return _("第一次成交 %(first)s，最近成交 %(last)s") % words


def _given(grade: Grade, actor: Actor) -> str:
    """When the rules came to it, of which facts and in which version (B6), as far as the reader may know the facts."""
    if grade.graded_on is None or grade.inputs is None or grade.rules is None:
        return ""
    seen = CUSTOMER.seen_by(actor)
    told = []
    if grade.inputs.get("level") and whole(actor, CUSTOMER, "level"):
        told.append(_("等级 %s") % seen.keys["level"].text(grade.inputs["level"], actor))
    days = {"first": _("第一次成交 %s"), "last": _("最近成交 %s")}
    told += [words % grade.inputs[key] for key, words in days.items() if key in grade.inputs]
    facts = listed(told) if told else _("没有成交")
    said = {"day": grade.graded_on.isoformat(), "facts": facts, "version": grade.rules["version"]}
    return _("%(day)s 按规则第 %(version)s 版判定，依据：%(facts)s") % said


register_card("customer", "grade", grade_card, order=55)
