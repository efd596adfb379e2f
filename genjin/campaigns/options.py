"""Option lists of campaigns and their members; a company changes them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genjin.kernel.options import declare_options

KIND = declare_options(
    "campaign_kind",
    _("活动类型"),
    [
        ("exhibition", _("展会"), "info"),
        ("conference", _("会议与沙龙"), "vio"),
        ("webinar", _("线上直播"), "acc"),
        ("advertising", _("广告投放"), "warn"),
        ("content", _("内容与资料下载")),
        ("mailing", _("邮件与短信")),
        ("referral", _("老客户转介绍"), "ok"),
        ("leaflet", _("地推与传单")),
        ("other", _("其他")),
    ],
)
CHANNEL = declare_options(
    "campaign_channel",
    _("活动渠道"),
    [
        ("offline", _("线下")),
        ("search", _("搜索引擎")),
        ("wechat", _("微信")),
        ("short_video", _("短视频")),
        ("portal", _("行业网站")),
        ("partner", _("合作伙伴")),
        ("mail", _("邮件")),
        ("phone", _("电话")),
        ("other", _("其他")),
    ],
)
MEMBER_STATE = declare_options(
    "campaign_member_state",
    _("成员状态"),
    [
        ("invited", pgettext_lazy("member of a campaign", "已邀请"), "info"),
        ("registered", pgettext_lazy("member of a campaign", "已报名"), "vio"),
        ("attended", pgettext_lazy("member of a campaign", "已到场"), "ok"),
        ("absent", pgettext_lazy("member of a campaign", "未到场"), "warn"),
        ("declined", pgettext_lazy("member of a campaign", "已婉拒")),
    ],
)
INVITED = "invited"
