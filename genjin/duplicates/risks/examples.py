"""What the settings of registrations mean for the company's own records: how many of the newest would be in question,
an example of each, and how many were registered at the busiest times. Only of records that the reader sees.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from genjin.duplicates.registering import ADDRESS, BY_WORDS, REGISTERED, By, Finding
from genjin.duplicates.risks.queries import entered_of
from genjin.duplicates.risks.settings import MINUTES
from genjin.duplicates.risks.sharing import Like, shared
from genjin.duplicates.risks.tracing import RANGE, Entered
from genjin.kernel import normal, people
from genjin.kernel.actor import BRINGING_IN, Actor
from genjin.kernel.doors import visible_to
from genjin.kernel.editing import get_value
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.records import RecordType
from genjin.kernel.titles import titles_of

LOOKED_AT = 500


@dataclass(frozen=True)
class Shown:
    """A kind of reason: how many of the newest records it fits, and one of them with an earlier one."""

    label: str
    count: int
    one: str
    other: str


@dataclass(frozen=True)
class Busiest:
    """The most registrations in the set time that have something in common."""

    label: str
    name: str
    count: int
    at: datetime


@dataclass(frozen=True)
class Examples:
    """Of one type; `looked`: how many records were looked at."""

    looked: int
    shown: list[Shown]
    busiest: list[Busiest]


def examples_of(actor: Actor, record_type: RecordType) -> Examples:
    """Some ten queries."""
    seen = visible_to(actor, record_type.model).filter(life=Life.LIVE).order_by("-id")
    rows = list(seen[:LOOKED_AT])
    moments = {row.pk: row.created_at for row in rows}
    likes = shared(REGISTERED[record_type.key], rows, moments, actor.stamp) if rows else []
    return Examples(len(rows), list(_shown(actor, record_type, likes)), list(_busiest(actor, record_type, rows)))


def _shown(actor: Actor, record_type: RecordType, likes: Sequence[Like]) -> Iterator[Shown]:
    titles: dict[tuple[str, int], str] = {}
    for key in {like.other_type for like in likes} | {record_type.key}:
        ids = {like.other_id for like in likes if like.other_type == key}
        ids |= {like.row_id for like in likes if key == record_type.key}
        titles |= {(key, row_id): title for row_id, title in titles_of(actor, key, ids).items()}
    kinds: dict[tuple[Finding, str], list[Like]] = defaultdict(list)
    for like in likes:
        if (like.other_type, like.other_id) in titles:
            kinds[like.finding, like.field].append(like)
    for (finding, field), found in kinds.items():
        name = field if field != ADDRESS else REGISTERED[record_type.key].address
        label = {"field": str(record_type.own_fields[name].label)}
        words = _("疑似重新登记，%(field)s相同") if finding is Finding.AGAIN else _("%(field)s相同")
        first = found[0]
        one, other = titles[record_type.key, first.row_id], titles[first.other_type, first.other_id]
        yield Shown(words % label, len({like.row_id for like in found}), one, other)


def _busiest(actor: Actor, record_type: RecordType, rows: Sequence[Record]) -> Iterator[Busiest]:
    entered = {
        row_id: each for row_id, each in entered_of([row.pk for row in rows]).items() if each.surface not in BRINGING_IN
    }
    minutes = timedelta(minutes=MINUTES.at(actor.stamp))
    for by in By:
        held: dict[str, list[datetime]] = defaultdict(list)
        for row in rows:
            if row.pk in entered and (key := _key(record_type, by, row, entered[row.pk])):
                held[key].append(entered[row.pk].at)
        counted = [(*_most(sorted(moments), minutes), key) for key, moments in held.items()]
        if counted:
            count, at, key = max(counted)
            yield Busiest(str(BY_WORDS[by]), _name(actor, record_type, by, key), count, at)


def _most(moments: Sequence[datetime], minutes: timedelta) -> tuple[int, datetime]:
    best, start = (0, moments[0]), 0
    for end, at in enumerate(moments):
        while moments[start] <= at - minutes:
            start += 1
        best = max(best, (end - start + 1, moments[start]))
    return best


def _key(record_type: RecordType, by: By, row: Record, entered: Entered) -> str:
    registered = REGISTERED[record_type.key]
    if by is By.MEMBER:
        return str(entered.member_id or "")
    if by is By.SOURCE:
        field = record_type.own_fields.get(registered.source)
        return str(get_value(row, field) or "") if field else ""
    numbers = (normal.check_phone(str(getattr(row, compared.column))) for compared in registered.phones())
    return next((n.normal[:RANGE] for n in numbers if n.kind == "mobile" and n.normal), "")


def _name(actor: Actor, record_type: RecordType, by: By, key: str) -> str:
    if by is By.MEMBER:
        return people.directory().member_name(int(key), actor.stamp)
    if by is By.SOURCE:
        return record_type.own_fields[REGISTERED[record_type.key].source].text(key, actor)
    return f"{key[:3]}*****"
