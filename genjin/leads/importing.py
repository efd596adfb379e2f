"""What tables may bring of leads (B1): to owners or into a pool (L1, L2), compared as the rules of leads say (B3)."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor
from genjin.kernel.importing import Given, Importable, Lack, declare_importable
from genjin.leads.actions.leads import create_lead, edit_lead, void_lead
from genjin.leads.record import LEAD

KNOWN_BY = ("company", "contact_name", "mobile", "phone", "email", "wechat")


def settle(actor: Actor, given: Given) -> Iterator[Lack]:  # noqa: ARG001 - one signature for all types
    """A lead without a name is called by its company and contact, else by what reaches it."""
    values = given.values
    if values.get("name"):
        return
    named = [str(values[key]) for key in KNOWN_BY[:2] if values.get(key)]
    reached = next((str(values[key]) for key in KNOWN_BY[2:] if values.get(key)), "")
    values["name"] = " ".join(named)[:200] or reached
    if not values["name"]:
        del values["name"]
        yield "", _("没有名称、公司、联系人和联系方式，不知道是哪条线索")


declare_importable(
    Importable(
        record_type=LEAD,
        create=create_lead,
        void=void_lead,
        edit=edit_lead,
        headings={
            "name": "线索名称|线索|标题|Lead|Lead Name|Title",
            "company": "公司名称|公司|单位名称|单位|企业名称|客户名称|公司全称|Company|Company Name|Organization",
            "contact_name": "联系人姓名|联系人|姓名|客户姓名|称呼|对接人|Name|Full Name|Contact|Contact Name",
            "position": "职位|职务|岗位|Job Title|Position",
            "mobile": "手机|手机号|手机号码|联系电话|联系方式|移动电话|Mobile|Mobile Phone|Cell|Phone Number",
            "phone": "电话|固定电话|座机|公司电话|电话号码|Phone|Tel|Telephone|Business Phone",
            "email": "邮箱|电子邮箱|邮件|E-mail|Email|Mail|Email Address",
            "wechat": "微信号|微信|WeChat|WeChat ID",
            "source": "线索来源|来源|来源渠道|渠道|获客渠道|Lead Source|Source",
            "campaign": "市场活动|活动|活动名称|来源活动|Campaign|Campaign Name",
            "quality": "线索质量|质量|Quality|Rating",
            "customer_intention": "客户意向|意向|意向程度|意向度|购买意向|Intention",
            "level": "预计等级|等级|级别|Level|Grade",
            "industry": "所属行业|行业|Industry",
            "region": "所在地区|地区|区域|省市|所在城市|城市|Region|City|State",
            "address": "详细地址|地址|公司地址|联系地址|Address|Street",
            "need": "需求描述|需求|客户需求|意向产品|咨询内容|留言|Needs|Message|Interest",
            "remarks": "备注|说明|其他|Notes|Remarks|Comments|Description",
        },
        columns=(
            "name", "company", "contact_name", "position", "mobile", "phone", "wechat", "email", "source", "campaign",
            "quality", "customer_intention", "industry", "region", "address", "need", "remarks",
        ),
        made_up=frozenset({"name"}),
        for_all=("source", "campaign", "quality"),
        remarks="remarks",
        help=gettext_lazy("分给负责人，或放进公海等领取"),
        settle=settle,
    )
)  # fmt: skip
