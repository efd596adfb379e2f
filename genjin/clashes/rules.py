"""Rules of a sales clash (撞单, B3) that need no database: its states, whom the order of B3 favours, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.moves import Moves
from genjin.kernel.refusal import Refused


class ClashState(TextChoices):
    """Open until somebody with the grant rules, or it is withdrawn; both are final."""

    OPEN = "open", gettext_lazy("待裁定")
    RULED = "ruled", gettext_lazy("已裁定")
    WITHDRAWN = "withdrawn", gettext_lazy("已撤回")


class Origin(TextChoices):
    """How it was found."""

    CREATED = "created", gettext_lazy("新建时发现")
    IMPORTED = "imported", gettext_lazy("导入时发现")
    DECLARED = "declared", gettext_lazy("申报")


class Ruling(TextChoices):
    """What can be ruled: all to the owner of the record that was registered first, all to the other, performance half
    and half, or nothing."""

    EARLIER = "earlier", gettext_lazy("归先登记的一方")
    LATER = "later", gettext_lazy("归后登记的一方")
    SHARED = "shared", gettext_lazy("各自保留，业绩各半")
    APART = "apart", gettext_lazy("不是同一家，各自保留")


class Ground(StrEnum):
    """Why the order of B3 says what it says."""

    VALID = "valid"
    FIRST = "first"
    NOBODY = "nobody"


STATES = Moves(
    name="clash",
    attribute="state",
    states=ClashState,
    table={
        ClashState.OPEN: frozenset({ClashState.RULED, ClashState.WITHDRAWN}),
        ClashState.RULED: frozenset(),
        ClashState.WITHDRAWN: frozenset(),
    },
)


OVER = {
    ClashState.RULED: gettext_lazy("这起撞单已经裁定；有异议请重新申报"),
    ClashState.WITHDRAWN: gettext_lazy("这起撞单已经撤回；需要时请重新申报"),
}


def demand_open(state: str) -> None:
    """Raises Refused("over")."""
    if state != ClashState.OPEN:
        raise Refused("over", str(OVER[ClashState(state)]))


@dataclass(frozen=True)
class Evidence:
    """What counts of one side: its owner since when, when the record was registered, when it was last followed up."""

    record_id: int
    owner_id: int | None
    since: datetime | None
    registered: datetime
    followed: datetime | None

    def valid(self, now: datetime, days: int) -> bool:
        """Whether the ownership is valid: got or followed up within so many days."""
        last = max((moment for moment in (self.since, self.followed) if moment), default=None)
        return self.owner_id is not None and last is not None and now - last <= timedelta(days=days)


@dataclass(frozen=True)
class Proposal:
    """What the order of B3 favours; no ruling where only a manager can decide."""

    ruling: Ruling | None
    ground: Ground

    def words(self, days: int) -> str:
        """In a sentence for who rules."""
        if self.ground is Ground.NOBODY:
            return _("双方都超过 %d 天没有跟进，归属都已失效：由主管决定") % days
        first = self.ruling is Ruling.EARLIER
        if self.ground is Ground.FIRST:
            return _("双方的归属都有效（%d 天内有跟进或刚得到）：以先登记的为准") % days
        side = _("先登记的一方") if first else _("后登记的一方")
        return _("只有%(side)s的归属有效（%(days)d 天内有跟进或刚得到）") % {"side": side, "days": days}


def proposed(earlier: Evidence, later: Evidence, now: datetime, days: int) -> Proposal:
    """Valid ownership before the earlier valid record before the manager's decision (B3)."""
    one, other = earlier.valid(now, days), later.valid(now, days)
    if one and other:
        return Proposal(Ruling.EARLIER, Ground.FIRST)
    if one or other:
        return Proposal(Ruling.EARLIER if one else Ruling.LATER, Ground.VALID)
    return Proposal(None, Ground.NOBODY)
