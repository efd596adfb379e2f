"""What roles can allow around duplicates."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.grants import declare_grants
from genjin.org.grants import add_to_ready_roles

MANAGE, CHECK, SWEEP, TELL = "duplicates.manage", "duplicates.check", "duplicates.sweep", "duplicates.tell"
RISKS, JUDGE, FLAG = "risks.see", "risks.judge", "risks.flag"

declare_grants(
    _("查重"),
    (CHECK, _("使用查重工具")),
    (SWEEP, _("全库查重")),
    (MANAGE, _("管理查重规则")),
    (RISKS, _("查看登记风险")),
    (JUDGE, _("核查登记风险")),
    scoped=False,
)
declare_grants(
    _("查重"),
    (TELL, _("登记时提示已有的记录")),
    (FLAG, _("标出有疑点的登记")),
    scoped=False,
    internal=True,
)
add_to_ready_roles(
    salesperson=(CHECK,),
    create_only=(CHECK,),
    manager=(CHECK, SWEEP, RISKS, JUDGE),
    department_head=(CHECK, SWEEP, RISKS, JUDGE),
    operations=(CHECK, SWEEP, MANAGE, RISKS, JUDGE),
)
