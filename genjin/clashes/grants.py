"""What roles can allow around sales clashes, per type."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.grants import declare_grants
from genjin.kernel.records import RecordType
from genjin.org.grants import add_to_ready_roles

DETECT = "clashes.detect"
declare_grants(_("系统"), (DETECT, _("发现撞单")), scoped=False, internal=True)


def declare_clash_grants(record_type: RecordType) -> None:
    """Whoever owns a record declares; who leads both sides rules."""
    declare, rule = record_type.grant("declare_clash"), record_type.grant("rule_clash")
    declare_grants(record_type.many, (declare, _("申报撞单")), (rule, _("裁定撞单")))
    add_to_ready_roles(
        salesperson=(declare,),
        create_only=(declare,),
        manager=(declare, rule),
        department_head=(declare, rule),
        operations=(declare, rule),
    )
