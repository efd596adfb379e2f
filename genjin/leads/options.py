"""Option lists of leads. Source, level and industry are those of customers: what a lead is, its customer will be."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genjin.kernel.options import declare_options

QUALITY = declare_options(
    "lead_quality",
    _("线索质量"),
    [
        ("high", pgettext_lazy("quality", "高"), "ok"),
        ("medium", pgettext_lazy("quality", "中"), "info"),
        ("low", pgettext_lazy("quality", "低")),
    ],
)
INVALID_REASON = declare_options(  # S2-14, S2-17
    "lead_invalid_reason",
    _("线索无效原因"),
    [
        ("unreachable", _("联系不上")),
        ("no_wish", _("暂无意向")),
        ("no_budget", _("没有预算")),
        ("not_fitting", _("不在服务范围")),
        ("other", _("其他")),
    ],
)
