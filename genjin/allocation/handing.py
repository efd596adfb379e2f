"""Schemes in which a leaver sits: whoever takes over has his seat, his place in rules, and gets what nobody takes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.allocation.actions.learning import learn_later
from genjin.allocation.models import Scheme
from genjin.allocation.rules.modes import SchemeState
from genjin.kernel.actor import Actor
from genjin.kernel.handing import Handed, Part, Passing, register_part
from genjin.kernel.recording import record_many
from genjin.kernel.stamps import bump_stamp

PEOPLE = ("seats", "steps", "fallback_id")


def _schemes(member_id: int) -> QuerySet[Any, Any]:
    """Those in force or switched off that name him; one that has ended is only read."""
    named = Q(seats__contains=[{"member": member_id}]) | Q(fallback_id=member_id)
    return Scheme.objects.filter(named).exclude(state=SchemeState.ENDED)  # rows: no record type


def _locked(rows: QuerySet[Any, Any]) -> list[Scheme]:
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def _move(actor: Actor, ids: Sequence[int], leaver: int, receiver: int | None) -> Passing:
    """The receiver takes his seat with its weight and cap; one who sits there already keeps his own."""
    schemes = _locked(_schemes(leaver).filter(pk__in=list(ids)))
    passing = Passing(kept=dict.fromkeys(set(ids) - {scheme.pk for scheme in schemes}, _("准备之后已不在其中")))
    notes = {scheme.pk: {name: getattr(scheme, name) for name in PEOPLE} for scheme in schemes}
    for scheme in schemes:
        scheme.seats = _seats(scheme.seats, leaver, receiver or 0)
        scheme.steps = [step | {"members": _members(step.get("members") or (), leaver, receiver or 0)}
                        for step in scheme.steps]  # fmt: skip
        scheme.fallback_id = receiver if scheme.fallback_id == leaver else scheme.fallback_id
    _keep(actor, schemes)
    passing.done = [Handed(scheme.pk, scheme.version, notes[scheme.pk]) for scheme in schemes]
    return passing


def _move_back(actor: Actor, handed: Sequence[Handed], _leaver: int, _receiver: int | None) -> Passing:
    was = {each.row_id: each for each in handed}
    rows = _locked(Scheme.objects.filter(pk__in=list(was)))  # rows: those that were handed over
    schemes = [scheme for scheme in rows if scheme.version == was[scheme.pk].version]
    for scheme in schemes:
        for name in PEOPLE:
            setattr(scheme, name, was[scheme.pk].note[name])
    _keep(actor, schemes)
    done = [Handed(scheme.pk, scheme.version) for scheme in schemes]
    return Passing(done, dict.fromkeys(was.keys() - {scheme.pk for scheme in schemes}, _("之后又被修改，保持不变")))


def _keep(actor: Actor, schemes: Sequence[Scheme]) -> None:
    record_many(actor, schemes, PEOPLE)
    bump_stamp()
    for scheme in schemes:
        learn_later(scheme)


def _seats(seats: Sequence[Mapping[str, Any]], leaver: int, receiver: int) -> list[dict[str, Any]]:
    there = {seat["member"] for seat in seats}
    left = [seat for seat in seats if seat["member"] != leaver or receiver not in there]
    return [{**seat, "member": receiver if seat["member"] == leaver else seat["member"]} for seat in left]


def _members(members: Sequence[int], leaver: int, receiver: int) -> list[int]:
    return list(dict.fromkeys(receiver if member == leaver else member for member in members))


def _titles(_actor: Actor, ids: Collection[int]) -> Mapping[int, str]:
    return dict(Scheme.objects.filter(pk__in=list(ids)).values_list("pk", "name"))  # rows: their names


register_part(
    Part(
        key="allocation_schemes",
        label=gettext_lazy("分配方案里的位置"),
        covers=("allocation.Scheme.fallback",),
        rows=_schemes,
        move=_move,
        move_back=_move_back,
        titles=_titles,
        order=52,
    )
)
