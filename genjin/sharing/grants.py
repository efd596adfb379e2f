"""What roles can allow around sharing."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.grants import declare_grants
from genjin.org.grants import add_to_ready_roles

MANAGE = "sharing.manage"
EXPLAIN = "sharing.explain"

declare_grants(_("数据共享"), (MANAGE, _("管理数据共享规则")), scoped=False)
declare_grants(_("数据共享"), (EXPLAIN, _("查看「谁能看到」和「能看到什么」")))
add_to_ready_roles(manager=(EXPLAIN,), department_head=(EXPLAIN,), operations=(EXPLAIN,))
