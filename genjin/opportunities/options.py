"""Option lists of opportunities, with the values the sources name (B9)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genjin.kernel.options import declare_options

OTHER = "other"
SYSTEM = "system"

KIND = declare_options(
    "opportunity_kind",
    _("商机类型"),
    [
        ("new", pgettext_lazy("opportunity", "新购"), "info"),
        ("renewal", _("续费"), "ok"),
        ("upsell", _("增购"), "vio"),
    ],
    synonyms={"新客户": "new", "新签": "new", "续签": "renewal", "续约": "renewal", "加购": "upsell", "追加": "upsell"},
)
SIGNING = declare_options(  # S3-10
    "opportunity_signing",
    _("合同签署意向"),
    [
        ("agreed", _("已同意签署"), "ok"),
        ("likely", _("意向明确"), "info"),
        ("wavering", _("还在犹豫"), "warn"),
        ("refused", _("不愿签署"), "bad"),
    ],
)
LOSS = declare_options(
    "opportunity_loss_reason",
    _("输单原因"),
    [
        ("competitor", _("选择了竞争对手")),
        ("not_approved", _("项目没有立项")),
        ("decision_chain", _("决策链复杂")),
        ("budget", _("预算不足")),
        ("need_changed", _("需求变更")),
        ("price", _("价格太高")),
        ("timing", _("时机不合适")),
        ("service", _("服务或交付不满足")),
        (SYSTEM, _("系统自动关闭")),
        (OTHER, _("其他")),
    ],
)
WIN = declare_options(
    "opportunity_win_reason",
    _("赢单原因"),
    [
        ("product", _("产品合适")),
        ("price", _("价格有优势")),
        ("service", _("服务与交付")),
        ("relation", _("客户关系")),
        ("brand", _("品牌与口碑")),
        (OTHER, _("其他")),
    ],
)
INVALID = declare_options(
    "opportunity_invalid_reason",
    _("无效原因"),
    [("mistake", _("误建")), ("duplicate", _("重复商机")), (OTHER, _("其他"))],
)
