"""Who is known to leave is watched from the day of notice on, and takes nothing out (B16, S2-58)."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from genjin.handover.queries import in_notice
from genjin.handover.settings import BLOCK_EXPORTS, WATCH_PERCENT
from genjin.kernel.stamps import current_stamp
from genjin.kernel.taking_out import register_ban
from genjin.oversight.watching import register_watch


def today() -> date:
    """The company's day."""
    return timezone.now().astimezone(ZoneInfo(settings.COMPANY_TIME_ZONE)).date()


def _watched() -> dict[int, int]:
    percent = WATCH_PERCENT.at(current_stamp())
    return {member: percent for member, _last_day in in_notice(today())} if percent < 100 else {}


def _takes_nothing_out(member_id: int) -> bool:
    return BLOCK_EXPORTS.at(current_stamp()) and any(member == member_id for member, _day in in_notice(today()))


register_watch(_watched)
register_ban(_takes_nothing_out)
