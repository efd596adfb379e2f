"""The page of backups: how it stands, what is kept, a backup now, how to bring one back."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.backups.actions import start_backup
from genjin.backups.grants import MANAGE
from genjin.backups.queries import overview, work
from genjin.backups.rules import RED, Standing
from genjin.kernel.refusal import Refused
from genjin.org.web.frame import Section, register_settings, settings_page
from genjin.ui.pages import PageRequest, fragment, go, page

ROUTE = "settings/backups"
PLACE = f"/{ROUTE}"
WORDS = {
    Standing.GOOD: gettext_lazy("备份正常"),
    Standing.NONE_YET: gettext_lazy("还没有备份"),
    Standing.OFF: gettext_lazy("自动备份已关闭"),
    Standing.LATE: gettext_lazy("超过 36 小时没有成功的备份"),
    Standing.FAILED: gettext_lazy("上次备份失败"),
    Standing.MISSING: gettext_lazy("没有可用的备份"),
}

register_settings(
    Section(
        "backups",
        gettext_lazy("备份"),
        icon="database-export",
        note=gettext_lazy("上次备份、保留的备份与恢复方法"),
        needs=MANAGE,
    )
)


@page(ROUTE, name="backups", needs=MANAGE)
def backups(request: PageRequest) -> HttpResponse:
    """How it stands with the backups."""
    facts = overview(request.actor)
    tone = "bad" if facts.standing in RED else "ok" if facts.standing is Standing.GOOD else "warn"
    words = WORDS[facts.standing]
    return settings_page(
        request, "backups/backups.html", "backups", facts=facts, work=facts.work, tone=tone, words=words
    )


@page(f"{ROUTE}/start", name="backup-start", methods=["POST"], needs=MANAGE)
def start(request: PageRequest) -> HttpResponse:
    """Make a backup now."""
    try:
        start_backup.run(request.actor, None, {})
    except Refused as refusal:
        return go(request, PLACE, refusal.message, tone="bad")
    return go(request, PLACE, _("备份已开始，可以离开此页"))


@page(f"{ROUTE}/progress", name="backup-progress", needs=MANAGE)
def progress(request: PageRequest) -> HttpResponse:
    """How far the run at work is; the whole page anew when it has ended."""
    now = work(request.actor)
    response = fragment(request, "backups/progress.html", work=now)
    if now is None and "at-work" in request.GET:
        response.headers["HX-Refresh"] = "true"
    return response
