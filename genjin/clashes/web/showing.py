"""The page of a clash: both sides as far as the reader may know them, what counts, ruling it and withdrawing it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.clashes.drawing import Side, Told, ruling_words, told
from genjin.clashes.models import Clash
from genjin.clashes.queries import CLASHING, clash_for, clashes_of
from genjin.clashes.rules import ClashState, Origin, Ruling
from genjin.clashes.web.listing import TONES, line
from genjin.kernel import people
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.doors import OWN, may
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, type_of
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.merging.queries.picking import may_merge
from genjin.merging.reach import MERGEABLE
from genjin.merging.web.choosing import address as merge_address
from genjin.ownership.models import Rule
from genjin.ownership.queries import periods_of
from genjin.ui.addresses import record_url
from genjin.ui.details.cards import Drawn, register_card
from genjin.ui.formats import Formats
from genjin.ui.pages import PageRequest, go, page, render, respond
from genjin.ui.shell import formats_for

PERIODS = 5


@dataclass(frozen=True)
class DrawnSide:
    """A side as the page shows it; `periods`: whose it was lately."""

    side: Side
    heading: str
    url: str
    facts: list[tuple[str, str]]
    periods: list[str]


@page("clashes/<int:clash_id>", name="clash")
def clash(request: PageRequest, clash_id: int) -> HttpResponse:
    """Everything that the reader may know of it."""
    return _show(request, clash_id)


@page("clashes/<int:clash_id>/rule", name="clash-rule", methods=["POST"])
def ruled(request: PageRequest, clash_id: int) -> HttpResponse:
    """Rule it with a written reason."""
    seen = clash_for(request.actor, clash_id)
    action = ACTIONS[RECORD_TYPES[seen.clash.record_type].grant("rule_clash")]
    raw = {key: request.POST.get(key, "") for key in ("ruling", "reason")}
    try:
        action.run(request.actor, clash_id, raw)
    except (Forbidden, NotFound):
        raise
    except Refused as refusal:
        return _show(request, clash_id, refusal)
    return go(request, f"/clashes/{clash_id}", _("已裁定，双方会收到通知") if seen.clash.told else _("已裁定"))


@page("clashes/<int:clash_id>/withdraw", name="clash-withdraw", methods=["GET", "POST"])
def withdrawn(request: PageRequest, clash_id: int) -> HttpResponse:
    """Withdraw it with a word why."""
    seen = clash_for(request.actor, clash_id)
    action = ACTIONS[RECORD_TYPES[seen.clash.record_type].grant("withdraw_clash")]
    if request.method == "GET":
        return respond(request, "clashes/withdraw.html#dialog", clash=seen.clash, refusal=None, given={})
    try:
        action.run(request.actor, clash_id, {"reason": request.POST.get("reason", "")})
    except (Forbidden, NotFound):
        raise
    except Refused as refusal:
        told_again = {"clash": seen.clash, "refusal": refusal, "given": request.POST}
        return respond(request, "clashes/withdraw.html#dialog", status=422, **told_again)
    return go(request, f"/clashes/{clash_id}", _("撞单已撤回"))


def clash_card(request: PageRequest, record: Record) -> Drawn | None:
    """Cases of this record that the reader may know of; nothing without any."""
    lines = [line(request.actor, seen) for seen in clashes_of(request.actor, record)]
    return Drawn("clashes/card.html", {"lines": lines}) if lines else None


def _show(request: PageRequest, clash_id: int, refusal: Refused | None = None) -> HttpResponse:
    actor, fmt = request.actor, formats_for(request.actor)
    case = told(actor, clash_for(actor, clash_id))
    found = case.seen.clash
    state, declared = ClashState(found.state), RECORD_TYPES[found.record_type]
    name = people.directory().member_name
    return render(
        request, "clashes/clash.html", status=422 if refusal else 200, clash=found, case=case, declared=declared,
        sides=[_drawn(actor, case, side, fmt) for side in case.sides], state=state.label, tone=TONES[state],
        origin=Origin(found.origin).label, proposal=case.proposal.words(case.days) if case.proposal else "",
        favoured=case.proposal.ruling if case.proposal else None, refusal=refusal, given=request.POST,
        errors=refusal.errors if refusal else {}, rulings=_rulings(declared.grant("split") in ACTIONS),
        ruling=ruling_words(found.ruling), merge=_merge(actor, case), basis=_basis(found) if case.seen.both else "",
        opened=_opener(actor, case),
        decided=name(found.decided_by_id, actor.stamp) if found.decided_by_id else "",
    )  # fmt: skip


def _opener(actor: Actor, case: Told) -> str:
    """Who opened the case: whose record came later is told by that to nobody who may not know the other side."""
    opener = case.seen.clash.opened_by_id
    known = case.seen.both or opener == actor.member_id or "owner" in case.seen.shown
    return people.directory().member_name(opener, actor.stamp) if opener and known else ""


def _rulings(splits: bool) -> list[tuple[str, str, str]]:
    """(value, label, what it does)."""
    does = {
        Ruling.EARLIER: _("后登记的记录转给先登记的一方，之后可以合并"),
        Ruling.LATER: _("先登记的记录转给后登记的一方，之后可以合并"),
        Ruling.SHARED: _("负责人不变，两条记录从今天起的业绩双方各 50%"),
        Ruling.APART: _("负责人不变，以后不再互相提示"),
    }
    return [(each.value, str(each.label), does[each]) for each in Ruling if splits or each is not Ruling.SHARED]


def _drawn(actor: Actor, case: Told, side: Side, fmt: Formats) -> DrawnSide:
    declared = RECORD_TYPES[case.seen.clash.record_type]
    heading = _("先登记的一方") if side.key == "earlier" else _("后登记的一方")
    if side.record_id is None or side.evidence is None:
        return DrawnSide(side, heading, "", [], [])
    record, evidence = case.seen.rows[side.record_id], side.evidence
    facts = [
        (_("登记时间"), fmt.moment(evidence.registered)),
        (_("现负责人从"), fmt.moment(evidence.since)),
        (_("最近跟进"), fmt.moment(evidence.followed) if evidence.followed else _("没有跟进过")),
    ]
    return DrawnSide(side, heading, record_url(declared, record.pk), facts, _periods(actor, record, fmt))


def _periods(actor: Actor, record: Record, fmt: Formats) -> list[str]:
    org = people.directory()
    return [
        _("%(since)s 起归%(who)s（%(rule)s）") % {
            "since": fmt.when(period.since),
            "who": org.member_name(period.owner_id, actor.stamp) if period.owner_id else _("公海"),
            "rule": Rule(period.rule).label,
        }
        for period in periods_of(actor, record, PERIODS)
    ]  # fmt: skip


def _merge(actor: Actor, case: Told) -> str:
    """Where the two can be made one, after one of them has both."""
    rows = list(case.seen.rows.values())
    declared = RECORD_TYPES[case.seen.clash.record_type]
    if case.seen.clash.state != ClashState.RULED or not case.seen.both or declared.key not in MERGEABLE:
        return ""
    same = len({row.owner_id for row in rows}) == 1
    return (
        merge_address(declared, sorted(row.pk for row in rows))
        if same and all(may_merge(actor, r) for r in rows)
        else ""
    )


def _basis(clash: Clash) -> str:
    """What the order of B3 favoured when it was ruled."""
    favoured = clash.basis.get("proposed") if clash.basis else None
    if favoured is None:
        return ""
    return _("裁定时系统建议：%s") % (ruling_words(favoured) or _("由主管决定"))


def may_declare(actor: Actor, record: Record) -> bool:
    """Whether he may declare a clash of this record."""
    declared = type_of(record)
    pooled = getattr(record, "pool_id", None) is not None or record.owner_id is None
    return not pooled and may(actor, record, declared.grant("declare_clash"), OWN)


for _key in CLASHING:
    register_card(_key, "clashes", clash_card, order=35)
