"""What roles can allow around allocation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.grants import declare_grants
from genjin.org.grants import add_to_ready_roles

MANAGE = "allocation.manage"
TAKE = "allocation.take"
PLACE = "allocation.place"

declare_grants(_("分配"), (MANAGE, _("管理分配方案与值班")), (TAKE, _("领取派给自己的，暂停或恢复接单")), scoped=False)
declare_grants(_("系统"), (PLACE, _("按方案分配新记录，流转超时的派单")), scoped=False, internal=True)
add_to_ready_roles(
    salesperson=(TAKE,),
    create_only=(TAKE,),
    manager=(TAKE,),
    department_head=(TAKE, MANAGE),
    operations=(TAKE, MANAGE),
)
