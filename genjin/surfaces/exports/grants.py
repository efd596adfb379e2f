"""Who may take data out. `exports.run` has a scope of its own: of what one sees, only rows inside it leave (B19)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.grants import declare_grants
from genjin.org.grants import add_to_ready_roles

RUN, FULL, WATCH, CARDS = "exports.run", "exports.full", "exports.watch", "exports.cards"
PRINT = "exports.print"

declare_grants(_("导出"), (RUN, _("导出列表（xlsx、csv、vCard）")))
declare_grants(
    _("导出"),
    (FULL, _("导出完整的电话、邮箱（没有时按列表遮掩）")),
    (WATCH, _("查看所有人的导出记录，接收导出量提醒")),
    (CARDS, _("下载联系人名片（vCard）")),
    (PRINT, _("打印记录与列表（每次打印都记入导出记录）")),
    scoped=False,
)
add_to_ready_roles(
    salesperson=(CARDS, PRINT),
    create_only=(PRINT,),
    reviewer=(PRINT,),
    manager=(RUN, CARDS, PRINT),
    department_head=(RUN, CARDS, PRINT),
    operations=(RUN, FULL, WATCH, CARDS, PRINT),
)
