"""The clock 首次联系时限 (B7, B1): what starts it and how long it runs. 补录时限 is another clock: see the late rule.

A customer that came to an owner (created by him, transferred, handed over …) is to be contacted within some hours. A
follow-up whose talk was after that moment stops the clock, called through or not; for a customer that one created
oneself an earlier talk does as well. Taking that follow-up back starts it again with its old end; a new owner begins a
new one; while the customer is archived, paused or voided it stands, and begins anew when it is taken up again. Imported
customers are outside.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from genjin.followups.settings import SECTION
from genjin.kernel.company_settings import declare_setting
from genjin.kernel.fields import Number, YesNo
from genjin.kernel.workdays import WorkCalendar
from genjin.ownership.models import Rule

HOURS = declare_setting(
    "followups.first_contact_hours",
    Number(
        key="first_contact_hours",
        label=_("首次联系时限"),
        least=1,
        greatest=720,
        unit=_(" 小时"),
        help=_("客户到了业务员手里，多久之内要第一次联系；改动只管以后到手的客户"),
    ),
    section=SECTION,
    default=24,
)
WORKDAYS = declare_setting(
    "followups.first_contact_workdays",
    YesNo(
        key="first_contact_workdays",
        label=_("首次联系时限只算工作日"),
        help=_("休息日不计时；节假日表在「节假日」里设置"),
    ),
    section=SECTION,
    default=False,
)
OWN = declare_setting(
    "followups.first_contact_own",
    YesNo(key="first_contact_own", label=_("自己新建的客户也有首次联系时限")),
    section=SECTION,
    default=True,
)
GAINED_BY = frozenset(
    {Rule.CREATED, Rule.TRANSFERRED, Rule.HANDED_OVER, Rule.CLAIMED, Rule.ASSIGNED, Rule.ALLOCATED, Rule.RULED}
)


def counts(rule: str, stamp: int) -> bool:
    """Whether coming to an owner by this rule starts the clock."""
    return rule in GAINED_BY and (rule != Rule.CREATED or OWN.at(stamp))


def due_at(gained_at: datetime, stamp: int, calendar: WorkCalendar, zone: ZoneInfo) -> datetime:
    """When the clock that starts at a moment runs out, as the settings are now. Contact at exactly this moment is in
    time."""
    span = timedelta(hours=HOURS.at(stamp))
    return calendar.later(gained_at, span, zone) if WORKDAYS.at(stamp) else gained_at + span
