"""The rhythm of following up (B7, S0-16, S0-90): how many days may pass until a customer is contacted again.

Rhythms and their days (◇): key 7, quality 14, ordinary 30, potential 15, care after the deal 90. A company renames
them, adds its own and says which level and category has which. A customer's rhythm is found like this:

1. What level and category say (S0-34, S0-14); where both say something, the shorter one counts: a key customer of
   level C is a key customer. As delivered level A and category key are key, level B is quality (B6).
2. Nothing said: potential (B6: no deal yet).
3. After the deal (a deal date, or a lifecycle of old or lost, S3-15) ordinary and potential become care; key, quality
   and a company's own rhythms stay: key customers are followed regularly, deal or not.

`Customer.follow_by` is the day of the last effective contact, or of the creation where that is later, plus the days of
the rhythm, in the company's time zone. What was imported was created by the import, so old history makes nobody late.
Who is archived, paused or voided has none; taken up again, the rhythm goes on where it stood. It is kept with every
save (`derive_customer`); after a change of these settings a job restates it (`customers.jobs.rhythm`).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from genjin.customers.options import CATEGORY, LEVEL, RHYTHM
from genjin.kernel.company_settings import SET_OFF, declare_per_option, declare_section, declare_setting
from genjin.kernel.fields import Choice, Number
from genjin.kernel.jobs import start_job
from genjin.kernel.models.rows import Life

if TYPE_CHECKING:
    from genjin.customers.models import Customer
    from genjin.kernel.actor import Actor

RESTATING = "customers.restate_rhythm"
SET_OFF.add(RESTATING)
AFTER_DEAL = frozenset({"ordinary", "potential"})
DEALT = frozenset({"old", "lost"})


def restate_later(actor: Actor) -> None:
    """Have every customer's day worked out anew."""
    start_job(actor, RESTATING)


SECTION = declare_section(
    "rhythm", _("跟进节奏"), _("系统按客户的节奏算出「应跟进日」，到期未跟进的客户会列入「该跟进了」。"), order=10
)
DAYS = declare_per_option(
    "customers.rhythm_days",
    Number(
        key="rhythm_days",
        label=_("最长间隔"),
        help=_("每种节奏的客户，最多隔多少天要有一次有效跟进"),
        least=1,
        greatest=3650,
        unit=_(" 天"),
    ),
    section=SECTION,
    options=RHYTHM.key,
    defaults={"key": 7, "quality": 14, "ordinary": 30, "potential": 15, "care": 90},
    otherwise=30,
    after=restate_later,
)
OF_LEVEL = declare_per_option(
    "customers.rhythm_of_level",
    Choice(key="rhythm_of_level", label=_("各等级的节奏"), options=RHYTHM.key),
    section=SECTION,
    options=LEVEL.key,
    defaults={"A": "key", "B": "quality", "C": "ordinary"},
    otherwise="",
    after=restate_later,
)
OF_CATEGORY = declare_per_option(
    "customers.rhythm_of_category",
    Choice(
        key="rhythm_of_category", label=_("各分类的节奏"), help=_("等级和分类都有节奏时，按较短的"), options=RHYTHM.key
    ),
    section=SECTION,
    options=CATEGORY.key,
    defaults={"key": "key", "ordinary": "ordinary", "potential": "potential"},
    otherwise="",
    after=restate_later,
)
LEAST_DAYS = declare_setting(
    "customers.least_days",
    Number(
        key="least_days",
        label=_("最短间隔"),
        help=_("隔得比这更短就再联系，会提醒「不宜过急」；0 表示不提醒"),
        least=0,
        greatest=30,
        unit=_(" 天"),
        zero=_("不提醒"),
    ),
    section=SECTION,
    default=1,
)


def rhythm_of(customer: Customer, stamp: int) -> str:
    """The key of the customer's rhythm (B7); see the rules above."""
    return _rhythm(customer.level, customer.category, _dealt(customer), stamp)


def _dealt(customer: Customer) -> bool:
    return customer.deal_date is not None or customer.lifecycle in DEALT


def _rhythm(level: str, category: str, dealt: bool, stamp: int) -> str:
    said = {OF_LEVEL.of(level, stamp), OF_CATEGORY.of(category, stamp)} - {""}
    rhythm = min(said, key=lambda key: (DAYS.of(key, stamp), key), default="potential")
    return "care" if dealt and rhythm in AFTER_DEAL else rhythm


def follow_by(customer: Customer, stamp: int) -> date | None:
    """The day by which the customer wants its next effective contact; None while it rests (B7)."""
    if customer.life != Life.LIVE or customer.paused:
        return None
    dealt = _dealt(customer)
    days = _days(customer.level, customer.category, dealt, stamp) if stamp else _days_now(customer, dealt)
    return local_day(idle_since(customer)) + timedelta(days=days)


def _days_now(customer: Customer, dealt: bool) -> int:
    return DAYS.of(_rhythm(customer.level, customer.category, dealt, 0), 0)


@lru_cache(maxsize=1024)
def _days(level: str, category: str, dealt: bool, stamp: int) -> int:
    return DAYS.of(_rhythm(level, category, dealt, stamp), stamp)


def idle_since(customer: Customer) -> datetime:
    """The last effective contact; the creation where that is later or there was none."""
    reached = customer.last_effective_at
    return customer.created_at if reached is None else max(reached, customer.created_at)


def too_soon(last_effective_at: datetime | None, now: datetime, least_days: int) -> bool:
    """Whether a contact at `now` would come too soon after the last effective one (S0-90, "not too hasty"): less than
    `least_days` times 24 hours after it. `least_days`: LEAST_DAYS.at(stamp). Never for an earlier contact that is only
    written down now."""
    if last_effective_at is None:
        return False
    return timedelta() <= now - last_effective_at < timedelta(days=least_days)


def local_day(moment: datetime) -> date:
    """The company's calendar day of a moment."""
    return moment.astimezone(ZoneInfo(settings.COMPANY_TIME_ZONE)).date()
