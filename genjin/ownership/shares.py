"""Rules of performance shares (B15, C5) that need no database: what a split may say, which one holds on a day.

In plain words: without a split all counts for the owner. The owner's part belongs to whoever owns the record on the
day; a change of owner leaves the parts of others. When the record comes into a pool (or goes there with the record
above it), or its last day has passed, the split is over and the owner has all again. A later decision holds from its
first day on, whatever was said before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from genjin.kernel.refusal import Refused

WHOLE = Decimal(100)
CENT = Decimal("0.01")
MOST_PARTS = 10
MOST_DAYS_AHEAD = 366


@dataclass(frozen=True)
class Portion:
    """What counts for a member, in percent; None for nobody (the owner's part of what has no owner)."""

    member_id: int | None
    percent: Decimal
    owner: bool = False


@dataclass(frozen=True)
class Reign:
    """A period of the ledger as shares need it; `pooled`: it was nobody's."""

    owner_id: int | None
    pooled: bool
    since: datetime
    until: datetime | None
    undone: bool


@dataclass(frozen=True)
class Decided:
    """A split that was decided, as the rules need it: `parts` by member, None for the owner."""

    since: date
    until: date | None
    decided_at: datetime
    parts: Mapping[int | None, Decimal]


def demand_whole(parts: Sequence[Portion]) -> None:
    """Raises Refused("no_parts", "too_many", "twice", "not_positive", "sum"): what is wrong, and by how much."""
    if not parts:
        raise Refused("no_parts", _("请至少填写一个人的份额"), "shares")
    if len(parts) > MOST_PARTS:
        raise Refused("too_many", _("最多 %d 个人分享业绩") % MOST_PARTS, "shares")
    if len({part.member_id for part in parts}) < len(parts):
        raise Refused("twice", _("同一个人只能有一份，请合并后再保存"), "shares")
    if any(part.percent <= 0 for part in parts):
        raise Refused("not_positive", _("份额应大于 0；不分享业绩的人请去掉"), "shares")
    total = sum((part.percent for part in parts), Decimal(0))
    if total != WHOLE:
        words = _("合计 %(total)s%%，还差 %(gap)s%%") if total < WHOLE else _("合计 %(total)s%%，多了 %(gap)s%%")
        raise Refused("sum", words % {"total": plain(total), "gap": plain(abs(WHOLE - total))}, "shares")


def portions_on(
    day: date, ends: datetime, reigns: Iterable[Reign], decided: Iterable[Decided]
) -> tuple[list[Portion], Decided | None]:
    """(whom a record's performance counts for on a day that ends at `ends`, by which split: None when all is the
    owner's). Nobody before there was the record. `reigns` in their order."""
    known = [reign for reign in reigns if reign.since < ends]
    if not known:
        return [], None
    owner_id = known[-1].owner_id
    split = max((one for one in decided if one.since <= day), key=lambda one: one.decided_at, default=None)
    if split is None or over(split, day, known):
        return [Portion(owner_id, WHOLE, owner=True)], None
    held = dict(split.parts)
    owners = held.pop(None, Decimal(0)) + (held.pop(owner_id, Decimal(0)) if owner_id else Decimal(0))
    first = [Portion(owner_id, owners, owner=True)] if owners else []
    return first + [Portion(member_id, percent) for member_id, percent in held.items()], split


def over(split: Decided, day: date, known: Sequence[Reign]) -> bool:
    """Whether it holds no longer: its last day has passed, or the record came into a pool since (unless that was taken
    back)."""
    if split.until is not None and split.until < day:
        return True
    pairs = zip(known, [*known[1:], None], strict=True)
    return any(
        reign.pooled and reign.since > split.decided_at and not (after is not None and after.undone)
        for reign, after in pairs
    )


def plain(percent: Decimal) -> str:
    """50, 33.33: without zeros that say nothing."""
    text = f"{percent:.2f}".rstrip("0").rstrip(".")
    return text or "0"
