"""Running an import from its file: at once for short ones, chunk by chunk with progress for long ones."""

from __future__ import annotations

from collections.abc import Callable

from genjin.kernel.actor import Actor
from genjin.surfaces.imports.actions import bring_rows
from genjin.surfaces.imports.models import Import, State
from genjin.surfaces.imports.planning import Plan, plan_import


def planned(actor: Actor, row: Import) -> Plan:
    """The plan of an uploaded file as of now."""
    return plan_import(actor, bytes(row.content), row.filename, before=row.begun_at)


def run_import(actor: Actor, row: Import, told: Callable[[int, int], None] = lambda _done, _total: None) -> Import:
    """Bring all rows that are left; each chunk is a transaction of its own, so that a second run goes on behind it."""
    if row.state != State.RUNNING:
        return row
    plan = planned(actor, row)
    while row.state == State.RUNNING:
        told(row.position, len(plan.rows))
        row = bring_rows(actor, row.pk, plan=plan)
    told(row.position, len(plan.rows))
    return row
