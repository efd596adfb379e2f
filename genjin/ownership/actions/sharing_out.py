"""The verbs around performance shares (业绩份额, B15): who leads decides, whoever owns the record may propose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import Action, action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import OWN, row_for
from genjin.kernel.fields import Date, Number, Text, YesNo
from genjin.kernel.models.rows import Record
from genjin.kernel.recording import record
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Forbidden, Refused
from genjin.kernel.undo import Call, Maker, Past
from genjin.ownership.actions.going_back import demand_undoing
from genjin.ownership.models import Share, Split, SplitState, Teammate
from genjin.ownership.parts import SplitLines
from genjin.ownership.rules import company_day
from genjin.ownership.settings import BACK_DAYS
from genjin.ownership.shares import MOST_DAYS_AHEAD, Portion, demand_whole, plain

Lines = Annotated[
    list[tuple[int, Decimal]],
    SplitLines(key="shares", label=gettext_lazy("份额"), help=gettext_lazy("每人一行，合计 100%")),
]
Reason = Annotated[str, Text(key="reason", label=gettext_lazy("原因"), most=200)]
Answer = Annotated[str, Text(key="answer", label=gettext_lazy("答复"), most=200)]
Since = Annotated[date | None, Date(key="since", label=gettext_lazy("从哪天起"))]
Until = Annotated[date | None, Date(key="until", label=gettext_lazy("到哪天为止"))]
Which = Annotated[int, Number(key="which", label=gettext_lazy("哪一份"), least=0)]
Joins = Annotated[bool, YesNo(key="joins", label=gettext_lazy("同时加入相关团队（只读）"))]


def split_action(record_type: RecordType) -> Action[Any, Any]:
    """Deciding how the performance of one type's records is divided."""

    @action(
        f"{record_type.plural}.split",
        on=record_type.model,
        needs=record_type.grant("split"),
        to=OWN,
        label=gettext_lazy("调整业绩份额"),
        icon="chart-pie",
        listed=False,
        undo=_back(record_type),
    )
    def split(
        actor: Actor,
        record_id: int,
        *,
        shares: Lines,
        reason: Reason,
        since: Since = None,
        until: Until = None,
        joins: Joins = False,
    ) -> Record:
        """Divide it from a day on (today by default); a proposal that waits is answered by that. Raises
        Refused("no_parts", "too_many", "twice", "not_positive", "sum", "no_owner", "too_early", "too_late",
        "ends_before")."""
        row = row_for(actor, record_type.model, record_id, to=OWN, lock=True)
        made = _drawn_up(actor, row, shares, since, until, reason)
        _close_proposal(actor, row, _("主管已另行设置"))
        settle_split(actor, row, made, _portions(row, shares), joins=joins)
        return row

    return split


def propose_action(record_type: RecordType) -> Action[Any, Any]:
    """Proposing it to who leads."""

    @action(
        f"{record_type.plural}.propose_split",
        on=record_type.model,
        needs=record_type.grant("propose_split"),
        to=OWN,
        label=gettext_lazy("申请调整业绩份额"),
        icon="chart-pie",
        listed=False,
        undo=record_type.grant("withdraw_split"),
    )
    def propose_split(
        actor: Actor, record_id: int, *, shares: Lines, reason: Reason, since: Since = None, until: Until = None
    ) -> Record:
        """Nothing counts until somebody with the grant agrees. Raises as the deciding verb, and Refused("pending")."""
        row = row_for(actor, record_type.model, record_id, to=OWN, lock=True)
        if _proposal(row) is not None:
            raise Refused("pending", _("已有一份申请等主管决定；请先撤回再重新申请"))
        made = _drawn_up(actor, row, shares, since, until, reason)
        made.state = SplitState.PROPOSED
        portions = _portions(row, shares)
        _keep(actor, row, made, portions)
        return row

    return propose_split


