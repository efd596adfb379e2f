"""Which headings of people's own sheets mean which field. Labels of the fields themselves need not stand here."""

from __future__ import annotations

import re

# part.field: headings, without spaces and brackets. A heading may stand at several fields: then the values decide.
HEADINGS: dict[str, tuple[str, ...]] = {
    "customer.name": ("客户名称", "公司名称", "公司全称", "单位名称", "企业名称", "客户", "客户姓名", "姓名", "名称"),
    "customer.external_code": ("编号", "客户编号", "编码", "客户编码", "代码", "客户代码"),
    "customer.level": ("客户类型", "客户级别", "级别", "等级", "类型"),
    "customer.lifecycle": ("客户类型", "客户状态", "类型"),
    "customer.category": ("客户类型", "客户类别", "类别", "类型"),
    "customer.kind": ("客户性质", "性质", "类型"),
    "customer.phone": ("电话", "电话号码", "联系电话", "手机", "手机号", "手机号码", "客户电话"),
    "customer.industry": ("所属行业", "行业"),
    "customer.region": ("所在地区", "地区", "区域", "省市", "所在城市"),
    "customer.address": ("地址", "公司地址", "通讯地址"),
    "customer.source": ("客户来源", "来源", "来源渠道", "渠道"),
    "customer.remarks": ("备注", "客户备注"),
    "followup.occurred_at": ("跟进日期", "跟进时间", "沟通时间", "拜访日期", "最近跟进", "上次联系"),
    "followup.method": ("跟进方式", "方式", "沟通方式", "联系方式"),
    "followup.progress": ("跟进进度", "进度"),
    "followup.intention": ("客户意向", "意向", "意向程度"),
    "followup.outcome": ("跟进结果", "结果", "是否成交"),
    "followup.result_date": ("成交日期", "成交时间", "结果日期"),
    "followup.content": ("跟进内容", "跟进情况", "跟进记录", "沟通内容", "内容"),
    "followup.next_contact_at": ("下次联系", "下次跟进", "下次跟进日期", "下次联系时间", "下次跟进时间"),
    "followup.next_step": ("下一步计划", "下一步", "下步计划"),
    "followup.call_result": ("通话结果", "接通情况", "是否接通"),
    "followup.minutes": ("时长", "通话时长", "沟通时长"),
    "followup.feedback": ("客户反馈", "反馈", "客户反馈与需求"),
    "followup.solution": ("提供的方案", "方案"),
    "followup.response": ("客户回应", "客户态度"),
    "followup.objections": ("异议点", "异议", "客户异议"),
    "followup.author": ("业务员", "销售", "销售员", "销售人员", "置业顾问", "跟进人员", "负责人"),
}

_ASIDE = re.compile(r"[（(【\[][^）)】\]]*[）)】\]]|[\s*＊:：]")


def plain_heading(heading: str) -> str:
    """A heading without spaces, stars and what stands in brackets: `需求面积 (㎡)*` is `需求面积`."""
    return _ASIDE.sub("", heading)
