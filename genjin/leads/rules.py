"""States of leads and their moves (B1 L1–L14), and when the clocks of leads ring. No queries.

Voided (已作废) is the life of a record, not a sixth state: a voided lead keeps the state that it had, and has it again
when it is restored (L11, L12). Who owns a lead is the ledger's; that one in a pool is unassigned follows from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from genjin.kernel.moves import Moves
from genjin.kernel.refusal import Refused
from genjin.kernel.workdays import WorkCalendar
from genjin.ownership.models import Rule


class LeadState(TextChoices):
    """Where a lead stands (S2-11 … S2-15)."""

    UNASSIGNED = "unassigned", pgettext_lazy("lead", "未分配")
    PENDING = "pending", pgettext_lazy("lead", "待处理")
    FOLLOWING = "following", pgettext_lazy("lead", "跟进中")
    INVALID = "invalid", pgettext_lazy("lead", "无效")
    CONVERTED = "converted", pgettext_lazy("lead", "已转换")


WORKED = (LeadState.PENDING, LeadState.FOLLOWING)
"""What somebody is to work on; only these are taken back by a rule or an administrator (L7)."""
OPEN = (*WORKED, LeadState.INVALID)
"""What may be returned (L6) and converted (L10)."""

MOVES = Moves(
    name="lead",
    attribute="state",
    states=LeadState,
    table={
        LeadState.UNASSIGNED: frozenset({LeadState.PENDING}),  # L2, L3, L4
        LeadState.PENDING: frozenset(  # L5, L6 and L7, L8, L10
            {LeadState.FOLLOWING, LeadState.UNASSIGNED, LeadState.INVALID, LeadState.CONVERTED}
        ),
        LeadState.FOLLOWING: frozenset(  # L6 and L7, L8, L10
            {LeadState.UNASSIGNED, LeadState.INVALID, LeadState.CONVERTED}
        ),
        LeadState.INVALID: frozenset({LeadState.FOLLOWING, LeadState.UNASSIGNED, LeadState.CONVERTED}),  # L9, L6, L10
        LeadState.CONVERTED: frozenset(),  # terminal
    },
    words={
        LeadState.UNASSIGNED: gettext_lazy("线索还没有负责人，请先领取或指派"),
        LeadState.INVALID: gettext_lazy("线索已标为无效；有新进展请先写跟进"),
        LeadState.CONVERTED: gettext_lazy("线索已转换为客户，不能再改变状态"),
    },
)

TAKEN_BACK = frozenset({Rule.RECLAIMED, Rule.RECYCLED})


def demand_reclaimable(state: str) -> None:
    """L7: an administrator or a rule takes back what is worked on; an invalid lead is returned by its owner (L6).
    Raises Refused("bad_move")."""
    if state == LeadState.INVALID:
        raise Refused("bad_move", _("无效的线索不能收回；请让负责人退回，或先写跟进"))


@dataclass(frozen=True)
class Clocks:
    """The company's time limits: hours until an unassigned lead is told of, and one that its owner has not followed;
    days after which that is told again. With a calendar only its workdays count."""

    unassigned: int
    unfollowed: int
    days: tuple[int, int, int]
    calendar: WorkCalendar | None
    zone: ZoneInfo

    def rings_at(self, since: datetime, step: int, *, owned: bool) -> datetime | None:
        """When it rings for the next time, `step` rings after it began; None for never again. Exactly then is late."""
        if not owned:
            return self._after(since, timedelta(hours=self.unassigned)) if step == 0 and self.unassigned else None
        if not self.unfollowed:
            return None
        if step == 0:
            return self._after(since, timedelta(hours=self.unfollowed))
        if step > len(self.days):
            return None
        return self._after(since, max(timedelta(days=self.days[step - 1]), timedelta(hours=self.unfollowed)))

    def _after(self, since: datetime, span: timedelta) -> datetime:
        return self.calendar.later(since, span, self.zone) if self.calendar else since + span
