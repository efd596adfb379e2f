"""The part of team places: where a leaver was in somebody else's team, the receiver takes his place (B5, B16)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.handover.actions.plans import changed
from genjin.kernel.actor import Actor
from genjin.kernel.handing import Handed, Part, Passing, register_part
from genjin.kernel.recording import record, record_many, record_removals
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.titles import titles_of
from genjin.ownership.models import Teammate


def _places(member_id: int) -> QuerySet[Any, Any]:
    return Teammate.objects.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()), member_id=member_id)


def _move(actor: Actor, ids: Sequence[int], leaver: int, receiver: int | None) -> Passing:
    """The receiver takes the place with its role, right and end; where he is there already, or owns the record, the
    leaver's place goes and nothing else changes."""
    rows = Teammate.objects.filter(pk__in=list(ids), member_id=leaver).order_by("pk")
    places = list(rows.select_for_update(of=("self",)))
    there = _there(places, receiver or 0)
    double = [place for place in places if place.record_id in there]
    taken = [place for place in places if place.record_id not in there]
    notes = {place.pk: {"removed": _written(place)} for place in double}
    record_removals(actor, double)
    for place in taken:
        place.member_id = receiver or 0
    record_many(actor, taken, ("member_id",))
    passing = Passing([Handed(place.pk, place.version, notes.get(place.pk, {})) for place in places])
    passing.kept = dict.fromkeys(set(ids) - {place.pk for place in places}, _("准备之后已移出团队"))
    return passing


def _move_back(actor: Actor, handed: Sequence[Handed], leaver: int, receiver: int | None) -> Passing:
    was = {each.row_id: each for each in handed}
    passing = Passing()
    for each in handed:
        if each.note.get("removed") and _restore(actor, each.note["removed"], leaver):
            passing.done.append(each)
    rows = Teammate.objects.filter(pk__in=list(was), member_id=receiver or 0).order_by("pk")
    places = [p for p in rows.select_for_update(of=("self",)) if p.version == was[p.pk].version]
    others = Teammate.objects.filter(member_id=leaver, record_id__in=[place.record_id for place in places])
    mine = set(others.values_list("record_id", flat=True))
    places = [place for place in places if place.record_id not in mine]
    for place in places:
        place.member_id = leaver
    record_many(actor, places, ("member_id",))
    passing.done += [Handed(place.pk, place.version) for place in places]
    passing.kept = dict.fromkeys(was.keys() - {each.row_id for each in passing.done}, changed())
    return passing


def _there(places: Sequence[Teammate], receiver: int) -> set[int]:
    """The records that the receiver owns or in whose team he is."""
    ids = [place.record_id for place in places]
    found = set(Teammate.objects.filter(record_id__in=ids, member_id=receiver).values_list("record_id", flat=True))
    by_type: defaultdict[str, list[int]] = defaultdict(list)
    for place in places:
        by_type[place.record_type].append(place.record_id)
    for key, record_ids in by_type.items():
        rows = RECORD_TYPES[key].model._default_manager.filter(pk__in=record_ids, owner_id=receiver)
        found |= set(rows.values_list("pk", flat=True))
    return found


def _written(place: Teammate) -> list[Any]:
    until = place.expires_at.isoformat() if place.expires_at else ""
    return [place.record_type, place.record_id, place.role, place.writes, until]


def _restore(actor: Actor, kept: Sequence[Any], leaver: int) -> bool:
    record_type, record_id, role, writes, until = kept
    if Teammate.objects.filter(record_id=record_id, member_id=leaver).exists():
        return False
    place = Teammate(record_type=record_type, record_id=record_id, member_id=leaver, role=role, writes=writes)
    place.expires_at = datetime.fromisoformat(until) if until else None
    record(actor, place)
    return True


def _titles(actor: Actor, ids: Collection[int]) -> Mapping[int, str]:
    """A place is called after its record; one that is gone has no name."""
    by_type: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for pk, key, record_id in Teammate.objects.filter(pk__in=list(ids)).values_list("pk", "record_type", "record_id"):
        by_type[key][record_id] = pk
    return {
        places[record_id]: title
        for key, places in by_type.items()
        for record_id, title in titles_of(actor, key, places).items()
    }


register_part(
    Part(
        key="team_places",
        label=gettext_lazy("在他人团队里的位置"),
        covers=("ownership.Teammate.member",),
        rows=_places,
        move=_move,
        move_back=_move_back,
        titles=_titles,
        order=10,
    )
)
