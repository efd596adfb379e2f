"""A case as pages and programs tell it: both sides as far as the reader may know them, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from genjin.clashes.queries import Seen, evidence_of, is_side, may_rule
from genjin.clashes.rules import Evidence, Proposal, Ruling, proposed
from genjin.clashes.settings import VALID_DAYS
from genjin.duplicates.rules import How
from genjin.duplicates.searching.finding import Why
from genjin.duplicates.telling import why_words
from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.fields.base import Access
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.wording import listed


@dataclass(frozen=True)
class Side:
    """One side. Of a record that the reader may not see there is no id, and only what the rules of 查重 show; no
    evidence either."""

    key: str
    record_id: int | None
    title: str
    owner: str
    department: str
    mine: bool
    evidence: Evidence | None = None
    valid: bool = False


@dataclass(frozen=True)
class Told:
    """A case: its sides (the one that was registered first comes first), why they are held to be one, what the order of
    B3 favours (for who sees both), what he may do."""

    seen: Seen
    sides: tuple[Side, Side]
    why: str
    proposal: Proposal | None
    days: int
    rules: bool
    withdraws: bool


def told(actor: Actor, seen: Seen) -> Told:
    """The whole case for a reader who sees it. One query."""
    return told_of(actor, [seen])[0]


def told_of(actor: Actor, cases: Sequence[Seen]) -> list[Told]:
    """Whole cases for a reader who sees them. One query."""
    rows = [row for seen in cases for pk, row in seen.rows.items() if pk in seen.visible]
    counted = evidence_of(rows)
    return [_told(actor, seen, counted) for seen in cases]


def _told(actor: Actor, seen: Seen, counted: Mapping[int, Evidence]) -> Told:
    clash, days = seen.clash, int(VALID_DAYS.at(actor.stamp))
    now = actor.now()
    sides = tuple(
        _side(actor, seen, key, seen.rows[pk], counted.get(pk), now, days)
        for key, pk in (("earlier", clash.earlier_id), ("later", clash.later_id))
    )
    proposal = proposed(counted[clash.earlier_id], counted[clash.later_id], now, days) if seen.both else None
    open_ = clash.state == "open"
    rules = may_rule(actor, seen)
    return Told(
        seen=seen,
        sides=(sides[0], sides[1]),
        why=why_of(actor, seen),
        proposal=proposal,
        days=days,
        rules=open_ and rules and not is_side(actor.member_id, seen),
        withdraws=open_ and (rules or clash.opened_by_id == actor.member_id),
    )


def titles_of_sides(actor: Actor, seen: Seen) -> tuple[str, str]:
    """What both records are called for this reader."""
    clash = seen.clash
    return _title(actor, seen, seen.rows[clash.earlier_id]), _title(actor, seen, seen.rows[clash.later_id])


def why_of(actor: Actor, seen: Seen) -> str:
    """Why they are held to be one; of fields that the reader does not see nothing."""
    declared = RECORD_TYPES[seen.clash.record_type]
    known = declared.seen_by(actor)
    whys = [Why(name, How(how), percent) for name, how, percent in seen.clash.whys]
    told = [
        why_words(declared, why) for why in whys if known.accesses.get(why.field, Access.HIDDEN) is not Access.HIDDEN
    ]
    return listed(told) or _("资料相同或相近")


def ruling_words(ruling: str) -> str:
    """归先登记的一方."""
    return str(Ruling(ruling).label) if ruling else ""


def _side(actor: Actor, seen: Seen, key: str, row: Record, evidence: Evidence | None, now: datetime, days: int) -> Side:
    visible, org = row.pk in seen.visible, people.directory()
    owner = visible or "owner" in seen.shown
    department = visible or "department" in seen.shown
    return Side(
        key=key,
        record_id=row.pk if visible else None,
        title=_title(actor, seen, row),
        owner=org.member_name(row.owner_id, actor.stamp) if row.owner_id and owner else "",
        department=org.department_name(row.department_id, actor.stamp) if row.department_id and department else "",
        mine=row.owner_id is not None and row.owner_id == actor.member_id,
        evidence=evidence,
        valid=evidence is not None and evidence.valid(now, days),
    )


def _title(actor: Actor, seen: Seen, row: Record) -> str:  # noqa: ARG001 - the title of a type is never hidden
    if row.pk in seen.visible or "name" in seen.shown:
        return str(getattr(row, RECORD_TYPES[row.row_type].title) or row.code)
    return _("同事的记录")
