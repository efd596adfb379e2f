"""What roles can allow with backups."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.kernel.grants import declare_grants

MANAGE = "backups.manage"
RUN = "backups.run"

declare_grants(_("备份"), (MANAGE, _("查看备份并立即备份")), scoped=False)
declare_grants(_("备份"), (RUN, _("制作备份")), scoped=False, internal=True)
