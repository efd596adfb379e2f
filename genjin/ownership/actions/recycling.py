"""Steps of the system by which records fall into pools (P5, P8): keeping when each falls, and falling."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy
from psycopg import sql

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.records import RecordType
from genjin.ownership.actions.changing_owners import change_owners, locked
from genjin.ownership.models import Pool, Rule
from genjin.ownership.queries.falling import still_due
from genjin.ownership.recycling import falls_at
from genjin.ownership.rulings import ruling_of


@action(
    "ownership.set_clocks",
    on=None,
    needs="ownership.clock",
    label=gettext_lazy("计算掉入公海的时间"),
    silent="a derived moment follows changes that are written down themselves",
    listed=False,
)
def set_clocks(
    actor: Actor,  # noqa: ARG001 - every action gets it
    *,
    record_type: RecordType,
    ids: Sequence[int],
) -> int:
    """Work out when these records fall, by the rules as they are now (P5); returns for how many that changed. The
    expression is asked of the row itself, so a change at the same moment is never undone."""
    statement = sql.SQL(
        "UPDATE {table} AS r SET falls_at = {at} WHERE r.id = ANY({ids}::bigint[]) AND r.falls_at IS DISTINCT FROM {at}"
    ).format(
        table=sql.Identifier(record_type.model._meta.db_table),
        at=falls_at(ruling_of(record_type)),
        ids=sql.Literal(list(ids)),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)


@action(
    "ownership.recycle",
    on=None,
    needs="ownership.recycle",
    label=gettext_lazy("自动掉入公海"),
    icon="ripple",
    silent="when none of them is due any more",
    listed=False,
)
def recycle(
    actor: Actor, *, record_type: RecordType, ids: Sequence[int], pool: Pool, reason: str, moment: datetime
) -> int:
    """Let these records fall into a pool for one reason (P5, P9), all or none of them; those that are not due any more
    by the rules as they are now are left alone. Returns how many fell. Run again it finds none."""
    rows: list[Any] = locked(record_type.model, ids)
    due = still_due(record_type, [row.pk for row in rows], moment)
    falling = [row for row in rows if due.get(row.pk) == (pool.pk, reason)]
    change_owners(actor, falling, None, rule=Rule.RECYCLED, reason=reason, pool=pool)
    return len(falling)
