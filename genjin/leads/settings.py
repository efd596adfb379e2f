"""What a company sets for leads: whether it uses them at all (S2-38), and the time limits (B1)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.company_settings import declare_section, declare_setting
from genjin.kernel.fields import Number, YesNo
from genjin.kernel.switches import declare_switch

SECTION = declare_section(
    "leads", _("线索"), _("要不要线索这一步，没人跟的线索多久提醒谁；时限改动只管以后到手的线索"), order=15
)
_HOURS, _DAYS = _(" 小时"), _(" 天")

USED = declare_setting(
    "leads.used",
    YesNo(
        key="used",
        label=_("使用线索"),
        help=_("只做熟客生意可以关掉：菜单、页面、来电登记和接口里都不再出现线索，已有的线索原样保留"),
    ),
    section=SECTION,
    default=True,
)
declare_switch(("leads.",), USED)

UNASSIGNED_HOURS = declare_setting(
    "leads.unassigned_hours",
    Number(
        key="unassigned_hours",
        label=_("未分配多久提醒"),
        least=0,
        greatest=720,
        unit=_HOURS,
        help=_("线索进入公海（或退回）后这么久还没人领，提醒公海管理员；0 为不提醒"),
    ),
    section=SECTION,
    default=24,
)
UNFOLLOWED_HOURS = declare_setting(
    "leads.unfollowed_hours",
    Number(
        key="unfollowed_hours",
        label=_("分到后多久未跟进提醒"),
        least=0,
        greatest=720,
        unit=_HOURS,
        help=_("从分到负责人算起，写了跟进就停；0 为不提醒"),
    ),
    section=SECTION,
    default=48,
)
ESCALATION = tuple(
    declare_setting(
        f"leads.escalation_{step}",
        Number(key=f"escalation_{step}", label=label, least=1, greatest=90, unit=_DAYS, help=words),
        section=SECTION,
        default=days,
    )
    for step, label, words, days in (
        (1, _("再次提醒"), _("仍未跟进，再提醒负责人一次"), 3),
        (2, _("提醒上级"), _("仍未跟进，同时提醒负责人和他的直属上级"), 5),
        (3, _("标为久未跟进"), _("仍未跟进，线索进入「久未跟进」视图，并提醒负责人和上级"), 7),
    )
)
WORKDAYS = declare_setting(
    "leads.workdays",
    YesNo(key="workdays", label=_("线索时限只算工作日"), help=_("休息日不计时；节假日表在「节假日」里设置")),
    section=SECTION,
    default=False,
)
