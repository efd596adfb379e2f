"""Who may hand over what others were responsible for: over members in his scope."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.grants import declare_grants
from genjin.org.grants import add_to_ready_roles

MANAGE, REMIND, RELEASE = "handovers.manage", "handovers.remind", "handovers.release"

declare_grants(_("交接"), (MANAGE, _("办理成员的离职与转岗交接")))
declare_grants(
    _("交接"),
    (REMIND, _("提醒尚未交接的记录")),
    (RELEASE, _("把无人接收的记录放入公海")),
    scoped=False,
    internal=True,
)
add_to_ready_roles(manager=(MANAGE,), department_head=(MANAGE,), operations=(MANAGE,))
