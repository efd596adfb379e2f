"""Reading tables: the sheets and cells of a file, and the table among them. What columns mean is not decided here."""

from genjin.kernel.tables.book import Book, best_sheet, open_book
from genjin.kernel.tables.cells import UNCOMPUTED, Cell, Sheet, SheetInfo, Unreadable, fault_of
from genjin.kernel.tables.finding import Table, find_layout, find_table
from genjin.kernel.tables.layout import Layout
from genjin.kernel.tables.reading import read_sheets

__all__ = [
    "UNCOMPUTED",
    "Book",
    "Cell",
    "Layout",
    "Sheet",
    "SheetInfo",
    "Table",
    "Unreadable",
    "best_sheet",
    "fault_of",
    "find_layout",
    "find_table",
    "open_book",
    "read_sheets",
]
