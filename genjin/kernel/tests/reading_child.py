"""Reads files in a process of its own, with little memory and little time: a hostile file can only harm this one.

Started by `test_hostile_tables`; answers each line `path<tab>filename` with a line of JSON.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
import traceback
from pathlib import Path

from django.conf import settings

MEMORY = 160 << 20
SECONDS = 60  # of the processor: another program on the machine does not count


def main() -> None:
    """Answer until the input ends."""
    settings.configure(USE_I18N=False)
    from genjin.kernel.tables import Unreadable, open_book

    with open_book(Path(__file__).parent / "files" / "客户.xls", "客户.xls"):
        pass  # what is imported late counts as the program, not as the file
    start = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (start + MEMORY, start + MEMORY))
    signal.signal(signal.SIGPROF, _too_long)
    for line in sys.stdin:
        path, filename = line.rstrip("\n").split("\t")
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            answer = _read(Path(path), filename)
        except Unreadable as unreadable:
            answer = {"refused": str(unreadable)}
        except BaseException:  # noqa: BLE001 (all of it is what the tests look for)
            answer = {"crashed": traceback.format_exc()[-1500:]}
        signal.setitimer(signal.ITIMER_PROF, 0)
        print(json.dumps(answer), flush=True)  # noqa: T201 (the answer)


def _read(path: Path, filename: str) -> dict[str, object]:
    from genjin.kernel.tables import best_sheet, find_layout, open_book

    with open_book(path, filename) as book:
        name = best_sheet(book)
        head = book.head(name)
        layout = find_layout(head)
        rows, first, last = 0, 0, 0
        for number, cells in book.rows(name, layout):
            assert len(cells) == layout.columns
            assert number > last
            rows, first, last = rows + 1, first or number, number
        sheet = next(sheet for sheet in book.sheets if sheet.name == name)
        return {"header": layout.header, "rows": rows, "last": last, "told": sheet.rows, "columns": sheet.columns}


def _too_long(*_signal: object) -> None:
    raise TimeoutError


if __name__ == "__main__":
    main()
