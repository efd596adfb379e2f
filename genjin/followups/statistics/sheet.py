"""The statistics as a spreadsheet, laid out like the sheet that companies keep by hand (S0-32, S0-33). Its headings are
the sheet's own in every language, so that it can be brought in again."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO

from genjin.followups.statistics.asked import Asked
from genjin.followups.statistics.queries.households import closed
from genjin.followups.statistics.queries.lines import Line, all_lines
from genjin.followups.statistics.rights import HOUSEHOLDS, kept_from
from genjin.kernel.actor import Actor
from genjin.kernel.tables.writing import Look, Value, workbook

TITLE = "客户跟进记录统计表"
QUERIED = ("查询日期(起)", "查询日期(止)", "成交户数统计")
HEADINGS = ("编号", "姓名", "客户类型", "跟进情况记录", None, None, None, "跟进结果", "成交日期", "业务员")
BELOW = (None, None, None, "跟进日期", "跟进方式", "跟进进度", "客户意向", None, None, None)
WIDTHS = (14, 26, 16, 13, 12, 11, 18, 11, 13, 12)
MERGES = (
    (0, 0, 0, 9), (1, 0, 1, 1), (1, 3, 1, 4), (1, 7, 1, 8),
    (2, 3, 2, 6), *((2, column, 3, column) for column in (0, 1, 2, 7, 8, 9)),
)  # fmt: skip


def write_sheet(actor: Actor, asked: Asked, file: IO[bytes], tell: Callable[[int], None] | None = None) -> int:
    """Write title, query row, two rows of headings and all lines, oldest first; how many lines. `tell` hears how far
    it is."""
    done = 0
    with workbook(file, TITLE, widths=WIDTHS, merges=MERGES, frozen=4) as sheet:
        sheet.row([TITLE, *[None] * 9], Look.TITLE)
        households = None if HOUSEHOLDS in kept_from(actor) else closed(actor, asked).every
        start: list[Value] = [QUERIED[0], None, asked.start]
        sheet.row([*start, QUERIED[1], None, asked.end, None, QUERIED[2], None, households])
        sheet.row(HEADINGS, Look.HEADING)
        sheet.row(BELOW, Look.HEADING)
        for lines in all_lines(actor, asked):
            for line in lines:
                sheet.row(_cells(line))
            done += len(lines)
            if tell:
                tell(done)
    return done


def file_name(asked: Asked) -> str:
    """客户跟进记录统计表 2020-02-01 2020-04-25.xlsx."""
    return f"{TITLE} {asked.start} {asked.end}.xlsx"


def _cells(line: Line) -> list[Value]:
    """In the sheet 成交日期 is the date of the result, whatever that is (S0-40): so nothing is lost on the way back."""
    progress = None if line.progress is None else line.progress / 100
    return [
        line.code, line.name or "—", line.level, line.day, line.method, progress, line.intention, line.outcome,
        line.result_date, line.author,
    ]  # fmt: skip
