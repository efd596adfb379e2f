"""The rules of grading (B6, S0-14, S3-15). Nothing here asks the database.

Category: key is who made a deal and has level A; ordinary who made a deal; potential who made none. Lifecycle: new for
90 ◇ days after the first deal, then old; lost when the last deal lies 365 ◇ days back; potential without a deal. Who
was brought in as an old or lost customer without the day of a deal stays what he was called.

By hand: what somebody chose holds until a day (90 ◇ days), then the rule counts again. Both drive the rhythm of
following up (`customers.rhythm`) and, where a pool says so, after how many days a customer falls (B4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from genjin.kernel.actor import Actor
from genjin.kernel.company_settings import SET_OFF, declare_section, declare_setting
from genjin.kernel.fields import Number, YesNo
from genjin.kernel.jobs import start_job

GRADING = "customers.grade_all"
SET_OFF.add(GRADING)
TOLD_BY_OTHERS = frozenset({"old", "lost"})


def grade_later(actor: Actor) -> None:
    """Have every customer graded anew."""
    start_job(actor, GRADING)


def _days(key: str, label: object, help_: object) -> Number:
    return Number(key=key, label=label, help=help_, least=1, greatest=3650, unit=_(" 天"))  # type: ignore[arg-type]


SECTION = declare_section(
    "grading",
    _("客户分级"),
    _("分类：成交且等级为 A 的是重点，成交的是普通，未成交的是潜在。生命周期按第一次和最近一次成交的日期算。"),
    order=12,
)
BY_RULE = declare_setting(
    "customers.grading",
    YesNo(
        key="grading",
        label=_("按规则分级"),
        help=_("每天夜里重算分类和生命周期；人工改过的在期限内保留。关闭时两项都由人填写"),
    ),
    section=SECTION,
    default=False,
    after=grade_later,
)
NEW_DAYS = declare_setting(
    "customers.new_days",
    _days("new_days", _("新客户期限"), _("从第一次成交算起，之后是老客户")),
    section=SECTION,
    default=90,
    after=grade_later,
)
LOST_DAYS = declare_setting(
    "customers.lost_days",
    _days("lost_days", _("流失期限"), _("从最近一次成交算起，这么久没有再成交就是流失客户")),
    section=SECTION,
    default=365,
    after=grade_later,
)
BY_HAND_DAYS = declare_setting(
    "customers.by_hand_days",
    _days("by_hand_days", _("人工分级保留期"), _("到期后按规则重算")),
    section=SECTION,
    default=90,
)


VERSION = 1
"""Of the rules as `graded` reads them; a later reading has a higher one."""


@dataclass(frozen=True)
class Facts:
    """What a grade is made of: level, the lifecycle as it stands, days of the first and the last deal."""

    level: str
    lifecycle: str
    first_deal: date | None
    last_deal: date | None

    def kept(self) -> dict[str, str]:
        """As a grade keeps what it was given by (B6)."""
        days = {"first": self.first_deal, "last": self.last_deal}
        told = {key: day.isoformat() for key, day in days.items() if day is not None}
        return {"level": self.level, "lifecycle": self.lifecycle} | told


@dataclass(frozen=True)
class Graded:
    """What the rules say."""

    category: str
    lifecycle: str


def graded(facts: Facts, today: date, new_days: int, lost_days: int) -> Graded:
    """Category and lifecycle of a customer on a day (B6)."""
    if facts.last_deal is None:
        kept = facts.lifecycle if facts.lifecycle in TOLD_BY_OTHERS else "potential"
        return Graded("potential" if kept == "potential" else "ordinary", kept)
    category = "key" if facts.level == "A" else "ordinary"
    if facts.last_deal <= today - timedelta(days=lost_days):
        return Graded(category, "lost")
    first = facts.first_deal or facts.last_deal
    return Graded(category, "new" if first > today - timedelta(days=new_days) else "old")
