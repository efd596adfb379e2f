"""What sheets say for options besides labels, keys and the lists' own synonyms."""

from __future__ import annotations

# {list: {option: words}}, each word for one option of its list.
_WORDS = {
    "followup_outcome": {
        "deal": "成功 赢单 签约 已签约 已下单 won",
        "no_deal": "失败 输单 丢单 流失 未签约 lost",
    },
    "followup_method": {
        "phone": "tel call phone 致电 通话 来电 回访 电话回访 去电",
        "visit": "visit 面谈 面访 来访 实地 上门走访 走访",
        "wechat": "wechat wx vx 微信沟通",
        "email": "mail e-mail email 电邮 邮件沟通",
        "sms": "sms 短信息",
        "meeting": "腾讯会议 钉钉会议 视频 线上 zoom",
    },
    "gender": {
        "m": "男 男士 男性 male m mr mr.",
        "f": "女 小姐 太太 女性 female f ms ms. mrs mrs. miss",
    },
    "customer_kind": {
        "company": "企业 公司 company",
        "person": "个人 person individual",
        "public": "政府 事业单位 机关",
        "dealer": "代理商 分销商 经销",
    },
    "customer_lifecycle": {"new": "新", "old": "老", "lost": "流失", "potential": "潜在"},
    "customer_source": {
        "internet": "网上 官网 百度 线上 互联网 网站 抖音",
        "referral": "转介绍 老客户介绍 老客户转介绍",
        "friend": "朋友 熟人介绍",
        "exhibition": "展览会 参展",
        "phone": "电话营销 电销",
        "walk_in": "上门 来访 自然来访",
        "dealer": "渠道",
    },
    "contact_decision_role": {"decider": "决策者 关键决策人 拍板人", "user": "使用人", "buyer": "采购 采购人"},
}
SAID = {
    list_key: {word: key for key, words in options.items() for word in words.split()}
    for list_key, options in _WORDS.items()
}
# What yes and no mean where a column asks 是否成交, 是否接通.
ANSWERED = {
    "followup_outcome": ("deal", "no_deal"),
    "followup_call_result": ("connected", "unanswered"),
}
