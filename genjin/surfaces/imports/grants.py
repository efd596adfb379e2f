"""Who may bring tables in."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.grants import declare_grants
from genjin.org.grants import add_to_ready_roles

declare_grants(_("导入"), ("imports.run", _("导入表格")), scoped=False)
add_to_ready_roles(
    salesperson=("imports.run",),
    create_only=("imports.run",),
    manager=("imports.run",),
    department_head=("imports.run",),
    operations=("imports.run",),
)
declare_grants(_("系统"), ("imports.drop", _("清理导入文件")), scoped=False, internal=True)
