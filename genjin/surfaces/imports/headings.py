"""Which headings of people's own sheets, address books and other systems mean which target.

The labels of our own fields, in every language, need not stand here. A word may stand at several targets: then the
values and the other columns decide (`proposing`).
"""

from __future__ import annotations

import re
from functools import cache

from genjin.kernel.folding import fold
from genjin.kernel.importing import IMPORTABLES

# target: words, the most usual first.
_WORDS = {
    "customer.name": (
        "客户名称|公司名称|公司全称|单位名称|企业名称|客户全称|公司|单位|客户|客户单位|所属公司|所属客户"
        "|所属企业|客户公司|店名|门店名称|商户名称|Company|Company Name|Account|Account Name"
        "|Organization Name|Organization 1 - Name|Organisation|Organization|Customer"
    ),
    "customer.short_name": "客户简称|公司简称|简称|昵称",
    "customer.code": "客户编号|客户编码|客户号|Customer Code",
    "customer.external_code": (
        "编号|客户编号|编码|客户编码|代码|客户代码|会员号|会员编号|档案号|原编号|旧编号|Customer ID|Account ID|ID"
    ),
    "customer.kind": "客户性质|性质|客户类型|类型|单位性质|企业性质",
    "customer.category": "客户类型|客户类别|类别|类型|分类|客户分类",
    "customer.level": "客户类型|客户级别|级别|等级|类型|客户星级|重要程度|Level|Grade|Rating",
    "customer.lifecycle": "客户类型|客户状态|类型|状态|客户阶段|阶段|Stage|Status",
    "customer.industry": "所属行业|行业|行业类别|经营范围|主营|Industry",
    "customer.region": "所在地区|地区|区域|省市|所在城市|省市区|所属地区|所在地|客户地区|Region",
    "piece.customer.province": "省|省份|所在省|所在省份|Province|State",
    "piece.customer.city": "市|城市|地市|地级市|City",
    "piece.customer.district": "区|县|区县|区/县|县区|District|County",
    "customer.address": "地址|公司地址|通讯地址|联系地址|单位地址|办公地址|详细地址|收货地址|客户地址|Address|Street",
    "customer.size": "人员规模|公司规模|员工人数|人数|规模|员工数|企业规模|Employees|Company Size",
    "customer.source": "客户来源|来源|来源渠道|渠道|获客渠道|信息来源|线索来源|Source|Lead Source",
    "customer.tags": "标签|客户标签|Tags|Labels",
    "customer.phone": (
        "电话|电话号码|联系电话|手机|手机号|手机号码|客户电话|公司电话|单位电话|联系方式|联系手机|移动电话"
        "|固定电话|座机|总机|客户手机|Phone|Tel|Telephone|Mobile"
    ),
    "customer.email": "邮箱|电子邮箱|邮件|电子邮件|邮箱地址|公司邮箱|E-mail|Email|Mail",
    "customer.website": "网址|网站|官网|公司网址|公司网站|主页|Website|Web Page|URL|Homepage",
    "customer.credit_code": "统一社会信用代码|信用代码|社会信用代码|税号|纳税人识别号|营业执照号|统一信用代码|Tax ID",
    "customer.background": "客户背景|背景|公司简介|企业简介|客户简介|简介|背景介绍",
    "customer.core_need": "需求|客户需求|核心需求|购买需求|产品需求|主要需求|意向产品|Needs",
    "customer.preferences": "偏好|喜好|客户偏好",
    "customer.risks": "风险|风险提示|特殊需求|注意事项",
    "customer.cooperation": "合作历史|历史合作|合作情况|成交历史",
    "customer.satisfaction": "满意度|客户满意度",
    "customer.remarks": "备注|客户备注|说明|其他说明|备注信息|其他|Notes|Remarks|Comment|Comments|Description|附注",
    "extra.customer.remarks": (
        "QQ|QQ号|传真|邮编|邮政编码|法人|法人代表|法定代表人|注册资本|成立日期|开户行|银行账号|Fax"
    ),
    "customer.parent": "上级客户|上级单位|上级公司|母公司|总公司|集团|所属集团|集团公司|Parent Account|Parent Company",
    "customer.referred_by": "转介绍人|介绍人|推荐人|介绍客户|转介绍客户|推荐客户|Referred By|Referrer",
    "contact.name": (
        "联系人|联系人姓名|姓名|客户姓名|主要联系人|联系人名称|名字|对接人|经办人|负责人姓名|联络人|Name"
        "|Full Name|Contact|Contact Name|Display Name"
    ),
    "piece.contact.family": "姓|姓氏|Last Name|Family Name|Surname",
    "piece.contact.given": "名|First Name|Given Name",
    "contact.position": (
        "职位|职务|岗位|头衔|联系人职位|联系人职务|Job Title|Title|Organization Title|Organization 1 - Title|Position"
    ),
    "contact.division": "部门|所在部门|联系人部门|Department|Organization Department|Organization 1 - Department",
    "contact.decision_role": "决策角色|角色|决策权|Role",
    "contact.gender": "性别|称谓|称呼|联系人性别|Gender",
    "contact.phone": (
        "手机|手机号|手机号码|联系电话|电话|移动电话|联系人手机|联系人电话|联系手机|联系方式|电话号码"
        "|联系人联系方式|Mobile Phone|Mobile|Mobile Number|Cell|Cell Phone|Phone 1 - Value|Phone|Phone Number"
        "|Primary Phone"
    ),
    "contact.telephone": (
        "座机|固定电话|固话|办公电话|单位电话|公司电话|电话|商务电话|工作电话|Business Phone|Work Phone"
        "|Office Phone|Telephone|Phone 2 - Value|Company Main Phone"
    ),
    "contact.wechat": "微信|微信号|联系人微信|WeChat|WeChat ID",
    "contact.email": (
        "邮箱|电子邮箱|邮件|电子邮件|邮箱地址|联系人邮箱|电子邮件地址|E-mail Address|E-mail 1 - Value|Email"
        "|E-mail|Email Address|Mail|Contact Email"
    ),
    "contact.birthday": "生日|出生日期|联系人生日|出生年月|Birthday|Date of Birth",
    "contact.primary": "主联系人|是否主联系人|首要联系人|Primary",
    "contact.do_not_contact": "请勿打扰|勿扰|是否勿扰",
    "contact.remarks": "备注|联系人备注|附注|说明|Notes",
    "extra.contact.remarks": (
        "地址|家庭地址|住址|Home Address|Address 1 - Formatted|Address 2 - Formatted|Business Street"
        "|Home Street|Home Phone|住宅电话|Other Phone|Business Phone 2|Home Phone 2|Phone 3 - Value"
        "|Phone 4 - Value|E-mail 2 Address|E-mail 3 Address|E-mail 2 - Value|E-mail 3 - Value|QQ|QQ号"
        "|Web Page|Website 1 - Value|网页|网址|Nickname|昵称|传真|Business Fax|商务传真|Anniversary|纪念日"
    ),
    "followup.occurred_at": (
        "跟进日期|跟进时间|沟通时间|沟通日期|拜访日期|拜访时间|最近跟进|上次联系|联系时间|联系日期|回访日期"
        "|回访时间|最近联系|日期|时间|Date|Follow-up Date"
    ),
    "piece.followup.time": "跟进时刻|时刻|时间|几点",
    "followup.method": "跟进方式|方式|沟通方式|联系方式|拜访方式|跟进类型|Method",
    "followup.progress": "跟进进度|进度|完成度|Progress",
    "followup.intention": "客户意向|意向|意向程度|意向度|购买意向|Intention",
    "followup.outcome": "跟进结果|结果|是否成交|成交情况|Outcome|Result",
    "followup.result_date": "成交日期|成交时间|结果日期|Deal Date",
    "followup.content": (
        "跟进内容|跟进情况|跟进记录|沟通内容|内容|沟通记录|拜访内容|回访内容|跟进情况记录|跟进说明|联系记录"
        "|沟通情况|Content"
    ),
    "followup.next_contact_at": "下次联系|下次跟进|下次跟进日期|下次联系时间|下次跟进时间|下次联系日期|下次回访",
    "followup.next_step": "下一步计划|下一步|下步计划|后续计划|跟进计划|Next Step",
    "followup.call_result": "通话结果|接通情况|是否接通",
    "followup.minutes": "时长|通话时长|沟通时长|Duration",
    "followup.place": "拜访地点|地点|见面地点",
    "followup.feedback": "客户反馈|反馈|客户反馈与需求|Feedback",
    "followup.solution": "提供的方案|方案|推荐产品",
    "followup.response": "客户回应|客户态度|态度",
    "followup.objections": "异议点|异议|客户异议|顾虑|未成交原因",
    "followup.contact": "沟通对象|拜访对象|沟通联系人|跟进联系人|联系人|联系人姓名|对接人|Contact",
    "followup.author": (
        "业务员|销售|销售员|销售人员|置业顾问|跟进人员|跟进人|顾问|客户经理|记录人|拜访人|Sales|Author"
    ),
    "plan.content": "计划内容|内容|事项|待办|任务|计划|Task|Subject|Content",
    "plan.starts_at": "计划时间|计划日期|日期|时间|开始时间|开始日期|截止日期|到期日|Date|Due Date|Start Date",
    "piece.plan.time": "时刻|时间|Start Time",
    "plan.method": "方式|跟进方式|Method",
    "plan.assignee": "执行人|业务员|负责人|销售|销售员|跟进人|Assignee",
    "plan.minutes": "预计时长|时长|Duration",
    "plan.remind_minutes": "提前提醒",
    "plan.rhythm": "重复|周期|Repeat",
    "owner": (
        "负责人|业务员|销售|销售员|销售人员|客户负责人|归属人|归属|所属销售|所属业务员|客户经理|销售代表"
        "|置业顾问|顾问|跟进人|所有者|Owner|Sales Rep|Salesperson|Sales Agent|Account Owner|Opportunity Owner"
    ),
}
_ASIDE = re.compile(r"\([^()]*\)|【[^【】]*】|\[[^\[\]]*\]")
_SIGNS = re.compile(r"[\s*:#.、。_]+")


@cache
def plain(heading: str) -> str:
    """A heading without spaces, stars and what stands in brackets: `需求面积 (㎡)*` is `需求面积`."""
    folded = fold(heading)
    bare = _SIGNS.sub("", _ASIDE.sub("", folded))
    return bare or _SIGNS.sub("", folded)


_ALL = _WORDS | {
    f"{record_type}.{key}": words for record_type, one in IMPORTABLES.items() for key, words in one.headings.items()
}
WORDS = {target: tuple(dict.fromkeys(plain(word) for word in words.split("|"))) for target, words in _ALL.items()}


def usual(targets: list[str]) -> list[str]:
    """The most usual heading of each target, as a hint."""
    return list(dict.fromkeys(_ALL[target].split("|")[0] for target in targets if target in _ALL))
