"""The table in a sheet: its header (one or two rows), its rows, and what stands around it.

Sheets that people pass around carry a merged title, a row of query conditions, headers in two rows, totals and
signatures below. Only the table is wanted; the rest is kept as title and notes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from genjin.kernel.tables.cells import Cell, Merge, Sheet
from genjin.kernel.tables.layout import Layout, is_footer

HEADER_WITHIN = 40
LOOK_BELOW = 200
LONGEST_HEADING = 60
MOST_NOTES = 20
# A row is a header if it names at least this part of what the best row names.
ENOUGH = 0.6
_NO_HEADING = re.compile(r"[\d\s\-/.:,%¥年月日]+$|.*[:：].")
_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff])[ \u3000]+(?=[\u3400-\u9fff])")


@dataclass(frozen=True)
class _Header:
    row: int
    height: int
    names: dict[int, str]


def find_layout(sheet: Sheet, header_row: int | None = None) -> Layout:
    """Where the table stands, from the first rows of a sheet; one without columns if there is none.

    `header_row` is the number of the (upper) header row chosen by hand; 0: there are no headings, all rows belong.
    """
    if header_row == 0:
        return _without_headings(sheet)
    header = _find_header(sheet) if header_row is None else _chosen(sheet, header_row)
    if header is None:
        return Layout(notes=[_said(row) for row in sheet.rows[:MOST_NOTES] if _filled(row)])
    first = header.row + header.height
    columns = _columns(header, sheet.rows[first:])
    above = [row for row in sheet.rows[: header.row] if _filled(row)]
    titles = [_said(row) for row in above if len(_filled(row)) == 1]
    notes = [_said(row) for row in above if len(_filled(row)) > 1] + titles[1:] + _footers(sheet.rows[first:], columns)
    written = [row[columns.start : columns.stop] for row in sheet.rows[header.row : first]]
    return Layout(
        header=_unique([header.names.get(column, "") for column in columns], columns),
        header_rows=tuple(range(header.row + 1, first + 1)),
        first_column=columns.start,
        columns=len(columns),
        title=titles[0] if titles else "",
        notes=notes[:MOST_NOTES],
        as_written=[["" if cell is None else str(cell) for cell in row] for row in written],
    )


def _without_headings(sheet: Sheet) -> Layout:
    used = sorted({column for row in sheet.rows for column in _filled(row)})
    if not used:
        return Layout()
    columns = range(used[0], used[-1] + 1)
    return Layout(_unique([""] * len(columns), columns), first_column=columns.start, columns=len(columns))


def _chosen(sheet: Sheet, number: int) -> _Header | None:
    """The header in the row that somebody pointed at, whatever stands in it."""
    row = sheet.rows[number - 1] if 0 < number <= len(sheet.rows) else []
    names = {column: _heading(row[column])[:LONGEST_HEADING] for column in _filled(row)}
    return _with_second_row(sheet, _Header(number - 1, 1, names)) if names else None


def _find_header(sheet: Sheet) -> _Header | None:
    candidates = []
    for number, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        if _may_be_heading(row):
            single = _Header(number, 1, {column: _heading(row[column]) for column in _filled(row)})
            candidates.append(_with_second_row(sheet, single))
    most = max((len(header.names) for header in candidates), default=0)
    return next((header for header in candidates if len(header.names) >= max(1, ENOUGH * most)), None)


def _may_be_heading(row: Sequence[Cell]) -> bool:
    """Only short texts, hardly one twice."""
    filled = [row[column] for column in _filled(row)]
    short = [value for value in filled if isinstance(value, str) and len(value) <= LONGEST_HEADING]
    texts = [_heading(value) for value in short if not _NO_HEADING.match(value)]
    return bool(texts) and len(texts) == len(filled) and len(set(texts)) >= max(1, len(texts) - 1)


def _with_second_row(sheet: Sheet, top: _Header) -> _Header:
    """Join the row below if it only divides headings that span several columns.

    Merged cells tell which do; without any, a fuller third row tells that the second is not yet a row of the table.
    """
    number = top.row + 1
    second = sheet.rows[number] if number < len(sheet.rows) else []
    below = set(_filled(second))
    if len(top.names) < 2 or not below or any(not isinstance(second[column], str) for column in below):
        return top
    groups = {column: _group_of(column, top) for column in below}
    opened = below - set(top.names)
    divided = {group for column in opened if (group := groups[column]) is not None}
    taken_over = below & set(top.names)
    if None in groups.values() or not opened or not taken_over <= divided:
        return top
    third = set(_filled(sheet.rows[number + 1])) if number + 1 < len(sheet.rows) else set()
    across = _merged_across(sheet.merges, top.row)
    if not (divided <= across if across else len(third - below) > 1):
        return top
    names = {column: name for column, name in top.names.items() if column not in divided}
    parts = [_heading(second[column]) for column in below]
    for column in below:
        part = _heading(second[column])
        group = groups[column]
        again = parts.count(part) > 1 or part in names.values()
        names[column] = f"{top.names[group]} {part}" if again and group is not None else part
    return _Header(top.row, 2, names)


def _group_of(column: int, top: _Header) -> int | None:
    """The column of the upper heading that stands over a column: its own or the next on the left."""
    return max((start for start in top.names if start <= column), default=None)


def _merged_across(merges: Sequence[Merge], row: int) -> set[int]:
    """The first columns of the cells of a row that span several columns."""
    return {left for first, left, last, right in merges if first == row == last and right > left}


def _columns(header: _Header, below: Sequence[Sequence[Cell]]) -> range:
    """From the first to the last column that has a heading, or cells below next to one."""
    last = max(header.names)
    used = {column for row in below[:LOOK_BELOW] for column in _filled(row)}
    while last + 1 in used:
        last += 1
    return range(min(header.names), last + 1)


def _footers(below: Sequence[Sequence[Cell]], columns: range) -> list[str]:
    """What totals, remarks and signatures below the table say."""
    footers = []
    for row in below:
        cells = row[columns.start : columns.stop]
        first = next((cell for cell in cells if cell is not None), None)
        if isinstance(first, str) and is_footer(first, len(_filled(cells)), len(columns)):
            footers.append(_said(row))
    return footers


def _unique(names: list[str], columns: range) -> list[str]:
    """Every heading once: an unnamed column gets its number, a repeated name a count."""
    headings: list[str] = []
    for name, column in zip(names, columns, strict=True):
        heading = name or _("第 %(number)s 列") % {"number": column + 1}
        count = 2
        base = heading
        while heading in headings:
            heading = f"{base} {count}"
            count += 1
        headings.append(heading)
    return headings


def _filled(row: Sequence[Cell]) -> list[int]:
    return [column for column, value in enumerate(row) if value is not None]


def _heading(value: Cell) -> str:
    text = re.sub(r"\s+", " ", str(value)).strip().strip("*＊").strip()
    return _BETWEEN_HAN.sub("", text)


def _said(row: Sequence[Cell]) -> str:
    return " ".join(str(row[column]) for column in _filled(row))