def accept_action(record_type: RecordType) -> Action[Any, Any]:
    """Agreeing to a proposal."""

    @action(
        f"{record_type.plural}.accept_split",
        on=record_type.model,
        needs=record_type.grant("split"),
        to=OWN,
        label=gettext_lazy("同意业绩份额"),
        icon="check",
        listed=False,
        undo=_back(record_type),
    )
    def accept_split(actor: Actor, record_id: int, *, answer: Answer = "", joins: Joins = False) -> Record:
        """It holds from the day that was proposed. Raises Refused("no_proposal")."""
        row = row_for(actor, record_type.model, record_id, to=OWN, lock=True)
        proposal = _demand_proposal(row)
        _answered(actor, proposal, SplitState.STANDING, answer)
        portions = [Portion(share.member_id, share.percent) for share in proposal.shares.order_by("id")]
        record(actor, row, shares=written(portions), **({"note": answer} if answer else {}))
        record(actor, proposal)
        if joins:
            _join(actor, row, portions)
        return row

    return accept_split


def decline_action(record_type: RecordType) -> Action[Any, Any]:
    """Refusing a proposal."""

    @action(
        f"{record_type.plural}.decline_split",
        on=record_type.model,
        needs=record_type.grant("split"),
        to=OWN,
        label=gettext_lazy("不同意业绩份额"),
        icon="x",
        listed=False,
        undo=_back(record_type),
    )
    def decline_split(actor: Actor, record_id: int, *, answer: Answer) -> Record:
        """The shares stay as they are. Raises Refused("no_proposal")."""
        row = row_for(actor, record_type.model, record_id, to=OWN, lock=True)
        proposal = _demand_proposal(row)
        _answered(actor, proposal, SplitState.DECLINED, answer)
        record(actor, row, note=answer)
        record(actor, proposal)
        return row

    return decline_split


def withdraw_action(record_type: RecordType) -> Action[Any, Any]:
    """Taking one's own proposal back."""

    @action(
        f"{record_type.plural}.withdraw_split",
        on=record_type.model,
        needs=record_type.grant("propose_split"),
        to=OWN,
        label=gettext_lazy("撤回业绩份额申请"),
        icon="arrow-back-up",
        listed=False,
    )
    def withdraw_split(actor: Actor, record_id: int) -> Record:
        """Whoever proposed it. Raises Refused("no_proposal"), Forbidden."""
        row = row_for(actor, record_type.model, record_id, to=OWN, lock=True)
        proposal = _demand_proposal(row)
        if proposal.asked_by_id != actor.member_id:
            raise Forbidden(_("只能撤回自己提出的申请"))
        proposal.state = SplitState.WITHDRAWN
        record(actor, row)
        record(actor, proposal)
        return row

    return withdraw_split


def unsplit_action(record_type: RecordType) -> Action[Any, Any]:
    """What undoing a decision comes to."""

    @action(
        f"{record_type.plural}.unsplit",
        on=record_type.model,
        needs=record_type.grant("split"),
        to=OWN,
        label=gettext_lazy("撤销业绩份额决定"),
        icon="arrow-back-up",
        listed=False,
    )
    def unsplit(actor: Actor, record_id: int, *, made: Which = 0, waited: Which = 0) -> Record:
        """The split that was `made` holds no longer, the proposal that `waited` waits again. Only as an undo. Raises
        Refused("no_undo")."""
        demand_undoing()
        row = row_for(actor, record_type.model, record_id, to=OWN, lock=True)
        record(actor, row)
        for split in Split.objects.select_for_update().filter(record_id=row.pk, pk__in=(made, waited)):
            again = split.pk == waited
            split.state = SplitState.PROPOSED if again else SplitState.WITHDRAWN
            if again:
                split.answer, split.decided_by_id, split.decided_at = "", None, None
            record(actor, split)
        return row

    return unsplit


def split_actions(record_type: RecordType) -> Sequence[Action[Any, Any]]:
    """All verbs of shares for one type whose records have owners of their own."""
    makers = (split_action, propose_action, accept_action, decline_action, withdraw_action, unsplit_action)
    return [make(record_type) for make in makers]


