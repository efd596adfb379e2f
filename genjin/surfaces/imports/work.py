"""An import's work, done at once or by a job: check, run, undo. Each step is a transaction of its own, so that a second
run goes on behind the first.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from functools import partial
from itertools import islice

from django.db import IntegrityError, connection

from genjin.kernel.actor import Actor, Surface
from genjin.kernel.ahead import Writer
from genjin.kernel.gathering import gathering
from genjin.kernel.refusal import Refused
from genjin.surfaces.imports.actions import running
from genjin.surfaces.imports.actions.bringing import Bringing
from genjin.surfaces.imports.actions.reviewing import begin_check, check_rows, compare_rows
from genjin.surfaces.imports.actions.running import begin_run, bring_next, go_on_import
from genjin.surfaces.imports.actions.staging import staged_row
from genjin.surfaces.imports.actions.undoing import take_back_next, undo_import
from genjin.surfaces.imports.checking import checker_of
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.models import Import, State
from genjin.surfaces.imports.queries import import_for
from genjin.surfaces.imports.receiving import look_closer
from genjin.surfaces.imports.sheets import rows_of_file
from genjin.surfaces.imports.storage import path_of

CHUNK = 2_000
MANY = 5_000
TURN = 0.000_5
Told = Callable[[int, int], None]


def _nobody(done: int, total: int) -> None:
    del done, total


def check_import(actor: Actor, import_id: int, *, waiting: bool = False) -> Import:
    """Check an import: at once when it is short (or the caller waits), else as a job. Raises Refused."""
    look_closer(actor, import_id)
    row = begin_check(actor, import_id, waiting=waiting)
    return row if row.job_id else do_check(replace(actor, stamp=row.stamp), row)


def run_import(actor: Actor, import_id: int, *, waiting: bool = False) -> Import:
    """Bring a checked import in: at once when it is short (or the caller waits), else as a job. Raises Refused."""
    row = begin_run(actor, import_id, waiting=waiting)
    return row if row.job_id else do_run(actor, row)


def go_on(actor: Actor, import_id: int, *, waiting: bool = False) -> Import:
    """Go on with an import that was paused or stopped half-way. Raises Refused."""
    row = go_on_import(actor, import_id, waiting=waiting)
    return row if row.job_id else do_run(actor, row)


def undo(actor: Actor, import_id: int, *, waiting: bool = False) -> Import:
    """Take an import back: at once when it is short (or the caller waits), else as a job. Raises Refused."""
    row = undo_import(actor, import_id, waiting=waiting)
    return row if row.job_id else do_undo(actor, row)


def do_check(actor: Actor, row: Import, told: Told = _nobody) -> Import:
    """Check what is left of the rows, then compare them."""
    if row.state != State.CHECKING:
        return row
    if row.total < MANY or connection.in_atomic_block:
        going = all(check() for check in _checks(actor, row, told))
    else:
        with _by_the_thousand(), Writer[bool]() as writer:
            going = all(map(writer.after, _checks(actor, row, told))) and writer.outcome() is not False
    return compare_rows(actor, row.pk) if going else import_for(actor, row.pk)


def _checks(actor: Actor, row: Import, told: Told) -> Iterator[Callable[[], bool]]:
    """What keeps the next checked rows, and says whether more are wanted."""
    checker = checker_of(actor, row)
    rows = rows_of_file(path_of(row.stored_as), row.filename, row.sheet, row.layout)
    left = (each for each in rows if each[0] > row.position)
    done = row.counts.get("done", 0)
    while True:
        begun = time.perf_counter()
        chunk = [staged_row(number, cells, checker.check(cells)) for number, cells in islice(left, CHUNK)]
        if not chunk:
            return
        yield partial(check_rows, actor, row.pk, rows=chunk, seconds=time.perf_counter() - begun)
        done += len(chunk)
        told(done, max(done, row.total))


def do_run(actor: Actor, row: Import, told: Told = _nobody) -> Import:
    """Bring what is left of the rows in."""
    bringing = Bringing(actor.through(Surface.IMPORT), row)
    if row.total < MANY or connection.in_atomic_block:
        return _run_on(actor, row, bringing, told)
    with _by_the_thousand(), gathering([part.action.on for part in KINDS[row.kind].parts if part.action.on]):
        return _run_ahead(actor, row, bringing, told)


@contextmanager
def _by_the_thousand() -> Iterator[None]:
    """Rows come and go by the hundred thousand; to look through all that stays each time costs a fifth. The thread that
    writes asks for its turn after each answer of the database; it must not wait for long while the other makes rows."""
    before, turn = gc.get_threshold(), sys.getswitchinterval()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    sys.setswitchinterval(TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(turn)
        gc.set_threshold(*before)
        gc.unfreeze()


def _run_on(actor: Actor, row: Import, bringing: Bringing, told: Told) -> Import:
    while row.state == State.RUNNING:
        told(row.counts.get("done", 0), row.total)
        row = bring_next(actor, row.pk, bringing=bringing)
    told(row.counts.get("done", 0), row.total)
    return row


def _run_ahead(actor: Actor, row: Import, bringing: Bringing, told: Told) -> Import:
    """The same; while rows are written, those behind them are made as if they stood already. Where that proves wrong
    (others have moved the import, a row was refused by the database) they are dropped and made again in their turn."""
    with Writer[Import]() as writer:
        while row.state == State.RUNNING:
            told(row.counts.get("done", 0), row.total)
            prepared = bringing.prepare(row, running.CHUNK, writer.settled)
            stands = _written(actor, row, writer)
            if prepared is None or (stands.state, stands.position) != (State.RUNNING, row.position):
                row = bring_next(actor, row.pk, bringing=bringing)
                continue
            writer.start(partial(bring_next, actor, row.pk, bringing=bringing, prepared=prepared))
            row = copy(stands)
            row.position, row.counts = prepared.last, prepared.counts
        told(row.counts.get("done", 0), row.total)
    return row


def _written(actor: Actor, row: Import, writer: Writer[Import]) -> Import:
    """How the import stands when the step at hand has ended; `row` when there was none."""
    try:
        return writer.outcome() or row
    except (IntegrityError, Refused):  # told again, of the row it concerns, when they are brought in their turn
        return import_for(actor, row.pk)


def do_undo(actor: Actor, row: Import, told: Told = _nobody) -> Import:
    """Take back what is left."""
    while row.state == State.UNDOING:
        told(row.counts.get("done", 0), row.total)
        row = take_back_next(actor, row.pk)
    return row
