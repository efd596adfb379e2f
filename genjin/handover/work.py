"""A handover's work, done at once or by a job. Each step is a transaction of its own: a second run goes on behind the
first."""

from __future__ import annotations

from collections.abc import Callable

from genjin.handover.actions import running, undoing
from genjin.handover.models import Handover
from genjin.handover.rules import State
from genjin.kernel.actor import Actor

Told = Callable[[int, int], None]


def _nobody(done: int, total: int) -> None:
    del done, total


def begin_handover(actor: Actor, handover_id: int, *, force: bool = False, waiting: bool = False) -> Handover:
    """Hand over: at once when it is short (or the caller waits), else as a job. Raises Refused."""
    row = running.begin_handover(actor, handover_id, force=force, waiting=waiting)
    return row if row.job_id else run(actor, row)


def resume(actor: Actor, handover_id: int, *, waiting: bool = False) -> Handover:
    """Go on with one that stopped half-way, over or back. Raises Refused."""
    row = running.go_on(actor, handover_id, waiting=waiting)
    return row if row.job_id else run(actor, row)


def undo_handover(actor: Actor, handover_id: int, *, waiting: bool = False) -> Handover:
    """Take one back: at once when it is short (or the caller waits), else as a job. Raises Refused."""
    row = undoing.undo_handover(actor, handover_id, waiting=waiting)
    return row if row.job_id else run(actor, row)


def run(actor: Actor, row: Handover, told: Told = _nobody) -> Handover:
    """All steps that are left."""
    while row.state in (State.RUNNING, State.UNDOING):
        row = (running.move_next if row.state == State.RUNNING else undoing.move_back_next)(actor, row.pk)
        told(row.done, row.total)
    return row
