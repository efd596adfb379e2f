"""The rows that were not brought in, as a workbook to mend and bring again: the same headings, the cells as they stood
(with what was written over them), and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, Any

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.tables.writing import Look, Value, workbook
from genjin.kernel.wording import clauses, labelled
from genjin.surfaces.imports.checking import mended
from genjin.surfaces.imports.models import Import, ImportRow, RowState
from genjin.surfaces.imports.queries import rows_of
from genjin.surfaces.imports.remembering import REASON
from genjin.surfaces.imports.rules import WHOLE_ROW
from genjin.surfaces.imports.whys import said_of

AT_ONCE = 1_000


def failed_name(batch: Import) -> str:
    """What the file is called."""
    return _("%s（未导入的行）.xlsx") % batch.filename.rpartition(".")[0][:80]


def failed_file(
    actor: Actor, batch: Import, stream: IO[bytes], states: Sequence[int] = (RowState.BAD, RowState.FAILED)
) -> int:
    """Write the rows in these states (see `queries.shown_as`) into the stream; how many there were."""
    del actor
    header = [str(heading) for heading in batch.layout.get("header", ())]
    written = 0
    with workbook(stream, _("未导入的行"), widths=[14] * len(header) + [48], frozen=1) as sheet:
        sheet.row([*header, str(REASON)], Look.HEADING)
        for row in _rows(batch, states):
            cells: list[Value] = [_value(cell) for cell in mended(row.cells, row.fixes)[: len(header)]]
            cells += [None] * (len(header) - len(cells))
            sheet.row([*cells, reason_of(row, header)])
            written += 1
    return written


def reason_of(row: ImportRow, header: Sequence[str]) -> str:
    """Why a row was not brought in, in one sentence."""
    told = [
        words if index == WHOLE_ROW or index >= len(header) else labelled(header[index], words)
        for index, words, _suggestion, blocking in row.problems
        if blocking
    ]
    if not told and row.duplicate_why:
        return said_of(row)
    return clauses(told)


def _rows(batch: Import, states: Sequence[int]) -> Iterator[ImportRow]:
    """In the order of the file, a page at a time for each state."""
    for state in states:
        after = 0
        while page := rows_of(batch, state, after=after, most=AT_ONCE):
            yield from page
            after = page[-1].number


def _value(cell: Any) -> Value:
    return str(cell) if isinstance(cell, float | bool) else cell
