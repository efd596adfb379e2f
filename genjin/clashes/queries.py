"""Reads of clashes: which cases somebody sees, and of each side what he may know (trust flaw 4).

Who sees both records sees the case. Who sees one of them sees it where the rules of 查重 let the sides know of each
other; of the other side he then reads what these rules show, and no more.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from genjin.clashes.models import Clash
from genjin.clashes.rules import ClashState, Evidence
from genjin.duplicates.queries import rules_of
from genjin.duplicates.rules import Told
from genjin.kernel.actor import Actor
from genjin.kernel.doors import OWN, may, visible_to
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import NotFound
from genjin.ownership.models import Period

CLASHING: list[str] = []
"""The keys of the types whose records clash; each opts in by `clash_actions`."""
PER_PAGE = 30
FOLLOWED = ("last_effective_at", "last_followed_at")
"""Columns that tell when a record was last followed up, the most telling first."""
ALL, MINE, MY_RULING = "", "mine", "ruling"


@dataclass(frozen=True)
class Seen:
    """A case as somebody sees it: `rows` both records, `visible` the ids of those that he may see, `shown` what he may
    know of the other."""

    clash: Clash
    rows: dict[int, Record] = field(default_factory=dict)
    visible: frozenset[int] = frozenset()
    shown: frozenset[str] = frozenset()

    @property
    def both(self) -> bool:
        """Whether he sees both records."""
        return {self.clash.earlier_id, self.clash.later_id} <= self.visible


def clashing_types(actor: Actor) -> list[RecordType]:
    """The types whose cases he may see at all."""
    known = [RECORD_TYPES[key] for key in CLASHING]
    return [t for t in known if actor.may(t.grant("see")) and any(actor.may(t.grant(verb)) for verb in VERBS)]


VERBS = ("declare_clash", "rule_clash")


def clash_for(actor: Actor, clash_id: int) -> Seen:
    """One case. Raises NotFound for what he may not know of."""
    clash = Clash.objects.filter(pk=clash_id).first()
    found = seen(actor, [clash]) if clash else []
    if not found:
        raise NotFound
    return found[0]


def clashes_seen(
    actor: Actor, record_type: RecordType, *, state: str = "", whose: str = ALL, before: int | None = None
) -> tuple[list[Seen], int | None]:
    """(a page of the cases of a type that he sees, newest first; before which the next page begins)."""
    rows = Clash.objects.filter(_within(actor, record_type, whose), record_type=record_type.key)
    if state:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: PER_PAGE + 1])
    following = found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None
    return seen(actor, found[:PER_PAGE]), following


def clashes_of(actor: Actor, record: Record, most: int = 5) -> list[Seen]:
    """The cases of a record that he sees, newest first."""
    if record.row_type not in CLASHING:
        return []
    rows = Clash.objects.filter(Q(earlier_id=record.pk) | Q(later_id=record.pk)).order_by("-pk")
    return seen(actor, list(rows[:most]))


def seen(actor: Actor, clashes: Sequence[Clash]) -> list[Seen]:
    """Those of these cases that he may know of. Two queries per type."""
    found: dict[int, Seen] = {}
    for record_type in clashing_types(actor):
        mine = [clash for clash in clashes if clash.record_type == record_type.key]
        ids = {pk for clash in mine for pk in (clash.earlier_id, clash.later_id)}
        if not mine:
            continue
        rows = {row.pk: row for row in record_type.model._default_manager.filter(pk__in=ids)}
        visible = _visible(actor, record_type, ids)
        telling = _telling(record_type, actor.stamp)
        for clash in mine:
            pair = {clash.earlier_id, clash.later_id}
            told = clash.told and telling is not None
            if pair <= rows.keys() and (pair <= visible or (told and pair & visible)):
                shown = frozenset(clash.shown) & (telling or frozenset())
                found[clash.pk] = Seen(clash, {pk: rows[pk] for pk in pair}, frozenset(pair & visible), shown)
    return [found[clash.pk] for clash in clashes if clash.pk in found]


def may_rule(actor: Actor, seen: Seen) -> bool:
    """Whether he holds the grant over both records."""
    grant = RECORD_TYPES[seen.clash.record_type].grant("rule_clash")
    return seen.both and all(may(actor, row, grant, OWN) for row in seen.rows.values())


def is_side(member_id: int | None, seen: Seen) -> bool:
    """Whether he owns one of the records, or did when the case was opened."""
    owners = {seen.clash.earlier_owner_id, seen.clash.later_owner_id, *(row.owner_id for row in seen.rows.values())}
    return member_id in owners


def _within(actor: Actor, record_type: RecordType, whose: str) -> Q:
    """Cases that he may know of, as far as a query tells; `seen` asks again."""
    ids = _ids(actor, record_type)
    one, other = Q(earlier_id__in=ids), Q(later_id__in=ids)
    condition = (one & other) | (Q(told=True) & (one | other))
    if whose == MINE:
        me = actor.member_id
        condition &= Q(earlier_owner_id=me) | Q(later_owner_id=me) | Q(opened_by_id=me)
    if whose == MY_RULING:
        ruled = _ids(actor, record_type, record_type.grant("rule_clash"))
        condition &= Q(earlier_id__in=ruled, later_id__in=ruled, state=ClashState.OPEN)
        condition &= ~Q(earlier_owner_id=actor.member_id) & ~Q(later_owner_id=actor.member_id)
    return condition


def _ids(actor: Actor, record_type: RecordType, grant: str | None = None) -> QuerySet[Any, Any]:
    return visible_to(actor, record_type.model, grant=grant).order_by().values("pk")


def _visible(actor: Actor, record_type: RecordType, ids: Collection[int]) -> set[int]:
    rows = visible_to(actor, record_type.model).filter(pk__in=ids)
    return set(rows.order_by().values_list("pk", flat=True))


def _telling(record_type: RecordType, stamp: int) -> frozenset[str] | None:
    """What the rules of now show of a record that somebody may not see; None where they say nothing of such ones."""
    rules = [rule for rule in rules_of(record_type.key, stamp) if rule.on and rule.told is Told.EXISTS]
    return frozenset(key for rule in rules for key in rule.shown) if rules else None


def evidence_of(rows: Sequence[Record]) -> dict[int, Evidence]:
    """{record: what counts of it}, whoever asks. One query."""
    periods = Period.objects.filter(record_id__in=[row.pk for row in rows], until=None)
    since = dict(periods.values_list("record_id", "since"))
    return {row.pk: Evidence(row.pk, row.owner_id, since.get(row.pk), row.created_at, _followed(row)) for row in rows}


def _followed(row: Record) -> datetime | None:
    moments: list[datetime] = [moment for name in FOLLOWED if (moment := getattr(row, name, None))]
    return moments[0] if moments else None


def known_pairs(record_id: int) -> set[int]:
    """The other sides with which a record was disputed already, whatever became of it."""
    pairs = Clash.objects.filter(Q(earlier_id=record_id) | Q(later_id=record_id)).values_list("earlier_id", "later_id")
    return {one for pair in pairs for one in pair} - {record_id}
