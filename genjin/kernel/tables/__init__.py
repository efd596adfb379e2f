"""Reading tables: the sheets and cells of a file, and the table among them. What columns mean is not decided here."""

from genjin.kernel.tables.book import Book, best_sheet, open_book
from genjin.kernel.tables.cells import UNCOMPUTED, Cell, Sheet, SheetInfo, Unreadable, fault_of
from genjin.kernel.tables.finding import find_layout
from genjin.kernel.tables.layout import Layout

__all__ = [
    "UNCOMPUTED",
    "Book",
    "Cell",
    "Layout",
    "Sheet",
    "SheetInfo",
    "Unreadable",
    "best_sheet",
    "fault_of",
    "find_layout",
    "open_book",
]
