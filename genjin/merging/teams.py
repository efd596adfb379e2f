"""How the teams of merged records become one: nobody stands in it twice, and whoever had more keeps it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from genjin.kernel.models.rows import Record
from genjin.merging.actions.moving import Moving
from genjin.merging.reach import unites
from genjin.ownership.models import Teammate

COLUMNS = ("record_id", "member_id", "writes", "expires_at")


def join_teams(moving: Moving, master: Record, others: Sequence[Record]) -> None:
    """The places of the others go to the master's team; of two of one member the master's gets the wider right and the
    later end. Who owns the master needs none."""
    ids = [master.pk, *(row.pk for row in others)]
    rows: list[Teammate] = moving.load(Teammate, Q(record_type=master.row_type, record_id__in=ids), COLUMNS)
    places = {row.member_id: row for row in rows if row.record_id == master.pk}
    for row in rows:
        if row.record_id == master.pk or row.member_id == master.owner_id:
            continue
        place = places.setdefault(row.member_id, row)
        if place is row:
            row.record_id = master.pk
        else:
            _widen(place, row)
    moving.put(rows, COLUMNS)


def _widen(place: Teammate, other: Teammate) -> None:
    place.writes = place.writes or other.writes
    ends = (place.expires_at, other.expires_at)
    place.expires_at = None if None in ends else max(end for end in ends if end)


unites("ownership.Teammate.record_id", join_teams, _("团队成员"))
