"""What a company may set about imports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.company_settings import declare_section, declare_setting
from genjin.kernel.fields import Number

SECTION = declare_section("imports", _("导入"), order=80)
KEEP_DAYS = declare_setting(
    "imports.keep_days",
    Number(
        key="keep_days",
        label=_("导入文件保留天数"),
        least=1,
        greatest=365,
        unit=_(" 天"),
        help=_("导入结束后，上传的文件和表格内容保留多少天；撤销不受影响"),
    ),
    section=SECTION,
    default=7,
)
