"""The nightly work of oversight, and the words of its message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy

from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.jobs import periodic
from genjin.kernel.notices import declare_notice
from genjin.kernel.viewing import WORDS
from genjin.oversight.actions import NOTICE, fold_viewing
from genjin.oversight.grants import COUNT


def _facts(reader: Actor, note: Mapping[str, Any]) -> Mapping[str, str]:
    return {
        "member": people.directory().member_name(int(note.get("member", 0)), reader.stamp),
        "what": str(WORDS.get(note.get("kind", ""), "")),
        **{name: f"{int(note.get(name, 0)):,}" for name in ("hourly", "daily", "line")},
    }


declare_notice(
    NOTICE,
    gettext_lazy("%(member)s查看异常：%(what)s近一小时 %(hourly)s、今天 %(daily)s（提醒线 %(line)s）"),
    "alert-triangle",
    label=gettext_lazy("异常查看"),
    facts=_facts,
)


@periodic("20 18 * * *", "viewing.fold", grants=(COUNT,))
def fold(actor: Actor) -> None:
    """Fold yesterday's hours, forget what is too old."""
    fold_viewing(actor, today=timezone.now().astimezone(ZoneInfo(settings.COMPANY_TIME_ZONE)).date())
