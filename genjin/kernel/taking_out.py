"""Who may take nothing out: higher areas say so (who is leaving), whatever hands out files asks here."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.refusal import Refused

# (member) -> whether he may take nothing out
Ban = Callable[[int], bool]
_bans: list[Ban] = []


def register_ban(ban: Ban) -> None:
    """Let some members take nothing out: no export, no print, no cards, no sheets, no kept values."""
    _bans.append(ban)


def demand_taking_out(actor: Actor) -> None:
    """Raises Refused("leaving") for a member who may take nothing out."""
    if actor.member_id is not None and any(ban(actor.member_id) for ban in _bans):
        words = _("您已登记离职，通知期内不能导出、打印或下载资料；确有需要，请联系您的上级或管理员")
        raise Refused("leaving", words)
