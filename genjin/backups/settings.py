"""What a company sets for backups: whether one is made each day, when, and how many are kept."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.company_settings import CompanySetting, declare_section, declare_setting
from genjin.kernel.fields import Number, YesNo
from genjin.reminders.fields import Clock

SECTION = declare_section("backups", _("备份"), _("每天自动备份的时间，保留多少个"), order=90)
DAILY: CompanySetting[bool] = declare_setting(
    "backups.daily", YesNo(key="daily", label=_("每天自动备份")), section=SECTION, default=True
)
AT: CompanySetting[str] = declare_setting(
    "backups.at",
    Clock(key="at", label=_("备份时间"), help=_("公司时区；服务当时没有运行的，启动后补做")),
    section=SECTION,
    default="02:30",
)


def _kept(key: str, label: object, help_: object, default: int) -> CompanySetting[int]:
    field = Number(key=key, label=label, least=1, greatest=366, unit=_(" 个"), help=help_)  # type: ignore[arg-type]
    return declare_setting(f"backups.{key}", field, section=SECTION, default=default)


DAYS = _kept("days", _("保留每日备份"), _("最近这么多天，每天最后一个"), 7)
WEEKS = _kept("weeks", _("保留每周备份"), _("最近这么多周，每周最后一个"), 4)
MONTHS = _kept("months", _("保留每月备份"), _("最近这么多个月，每月最后一个"), 12)
