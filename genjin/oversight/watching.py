"""Whom to look at more closely, who may take nothing out: higher areas say so (who is leaving), surfaces ask here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.refusal import Refused

# -> {member: the percentage of the usual lines at which he is told of}
Watch = Callable[[], Mapping[int, int]]
# (member) -> whether he may take nothing out
Ban = Callable[[int], bool]
_watches: list[Watch] = []
_bans: list[Ban] = []


def register_watch(watch: Watch) -> None:
    """Let some members be told of sooner than others."""
    _watches.append(watch)


def register_ban(ban: Ban) -> None:
    """Let some members take nothing out: no export, no print, no cards, no sheets."""
    _bans.append(ban)


def watched() -> dict[int, int]:
    """{member: percentage of the usual lines}; the smallest counts."""
    found: dict[int, int] = {}
    for watch in _watches:
        for member, percent in watch().items():
            found[member] = min(percent, found.get(member, 100))
    return found


def lowered(line: int, percent: int) -> int:
    """A line for a watched member: at least 1, and a line that is switched off stays off."""
    return max(1, line * percent // 100) if line else 0


def demand_taking_out(actor: Actor) -> None:
    """Raises Refused("leaving") for a member who may take nothing out."""
    if actor.member_id is not None and any(ban(actor.member_id) for ban in _bans):
        words = _("您已登记离职，通知期内不能导出、打印或下载资料；确有需要，请联系您的上级或管理员")
        raise Refused("leaving", words)
