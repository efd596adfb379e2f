"""The part of performance shares in a handover (B16): from that day on the receiver has the leaver's share in records
of others. Days before stay as they were; the share of an owner follows the record by itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor
from genjin.kernel.handing import Handed, Part, Passing, register_part
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.titles import titles_of
from genjin.ownership.actions.sharing_out import settle_split
from genjin.ownership.models import Share, Split, SplitState
from genjin.ownership.queries.shares import shares_now
from genjin.ownership.rules import company_day
from genjin.ownership.shares import Portion, plain

Parts = list[tuple[int | None, Decimal]]


def _rows(member_id: int) -> QuerySet[Any, Any]:
    return Share.objects.filter(pk__in=shares_now(member_id))


def _move(actor: Actor, ids: Sequence[int], leaver: int, receiver: int | None) -> Passing:
    """A split of its own from today, with the receiver in the leaver's place; what he has already grows by it."""
    passing = Passing()
    standing = set(shares_now(leaver))
    for share in Share.objects.filter(pk__in=list(ids), member_id=leaver).select_related("split").order_by("pk"):
        if share.pk not in standing or receiver is None:
            passing.kept[share.pk] = _("份额已经调整过")
            continue
        before: Parts = [(each.member_id, each.percent) for each in share.split.shares.order_by("pk")]
        made = _again(actor, share.split, _instead(before, leaver, receiver), _("随交接转给接收人"))
        note = {"split": made.pk, "parts": [[who, plain(percent)] for who, percent in before]}
        passing.done.append(Handed(share.pk, made.version, note))
    passing.kept |= dict.fromkeys(set(ids) - {h.row_id for h in passing.done} - set(passing.kept), _("份额已经调整过"))
    return passing


def _move_back(actor: Actor, handed: Sequence[Handed], leaver: int, receiver: int | None) -> Passing:  # noqa: ARG001
    passing = Passing()
    for each in handed:
        made = Split.objects.filter(pk=each.note.get("split", 0)).first()
        if made is None or _last(made.record_id) != made.pk:
            passing.kept[each.row_id] = _("份额已经调整过")
            continue
        parts: Parts = [(who, Decimal(percent)) for who, percent in each.note["parts"]]
        _again(actor, made, parts, _("撤销交接"))
        passing.done.append(each)
    return passing


def _again(actor: Actor, like: Split, parts: Parts, reason: str) -> Split:
    row = RECORD_TYPES[like.record_type].model._default_manager.select_for_update(of=("self",)).get(pk=like.record_id)
    today = company_day(actor.now())
    made = Split(
        record_type=like.record_type, record_id=like.record_id, since=max(today, like.since), until=like.until,
        origin="handed_over", reason=reason, asked_by_id=actor.member_id,
    )  # fmt: skip
    settle_split(actor, row, made, [Portion(who, percent, owner=who is None) for who, percent in parts])
    return made


def _instead(parts: Parts, leaver: int, receiver: int) -> Parts:
    found: dict[int | None, Decimal] = {}
    for who, percent in parts:
        gets = receiver if who == leaver else who
        found[gets] = found.get(gets, Decimal(0)) + percent
    return list(found.items())


def _last(record_id: int) -> int | None:
    rows = Split.objects.filter(record_id=record_id, state=SplitState.STANDING).order_by("-decided_at", "-id")
    return rows.values_list("pk", flat=True).first()


def _titles(actor: Actor, ids: Collection[int]) -> Mapping[int, str]:
    """A share is called after its record."""
    rows = Share.objects.filter(pk__in=list(ids)).select_related("split")
    shares = [(share.pk, share.split.record_type, share.split.record_id) for share in rows]
    titles = {
        key: titles_of(actor, key, {record_id for _pk, kind, record_id in shares if kind == key})
        for key in {kind for _pk, kind, _id in shares}
    }
    return {pk: titles[key][record_id] for pk, key, record_id in shares if record_id in titles[key]}


register_part(
    Part(
        key="shares",
        label=gettext_lazy("他人记录上的业绩份额"),
        covers=("ownership.Share.member",),
        rows=_rows,
        move=_move,
        move_back=_move_back,
        titles=_titles,
        order=15,
    )
)
