"""The demo's scores: the rules by which the company looks for makers of electronics nearby, two people who object."""

from __future__ import annotations

from datetime import datetime

from genjin.demo.company import Staff
from genjin.demo.deeds import OPERATIONS
from genjin.kernel.models.rows import Life
from genjin.leads.models import Lead
from genjin.leads.rules import LeadState
from genjin.scoring.actions.objections import stop_scoring_lead
from genjin.scoring.actions.schemes import change_scoring
from genjin.scoring.changing.restating import AT_ONCE, restate_due
from genjin.scoring.defaults import LEADS
from genjin.scoring.rules import Part, Rule
from genjin.scoring.schemes import kept_rules
from genjin.scoring.scored import SCORED

OWN = (
    Rule(Part.MATCH, "industry", "in", ("C39",), 15),
    Rule(Part.MATCH, "industry", "in", ("C35", "C38"), 10),
    Rule(Part.MATCH, "region", "in", ("310000", "320000", "330000"), 8),
)
OBJECTIONS = ("来电要求不做画像和评分", "在展会上当面提出，不要自动评分")


def score_prospects(staff: Staff, now: datetime) -> None:
    """Rules of their own, objections, and every score counted."""
    actor = staff.acting(OPERATIONS, now)
    rules = (*OWN, *(rule for rule in LEADS.rules if rule.of not in ("industry", "region")))
    change_scoring(actor, record_type="lead", rules=kept_rules(rules))
    open_leads = Lead.objects.filter(life=Life.LIVE, state=LeadState.FOLLOWING).order_by("pk")
    for lead, reason in zip(open_leads[::40][: len(OBJECTIONS)], OBJECTIONS, strict=False):
        stop_scoring_lead(actor, lead.pk, reason=reason)
    for scored in SCORED.values():
        while restate_due(scored, now) == AT_ONCE:
            pass
