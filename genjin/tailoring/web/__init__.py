"""Pages of the settings: the company's own fields, their options, layouts of forms and facts."""

from django.utils.translation import gettext_lazy as _

from genjin.org.web.frame import Section, register_settings
from genjin.tailoring.grants import MANAGE
from genjin.tailoring.web import (
    conditions,
    converting,
    defining,
    formulas,
    layout,
    listing,
    offering,
    options,
    retiring,
)

register_settings(
    Section(
        "fields",
        _("字段与布局"),
        icon="layout-list",
        note=_("自定义字段、表单分组与顺序、显示和必填条件"),
        needs=MANAGE,
    ),
    before="options",
)

__all__ = ["conditions", "converting", "defining", "formulas", "layout", "listing", "offering", "options", "retiring"]
