"""What stands on an opportunity's page besides its facts: the path of stages with what is due, how it ended, contacts,
products, competitors, stays; and on a customer's page its opportunities.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from genjin.customers.models import Customer
from genjin.customers.options import DECISION_ROLE
from genjin.customers.rhythm import local_day
from genjin.kernel.actor import Actor
from genjin.kernel.doors import WRITE, may
from genjin.kernel.models.rows import Life
from genjin.kernel.options import options_of
from genjin.kernel.seeing import whole
from genjin.kernel.titles import titles_of
from genjin.opportunities.models import Opportunity
from genjin.opportunities.options import INVALID, LOSS, WIN
from genjin.opportunities.pipelines import name_of, pipelines_at
from genjin.opportunities.queries import (
    closing_of,
    competitors_of,
    lines_of,
    opportunities_of,
    participants_of,
    stays_of,
)
from genjin.opportunities.record import OPPORTUNITY, OUTCOMES
from genjin.opportunities.rules import Outcome, Pipe, Step, tasks_of
from genjin.opportunities.tasks import Lack, lacks
from genjin.opportunities.web.drawing import expected_words
from genjin.opportunities.web.filling import filling_address
from genjin.ui.addresses import list_url, record_url
from genjin.ui.details.cards import Drawn, register_card, register_panel
from genjin.ui.details.resting import banner
from genjin.ui.pages import PageRequest
from genjin.ui.shell import formats_for

MOST_ROWS = 6
MOST_LISTED = 50
REASONS = {Outcome.WON: WIN, Outcome.LOST: LOSS, Outcome.INVALID: INVALID}
EDIT, CLOSE = OPPORTUNITY.grant("edit"), OPPORTUNITY.grant("close")


@dataclass(frozen=True)
class StepView:
    """A stage of the path: done, current or to come; `days`: how long it took, `stalled`: longer than allowed."""

    step: Step
    name: str
    done: bool
    current: bool
    days: str
    stalled: bool


def path_panel(request: PageRequest, row: Opportunity) -> Drawn | None:
    """The path of stages, and what is due before the next one."""
    actor = request.actor
    known = pipelines_at(actor.stamp)
    here = known.steps.get(row.stage)
    if here is None or row.life == Life.VOIDED:
        return None
    pipe = known.pipes[here.pipeline]
    open_now = row.outcome == Outcome.OPEN
    following = pipe.steps[here.place + 1] if here.place + 1 < len(pipe.steps) else None
    moves = open_now and may(actor, row, EDIT, WRITE)
    missing: list[Lack] = []
    if open_now and following is not None:
        missing = lacks(actor, row, tasks_of(pipe, here.key, following.key))
    return Drawn(
        "opportunities/path.html",
        {
            "steps": _steps(actor, row, pipe, here),
            "following": name_of(following, actor) if following else "",
            "missing": missing,
            "fills": filling_address(actor, row.pk, following.key, missing) if moves and following else "",
            "moves": moves,
            "closes": open_now and may(actor, row, CLOSE, WRITE),
            "address": record_url(OPPORTUNITY, row.pk),
            "pipe": name_of(pipe, actor) if len(known.pipes) > 1 else "",
            "ended": row.outcome if not open_now else "",
        },
    )


def _steps(actor: Actor, row: Opportunity, pipe: Pipe, here: Step) -> list[StepView]:
    spent = _spent(actor, row)
    over = row.stalls_on is not None and local_day(actor.now()) > row.stalls_on
    return [
        StepView(
            step=step,
            name=name_of(step, actor),
            done=step.place < here.place,
            current=step.key == here.key,
            days=_("%(days)s 天") % {"days": spent[step.key]} if step.key in spent else "",
            stalled=over and step.key == here.key,
        )
        for step in pipe.steps
    ]


def _spent(actor: Actor, row: Opportunity) -> dict[str, int]:
    """{stage: whole days spent there}, until now where it stands."""
    seconds: dict[str, float] = {}
    for stay in stays_of(actor, row):
        left: datetime = stay.left_at or actor.now()
        seconds[stay.stage] = seconds.get(stay.stage, 0) + (left - stay.entered_at).total_seconds()
    return {stage: int(time // 86_400) for stage, time in seconds.items()}


def closing_panel(request: PageRequest, row: Opportunity) -> Drawn | None:
    """How it ended: when, why, by whom, against whom; the button that opens it again where its pipeline allows that."""
    actor = request.actor
    if row.outcome == Outcome.OPEN or row.life == Life.VOIDED:
        return None
    closing = closing_of(actor, row)
    fmt, outcome = formats_for(actor), Outcome(row.outcome)
    known = options_of(REASONS[outcome].key, actor.stamp).get(closing.reason) if closing else None
    if row.outcome == Outcome.LOST and not whole(actor, OPPORTUNITY, "loss_reason"):
        known = None
    dated = row.closed_on if whole(actor, OPPORTUNITY, "closed_on") else None
    parts = [fmt.day(dated) if dated else "", str(known.label) if known else ""]
    if closing:
        parts += [closing.competitor, closing.note, closing.by.name if closing.by else _("系统")]
    label = next(str(option.label) for option in OUTCOMES if option.key == outcome.value)
    pipe = pipelines_at(actor.stamp).of_stage(row.stage)
    if not (pipe.reopens and may(actor, row, CLOSE, WRITE)):
        return banner(row, label, parts)
    return banner(row, label, parts, "reopen", _("重新打开"))


def participants_card(request: PageRequest, row: Opportunity) -> Drawn | None:
    """The contacts who take part, with their roles; hidden ones are left out."""
    actor = request.actor
    if not actor.may("contacts.see"):
        return None
    found = participants_of(actor, row)
    titles = titles_of(actor, "contact", [part.contact_id for part in found])
    roles = options_of(DECISION_ROLE.key, actor.stamp)
    lines = [
        (part.pk, titles[part.contact_id], record_url("contact", part.contact_id), _role(roles, part.role), part.note)
        for part in found
        if part.contact_id in titles
    ]
    return _parts(request, row, "opportunities/participants.html", lines)


def lines_card(request: PageRequest, row: Opportunity) -> Drawn | None:
    """The product lines and what they come to."""
    actor = request.actor
    if not whole(actor, OPPORTUNITY, "amount"):
        return None
    lines = lines_of(actor, row)
    total = sum(line.total for line in lines) if lines else None
    drawn = _parts(request, row, "opportunities/lines.html", lines)
    drawn.context.update(sum_of_lines=total, differs=total not in (None, row.amount))
    return drawn


def competitors_card(request: PageRequest, row: Opportunity) -> Drawn | None:
    """The competitors with their strengths and weaknesses (S3-18)."""
    return _parts(request, row, "opportunities/competitors.html", competitors_of(request.actor, row))


def customers_card(request: PageRequest, customer: Customer) -> Drawn | None:
    """The opportunities of a customer, open ones first."""
    actor = request.actor
    if not actor.may(OPPORTUNITY.grant("see")):
        return None
    found = opportunities_of(actor, customer.pk, MOST_LISTED)
    creates = customer.life != Life.VOIDED and may(actor, customer, OPPORTUNITY.grant("create"), WRITE)
    if not found and not creates:
        return None
    base, known = list_url(OPPORTUNITY), pipelines_at(actor.stamp).steps
    fmt, amounts = formats_for(actor), whole(actor, OPPORTUNITY, "amount")
    labels, expected = {option.key: option for option in OUTCOMES}, whole(actor, OPPORTUNITY, "expected_on")
    return Drawn(
        "opportunities/customer_card.html",
        {
            "opportunities": [
                {
                    "url": record_url(OPPORTUNITY, row.pk),
                    "name": row.name,
                    "amount": row.amount if amounts else None,
                    "stage": name_of(known[row.stage], actor) if row.stage in known else "",
                    "ended": labels[row.outcome] if row.outcome != Outcome.OPEN else None,
                    "expected": expected_words(row.expected_on, fmt, month=row.expected_month) if expected else "",
                }
                for row in found[:MOST_ROWS]
            ],
            "opportunity_count": len(found),
            "all_opportunities": f"{base}?view=all&f=1&customer.in={customer.pk}" if len(found) > MOST_ROWS else "",
            "new_opportunity": f"{base}/new?stay=1&customer={customer.pk}" if creates else "",
        },
    )


def _parts(request: PageRequest, row: Opportunity, template: str, lines: Any) -> Drawn:
    edits = row.life != Life.VOIDED and may(request.actor, row, EDIT, WRITE)
    return Drawn(template, {"lines": lines, "edits": edits, "address": record_url(OPPORTUNITY, row.pk)})


def _role(roles: dict[str, Any], key: str) -> str:
    return str(roles[key].label) if key in roles else ""


register_panel(OPPORTUNITY.key, "closing", closing_panel, order=5)
register_panel(OPPORTUNITY.key, "path", path_panel, order=10)
register_card(OPPORTUNITY.key, "participants", participants_card, order=10, at_once=True)
register_card(OPPORTUNITY.key, "lines", lines_card, order=20, at_once=True)
register_card(OPPORTUNITY.key, "competitors", competitors_card, order=30, at_once=True)
register_card("customer", f"{OPPORTUNITY.key}.customer_id", customers_card, order=20)
