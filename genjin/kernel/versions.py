"""Which version of a record an actor knows. A change of nothing but fields that are hidden from him is none for him:
the versions that he is told count the others, and what he sends back is found again among all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from genjin.kernel.fields.base import Access
from genjin.kernel.fields.own import PREFIX
from genjin.kernel.records import RecordType, type_of
from genjin.kernel.sights import CHANGED, in_force

if TYPE_CHECKING:
    from genjin.kernel.actor import Actor
    from genjin.kernel.models.rows import Record

# versions that changed more than these columns and these own fields
_KNOWN = """
SELECT link.row_id, array_agg(DISTINCT link.row_version ORDER BY link.row_version), max(event.at)
  FROM kernel_eventlink AS link
  JOIN kernel_event AS event ON event.id = link.event_id
  LEFT JOIN kernel_eventpayload AS payload ON payload.row_id = link.row_id AND payload.event_id = link.event_id
  CROSS JOIN LATERAL (SELECT NULLIF(payload.changes -> 'custom' -> 0, 'null') AS before,
                             NULLIF(payload.changes -> 'custom' -> 1, 'null') AS after) AS own
 WHERE link.row_id = ANY(%(rows)s) AND (link.row_version = 1
    OR payload.changes - 'custom' - %(columns)s::text[] <> '{}'
    OR COALESCE(own.before, '{}') - %(keys)s::text[] <> COALESCE(own.after, '{}') - %(keys)s::text[])
 GROUP BY link.row_id
"""


class _Known(NamedTuple):
    versions: list[int]
    at: datetime


def hidden_attributes(actor: Actor, record_type: RecordType) -> frozenset[str]:
    """What is hidden from the actor, by the names under which events keep it."""
    if not actor.rights:
        return frozenset()
    accesses = record_type.seen_by(actor).accesses
    fields = in_force(record_type, actor.stamp).fields
    return frozenset(f.attribute for f in fields if accesses.get(f.key) is Access.HIDDEN and f.key != CHANGED)


def known_versions(actor: Actor, record_type: RecordType, versions: Mapping[int, int]) -> dict[int, int]:
    """{record: the version that the actor is told}, of {record: its version}; one query where something is hidden."""
    hidden = hidden_attributes(actor, record_type)
    if not hidden or not versions:
        return dict(versions)
    known = _known(hidden, versions)
    return {row_id: len(known[row_id].versions) if row_id in known else 1 for row_id in versions}


def known_version(actor: Actor, row: Record) -> int:
    """The version of a record that the actor is told."""
    return known_versions(actor, type_of(row), {row.pk: row.version})[row.pk]


def real_version(actor: Actor, record_type: RecordType, row_id: int, told: int) -> int:
    """The version of a record that was told to the actor as this one."""
    hidden = hidden_attributes(actor, record_type)
    known = _known(hidden, [row_id]).get(row_id) if hidden else None
    return known.versions[told - 1] if known and 0 < told <= len(known.versions) else told


def known_moments(actor: Actor, record_type: RecordType, rows: Iterable[Record]) -> dict[int, datetime]:
    """{record: when it last changed, as far as the actor knows}."""
    moments = {row.pk: row.updated_at for row in rows}
    hidden = hidden_attributes(actor, record_type)
    known = _known(hidden, moments) if hidden and moments else {}
    return moments | {row_id: each.at for row_id, each in known.items()}


def _known(hidden: frozenset[str], rows: Iterable[int]) -> dict[int, _Known]:
    asked: dict[str, Any] = {
        "rows": list(rows),
        "columns": [name for name in hidden if not name.startswith(PREFIX)],
        "keys": [name.removeprefix(PREFIX) for name in hidden if name.startswith(PREFIX)],
    }
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, asked)
        return {row_id: _Known(versions, at) for row_id, versions, at in cursor.fetchall()}