def _back(record_type: RecordType) -> Maker:
    """The inverse of a decision: what it made holds no longer, what it answered waits again, and who came into the team
    by it leaves it."""

    def inverse(_actor: Actor, past: Past) -> Sequence[Call]:
        splits = Split.objects.filter(record_id=past.row_id, pk__in=past.others)
        states = {pk: past.others[pk].get("state") for pk in splits.values_list("pk", flat=True)}
        waited = next((pk for pk, state in states.items() if state == SplitState.PROPOSED), 0)
        made = next((pk for pk in states if pk != waited), 0)
        calls = [Call(record_type.grant("unsplit"), past.row_id, {"made": str(made), "waited": str(waited)})]
        places = Teammate.objects.filter(record_id=past.row_id, pk__in=past.others)
        remove = record_type.grant("remove_teammate")
        calls += [Call(remove, past.row_id, {"member": str(who)}) for who in places.values_list("member_id", flat=True)]
        return calls

    return inverse


def settle_split(actor: Actor, row: Record, split: Split, portions: Sequence[Portion], *, joins: bool = False) -> None:
    """Let a split hold (a step of actions): written down on the (locked) record too."""
    split.state = SplitState.STANDING
    split.decided_by_id, split.decided_at = actor.member_id, actor.now()
    _keep(actor, row, split, portions)
    if joins:
        _join(actor, row, portions)


def written(portions: Sequence[Portion]) -> list[list[Any]]:
    """As the ledger keeps it: [[member or None for the owner, "50"], …]."""
    return [[part.member_id, plain(part.percent)] for part in portions]


def _keep(actor: Actor, row: Record, split: Split, portions: Sequence[Portion]) -> None:
    record(actor, row, shares=written(portions), **({"reason": split.reason} if split.reason else {}))
    record(actor, split)
    Share.objects.bulk_create([Share(split=split, member_id=part.member_id, percent=part.percent) for part in portions])


def _drawn_up(
    actor: Actor, row: Record, lines: Sequence[tuple[int, Decimal]], since: date | None, until: date | None, reason: str
) -> Split:
    """A new split, not stored. Raises Refused."""
    if row.owner_id is None:
        raise Refused("no_owner", _("没有负责人的记录不分业绩，请先指派负责人"))
    demand_whole(_portions(row, lines))
    today = company_day(actor.now())
    since, back = since or today, int(BACK_DAYS.at(actor.stamp))
    if since < today - timedelta(days=back):
        words = _("最早从 %(day)s 算起（可以倒回 %(n)d 天）") % {"day": today - timedelta(days=back), "n": back}
        raise Refused("too_early", words, "since")
    if since > today + timedelta(days=MOST_DAYS_AHEAD):
        raise Refused("too_late", _("最晚从一年之内开始"), "since")
    if until is not None and until < since:
        raise Refused("ends_before", _("截止日不能早于开始日"), "until")
    return Split(
        record_type=row.row_type, record_id=row.pk, since=since, until=until, reason=reason, asked_by_id=actor.member_id
    )


def _portions(row: Record, lines: Sequence[tuple[int, Decimal]]) -> list[Portion]:
    """The present owner's line is the owner's, whoever that will be; lines of 0 say nothing."""
    return [
        Portion(None if member_id == row.owner_id else member_id, percent, owner=member_id == row.owner_id)
        for member_id, percent in lines
        if percent
    ]


def _proposal(row: Record) -> Split | None:
    return Split.objects.select_for_update().filter(record_id=row.pk, state=SplitState.PROPOSED).first()


def _demand_proposal(row: Record) -> Split:
    found = _proposal(row)
    if found is None:
        raise Refused("no_proposal", _("没有等待决定的申请，可能已经处理或撤回"))
    return found


def _answered(actor: Actor, proposal: Split, state: SplitState, answer: str) -> None:
    proposal.state, proposal.answer = state, answer
    proposal.decided_by_id, proposal.decided_at = actor.member_id, actor.now()


def _close_proposal(actor: Actor, row: Record, answer: str) -> None:
    waiting = _proposal(row)
    if waiting is not None:
        _answered(actor, waiting, SplitState.DECLINED, answer)
        record(actor, waiting)


def _join(actor: Actor, row: Record, portions: Sequence[Portion]) -> None:
    """Whoever shares in it without seeing it yet gets a read-only place in its team."""
    there = set(Teammate.objects.filter(record_id=row.pk).values_list("member_id", flat=True))
    for part in portions:
        if part.member_id is not None and part.member_id not in there:
            record(actor, Teammate(record_type=row.row_type, record_id=row.pk, member_id=part.member_id))
