"""What whoever brings in many records is told of those that he may not see, as the rules allow (trust flaw 4): in words
for each row, written down, and no more of them a day than the company says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from genjin.duplicates.actions.telling import note_told
from genjin.duplicates.limits import import_room
from genjin.duplicates.many.asked import Alternative
from genjin.duplicates.rules import Entry, Told
from genjin.duplicates.settings import TOLD_PER_IMPORT
from genjin.duplicates.wording import kept_words
from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.records import RecordType


@dataclass(frozen=True, slots=True)
class Fit:
    """A row and the record that it is like, which the actor does not see, or which is in the recycle bin."""

    number: int
    id: int
    place: int
    seen: bool


@dataclass
class Words:
    """{number: what is said}, and the rows that forbidding rules keep out; from row `cut` on nothing is said of any."""

    said: dict[int, str] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    cut: int | None = None


def words_for(actor: Actor, record_type: RecordType, alternatives: Sequence[Alternative], fits: Sequence[Fit]) -> Words:
    """What is said of rows, in the order of the file; what is new to him is written down. Two queries, for all."""
    found, known = Words(), {each.place: each for each in alternatives}
    room = import_room(actor)
    fresh: set[int] = set()
    rows = _rows(record_type, [fit.id for fit in fits])
    for fit in sorted(fits, key=lambda each: each.number):
        if not fit.seen and fit.id not in room.known | fresh:
            if len(fresh) >= room.left:
                found.cut = fit.number
                break
            fresh.add(fit.id)
        alternative = known[fit.place]
        if fit.id in rows:
            words = _words(actor, record_type, alternative, rows[fit.id], fit.seen)
            kept_out = alternative.blocks(seen=fit.seen)
            (found.refused if kept_out else found.said)[fit.number] = words
    note_told(actor, record_type.key, Entry.IMPORT, sorted(fresh))
    return found


def used_up_words(actor: Actor) -> str:
    """That no more is said today, of any row, whether there is something to say or not."""
    words = _(
        "导入查重的提示次数已用完（每天最多 %(most)d 条无权查看的记录）；这一行请明天再导入，或请主管、管理员导入"
    )
    return words % {"most": TOLD_PER_IMPORT.at(actor.stamp)}


def _rows(record_type: RecordType, ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    names = ("pk", "code", "owner_id", "department_id", record_type.title)
    rows = record_type.model._default_manager.order_by().filter(pk__in=ids)  # rows: said as the rules allow, below
    return {row["pk"]: row for row in rows.values(*names)}


def _words(actor: Actor, record_type: RecordType, alternative: Alternative, row: Mapping[str, Any], seen: bool) -> str:
    why = kept_words(record_type, alternative.key)
    facts = {"type": str(record_type.label), "why": why, "who": "", "title": ""}
    if seen:
        facts["title"] = str(row[record_type.title] or row["code"])
        if alternative.blocks(seen=True):
            return _("回收站里已有「%(title)s」（%(why)s），按查重规则不能重复新建，请先还原它") % facts
        return _("%(why)s：「%(title)s」在回收站里") % facts
    facts["who"] = _shown(actor, record_type, alternative, row)
    if alternative.blocks(seen=False):
        return _("%(type)s已存在（%(why)s），按查重规则不能重复新建，请联系其负责人%(who)s") % facts
    return _("%(why)s：已存在，请联系其负责人%(who)s") % facts


def _shown(actor: Actor, record_type: RecordType, alternative: Alternative, row: Mapping[str, Any]) -> str:
    """What the rules that tell of it show: （「苏州晶砺半导体」，周牧远，销售一部）."""
    shown = {key for rule in alternative.rules if rule.told is Told.EXISTS for key in rule.shown}
    org = people.directory()
    parts = [_("「%s」") % (row[record_type.title] or row["code"])] if "name" in shown else []
    parts += [org.member_name(row["owner_id"], actor.stamp)] if "owner" in shown and row["owner_id"] else []
    if "department" in shown and row["department_id"]:
        parts.append(org.department_name(row["department_id"], actor.stamp))
    return _("（%s）") % "，".join(parts) if parts else ""
