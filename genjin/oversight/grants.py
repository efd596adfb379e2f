"""What roles can allow with oversight."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.grants import declare_grants

SEE, COUNT = "viewing.see", "viewing.count"

declare_grants(_("查看统计"), (SEE, _("查看谁看了多少记录，接收异常查看提醒")), scoped=False)
declare_grants(_("查看统计"), (COUNT, _("记录查看数量")), scoped=False, internal=True)
