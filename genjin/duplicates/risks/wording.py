"""Risks in words: each reason, with the other records by name where the reader sees them, and alike for all others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from genjin.duplicates.registering import ADDRESS, REGISTERED, By, Finding
from genjin.duplicates.risks.queries import SeenRisk
from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.wording import listed


@dataclass(frozen=True)
class Worded:
    """A reason: in words, the others that the reader sees [(type, id, title)], and the words for those that he does not
    see, "" when there are none; the same words for one and for many."""

    words: str
    others: list[tuple[str, int, str]]
    unseen: str

    def sentence(self) -> str:
        """电话相同：「苏州晶砺半导体」、另一个客户."""
        names = [_("「%s」") % title for _key, _id, title in self.others] + [self.unseen] * bool(self.unseen)
        if not names:
            return self.words
        return _("%(words)s：%(others)s") % {"words": self.words, "others": listed(names)}


def reasons_of(actor: Actor, found: SeenRisk) -> list[Worded]:
    """All reasons that the reader may know, the gravest first: come again, the same, bursts."""
    order = [Finding.AGAIN, Finding.SAME, Finding.BURST]
    reasons = sorted(found.reasons, key=lambda reason: order.index(Finding(reason["kind"])))
    return [_worded(actor, found, reason) for reason in reasons]


def _worded(actor: Actor, found: SeenRisk, reason: Mapping[str, Any]) -> Worded:
    others = [
        (key, row_id, found.titles[key, row_id]) for key, row_id in reason["others"] if (key, row_id) in found.titles
    ]
    hidden = len(others) < len(reason["others"])
    burst = reason["kind"] == Finding.BURST
    if burst:
        return Worded(_burst(actor, found, reason), others, _("别的记录") if hidden else "")
    label = {"field": _label(found.risk.record_type, reason["field"])}
    kinds = {key for key, _id in reason["others"]}
    name = {"type": str(RECORD_TYPES[next(iter(kinds))].label)} if kinds else {"type": ""}
    if reason["kind"] == Finding.AGAIN:
        words, unseen = _("疑似重新登记，%(field)s相同") % label, _("另一个已作废或归档的%(type)s") % name
    else:
        same = _("修改后%(field)s相同") if reason.get("edited") else _("%(field)s相同")
        words, unseen = same % label, _("另一个%(type)s") % name
    return Worded(words, others, unseen if hidden else "")


def _burst(actor: Actor, found: SeenRisk, reason: Mapping[str, Any]) -> str:
    facts = {"minutes": reason["minutes"], "least": reason["least"]}
    if reason["field"] == By.MEMBER:
        name = people.directory().member_name(found.risk.registrant_id or 0, actor.stamp)
        return _("%(who)s在 %(minutes)d 分钟内登记了 %(least)d 条以上") % {**facts, "who": name}
    if reason["field"] == By.SOURCE:
        return _("同一来源在 %(minutes)d 分钟内登记了 %(least)d 条以上") % facts
    return _("手机号前 8 位相同的在 %(minutes)d 分钟内登记了 %(least)d 条以上") % facts


def _label(record_type: str, key: str) -> str:
    declared = RECORD_TYPES[record_type].own_fields
    registered = REGISTERED.get(record_type)
    name = registered.address if registered and key == ADDRESS else key
    return str(declared[name].label) if name in declared else key
