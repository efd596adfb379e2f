"""Steps of handovers: records and parts go to their receiver, and back. Each locks what it changes and asks again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from genjin.handover.arrangement import Arrangement
from genjin.handover.models import Handover, Item
from genjin.handover.receivers import MEMBER, member_of, read
from genjin.handover.rules import Standing, Stays, Teams
from genjin.kernel.actor import Actor
from genjin.kernel.handing import PARTS, Handed, Passing
from genjin.kernel.models.rows import Life
from genjin.kernel.recording import note_event, record, record_removals
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.together import together
from genjin.ownership.actions.changing_owners import change_owners, locked
from genjin.ownership.followers import FOLLOWERS
from genjin.ownership.models import Owned, Rule, Teammate

MOST = 100_000


def hand_over(actor: Actor, row: Handover, key: str, ids: Sequence[int], to: str) -> Passing:
    """Give things of one type or part to one receiver ('' for what ends)."""
    if key not in RECORD_TYPES:
        passing = PARTS[key].move(actor, ids, row.leaver_id, member_of(to))
        note_event(actor, handover=row.pk)
        return passing
    with together(len(ids), MOST):
        return _records_over(actor, row, RECORD_TYPES[key], ids, to)


def hand_back(actor: Actor, row: Handover, key: str, handed: Sequence[Handed], to: str) -> Passing:
    """Give them back, as far as they are as the handover left them."""
    if key not in RECORD_TYPES:
        passing = PARTS[key].move_back(actor, handed, row.leaver_id, member_of(to))
        note_event(actor, handover=row.pk)
        return passing
    with together(len(handed), MOST):
        return _records_back(actor, row, RECORD_TYPES[key], handed)


def _records_over(actor: Actor, row: Handover, record_type: RecordType, ids: Sequence[int], to: str) -> Passing:
    kind, target = read(to)
    passing = Passing()
    found, rows = list(locked(record_type.model, ids)), []
    along = _gone_along(row, record_type, found)
    for each in found:
        if each.owner_id != row.leaver_id and each.pk not in along:
            passing.kept[each.pk] = _("准备之后已转给别人")
        elif each.life == Life.VOIDED:
            passing.kept[each.pk] = _("已作废")
        elif kind.live_only and each.life != Life.LIVE:
            passing.kept[each.pk] = _("已归档，不能放入公海")
        elif kind.live_only and isinstance(each, Owned) and each.stays_out():
            passing.kept[each.pk] = each.stays_out()
        else:
            rows.append(each)
    there = along if kind.key == MEMBER else frozenset()
    going = [each for each in rows if each.pk not in there or each.owner_id != target]
    kind.give(actor, going, target, _reason(row, taken_back=kind.live_only))
    notes = _change_teams(actor, row, record_type, [each.pk for each in rows]) if rows else {}
    passing.done = [Handed(each.pk, each.version, notes.get(each.pk, {})) for each in rows]
    note_event(actor, handover=row.pk, handed_to=to)
    return passing


def _gone_along(row: Handover, record_type: RecordType, rows: Sequence[Any]) -> frozenset[int]:
    """Those that went along with a record above them which this handover gave away (B4 P9), and are with its receiver:
    they count as handed over, and still go to whom they are meant for."""
    found: set[int] = set()
    for follower in (one for each in FOLLOWERS.values() for one in each if one.key == record_type.key):
        named = record_type.model._default_manager.filter(pk__in=[each.pk for each in rows])
        above = dict(named.values_list("pk", follower.column))
        moved = Item.objects.filter(handover_id=row.pk, part=follower.above, state=Standing.MOVED)
        given = dict(moved.filter(row_id__in=set(above.values())).values_list("row_id", "to"))
        gone = (each for each in rows if above[each.pk] in given)
        found |= {each.pk for each in gone if member_of(given[above[each.pk]]) == each.owner_id}
    return frozenset(found)


def _records_back(actor: Actor, row: Handover, record_type: RecordType, handed: Sequence[Handed]) -> Passing:
    was = {each.row_id: each for each in handed}
    passing = Passing()
    rows = []
    for each in locked(record_type.model, was):
        if each.version != was[each.pk].version:
            passing.kept[each.pk] = _("之后又被修改，保持不变")
        else:
            rows.append(each)
    change_owners(actor, rows, row.leaver_id, rule=Rule.HANDED_OVER, reason=_("撤销交接"), back=True)
    _restore_teams(actor, record_type, {each.pk: was[each.pk].note for each in rows}, row.leaver_id)
    passing.done = [Handed(each.pk, each.version, was[each.pk].note) for each in rows]
    note_event(actor, handover=row.pk, handed_back=True)
    return passing


def _reason(row: Handover, *, taken_back: bool) -> str:
    words = str(row.get_kind_display()) + (_("回收") if taken_back else _("交接"))
    return f"{words}：{row.reason}"[:200] if row.reason else words


def _change_teams(
    actor: Actor, row: Handover, record_type: RecordType, ids: Sequence[int]
) -> dict[int, dict[str, Any]]:
    """What the options say about teams: {record: what is needed to undo it}."""
    asked = Arrangement.from_json(row.arrangement)
    notes: dict[int, dict[str, Any]] = {}
    if asked.teams is Teams.ALL:
        gone = list(Teammate.objects.filter(record_id__in=list(ids)).exclude(member_id=row.leaver_id))
        for place in gone:
            notes.setdefault(place.record_id, {}).setdefault("removed", []).append(_written(place))
        record_removals(actor, gone)
    own = {
        place.record_id: place for place in Teammate.objects.filter(record_id__in=list(ids), member_id=row.leaver_id)
    }
    if asked.stays is Stays.NO:
        for place in own.values():
            notes.setdefault(place.record_id, {}).setdefault("removed", []).append(_written(place))
        record_removals(actor, list(own.values()))
        return notes
    for row_id in ids:
        if row_id in own:
            continue
        place = Teammate(record_type=record_type.key, record_id=row_id, member_id=row.leaver_id)
        place.writes, place.expires_at = asked.stays is Stays.WRITES, _end_of(asked)
        record(actor, place)
        notes.setdefault(row_id, {})["added"] = place.pk
    return notes


def _restore_teams(actor: Actor, record_type: RecordType, notes: dict[int, Any], leaver: int) -> None:
    added = [note["added"] for note in notes.values() if note.get("added")]
    record_removals(actor, list(Teammate.objects.filter(pk__in=added, member_id=leaver)))
    there = set(Teammate.objects.filter(record_id__in=list(notes)).values_list("record_id", "member_id"))
    for row_id, note in notes.items():
        for member, role, writes, until in note.get("removed", ()):
            if (row_id, member) not in there:
                place = Teammate(record_type=record_type.key, record_id=row_id, member_id=member, role=role)
                place.writes, place.expires_at = writes, datetime.fromisoformat(until) if until else None
                record(actor, place)


def _written(place: Teammate) -> list[Any]:
    return [place.member_id, place.role, place.writes, place.expires_at.isoformat() if place.expires_at else ""]


def _end_of(asked: Arrangement) -> datetime | None:
    """The end of the last day on which the old owner keeps his place, by the company's clock."""
    if asked.stays_until is None:
        return None
    return datetime.combine(asked.stays_until, time(23, 59), ZoneInfo(settings.COMPANY_TIME_ZONE))
