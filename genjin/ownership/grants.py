"""What roles can allow around pools (B4) and performance shares (B15): setting them up, and per type the verbs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.grants import declare_grants
from genjin.kernel.records import RecordType
from genjin.org.grants import add_to_ready_roles

MANAGE = "pools.manage"
SELLING = ("claim", "return", "lock")
LEADING = ("assign", "reclaim", "move_pool", "protect")

declare_grants(_("公海"), (MANAGE, _("设置公海、回收规则与保有上限")), scoped=False)
declare_grants(
    _("系统"),
    ("ownership.clock", _("计算掉入公海的时间")),
    ("ownership.recycle", _("到期记录掉入公海")),
    scoped=False,
    internal=True,
)
add_to_ready_roles(operations=(MANAGE,))


def declare_pool_grants(record_type: RecordType) -> None:
    """The grants of one type's verbs, and who of the ready-made roles has them: salespeople claim, return and lock;
    their managers assign, take back and protect as well."""
    declare_grants(
        record_type.many,
        (record_type.grant("claim"), _("从公海领取")),
        (record_type.grant("return"), _("退回公海")),
        (record_type.grant("lock"), _("锁定与解锁（不掉入公海）")),
        (record_type.grant("assign"), _("从公海指派（公海管理员）")),
        (record_type.grant("reclaim"), _("收回到公海")),
        (record_type.grant("move_pool"), _("在公海之间移动（公海管理员）")),
        (record_type.grant("protect"), _("延长保护期")),
    )
    selling = tuple(record_type.grant(verb) for verb in SELLING)
    leading = tuple(record_type.grant(verb) for verb in LEADING)
    add_to_ready_roles(
        salesperson=selling,
        create_only=selling,
        manager=(*selling, *leading),
        department_head=(*selling, *leading),
        operations=(*selling, *leading),
    )


def declare_split_grants(record_type: RecordType) -> None:
    """The grants around performance shares of one type, and who of the ready-made roles has them: whoever owns a record
    proposes, who leads decides."""
    decide, propose = record_type.grant("split"), record_type.grant("propose_split")
    declare_grants(record_type.many, (propose, _("申请调整业绩份额")), (decide, _("决定业绩份额")))
    add_to_ready_roles(
        salesperson=(propose,),
        create_only=(propose,),
        manager=(propose, decide),
        department_head=(propose, decide),
        operations=(propose, decide),
    )
