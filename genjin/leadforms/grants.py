"""What roles can allow around public forms."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.grants import declare_grants
from genjin.kernel.switches import declare_switch
from genjin.leads.settings import USED
from genjin.org.grants import add_to_ready_roles

SEE = "leadforms.see"
MANAGE = "leadforms.manage"
REVIEW = "leadforms.review"
RECEIVE = "leadforms.receive"

declare_grants(
    _("公开表单"),
    (SEE, _("查看表单和提交")),
    (MANAGE, _("新建和修改表单、渠道码")),
    (REVIEW, _("审核提交：放行或丢弃")),
    scoped=False,
)
declare_grants(_("系统"), (RECEIVE, _("接收公开表单的提交")), scoped=False, internal=True)
add_to_ready_roles(department_head=(SEE, REVIEW), operations=(SEE, MANAGE, REVIEW))
declare_switch(("leadforms.",), USED)
