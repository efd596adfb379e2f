"""Inputs of the actions of this area: what is sent of a field and of a layout, with its words."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _

from genjin.kernel.fields import Number, Text, YesNo
from genjin.kernel.fields.fixed import OneOf, Structured
from genjin.kernel.records import RECORD_TYPES
from genjin.tailoring.rules.kinds import KIND_LABELS

CLASSES = (
    ("public", _("公开")),
    ("internal", _("内部")),
    ("personal", _("个人信息")),
    ("sensitive", _("敏感")),
)


def _types() -> list[tuple[str, Any]]:
    return [(declared.key, declared.label) for declared in RECORD_TYPES.values()]


Type = Annotated[str, OneOf(key="record_type", label=_("记录类型"), pairs=_types)]
Kind = Annotated[str, OneOf(key="kind", label=_("字段类型"), pairs=tuple(KIND_LABELS.items()))]
Label = Annotated[str, Text(key="label", label=_("名称"), most=40)]
Key = Annotated[
    str, Text(key="key", label=_("字段标识"), most=32, help=_("程序用的名字，保存后不能修改；不填时按名称的拼音生成"))
]

# For changes, absent means as it was.
NewLabel = Annotated[str | None, Text(key="label", label=_("名称"), most=40)]
English = Annotated[str | None, Text(key="english", label=_("英文名称"), most=60, help=_("界面为英文的成员看到它"))]
Help = Annotated[str | None, Text(key="help", label=_("填写说明"), most=200, help=_("显示在输入框下方"))]
Section = Annotated[str | None, Text(key="section", label=_("分组"), most=40)]
Order = Annotated[int | None, Number(key="order", label=_("顺序"), least=0, greatest=1_000_000)]
Required = Annotated[bool | None, YesNo(key="required", label=_("必填"))]
Unique = Annotated[
    bool | None, YesNo(key="unique", label=_("不允许重复"), help=_("两条记录不能填同样的内容（已作废的不算）"))
]
Found = Annotated[bool | None, YesNo(key="searched", label=_("可以搜索到"), help=_("在搜索框里输入它的内容能找到记录"))]
InList = Annotated[bool | None, YesNo(key="in_list", label=_("默认显示在列表里"))]
Width = Annotated[int | None, Number(key="width", label=_("列宽（像素）"), least=0, greatest=600)]
Class = Annotated[str | None, OneOf(key="sensitivity", label=_("保密级别"), pairs=CLASSES)]
Default = Annotated[Any, Text(key="default", label=_("默认值"), most=10_000, help=_("新建时预先填好"))]
Facts = Annotated[
    dict[str, Any] | None,
    Structured(
        key="facts", label=_("类型设置"), named=True, help=_("单位、小数位、最小值、最大值、编号规则等，按字段类型而定")
    ),
]
Options = Annotated[
    list[Any] | None,
    Structured(key="options", label=_("选项"), help=_("单选、多选字段的选项，可以只写名称，或名称、英文、颜色")),
]
ShownWhen = Annotated[
    list[Any] | None,
    Structured(key="shown_when", label=_("显示条件"), help=_("满足条件时才显示；不设条件时总是显示")),
]
RequiredWhen = Annotated[
    list[Any] | None, Structured(key="required_when", label=_("必填条件"), help=_("满足条件时必须填写"))
]
Sections = Annotated[list[Any] | None, Structured(key="sections", label=_("分组与字段顺序"))]
Overlays = Annotated[dict[str, Any] | None, Structured(key="overlays", label=_("内置字段的改动"), named=True)]
Quick = Annotated[list[Any] | None, Structured(key="quick", label=_("快速新建的字段"))]
