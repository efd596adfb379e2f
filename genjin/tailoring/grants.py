"""Who may add fields and lay out forms."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.grants import declare_grants
from genjin.org.grants import add_to_ready_roles

MANAGE = "fields.manage"
WORK = "fields.work"

declare_grants(_("字段与布局"), (MANAGE, _("添加字段、调整表单布局")), scoped=False)
declare_grants(_("系统"), (WORK, _("建立索引、转换和清除字段的内容")), scoped=False, internal=True)
add_to_ready_roles(operations=(MANAGE,))
