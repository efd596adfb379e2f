"""The sharing rules in the settings: the list, switching on and off, ending. Their form: `web.editing`."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from genjin.org.web.frame import Section, register_settings, settings_page
from genjin.org.web.moving import moved
from genjin.sharing.actions import end_sharing, switch_off_sharing, switch_on_sharing
from genjin.sharing.drawing import line
from genjin.sharing.grants import MANAGE
from genjin.sharing.known import known_of
from genjin.sharing.queries import rules_of
from genjin.ui.pages import PageRequest, page

ROUTE = "settings/sharing"
PLACE = f"/{ROUTE}"
MOVED = {
    "on": (switch_on_sharing, gettext_lazy("规则已启用，下一次点击就生效")),
    "off": (switch_off_sharing, gettext_lazy("规则已停用，对方立即看不到")),
    "end": (end_sharing, gettext_lazy("规则已结束，对方立即看不到")),
}

register_settings(
    Section(
        "sharing",
        gettext_lazy("数据共享"),
        icon="share",
        note=gettext_lazy("一个部门的数据按条件共享给别的部门、角色或成员"),
        needs=MANAGE,
    ),
    before="company",
)


@page(ROUTE, name="sharing", needs=MANAGE)
def sharing(request: PageRequest) -> HttpResponse:
    """All rules, each in words."""
    lines = [line(request.actor, known_of(request.actor, row)) for row in rules_of(request.actor)]
    return settings_page(request, "sharing/rules.html", "sharing", lines=lines)


@page(f"{ROUTE}/<int:rule_id>/<str:move>", name="sharing-move", methods=["POST"], needs=MANAGE)
def move(request: PageRequest, rule_id: int, move: str) -> HttpResponse:
    """Switch a rule on or off, or end it."""
    return moved(request, MOVED, PLACE, rule_id, move)
