"""An import's work, done at once or by a job: check, run, undo. Each step is a transaction of its own, so that a second
run goes on behind the first.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from itertools import count, islice

from django.db import IntegrityError, connection

from genjin.duplicates.many.names import Share
from genjin.kernel.actor import Actor, Surface
from genjin.kernel.ahead import Pace, Steps, ahead
from genjin.kernel.carrying import Moved
from genjin.kernel.company_names import read_company
from genjin.kernel.copying import Load
from genjin.kernel.gathering import gathering
from genjin.kernel.pinyin import pinyin_sort_key
from genjin.kernel.refusal import Refused
from genjin.surfaces.imports.actions import running
from genjin.surfaces.imports.actions.bringing import Bringing, Prepared
from genjin.surfaces.imports.actions.by_rules import Complete, near_of, shares
from genjin.surfaces.imports.actions.comparing import likens
from genjin.surfaces.imports.actions.reviewing import begin_check, check_rows, compare_rows
from genjin.surfaces.imports.actions.running import begin_run, bring_next, go_on_import
from genjin.surfaces.imports.actions.staging import Chunk, chunk_of, staged_row
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
CHECKERS = 2
EXAMPLE = "苏州远岫新能源有限公司"
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
        row = _check_on(actor, row, told)
        return compare_rows(actor, row.pk) if row.state == State.CHECKING else row
    _load_tables(actor, row)
    with _by_the_thousand():
        with ahead(partial(_chunks, actor, row), CHECKERS) as steps:
            row = _check_ahead(actor, row, steps, told)
        if row.state == State.CHECKING and not steps.complete:
            row = _check_on(actor, row, told)
        return _compared(actor, row) if row.state == State.CHECKING else row


def _compared(actor: Actor, row: Import) -> Import:
    """Compare all rows; names that are alike are found by a process of its own."""
    if not likens(actor, row):
        return compare_rows(actor, row.pk)
    with ExitStack() as stack:
        parts = shares(actor, row, CHECKERS)
        makers = [stack.enter_context(ahead(partial(_near, actor, row, share))) for share in parts]
        return compare_rows(actor, row.pk, ahead=_taken(makers))


def _near(actor: Actor, row: Import, share: Share, _pace: Pace) -> Iterator[Load | Complete]:
    return near_of(actor, row, share)


def _taken(makers: Sequence[Steps[Load | Complete]]) -> Iterator[Load | Complete]:
    """What all of them make, as it comes; complete when each of them is."""
    left, complete = list(makers), 0
    while left:
        for steps in tuple(left):
            step = steps.take()
            if step is None:
                left.remove(steps)
                continue
            if isinstance(step, Complete):
                complete += 1
            else:
                yield step
            steps.written()
    if complete == len(makers):
        yield Complete()


def _load_tables(actor: Actor, row: Import) -> None:
    """What rows are looked up in is loaded once, before processes are made that have it from here."""
    checker_of(actor, row)
    read_company(EXAMPLE)
    pinyin_sort_key(EXAMPLE)


def _check_ahead(actor: Actor, row: Import, steps: Steps[Chunk], told: Told) -> Import:
    """Keep rows that are checked meanwhile."""
    while row.state == State.CHECKING and (chunk := steps.take()):
        row = _kept(actor, row, chunk, told)
        if row.position == chunk.last:
            steps.written()
        else:
            steps.again()
    return row


def _check_on(actor: Actor, row: Import, told: Told) -> Import:
    for chunk in _chunks(actor, row):
        row = _kept(actor, row, chunk, told)
        if (row.state, row.position) != (State.CHECKING, chunk.last):
            break
    return row


def _kept(actor: Actor, row: Import, chunk: Chunk, told: Told) -> Import:
    row = check_rows(actor, row.pk, chunk=chunk)
    told(row.counts.get("done", 0), max(row.counts.get("done", 0), row.total))
    return row


def _chunks(actor: Actor, row: Import, pace: Pace | None = None) -> Iterator[Chunk]:
    """What is left of the rows, checked; of several processes each checks a share of the chunks."""
    row = import_for(actor, row.pk)
    checker, after = checker_of(actor, row), row.position
    rows = rows_of_file(path_of(row.stored_as), row.filename, row.sheet, row.layout)
    left = (each for each in rows if each[0] > row.position)
    for place in count():
        begun = time.perf_counter()
        read = list(islice(left, CHUNK))
        if not read:
            return
        if pace is None or place % pace.of == pace.place:
            staged = [staged_row(number, cells, checker.check(cells)) for number, cells in read]
            yield chunk_of(row.pk, after, staged, begun)
        after = read[-1][0]


def do_run(actor: Actor, row: Import, told: Told = _nobody) -> Import:
    """Bring what is left of the rows in."""
    if row.state != State.RUNNING:
        return row
    bringing = Bringing(actor.through(Surface.IMPORT), row)
    if row.total < MANY or connection.in_atomic_block:
        return _run_on(actor, row, bringing, told)
    _load_tables(actor, row)
    found_by = [part.action.on for part in KINDS[row.kind].parts if part.action.on]
    with _by_the_thousand(), gathering(found_by), ahead(partial(_prepared, actor, row)) as steps:
        return _run_ahead(actor, row, bringing, steps, told)


@contextmanager
def _by_the_thousand() -> Iterator[None]:
    """Rows come and go by the hundred thousand; to look through all that stays each time costs a fifth."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _run_on(actor: Actor, row: Import, bringing: Bringing, told: Told) -> Import:
    while row.state == State.RUNNING:
        told(row.counts.get("done", 0), row.total)
        row = bring_next(actor, row.pk, bringing=bringing)
    told(row.counts.get("done", 0), row.total)
    return row


def _run_ahead(actor: Actor, row: Import, bringing: Bringing, steps: Steps[Prepared], told: Told) -> Import:
    """The same; while rows are written, those behind them are made as if they stood already. Where that proves wrong
    (others have moved the import, a row was refused by the database) they are dropped and made again in their turn."""
    while row.state == State.RUNNING:
        told(row.counts.get("done", 0), row.total)
        prepared = steps.take()
        stands = _written(actor, row, bringing, prepared) if prepared else row
        if prepared and stands.position == prepared.last:
            steps.written()
        elif stands.state == State.RUNNING:
            stands = bring_next(actor, row.pk, bringing=bringing)
            steps.again()
        row = stands
    told(row.counts.get("done", 0), row.total)
    return row


def _written(actor: Actor, row: Import, bringing: Bringing, prepared: Prepared) -> Import:
    """How the import stands with a step that was made ahead, or without it where it could not be written."""
    try:
        return bring_next(actor, row.pk, bringing=bringing, prepared=prepared)
    except (IntegrityError, Moved, Refused):  # told again, of the row it concerns, when they are brought in their turn
        return import_for(actor, row.pk)


def _prepared(actor: Actor, row: Import, pace: Pace) -> Iterator[Prepared]:
    """What is left of the rows, made as if those before them stood; up to rows that must be brought in their turn."""
    row = import_for(actor, row.pk)
    bringing = Bringing(actor.through(Surface.IMPORT), row)
    while row.state == State.RUNNING and (prepared := bringing.prepare(row, running.CHUNK, pace.settled)):
        yield prepared
        row.position, row.counts = prepared.last, prepared.counts


def do_undo(actor: Actor, row: Import, told: Told = _nobody) -> Import:
    """Take back what is left."""
    while row.state == State.UNDOING:
        told(row.counts.get("done", 0), row.total)
        row = take_back_next(actor, row.pk)
    return row
