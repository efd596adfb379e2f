"""The check when a record is made or changed (新建查重, 编辑查重, B3): called by the actions of types that declare what
they are compared by. It refuses until the entry was confirmed, or altogether where a rule blocks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from typing import Any, NoReturn

from django.db import transaction
from django.utils.translation import gettext as _

from genjin.duplicates.actions.telling import note_told
from genjin.duplicates.comparing import compared_of, told_in_full
from genjin.duplicates.limits import Room, queue_told, room_of
from genjin.duplicates.queries import rules_at
from genjin.duplicates.rules import OF_SURFACE, DuplicateRuling, Effect, Entry
from genjin.duplicates.settings import TOLD_PER_DAY, TOLD_PER_HOUR
from genjin.duplicates.telling import MOST_TOLD, Hit, effect_of, hits_of
from genjin.kernel.actor import BRINGING_IN, Actor, Surface
from genjin.kernel.editing import get_value
from genjin.kernel.models.rows import Record
from genjin.kernel.recording import standing_note
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused
from genjin.kernel.sights import in_force
from genjin.kernel.wording import clauses

CONFIRM = "duplicate_known"
"""The input by which it is confirmed."""


_compared_before: ContextVar[frozenset[str]] = ContextVar("compared_before", default=frozenset())


@contextmanager
def compared_before(types: Collection[str]) -> Iterator[None]:
    """Records of these types were compared set by set by whoever makes them here (`many`): each is not asked about."""
    token = _compared_before.set(frozenset(types))
    try:
        yield
    finally:
        _compared_before.reset(token)


class TooManyAsked(Refused):
    """A member was told of as many records that he may not see as he may for now."""

    status = 429

    def __init__(self, actor: Actor) -> None:
        super().__init__("too_many_duplicates", used_up(actor))


def used_up(actor: Actor) -> str:
    """That he was told of enough for now, and how much that is."""
    limits = {"hour": TOLD_PER_HOUR.at(actor.stamp), "day": TOLD_PER_DAY.at(actor.stamp)}
    words = _(
        "查重提示的次数已用完（每小时最多 %(hour)d 条、每天最多 %(day)d 条），请稍后再试；确有需要请联系主管或管理员"
    )
    return words % limits


def entry_of(actor: Actor) -> Entry:
    """Where whatever he makes comes in."""
    return OF_SURFACE.get(actor.surface, Entry.CREATE)


def demand_no_duplicate(
    actor: Actor, record_type: RecordType, values: Mapping[str, Any], *, known: bool, besides: int | None = None
) -> None:
    """Raises Refused("duplicate_found") until it is `known`, Refused("duplicate_blocked") where a rule forbids it, both
    with facts["duplicates"]; TooManyAsked when he has been told too much today."""
    if record_type.key in _compared_before.get():
        return
    entry = entry_of(actor)
    rules = rules_at(record_type.key, entry, actor.stamp)
    _demand(actor, record_type, values, entry, rules, known=known, besides=besides)


def _demand(
    actor: Actor,
    record_type: RecordType,
    values: Mapping[str, Any],
    entry: Entry,
    rules: list[DuplicateRuling],
    *,
    known: bool,
    besides: int | None,
    before: Mapping[str, Any] | None = None,
) -> None:
    if known:
        rules = [rule for rule in rules if rule.at(entry) is Effect.BLOCK]
    if not rules:
        return
    hits = hits_of(actor, record_type, values, entry, besides=besides, rules=rules)
    if hits and before:
        was = {hit.row_id for hit in hits_of(actor, record_type, before, entry, besides=besides)}
        hits = [hit for hit in hits if hit.row_id not in was]
    if not hits:
        return
    refusal = _refusal(record_type, hits, before is not None, _named(hits, rules) if before is not None else None)
    refuse_within_limits(actor, record_type.key, entry, hits, refusal)


def refuse_within_limits(actor: Actor, about: str, entry: Entry, hits: list[Hit], refusal: Refused) -> NoReturn:
    """Raises the refusal that tells of these records, and has that written down; TooManyAsked when he has been told too
    much."""
    room = room_of(actor)  # asked of hits that he sees as well: both take equally long
    fresh = fresh_of(room, hits)
    if len(fresh) > room.left:
        raise TooManyAsked(actor)
    if fresh:
        refusal.afterwards = partial(tell_within_limits, actor, about, entry, fresh)
    raise refusal


def tell_within_limits(actor: Actor, about: str, entry: Entry, told: Collection[int]) -> None:
    """Write down that he is told of these records. Raises TooManyAsked when he was told too much in the same moment."""
    with transaction.atomic():
        queue_told(actor)
        room = room_of(actor)
        fresh = sorted(set(told) - room.known)
        if len(fresh) > room.left:
            raise TooManyAsked(actor)
        note_told(actor, about, entry, fresh)


def demand_still_single(
    actor: Actor, record_type: RecordType, row: Record, values: Mapping[str, Any], *, known: bool
) -> None:
    """The same for a record before `values` are set (编辑查重): asked when a field changes that it is compared by, of
    rules that ask about one of those. Records that it was like before are known. What is put back or brought in was
    looked at by who does that."""
    if actor.surface in BRINGING_IN or "undoes" in standing_note.get():
        return
    fields = in_force(record_type, actor.stamp).own_fields
    all_ = compared_of(record_type.key, actor.stamp).values()
    full = told_in_full(actor, record_type)
    compared = [key for one in all_ for key in (one.field, one.beside) if key in full]
    other = {key for key in compared if key in values and values[key] != get_value(row, fields[key])}
    changed = {one.field for one in all_ if {one.field, one.beside} & other}
    if not changed:
        return
    entry = Entry.API if actor.surface is Surface.API else Entry.EDIT
    rules = [rule for rule in (_about(rule, changed) for rule in rules_at(record_type.key, entry, actor.stamp)) if rule]
    before = {key: get_value(row, fields[key]) for key in compared}
    whole = {key: values.get(key, value) for key, value in before.items()}
    _demand(actor, record_type, whole, entry, rules, known=known, besides=row.pk, before=before)


def _about(rule: DuplicateRuling, changed: Collection[str]) -> DuplicateRuling | None:
    """The part of a rule that asks about changed fields."""
    touched = tuple(group for group in rule.alternatives if any(each.field in changed for each in group))
    return replace(rule, alternatives=touched) if touched else None


def fresh_of(room: Room, hits: list[Hit]) -> list[int]:
    """The records that he may not see and was not told of just now."""
    return sorted({hit.row_id for hit in hits if hit.hidden} - room.known)


def _named(hits: Sequence[Hit], rules: Sequence[DuplicateRuling]) -> str | None:
    """The field that the surest record is like by: in a long form, where people look."""
    asked = {each.field for rule in rules for group in rule.alternatives for each in group}
    return next((why.field for why in hits[0].whys if why.field in asked), None)


def _refusal(record_type: RecordType, hits: list[Hit], changing: bool, field: str | None) -> Refused:
    blocked = effect_of(hits) is Effect.BLOCK
    names = {"type": str(record_type.label), "found": clauses(words_of(hit) for hit in hits[:MOST_TOLD])}
    if changing and blocked:
        message = _("已有这个%(type)s：%(found)s。按查重规则不能改成这样，请联系其负责人或主管。") % names
    elif changing:
        message = _("可能已有这个%(type)s：%(found)s。请先核对；确认不是同一家，可勾选后保存。") % names
    elif blocked:
        message = _("已有这个%(type)s：%(found)s。按查重规则不能重复新建，请联系其负责人或主管。") % names
    else:
        message = _("可能已有这个%(type)s：%(found)s。请先核对；确认不是同一家，可勾选后继续新建。") % names
    return Refused(
        "duplicate_blocked" if blocked else "duplicate_found",
        message,
        field,
        facts={"duplicates": [hit.fact() for hit in hits]} | ({} if blocked else {"confirm": CONFIRM}),
    )


def words_of(hit: Hit) -> str:
    """A hit in a sentence: 「苏州晶砺半导体」（客户名称相近 96%，负责人：周牧远）, or in which pool it lies."""
    if hit.pool:
        told = {"title": hit.title, "why": hit.words(), "pool": hit.pool[1]}
        return _("「%(title)s」（%(why)s，在公海「%(pool)s」里，可以去那里领取）") % told
    names = {"title": hit.title or _("同事的记录"), "why": hit.words(), "owner": hit.owner or _("无")}
    return _("「%(title)s」（%(why)s，负责人：%(owner)s）") % names
