"""A possible duplicate as the page draws it: side by side, with what may be done."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from genjin.duplicates.searching.fitting import name_percent
from genjin.kernel.actor import Actor
from genjin.kernel.company_names import read_company
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.models import Decision, Import, Why
from genjin.surfaces.imports.pairs.queries import Pair, decisions_for, pair_at
from genjin.surfaces.imports.policy import Policy
from genjin.surfaces.imports.whys import FORBIDDEN, said_of, words_of
from genjin.ui.addresses import record_url


@dataclass(frozen=True)
class Fact:
    """A line of the comparison; `keep`: which side the decision keeps, '' for neither."""

    label: str
    left: str
    right: str
    keep: str


@dataclass(frozen=True)
class PairView:
    """The card."""

    number: int
    place: int
    total: int
    why: str
    kind: str
    left_title: str
    owner: str
    link: str
    facts: list[Fact]
    decisions: list[tuple[str, str]]
    decision: str
    others: int
    reason: str
    previous: str
    next: str


def pair_view(actor: Actor, batch: Import, number: int | None = None, *, after: int = 0) -> PairView | None:
    """The card of the duplicate in this row (by default the next undecided one)."""
    pair = pair_at(actor, batch, number, after=after)
    if pair is None:
        return None
    why = pair.row.duplicate_why
    here, kind = reverse("import-pair", args=[batch.pk]), KINDS[batch.kind]
    return PairView(
        number=pair.row.number,
        place=pair.place,
        total=pair.total,
        why=_why(pair, kind.anchor_type.title),
        kind=words_of(why),
        left_title=_left(pair),
        owner=pair.there.owner,
        link=record_url(kind.anchor.key, pair.there.record_id) if pair.there.record_id else "",
        facts=[_fact(pair, key, label) for key, label in pair.facts],
        decisions=[(str(d), _verb(d)) for d in decisions_for(kind, why)],
        decision=pair.decision,
        others=pair.others,
        reason=Policy.from_json(batch.policy).reason,
        previous=f"{here}?at={pair.previous}" if pair.previous else "",
        next=f"{here}?at={pair.next}" if pair.next else "",
    )


def _why(pair: Pair, key: str) -> str:
    """By what they are a possible duplicate; with how much the names are alike where both can be read."""
    names = [read_company(side.texts.get(key, "")) for side in (pair.there, pair.comes)]
    percent = name_percent(*names) if names[0].key != names[1].key else 0
    said, known = said_of(pair.row), pair.row.duplicate_why.removesuffix(FORBIDDEN)
    if percent and known in (Why.PHONE, Why.FILE_PHONE, Why.CREDIT_CODE, Why.FILE_CREDIT_CODE):
        return " · ".join([said, _("名称相似 %(percent)d%%") % {"percent": percent}])
    return said


def _left(pair: Pair) -> str:
    if pair.there.row:
        return _("表格第 %(row)s 行") % {"row": pair.there.row}
    return _("系统已有") if pair.there.record_id else _("系统已有（您看不到）")


def _fact(pair: Pair, key: str, label: str) -> Fact:
    left, right = pair.there.texts.get(key, ""), pair.comes.texts.get(key, "")
    return Fact(label, left, right, kept(pair.decision, left, right))


def kept(decision: str, left: str, right: str) -> str:
    """Whose value stands afterwards. The page's script says the same when another decision is chosen."""
    if decision == Decision.CREATE or left == right:
        return ""
    if decision == Decision.OVERWRITE:
        return "right" if right else "left"
    if decision == Decision.FILL:
        return "left" if left else "right"
    return "left" if left else ""


def _verb(decision: Decision) -> str:
    return {
        Decision.FILL: _("合并到已有"),
        Decision.SKIP: _("跳过此行"),
        Decision.OVERWRITE: _("用表格覆盖"),
        Decision.ATTACH: _("只补联系人和跟进"),
        Decision.CREATE: _("仍新建"),
    }[decision]
