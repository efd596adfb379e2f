"""How long a large table takes to read, and how much memory: `python -m bench.reading [rows] [folder]`.

Makes an .xlsx with texts in the cells, one with shared texts, a .csv (each with that many rows and 12 columns) and a
.vcf once, and reads each in a process of its own, as an import does: open, find the table, all rows.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

HEADINGS = ["客户名称", "手机", "城市", "级别", "金额", "成交日期", "备注", "邮箱", "行业", "来源", "数量", "业务员"]
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def rows(count: int) -> Iterator[list[str | int | float | date]]:
    """Rows as a sales team writes them."""
    first = date(2020, 1, 1)
    for n in range(1, count + 1):
        yield [
            f"苏州第{n}精密机械有限公司", str(13_800_000_000 + n), "江苏省苏州市", "ABC"[n % 3], n * 1.5,
            first + timedelta(days=n % 2000), f"备注文字{n}，来过展会", f"a{n}@example.com", "通用设备制造业", "展会",
            n, f"业务员{n % 40}",
        ]  # fmt: skip


def make(folder: Path, count: int) -> list[Path]:
    """The files, made where they are missing."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, write in (("inline.xlsx", _inline), ("shared.xlsx", _shared), ("table.csv", _csv), ("cards.vcf", _cards)):
        path = folder / f"{count}-{name}"
        if not path.exists():
            part = path.with_suffix(".part")
            write(part, count)
            part.rename(path)
        made.append(path)
    return made


def measure(path: Path) -> dict[str, float | int | str]:
    """Read a file here and now."""
    from django.conf import settings

    settings.configure(USE_I18N=False)
    from genjin.kernel.tables import best_sheet, find_layout, open_book

    start, busy = time.perf_counter(), time.process_time()
    with open_book(path, path.name) as book:
        name = best_sheet(book)
        layout = find_layout(book.head(name))
        opened = time.perf_counter() - start
        count = sum(1 for _row in book.rows(name, layout))
    most = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) >> 10
    return {
        "file": path.name,
        "megabytes": round(path.stat().st_size / 1e6, 1),
        "rows": count,
        "columns": layout.columns,
        "open s": round(opened, 1),
        "all s": round(time.perf_counter() - start, 1),
        "processor s": round(time.process_time() - busy, 1),
        "most MB": most,
    }


def main() -> None:
    """Make, then read each in a fresh process."""
    if sys.argv[1:2] == ["one"]:
        print(json.dumps(measure(Path(sys.argv[2])), ensure_ascii=False))
        return
    count = int(sys.argv[1]) if sys.argv[1:] else 1_000_000
    folder = Path(sys.argv[2]) if sys.argv[2:] else Path("var/bench/reading")
    for path in make(folder, count):
        subprocess.run([sys.executable, "-m", "bench.reading", "one", str(path)], check=True)


def _inline(path: Path, count: int) -> None:
    from genjin.kernel.tables.writing import workbook

    with path.open("wb") as file, workbook(file, "客户") as sheet:
        sheet.row(HEADINGS)
        for row in rows(count):
            sheet.row(row)


def _shared(path: Path, count: int) -> None:
    """As Excel writes: each text once, in a part of its own. Taken from the inline file, part for part."""
    from genjin.kernel.tables.writing import letters

    places = [letters(n) for n in range(len(HEADINGS))]
    known: dict[str, int] = {}
    epoch = date(1899, 12, 30)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        with zipfile.ZipFile(path.with_name(f"{count}-inline.xlsx")) as other:
            for name in other.namelist():
                if not name.startswith("xl/worksheets/"):
                    archive.writestr(name, other.read(name))
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as out:
            out.write(f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for number, row in enumerate([HEADINGS], 1):
                out.write(_xml(number, row, places, known, epoch))
            for number, values in enumerate(rows(count), 2):
                out.write(_xml(number, values, places, known, epoch))
            out.write(b"</sheetData></worksheet>")
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as out:
            out.write(f'<sst xmlns="{_MAIN}">'.encode())
            for text in known:
                out.write(f"<si><t>{text}</t></si>".encode())
            out.write(b"</sst>")


def _xml(number: int, row: object, places: list[str], known: dict[str, int], epoch: date) -> bytes:
    cells = []
    assert isinstance(row, list)
    for place, value in zip(places, row, strict=True):
        if isinstance(value, str):
            cells.append(f'<c r="{place}{number}" t="s"><v>{known.setdefault(value, len(known))}</v></c>')
        elif isinstance(value, date):
            cells.append(f'<c r="{place}{number}" s="1"><v>{(value - epoch).days}</v></c>')
        else:
            cells.append(f'<c r="{place}{number}"><v>{value}</v></c>')
    return f'<row r="{number}" spans="1:12">{"".join(cells)}</row>'.encode()


def _csv(path: Path, count: int) -> None:
    with path.open("w", encoding="gb18030", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADINGS)
        out.writerows(rows(count))


def _cards(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8", newline="\r\n") as file:
        for n in range(1, min(count, 100_000) + 1):
            file.write(
                f"BEGIN:VCARD\nVERSION:3.0\nN:张;伟{n};;;\nFN:张伟{n}\nORG:苏州第{n}公司;采购部\nTITLE:经理\n"
                f"TEL;TYPE=CELL:{13_800_000_000 + n}\nEMAIL:a{n}@example.com\nBDAY:1985-03-15\n"
                f"ADR;TYPE=WORK:;;星湖街{n}号;苏州市;江苏省;;中国\nNOTE:来过展会\\n{n}\nEND:VCARD\n"
            )


if __name__ == "__main__":
    main()
