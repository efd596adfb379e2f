"""The check when a record is made (新建查重, B3): called by the creating actions of types that declare what they are
compared by. It refuses until the entry was confirmed, or altogether where a rule blocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from genjin.duplicates.actions.telling import note_told
from genjin.duplicates.limits import room_left, told_of
from genjin.duplicates.queries import rules_at
from genjin.duplicates.rules import OF_SURFACE, Effect, Entry
from genjin.duplicates.telling import MOST_TOLD, Hit, effect_of, hits_of
from genjin.kernel.actor import Actor
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused
from genjin.kernel.wording import clauses


class TooManyAsked(Refused):
    """A member was told of as many records that he may not see as he may for now."""

    status = 429

    def __init__(self) -> None:
        super().__init__("too_many_duplicates", _("查重提示的次数已用完，请稍后再试；确有需要请联系主管或管理员"))


def entry_of(actor: Actor) -> Entry:
    """Where whatever he makes comes in."""
    return OF_SURFACE.get(actor.surface, Entry.CREATE)


def demand_no_duplicate(
    actor: Actor, record_type: RecordType, values: Mapping[str, Any], *, known: bool, besides: int | None = None
) -> None:
    """Raises Refused("duplicate_found") until it is `known`, Refused("duplicate_blocked") where a rule forbids it, both
    with facts["duplicates"]; TooManyAsked when he has been told too much today."""
    entry = entry_of(actor)
    rules = rules_at(record_type.key, entry, actor.stamp)
    if known:
        rules = [rule for rule in rules if rule.at(entry) is Effect.BLOCK]
    if not rules:
        return
    hits = hits_of(actor, record_type, values, entry, besides=besides, rules=rules)
    if not hits:
        return
    fresh = fresh_of(actor, hits)
    if len(fresh) > room_left(actor):
        raise TooManyAsked
    refusal = _refusal(record_type, hits)
    refusal.afterwards = lambda: note_told(actor, record_type.key, entry, fresh)
    raise refusal


def fresh_of(actor: Actor, hits: list[Hit]) -> list[int]:
    """The records that he may not see and was not told of just now."""
    hidden = [hit.row_id for hit in hits if hit.hidden]
    return sorted(set(hidden) - told_of(actor)) if hidden else []


def _refusal(record_type: RecordType, hits: list[Hit]) -> Refused:
    blocked = effect_of(hits) is Effect.BLOCK
    names = {"type": str(record_type.label), "found": clauses(words_of(hit) for hit in hits[:MOST_TOLD])}
    if blocked:
        message = _("已有这个%(type)s：%(found)s。按查重规则不能重复新建，请联系其负责人或主管。") % names
    else:
        message = _("可能已有这个%(type)s：%(found)s。请先核对；确认不是同一家，可勾选后继续新建。") % names
    return Refused(
        "duplicate_blocked" if blocked else "duplicate_found",
        message,
        facts={"duplicates": [hit.fact() for hit in hits]},
    )


def words_of(hit: Hit) -> str:
    """A hit in a sentence: 「苏州晶砺半导体」（客户名称相近 96%，负责人：周牧远）."""
    names = {"title": hit.title or _("同事的记录"), "why": hit.words(), "owner": hit.owner or _("无")}
    return _("「%(title)s」（%(why)s，负责人：%(owner)s）") % names
