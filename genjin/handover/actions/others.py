"""Further parts: views that a leaver shared with everybody, pools that he looks after, people who report to him."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.handover.actions.plans import changed
from genjin.kernel.actor import Actor
from genjin.kernel.handing import Handed, Part, Passing, register_part
from genjin.kernel.recording import record, record_many
from genjin.kernel.stamps import bump_stamp
from genjin.org.changing import changing_organisation
from genjin.org.models import Member
from genjin.org.queries import organisation
from genjin.ownership.models import Pool
from genjin.ui.models import SavedView

NAME_MOST = 40
ROLES = ("admins", "members", "entering")


def _views(member_id: int) -> QuerySet[Any, Any]:
    return SavedView.objects.filter(member_id=member_id, shared=True)


def _move_views(actor: Actor, ids: Sequence[int], leaver: int, receiver: int | None) -> Passing:
    """Views that everybody uses stay as they are; they have another keeper, under another name where he has one called
    the same."""
    views = list(_views(leaver).filter(pk__in=list(ids)).select_for_update(of=("self",)).order_by("pk"))
    passing = Passing(kept=dict.fromkeys(set(ids) - {view.pk for view in views}, _("准备之后已删除或不再共享")))
    names = {view.pk: view.name for view in views}
    _keep_views(actor, views, receiver or 0, organisation(actor).people[leaver].name)
    passing.done = [Handed(view.pk, view.version, {"name": names[view.pk]}) for view in views]
    return passing


def _return_views(actor: Actor, handed: Sequence[Handed], leaver: int, receiver: int | None) -> Passing:
    was = {each.row_id: each for each in handed}
    rows = SavedView.objects.filter(pk__in=list(was), member_id=receiver or 0).order_by("pk")
    views = [view for view in rows.select_for_update(of=("self",)) if view.version == was[view.pk].version]
    for view in views:
        view.name = was[view.pk].note.get("name") or view.name
    _keep_views(actor, views, leaver, organisation(actor).people[leaver].name)
    done = [Handed(view.pk, view.version) for view in views]
    return Passing(done, dict.fromkeys(was.keys() - {view.pk for view in views}, changed()))


def _keep_views(actor: Actor, views: Sequence[SavedView], keeper: int, suffix: str) -> None:
    taken = set(SavedView.objects.filter(member_id=keeper).values_list("record_type", "name"))
    for view in views:
        name, number = view.name, 1
        while (view.record_type, name) in taken:
            end = f"（{suffix}{number if number > 1 else ''}）"
            name, number = view.name[: NAME_MOST - len(end)] + end, number + 1
        taken.add((view.record_type, name))
        view.name, view.member_id = name, keeper
    record_many(actor, views, ("name", "member_id"))


register_part(
    Part(
        key="shared_views",
        label=gettext_lazy("共享给大家的视图"),
        covers=("ui.SavedView.member",),
        rows=_views,
        move=_move_views,
        move_back=_return_views,
        titles=lambda _actor, ids: dict(SavedView.objects.filter(pk__in=list(ids)).values_list("pk", "name")),
        order=60,
    )
)


def _named(member_id: int) -> Q:
    named = Q(admins__people__contains=[member_id]) | Q(members__people__contains=[member_id])
    return named | Q(entering__assignee=member_id)


def _pools(member_id: int) -> QuerySet[Any, Any]:
    return Pool.objects.filter(_named(member_id))


def _move_pools(actor: Actor, ids: Sequence[int], leaver: int, receiver: int | None) -> Passing:
    """Where the leaver was named as administrator or member of a pool, or as whom new records of it are given to, the
    receiver is named."""
    pools = list(_pools(leaver).filter(pk__in=list(ids)).select_for_update(of=("self",)).order_by("pk"))
    passing = Passing(kept=dict.fromkeys(set(ids) - {pool.pk for pool in pools}, _("准备之后已不在其中")))
    notes = {
        pool.pk: {
            "admins": _people(pool.admins),
            "members": _people(pool.members),
            "assignee": pool.entering.get("assignee"),
        }
        for pool in pools
    }
    for pool in pools:
        pool.admins, pool.members = (_instead(each, leaver, receiver or 0) for each in (pool.admins, pool.members))
        if pool.entering.get("assignee") == leaver:
            pool.entering = {**pool.entering, "assignee": receiver}
    record_many(actor, pools, ROLES)
    bump_stamp()
    passing.done = [Handed(pool.pk, pool.version, notes[pool.pk]) for pool in pools]
    return passing


def _return_pools(actor: Actor, handed: Sequence[Handed], _leaver: int, _receiver: int | None) -> Passing:
    was = {each.row_id: each for each in handed}
    rows = Pool.objects.filter(pk__in=list(was)).order_by("pk")
    pools = [pool for pool in rows.select_for_update(of=("self",)) if pool.version == was[pool.pk].version]
    for pool in pools:
        note = was[pool.pk].note
        pool.admins = {**pool.admins, "people": note["admins"]} if "people" in pool.admins else pool.admins
        pool.members = {**pool.members, "people": note["members"]} if "people" in pool.members else pool.members
        if note.get("assignee"):
            pool.entering = {**pool.entering, "assignee": note["assignee"]}
    record_many(actor, pools, ROLES)
    bump_stamp()
    done = [Handed(pool.pk, pool.version) for pool in pools]
    return Passing(done, dict.fromkeys(was.keys() - {pool.pk for pool in pools}, changed()))


def _people(scope: Mapping[str, Any]) -> list[int]:
    return list(scope.get("people", ()))


def _instead(scope: Mapping[str, Any], leaver: int, receiver: int) -> dict[str, Any]:
    if leaver not in _people(scope):
        return dict(scope)
    named = [receiver if member == leaver else member for member in _people(scope)]
    return {**scope, "people": list(dict.fromkeys(named))}


register_part(
    Part(
        key="pools",
        label=gettext_lazy("公海的管理员、成员与默认分配"),
        covers=(),
        rows=_pools,
        move=_move_pools,
        move_back=_return_pools,
        titles=lambda _actor, ids: dict(Pool.objects.filter(pk__in=list(ids)).values_list("pk", "name")),
        order=50,
    )
)


def _reporting(member_id: int) -> QuerySet[Any, Any]:
    return Member.objects.filter(superior_id=member_id, is_active=True)


def _raise_line(actor: Actor, ids: Sequence[int], leaver: int, _receiver: int | None) -> Passing:
    """Who reported to the leaver reports to his superior: nobody hangs on somebody who is gone, and nobody gets to see
    more than he did."""
    with changing_organisation(actor):
        superior = Member.objects.values_list("superior_id", flat=True).get(pk=leaver)
        below = list(_reporting(leaver).filter(pk__in=list(ids)).select_for_update(of=("self",)).order_by("pk"))
        for member in below:
            member.superior_id = superior
            record(actor, member)
    passing = Passing([Handed(member.pk, member.version) for member in below])
    passing.kept = dict.fromkeys(set(ids) - {member.pk for member in below}, _("准备之后已换上级"))
    return passing


def _lower_line(actor: Actor, handed: Sequence[Handed], leaver: int, _receiver: int | None) -> Passing:
    was = {each.row_id: each.version for each in handed}
    with changing_organisation(actor):
        rows = Member.objects.filter(pk__in=list(was)).select_for_update(of=("self",)).order_by("pk")
        below = [member for member in rows if member.version == was[member.pk]]
        for member in below:
            member.superior_id = leaver
            record(actor, member)
    done = [Handed(member.pk, member.version) for member in below]
    return Passing(done, dict.fromkeys(was.keys() - {member.pk for member in below}, changed()))


def _names(actor: Actor, ids: Collection[int]) -> dict[int, str]:
    people = organisation(actor).people
    return {member: people[member].name for member in ids if member in people}


register_part(
    Part(
        key="reporting",
        label=gettext_lazy("下属的汇报线（改由他的上级接管）"),
        covers=("org.Member.superior",),
        rows=_reporting,
        move=_raise_line,
        move_back=_lower_line,
        titles=_names,
        ends=True,
        leaving_only=True,
        order=70,
    )
)
