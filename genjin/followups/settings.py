"""What a company sets for follow-ups: how long an author may correct, and the time limit for records (补录时限)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.company_settings import declare_section, declare_setting
from genjin.kernel.fields import Number, YesNo

SECTION = declare_section("followups", _("跟进"), _("跟进记录的修改时限、补录时限与首次联系时限"), order=20)
_HOURS = _(" 小时")

EDIT_HOURS = declare_setting(
    "followups.edit_hours",
    Number(
        key="edit_hours",
        label=_("修改时限"),
        least=0,
        greatest=720,
        unit=_HOURS,
        help=_("写下跟进后，本人在这段时间内可以修改或作废"),
    ),
    section=SECTION,
    default=24,
)
LATE_HOURS = declare_setting(
    "followups.late_hours",
    Number(
        key="late_hours",
        label=_("补录时限"),
        least=1,
        greatest=720,
        unit=_HOURS,
        help=_("沟通结束后多久内写下算按时，超过的标为逾期补录"),
    ),
    section=SECTION,
    default=24,
)
REASON_HOURS = declare_setting(
    "followups.reason_hours",
    Number(
        key="reason_hours",
        label=_("补录须写原因"),
        least=1,
        greatest=8760,
        unit=_HOURS,
        help=_("沟通结束超过这么久才写下的，要说明原因"),
    ),
    section=SECTION,
    default=72,
)
LATE_WORKDAYS = declare_setting(
    "followups.late_workdays",
    YesNo(
        key="late_workdays",
        label=_("补录时限按工作日计时"),
        help=_("打开后，休息日与节假日的时间不计入补录时限"),
    ),
    section=SECTION,
    default=False,
)
