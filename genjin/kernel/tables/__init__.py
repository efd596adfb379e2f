"""Reading spreadsheets: the cells of a file, and the table among them. What columns mean is not decided here."""

from genjin.kernel.tables.finding import Table, find_table
from genjin.kernel.tables.reading import Cell, Sheet, Unreadable, read_sheets

__all__ = ["Cell", "Sheet", "Table", "Unreadable", "find_table", "read_sheets"]
