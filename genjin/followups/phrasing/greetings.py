"""Words to congratulate and to greet with: the company's phrases that name the occasion, else a few to begin with.

A greeting and nothing else: commercial messages need consent (B19).
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.followups.phrasing.queries import Choice, filled, phrases_of
from genjin.kernel.actor import Actor
from genjin.plans.care.festivals import FESTIVALS
from genjin.plans.models import Plan
from genjin.plans.rules import PlanKind

MOST = 3
ANY_OCCASION = ("祝福", "问候", "greeting")
BIRTHDAY = (
    gettext_lazy("{联系人}，生日快乐！祝您身体健康，万事顺心。{我}"),
    gettext_lazy("{联系人}，今天是您的生日，感谢一直以来的信任，祝您和家人平安喜乐。{我}"),
)
HOLIDAY = (
    gettext_lazy("您好，{节日}到了，祝您和家人节日快乐、平安顺遂！{我}"),
    gettext_lazy("{节日}快乐！感谢这一年的信任与支持，祝您阖家安康，诸事顺意。{我}"),
)


def suggested(actor: Actor, plan: Plan, names: Mapping[str, str]) -> list[Choice]:
    """Up to MOST texts for the occasion of a plan, names filled in; none for other plans. One query."""
    if plan.kind != PlanKind.CARE:
        return []
    festival = FESTIVALS.get(plan.occasion)
    occasion = str(festival.label) if festival else _("生日")
    kept = [row for row in phrases_of(actor) if not row.retired and _fits(row.title, occasion)]
    kept.sort(key=lambda row: occasion not in row.title)
    own = [Choice(row.title, row.words, row.member_id is not None) for row in kept]
    ready = [Choice(occasion, str(words), False) for words in (HOLIDAY if festival else BIRTHDAY)]
    return [
        Choice(one.title, filled(one.words, {**names, "occasion": occasion}), one.own) for one in (own + ready)[:MOST]
    ]


def _fits(title: str, occasion: str) -> bool:
    """It names the occasion, or speaks of greetings without naming another one."""
    others = [_("生日"), *(str(one.label) for one in FESTIVALS.values())]
    named = [other for other in others if other in title]
    if named or occasion == others[0]:
        return occasion in named
    return any(key in title for key in ANY_OCCASION)
