"""Pages of imports: the entrance with one's own history, and the steps of one import."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.surfaces.attachments.limit import allow_longer
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.storage import MOST_BYTES
from genjin.surfaces.imports.web import entering, fetching, reviewing, running, setting, showing
from genjin.ui.lists.heads import HeadTool, register_head_tool
from genjin.ui.navigation import NavItem, register_nav

NEEDS = "imports.run"
PAGES = (entering, fetching, showing, setting, reviewing, running)

allow_longer("/imports", MOST_BYTES)
register_nav(
    NavItem(
        key="imports",
        label=_("导入"),
        icon="database-import",
        url_name="imports",
        section="management",
        order=40,
        needs=NEEDS,
    )
)
for _kind in KINDS.values():
    register_head_tool(
        HeadTool(
            key=f"import-{_kind.key}",
            label=_("从表格导入"),
            icon="file-import",
            link="/imports?kind={plural}",
            needs=NEEDS,
            types=(_kind.main,),
            when_empty=True,
            order=10,
        )
    )
register_head_tool(
    HeadTool(
        key="import-book",
        label=_("我有一个通讯录文件"),
        icon="address-book",
        link="/imports?kind={plural}&from=book",
        needs=NEEDS,
        types=("contact",),
        when_empty=True,
        order=11,
    )
)
