"""The parts of plans: what a leaver still had to do goes to others (B16); the address of his calendar ends.

Plans that are done or cancelled stay his: they tell what was. So do a holiday's greetings, which mean his own
customers: whoever gets these greets them with his own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from genjin.kernel.actor import Actor, Surface
from genjin.kernel.handing import Handed, Part, Passing, register_part
from genjin.kernel.models.rows import Life
from genjin.kernel.recording import record_many
from genjin.kernel.titles import titles_of
from genjin.org.queries import actor_for
from genjin.ownership.actions.changing_owners import change_owners
from genjin.ownership.models import Rule
from genjin.plans.models import DUE, CalendarFeed, Plan
from genjin.plans.record import derive_plan
from genjin.plans.subjects import SUBJECTS, main_of, titles_of_mains


def _open(member_id: int) -> QuerySet[Any, Any]:
    return Plan.objects.filter(DUE, assignee_id=member_id, life=Life.LIVE, care_of=None)


def _move(actor: Actor, ids: Sequence[int], leaver: int, receiver: int | None) -> Passing:
    """Open plans to whoever may see their customer (B7): nobody is given what he cannot do. What came to him with its
    customer meanwhile (`plans.follow_owner`) is his already."""
    assert receiver is not None
    passing = Passing()
    plans = _locked(Q(pk__in=list(ids)) & DUE, assignee_id__in=(leaver, receiver), care_of=None)
    there = [plan for plan in plans if plan.assignee_id == receiver]
    seen = _in_sight(receiver, plans)
    left = [plan for plan in plans if plan.assignee_id == leaver]
    going = [plan for plan in left if (main := main_of(plan)) is None or main[1] in seen]
    hidden = {plan.pk for plan in left} - {plan.pk for plan in going}
    passing.kept = dict.fromkeys(hidden, _("接收人看不到这个客户，请先把他加入客户团队，再改派计划"))
    passing.kept |= dict.fromkeys(set(ids) - {plan.pk for plan in plans}, _("准备之后已完成、取消或转给别人"))
    _assign(actor, going, receiver)
    passing.done = [Handed(plan.pk, plan.version) for plan in (*there, *going)]
    return passing


def _move_back(actor: Actor, handed: Sequence[Handed], leaver: int, receiver: int | None) -> Passing:
    was = {each.row_id: each.version for each in handed}
    plans = _locked(Q(pk__in=list(was)), assignee_id=receiver)
    going = [plan for plan in plans if plan.version == was[plan.pk]]
    _assign(actor, going, leaver)
    there = {plan.pk for plan in going}
    return Passing([Handed(plan.pk, plan.version) for plan in going], dict.fromkeys(was.keys() - there, changed()))


def changed() -> str:
    """Why something is not given back."""
    return _("之后又被修改，保持不变")


def _locked(condition: Q, **more: Any) -> list[Plan]:
    rows = Plan.objects.filter(condition, life=Life.LIVE, **more).defer("search", "search_key")
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def _in_sight(member_id: int, plans: Sequence[Plan]) -> set[int]:
    """The customers and leads of these plans that a member sees."""
    other = actor_for(member_id, Surface.JOB)
    return set(titles_of_mains(other, plans)) if other else set()


def _assign(actor: Actor, plans: Sequence[Plan], member_id: int) -> None:
    """To this member; a plan without customer or lead is his own."""
    for plan in plans:
        plan.assignee_id = member_id
        derive_plan(plan)
    record_many(actor, plans, ("assignee_id", "remind_at"))
    loose = [plan for plan in plans if main_of(plan) is None]
    change_owners(actor, loose, member_id, rule=Rule.HANDED_OVER, noted=False)


register_part(
    Part(
        key="open_plans",
        label=gettext_lazy("未完成的计划"),
        covers=("plans.Plan.assignee",),
        rows=_open,
        move=_move,
        move_back=_move_back,
        titles=lambda actor, ids: titles_of(actor, Plan.row_type, ids),
        along=lambda: [(subject.key, subject.column) for subject in SUBJECTS.values()],
        order=20,
    )
)


def _feeds(member_id: int) -> QuerySet[Any, Any]:
    return CalendarFeed.objects.filter(member_id=member_id, revoked_at=None)


def _revoke(actor: Actor, ids: Sequence[int], leaver: int, _receiver: int | None) -> Passing:
    feeds = list(_feeds(leaver).filter(pk__in=list(ids)).select_for_update(of=("self",)))
    for feed in feeds:
        feed.revoked_at = actor.now()
    record_many(actor, feeds, ("revoked_at",))
    return Passing([Handed(feed.pk, feed.version) for feed in feeds])


def _not_again(_actor: Actor, handed: Sequence[Handed], _leaver: int, _receiver: int | None) -> Passing:
    return Passing(kept={each.row_id: _("已停用的订阅地址不能恢复，请本人重新生成") for each in handed})


register_part(
    Part(
        key="calendar_feeds",
        label=pgettext_lazy("handover", "日历订阅地址"),
        covers=("plans.CalendarFeed.member",),
        rows=_feeds,
        move=_revoke,
        move_back=_not_again,
        titles=lambda _actor, ids: dict.fromkeys(ids, _("日历订阅地址（停用）")),
        ends=True,
        leaving_only=True,
        order=80,
    )
)
