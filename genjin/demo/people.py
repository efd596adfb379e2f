"""Who works at the demo company: departments in three levels, forty invented people. How they are made: `company`."""

from __future__ import annotations

from dataclasses import dataclass

COMPANY = "澄湖智造"
PASSWORD = "genjin-demo-2026"  # noqa: S105 - a demo anybody may enter; printed at every start

# department: the one above it ("" is the root)
DEPARTMENTS = {
    "总经办": "",
    "华东销售部": "",
    "苏州组": "华东销售部",
    "上海组": "华东销售部",
    "浙江组": "华东销售部",
    "华南销售部": "",
    "深圳组": "华南销售部",
    "东莞组": "华南销售部",
    "华北销售部": "",
    "京津组": "华北销售部",
    "西部组": "华北销售部",
    "渠道部": "",
    "市场部": "",
    "客户服务部": "",
    "安装调试组": "客户服务部",
    "销售运营部": "",
}


@dataclass(frozen=True)
class Person:
    """One member. `sells`: the market whose customers he owns, with his share of them."""

    name: str
    sign_in: str
    title: str
    department: str
    role: str
    superior: str = ""
    sells: str = ""
    share: float = 1.0


ADMINISTRATOR = Person("顾清和", "guqinghe", "信息主管", "总经办", "")
PEOPLE = (
    Person("沈砚秋", "shenyanqiu", "总经理", "", "reviewer"),
    Person("丁书衡", "dingshuheng", "财务主管", "总经办", "reviewer", "沈砚秋"),
    Person("许星河", "xuxinghe", "销售运营经理", "销售运营部", "operations", "沈砚秋"),
    Person("苏以清", "suyiqing", "销售运营专员", "销售运营部", "operations", "许星河"),
    Person("夏云禾", "xiayunhe", "市场经理", "市场部", "reviewer", "沈砚秋"),
    Person("秦若宁", "qinruoning", "市场专员", "市场部", "create_only", "夏云禾"),
    Person("孟景川", "mengjingchuan", "客户服务经理", "客户服务部", "department_head", "沈砚秋"),
    Person("钱子澄", "qianzicheng", "安装工程师", "安装调试组", "create_only", "孟景川"),
    Person("尹承宁", "yinchengning", "安装工程师", "安装调试组", "create_only", "孟景川"),
    Person("薛沐言", "xuemuyan", "应用工程师", "安装调试组", "create_only", "孟景川"),
    Person("林知夏", "linzhixia", "华东销售总监", "华东销售部", "manager", "沈砚秋", "华东", 0.3),
    Person("周牧远", "zhoumuyuan", "销售经理", "苏州组", "salesperson", "林知夏", "苏南", 1.4),
    Person("陆望舒", "luwangshu", "销售经理", "苏州组", "salesperson", "林知夏", "苏南"),
    Person("程以宁", "chengyining", "销售代表", "苏州组", "create_only", "林知夏", "苏南", 0.8),
    Person("姚若川", "yaoruochuan", "销售代表", "苏州组", "salesperson", "林知夏", "苏南", 0.7),
    Person("何景行", "hejingxing", "上海组组长", "上海组", "manager", "林知夏", "上海", 0.8),
    Person("宋予安", "songyuan", "销售经理", "上海组", "salesperson", "何景行", "上海"),
    Person("唐思衡", "tangsiheng", "销售代表", "上海组", "salesperson", "何景行", "上海", 0.9),
    Person("韩乐遥", "hanleyao", "销售代表", "上海组", "create_only", "何景行", "上海", 0.6),
    Person("叶承禾", "yechenghe", "浙江组组长", "浙江组", "manager", "林知夏", "浙江", 0.8),
    Person("江沐白", "jiangmubai", "销售经理", "浙江组", "salesperson", "叶承禾", "浙江"),
    Person("傅听澜", "futinglan", "销售代表", "浙江组", "salesperson", "叶承禾", "浙江", 0.9),
    Person("梁怀川", "lianghuaichuan", "华南销售总监", "华南销售部", "department_head", "沈砚秋", "深圳", 0.3),
    Person("罗星遥", "luoxingyao", "销售经理", "深圳组", "salesperson", "梁怀川", "深圳", 1.2),
    Person("邓子棠", "dengzitang", "销售经理", "深圳组", "salesperson", "梁怀川", "深圳"),
    Person("彭云舟", "pengyunzhou", "销售代表", "深圳组", "salesperson", "梁怀川", "深圳", 0.8),
    Person("黎南溪", "linanxi", "销售代表", "深圳组", "create_only", "梁怀川", "深圳", 0.7),
    Person("曾书远", "zengshuyuan", "东莞组组长", "东莞组", "manager", "梁怀川", "珠三角"),
    Person("蔡景和", "caijinghe", "销售经理", "东莞组", "salesperson", "曾书远", "珠三角"),
    Person("温若禾", "wenruohe", "销售代表", "东莞组", "salesperson", "曾书远", "珠三角", 0.8),
    Person("赵望川", "zhaowangchuan", "华北销售总监", "华北销售部", "manager", "沈砚秋", "京津", 0.3),
    Person("魏清溪", "weiqingxi", "销售经理", "京津组", "salesperson", "赵望川", "京津"),
    Person("冯以恒", "fengyiheng", "销售代表", "京津组", "salesperson", "赵望川", "京津", 0.8),
    Person("邵知白", "shaozhibai", "销售代表", "京津组", "salesperson", "赵望川", "京津", 0.7),
    Person("石承远", "shichengyuan", "销售经理", "西部组", "salesperson", "赵望川", "西部"),
    Person("白予舟", "baiyuzhou", "销售代表", "西部组", "salesperson", "赵望川", "西部", 0.8),
    Person("施怀安", "shihuaian", "渠道总监", "渠道部", "manager", "沈砚秋", "渠道", 0.5),
    Person("方思远", "fangsiyuan", "渠道经理", "渠道部", "salesperson", "施怀安", "渠道"),
    Person("贺听雨", "hetingyu", "渠道经理", "渠道部", "salesperson", "施怀安", "渠道", 0.8),
)

# further departments of people who help elsewhere
FURTHER = {"薛沐言": "苏州组", "秦若宁": "销售运营部"}

# those whom `genjin serve --demo` invites to be, and as what
SHOWN = {
    "顾清和": "系统管理员",
    "林知夏": "销售主管（本人及下属）",
    "周牧远": "销售（本人）",
    "许星河": "销售运营（全部）",
}
