"""The cells of one sheet of a workbook, row by row, with bounded memory however far the sheet reaches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import IO

from django.utils.translation import gettext as _

from genjin.kernel.tables.cells import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    UNCOMPUTED,
    Cell,
    Row,
    broken,
    number_cell,
    text_cell,
    too_many_rows,
)
from genjin.kernel.tables.xlsx_strings import Strings, unescaped
from genjin.kernel.tables.xlsx_survey import column_of
from genjin.kernel.tables.xmlparts import DEEPEST, local, parser, pieces

_DIGITS = "0123456789"
_LAST_DAY = 2_958_466
_KEPT = 50_000
_HALF_MILLISECOND = 0.5 / 86_400_000


class Times:
    """Numbers that the format of their cell shows as dates, times of day or lengths of time."""

    def __init__(self, shown: Sequence[str], *, since_1904: bool = False) -> None:
        self.dates = {str(number): what for number, what in enumerate(shown) if what}
        self._first = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 (cells know no zone)
        self._since_1904 = since_1904
        self._known: dict[tuple[float, str], Cell] = {}

    def cell(self, number: float, shown: str) -> Cell:
        """The date or time of a number."""
        key = (number, shown)
        if key not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[key] = self._of(number, shown)
        return self._known[key]

    def _of(self, number: float, shown: str) -> Cell:
        if not 0 <= number < _LAST_DAY:
            return number_cell(number)
        if shown == "length":
            return timedelta(milliseconds=round(number * 86_400_000))
        # The calendar of Excel has a 29 February 1900.
        days = number + 1 if number < 60 and not self._since_1904 and number >= 1 else number
        moment = self._first + timedelta(milliseconds=round(days * 86_400_000))
        if number + _HALF_MILLISECOND < 1:
            return moment.time()
        return moment.date() if moment.time() == time() else moment


def sheet_rows(stream: IO[bytes], strings: Callable[[], Strings], times: Times, last: int = MOST_ROWS) -> Iterator[Row]:
    """The filled rows; what follows the row `last` is not even looked at. Raises Unreadable."""
    reader = _Reader(strings, times, last)
    made = parser()
    made.CharacterDataHandler = reader.characters

    def first(name: str, attributes: dict[str, str]) -> None:
        """Hardly a program puts prefixes before names; only then they cost time."""
        prefixed = ":" in name
        made.StartElementHandler = reader.start_prefixed if prefixed else reader.start
        made.EndElementHandler = reader.end_prefixed if prefixed else reader.end
        made.StartElementHandler(name, attributes)

    made.StartElementHandler = first
    for _piece in pieces(made, stream):
        if reader.rows:
            yield from reader.rows
            reader.rows.clear()
        if reader.over:
            return


class _Reader:
    """Collects the rows that a parser tells of. Its methods run for each cell: they are short and flat on purpose."""

    def __init__(self, strings: Callable[[], Strings], times: Times, last: int) -> None:
        self.rows: list[Row] = []
        self.over = False
        self._last = last
        self._strings = strings
        self._shared: Callable[[int], str | None] | None = None
        self._times = times
        self._dates = times.dates
        self._columns: dict[str, int] = {}
        self._number = 0
        self._cells: list[Cell] = []
        self._in_sheet = self._in_row = self._in_cell = self._heard = self._formula = self._aside = False
        self._next = 0
        self._kind = self._style = self._text = ""
        self._depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if (name == "v" or name == "t") and self._in_cell and not self._heard:
            self._heard = True
        elif name == "c" and self._in_row and not self._in_cell:
            place = attributes.get("r")
            if place:
                letters = place.rstrip(_DIGITS)
                self._next = self._columns[letters] if letters in self._columns else self._column(letters)
            self._kind = attributes.get("t", "n")
            self._style = attributes.get("s", "")
            self._text = ""
            self._in_cell = True
            self._formula = False
        elif name == "row" and self._in_sheet and not self._in_row:
            self._begin_row(attributes.get("r"))
        else:
            self._enter(name)

    def end(self, name: str) -> None:
        if (name == "v" or name == "t") and self._heard:
            self._heard = False
        elif name == "c" and self._in_cell:
            self._in_cell = False
            if (self._text or self._formula) and self._next <= MOST_COLUMNS:
                value = self._shared_text() if self._kind == "s" else self._value()
                if value is not None:
                    self._put(value)
            self._next += 1
        elif name == "row" and self._in_row:
            self._in_row = False
            if self._cells:
                self.rows.append((self._number, self._cells))
        else:
            self._leave(name)

    def characters(self, text: str) -> None:
        if self._heard and not self._aside and len(self._text) <= LONGEST_CELL:
            self._text += text

    def start_prefixed(self, name: str, attributes: dict[str, str]) -> None:
        self.start(local(name), attributes)

    def end_prefixed(self, name: str) -> None:
        self.end(local(name))

    def _enter(self, name: str) -> None:
        """Anything but cells and rows; counted, because a parser remembers what is open."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise broken()
        if name == "f":
            self._formula = self._in_cell
        elif name == "rPh":
            self._aside = True
        elif name == "sheetData":
            self._in_sheet = True

    def _leave(self, name: str) -> None:
        self._depth -= 1
        if name == "rPh":
            self._aside = False
        elif name == "sheetData":
            self.over = True
            self._in_sheet = False

    def _column(self, letters: str) -> int:
        if not letters.isascii() or not letters.isalpha() or not letters.isupper() or len(letters) > 3:
            raise broken()
        return self._columns.setdefault(letters, column_of(letters))

    def _begin_row(self, number: str | None) -> None:
        last = self._number
        if number is None:
            self._number += 1
        elif number.isascii() and number.isdigit() and len(number) < 12:
            self._number = int(number)
        else:
            raise broken()
        if self._number > MOST_ROWS:
            raise too_many_rows()
        self.over = self.over or self._number > self._last
        if self._number <= last:
            raise broken(_("第 %(row)s 行的行号顺序不对") % {"row": last})
        self._cells = []
        self._next = 0
        self._in_row = True

    def _put(self, value: Cell) -> None:
        cells, column = self._cells, self._next
        missing = column - len(cells)
        if missing > 0:
            cells.extend([None] * missing)
        elif missing < 0:
            cells[column] = value
            return
        cells.append(value)

    def _shared_text(self) -> str | None:
        if self._shared is None:
            self._shared = self._strings().text
        try:
            return self._shared(int(self._text))
        except (IndexError, ValueError):
            raise broken(_("第 %(row)s 行的文字找不到") % {"row": self._number}) from None

    def _value(self) -> Cell:
        kind, text = self._kind, self._text
        if kind == "n":
            return self._numeric(text)
        if kind == "b":
            return text.strip() in ("1", "true")
        if kind == "d":
            return _moment(text.strip())
        return text_cell(unescaped(text))

    def _numeric(self, text: str) -> Cell:
        if self._formula and not text.strip():
            return UNCOMPUTED
        try:
            number = float(text)
        except ValueError:
            return text_cell(text)
        if self._style in self._dates:
            return self._times.cell(number, self._dates[self._style])
        return number_cell(number) if number - number == 0 else text_cell(text)


def _moment(text: str) -> Cell:
    """A date written as in ISO 8601, which some programs do."""
    try:
        if "T" in text or " " in text:
            moment = datetime.fromisoformat(text.rstrip("Z"))
            return moment.date() if moment.time() == time() else moment
        return time.fromisoformat(text) if ":" in text else date.fromisoformat(text)
    except ValueError:
        return text_cell(text)
