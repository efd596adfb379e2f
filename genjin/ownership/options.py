"""Why records are returned to a pool (B1, NEO's list)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.options import declare_options

RETURN = declare_options(
    "pool_return_reason",
    _("退回公海原因"),
    [
        ("no_response", _("多次联系无回应")),
        ("no_demand", _("暂无需求")),
        ("wrong_contact", _("联系方式有误")),
        ("duplicate", _("重复客户")),
        ("lost", _("已选择其他供应商")),
        ("given_up", _("不符合公司目标")),
        ("other", _("其他")),
    ],
)
